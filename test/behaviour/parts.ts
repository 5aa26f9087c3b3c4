/** What is told of an object's parts: by a store that knows them, or derived from what it says of the whole. */
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, test } from 'vitest'
import { call, element, header, makeBucket, verdict, type WorldOf } from './world.ts'

const ATTRIBUTES = ['ETag', 'ObjectSize', 'StorageClass', 'ObjectParts'] as const

export function parts(worldOf: WorldOf): void {
  describe('parts', () => {
    let bucket: string
    const read = (key: string, number: number, method = 'GET', headers: [string, string][] = []) =>
      call(worldOf(), { method, target: `/${bucket}/${key}?partNumber=${number}`, headers })

    beforeAll(async () => {
      const world = worldOf()
      bucket = await makeBucket(world)
      for (const [key, body] of [
        ['one', 'in one piece'],
        ['empty', ''],
      ] as const) {
        expect(verdict(await call(world, { method: 'PUT', target: `/${bucket}/${key}`, body }))).toBe('200')
      }
      await upload('single', ['only'])
      await upload('several', ['x'.repeat(world.can.leastPart), 'last'])
    })

    async function upload(Key: string, bodies: readonly string[]): Promise<void> {
      const { s3 } = worldOf()
      const at = { Bucket: bucket, Key }
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at))
      const Parts = await Promise.all(
        bodies.map(async (Body, i) => {
          const { ETag } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: i + 1, Body }))
          return { PartNumber: i + 1, ETag }
        }),
      )
      await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }))
    }

    test.for([
      ['one', 'in one piece'],
      ['single', 'only'],
    ] as const)('the one part of an object: %s', async ([key, body]) => {
      const got = await read(key, 1)
      expect([got.status, got.body.toString()]).toEqual([206, body])
      expect(header(got, 'content-range')).toBe(`bytes 0-${body.length - 1}/${body.length}`)
      const head = await read(key, 1, 'HEAD')
      expect([head.status, header(head, 'content-length')]).toEqual([206, String(body.length)])
    })

    test('the one part of nothing', async () => {
      const got = await read('empty', 1)
      expect([200, 206]).toContain(got.status)
      expect(got.body.length).toBe(0)
    })

    test.for(['one', 'single', 'several'] as const)('a part that there is not: %s', async (key) => {
      expect(verdict(await read(key, 3))).toBe('416 InvalidPartNumber')
      expect((await read(key, 3, 'HEAD')).status).toBe(416)
    })

    test('one part of several', async () => {
      const { can } = worldOf()
      const [first, second] = [await read('several', 1), await read('several', 2)]
      const known = can.severalParts === 'known'
      expect([first.status, first.body.length]).toEqual([206, can.leastPart + (known ? 0 : 4)])
      const total = can.leastPart + 4
      expect(header(first, 'content-range')).toBe(`bytes 0-${first.body.length - 1}/${total}`)
      if (!known) expect(verdict(second)).toBe('501 NotImplemented')
      else expect([second.status, second.body.toString()]).toEqual([206, 'last'])
    })

    test('with a condition', async () => {
      expect((await read('one', 1, 'GET', [['If-Match', '"0"']])).status).toBe(412)
      const etag = header(await read('one', 1, 'HEAD'), 'etag') ?? ''
      expect((await read('one', 1, 'GET', [['If-None-Match', etag]])).status).toBe(304)
    })

    test('of nothing', async () => {
      expect(verdict(await read('none', 1))).toBe('404 NoSuchKey')
      const request = { Bucket: bucket, Key: 'none', ObjectAttributes: [...ATTRIBUTES] }
      await expect(worldOf().s3.send(new GetObjectAttributesCommand(request))).rejects.toMatchObject({
        name: 'NoSuchKey',
      })
    })

    test('a range of a part is refused', async () => {
      const got = await read('one', 1, 'GET', [['Range', 'bytes=0-0']])
      expect(verdict(got)).toBe('400 InvalidRequest')
      expect(element(got, 'Message')).toBe('Cannot specify both Range header and partNumber query parameter')
    })

    test.for([
      ['one', 12, undefined],
      ['single', 4, 1],
      ['several', null, 2],
    ] as const)('attributes: %s', async ([key, size, count]) => {
      const { s3, can } = worldOf()
      const head = await call(worldOf(), { method: 'HEAD', target: `/${bucket}/${key}` })
      const found = await s3.send(
        new GetObjectAttributesCommand({ Bucket: bucket, Key: key, ObjectAttributes: [...ATTRIBUTES] }),
      )
      expect(`"${found.ETag}"`).toBe(header(head, 'etag'))
      expect(found.ObjectSize).toBe(size ?? can.leastPart + 4)
      // MinIO tells of one part where an object was made in one piece, AWS of none.
      const told = found.ObjectParts?.TotalPartsCount
      if (count !== undefined || told !== 1) expect(told).toBe(count)
      expect(found.LastModified?.toUTCString()).toBe(header(head, 'last-modified'))
    })

    test('an attribute that is not one', async () => {
      const got = await call(worldOf(), {
        method: 'GET',
        target: `/${bucket}/one?attributes`,
        headers: [['x-amz-object-attributes', 'ETag,Colour']],
      })
      expect(verdict(got)).toBe('400 InvalidArgument')
      expect(element(got, 'Message')).toBe('Invalid attribute name specified.')
    })
  })
}
