/** Versions of objects, and their tags. */
import {
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, test } from 'vitest'
import { call, makeBucket, verdict, type WorldOf } from './world.ts'

export function versioning(worldOf: WorldOf): void {
  describe('versioning', () => {
    let Bucket: string
    const text = async (VersionId?: string) => {
      const got = await worldOf().s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId }))
      return got.Body?.transformToString()
    }

    beforeAll(async () => {
      const world = worldOf()
      Bucket = await makeBucket(world)
    })

    test('is off, then on, then suspended', async () => {
      const { s3 } = worldOf()
      const status = async () => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status
      expect(await status()).toBeUndefined()
      for (const Status of ['Enabled', 'Suspended', 'Enabled'] as const) {
        await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
        expect(await status()).toBe(Status)
      }
    })

    test('keeps old versions, hides behind a delete marker, and deletes one version', async () => {
      const { s3 } = worldOf()
      const put = async (Body: string) =>
        (await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body }))).VersionId
      const first = await put('one')
      const second = await put('two')
      expect(first).not.toBe(second)
      expect([await text(), await text(first), await text(second)]).toEqual(['two', 'one', 'two'])

      const removed = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))
      expect(removed.DeleteMarker).toBe(true)
      await expect(text()).rejects.toMatchObject({ name: 'NoSuchKey' })
      expect(await text(first)).toBe('one')

      const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }))
      expect(listed.Versions?.map(({ VersionId }) => VersionId)).toEqual([second, first])
      expect(listed.DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
        [removed.VersionId, true],
      ])

      await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: removed.VersionId }))
      expect(await text()).toBe('two')
      await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: second }))
      expect(await text()).toBe('one')
    })

    test('a version that is not there', async () => {
      const response = await call(worldOf(), {
        method: 'GET',
        target: `/${Bucket}/k?versionId=0123456789abcdefghijklmnopqrstu`,
      })
      expect(verdict(response)).toMatch(/^(404 NoSuch(Version|Key)|400 InvalidArgument)$/)
    })
  })

  describe('tagging', () => {
    let Bucket: string
    beforeAll(async () => {
      Bucket = await makeBucket(worldOf())
    })

    test('tags are set with the object, read, replaced and removed', async () => {
      const { s3, can } = worldOf()
      const Key = 'tagged'
      const Value = can.tags === 'unicode' ? 'ü' : 'u'
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Tagging: 'a=1&b=two%20words' }))
      const tags = async () => (await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet
      expect(await tags()).toEqual([
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: 'two words' },
      ])
      await s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [{ Key: 'c', Value }] } }))
      expect(await tags()).toEqual([{ Key: 'c', Value }])
      await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key }))
      expect(await tags()).toEqual([])
      const got = await s3.send(new GetObjectCommand({ Bucket, Key }))
      expect(await got.Body?.transformToString()).toBe('x')
    })
  })
}
