/** CopyObject: within a bucket, across buckets, across projects. */
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeKey } from '../support/reference-signer.ts'
import { canKeep } from './capabilities.ts'
import { ODD_KEYS } from './objects.ts'
import { call, element, makeBucket, verdict, type WorldOf } from './world.ts'

export function copies(worldOf: WorldOf): void {
  let from: string
  let to: string
  let foreign: string

  describe('copies', () => {
    beforeAll(async () => {
      const world = worldOf()
      from = await makeBucket(world)
      to = await makeBucket(world)
      foreign = await makeBucket(world, world.other.credentials)
      await world.s3.send(
        new PutObjectCommand({
          Bucket: from,
          Key: 'source',
          Body: 'copied bytes',
          ContentType: 'text/plain',
          Metadata: { a: '1' },
        }),
      )
    })

    test('within a bucket, and across buckets of a project', async () => {
      const world = worldOf()
      for (const Bucket of [from, to]) {
        const copied = await world.s3.send(
          new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${from}/source` }),
        )
        const etag = world.can.etagOfCopy === 'quoted' ? /^"[0-9a-f]{32}"$/ : /^[0-9a-f]{32}$/
        expect(copied.CopyObjectResult?.ETag).toMatch(etag)
        const got = await world.s3.send(new GetObjectCommand({ Bucket, Key: 'copy' }))
        expect(await got.Body?.transformToString()).toBe('copied bytes')
        expect([got.ContentType, got.Metadata]).toEqual(['text/plain', { a: '1' }])
      }
    })

    test('REPLACE takes new metadata, COPY keeps the old', async () => {
      const world = worldOf()
      await world.s3.send(
        new CopyObjectCommand({
          Bucket: to,
          Key: 'replaced',
          CopySource: `${from}/source`,
          MetadataDirective: 'REPLACE',
          ContentType: 'text/html',
          Metadata: { b: '2' },
        }),
      )
      const head = await world.s3.send(new HeadObjectCommand({ Bucket: to, Key: 'replaced' }))
      expect([head.ContentType, head.Metadata]).toEqual(['text/html', { b: '2' }])
    })

    test('onto itself only with a change', async () => {
      const world = worldOf()
      const onto = (headers: readonly (readonly [string, string])[]) =>
        call(world, {
          method: 'PUT',
          target: `/${from}/source`,
          headers: [['x-amz-copy-source', `/${from}/source`], ...headers],
        })
      expect(verdict(await onto([]))).toBe('400 InvalidRequest')
      expect(
        verdict(
          await onto([
            ['x-amz-metadata-directive', 'REPLACE'],
            ['x-amz-meta-a', '1'],
            ['content-type', 'text/plain'],
          ]),
        ),
      ).toBe('200')
    })

    test.for([
      ['a leading slash', (bucket: string) => `/${bucket}/source`],
      ['none', (bucket: string) => `${bucket}/source`],
      ['an encoded slash', (bucket: string) => `${bucket}%2Fsource`],
      ['needless encoding', (bucket: string) => `/${bucket}/%73ource`],
    ] as const)('the source is understood with %s', async ([, spelled]) => {
      const response = await call(worldOf(), {
        method: 'PUT',
        target: `/${to}/spelled`,
        headers: [['x-amz-copy-source', spelled(from)]],
      })
      expect(verdict(response)).toBe('200')
    })

    test.for(ODD_KEYS)('from a key with %s', async ([, key], { skip }) => {
      const world = worldOf()
      skip(!canKeep(world.can, key), 'the store has no such keys')
      const put = await call(world, { method: 'PUT', target: `/${from}/${encodeKey(key)}`, body: key })
      expect(put.status).toBe(200)
      const copied = await call(world, {
        method: 'PUT',
        target: `/${to}/${encodeKey(key)}`,
        headers: [['x-amz-copy-source', `/${from}/${encodeKey(key)}`]],
      })
      expect(verdict(copied)).toBe('200')
      const got = await call(world, { method: 'GET', target: `/${to}/${encodeKey(key)}` })
      expect(got.body.toString()).toBe(key)
    })

    test('from a key that is not there', async () => {
      const response = await call(worldOf(), {
        method: 'PUT',
        target: `/${to}/x`,
        headers: [['x-amz-copy-source', `/${from}/missing`]],
      })
      expect(verdict(response)).toBe('404 NoSuchKey')
    })

    test("from and into another project's bucket is refused", async () => {
      const world = worldOf()
      for (const [source, target] of [
        [`/${foreign}/source`, `/${to}/x`],
        [`/${from}/source`, `/${foreign}/x`],
      ] as const) {
        const response = await call(world, {
          method: 'PUT',
          target,
          headers: [['x-amz-copy-source', source]],
        })
        expect([source, verdict(response), element(response, 'Message')]).toEqual([
          source,
          '403 AccessDenied',
          'Permission denied.',
        ])
      }
    })
  })
}
