/** Uploads in parts. */
import { randomBytes } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, test } from 'vitest'
import { call, header, makeBucket, verdict, type WorldOf } from './world.ts'

export function multipart(worldOf: WorldOf): void {
  let Bucket: string

  async function create(Key: string): Promise<string> {
    const made = await worldOf().s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/x-parts', Metadata: { a: '1' } }),
    )
    return made.UploadId ?? ''
  }

  describe('multipart uploads', () => {
    beforeAll(async () => {
      Bucket = await makeBucket(worldOf())
    })

    test('parts in any order become one object', async () => {
      const { s3, can } = worldOf()
      const Key = 'whole ü'
      const UploadId = await create(Key)
      const bodies = [randomBytes(can.leastPart), randomBytes(can.leastPart + 1), randomBytes(7)]
      const etags: (string | undefined)[] = []
      for (const index of [2, 0, 1]) {
        const part = await s3.send(
          new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: index + 1, Body: bodies[index]! }),
        )
        etags[index] = part.ETag
      }
      const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }))
      expect(listed.Parts?.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag])).toEqual(
        bodies.map((body, index) => [index + 1, body.length, etags[index]]),
      )
      const Parts = etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }))
      const done = await s3.send(
        new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
      )
      if (can.etagOfCompletion === 'quoted') expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/)
      expect(done).toMatchObject({ Bucket, Key })
      const got = await s3.send(new GetObjectCommand({ Bucket, Key }))
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Buffer.concat(bodies))).toBe(
        true,
      )
      expect([got.ContentType, got.Metadata]).toEqual(['text/x-parts', { a: '1' }])
      expect(got.ETag).toMatch(/^"[0-9a-f]{32}-3"$/)
      if (can.etagOfCompletion === 'quoted') expect(done.ETag).toBe(got.ETag)
    })

    test('a part may be replaced, and listed in pages', async () => {
      const { s3 } = worldOf()
      const Key = 'pages'
      const UploadId = await create(Key)
      for (const [PartNumber, Body] of [
        [1, 'first'],
        [2, 'second'],
        [2, 'second again'],
        [9, 'ninth'],
      ] as const) {
        await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))
      }
      const page = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 2 }))
      expect(page.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
        [1, 5],
        [2, 12],
      ])
      expect(page.IsTruncated).toBe(true)
      const rest = await s3.send(
        new ListPartsCommand({ Bucket, Key, UploadId, PartNumberMarker: page.NextPartNumberMarker }),
      )
      expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([9])
      await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
    })

    test('an upload is listed until it is aborted, and leaves nothing', async () => {
      const { s3, can } = worldOf()
      const Key = 'aborted/upload'
      const Prefix = can.listsUploads === 'by prefix' ? 'aborted/' : Key
      const UploadId = await create(Key)
      await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'x' }))
      const uploads = async () =>
        (await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }))).Uploads?.map((upload) => [
          upload.Key,
          upload.UploadId,
        ]) ?? []
      expect(await uploads()).toEqual([[Key, UploadId]])
      await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
      expect(await uploads()).toEqual([])
      await expect(s3.send(new ListPartsCommand({ Bucket, Key, UploadId }))).rejects.toMatchObject({
        name: can.partsOfNone,
      })
      await expect(s3.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({
        $metadata: { httpStatusCode: 404 },
      })
    })

    test('a part copied from an object, whole and by range', async () => {
      const { s3, can } = worldOf()
      const source = randomBytes(can.leastPart)
      await s3.send(new PutObjectCommand({ Bucket, Key: 'part source', Body: source }))
      const Key = 'of copies'
      const UploadId = await create(Key)
      const Parts = []
      for (const [PartNumber, CopySourceRange] of [
        [1, undefined],
        [2, 'bytes=10-19'],
      ] as const) {
        const copied = await s3.send(
          new UploadPartCopyCommand({
            Bucket,
            Key,
            UploadId,
            PartNumber,
            CopySource: `${Bucket}/part%20source`,
            CopySourceRange,
          }),
        )
        Parts.push({ PartNumber, ETag: copied.CopyPartResult?.ETag })
      }
      await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }))
      const got = await s3.send(new GetObjectCommand({ Bucket, Key }))
      const expected = Buffer.concat([source, source.subarray(10, 20)])
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(expected)).toBe(true)
    })

    test.for([
      ['an ETag that no part has', () => [[1, '"0123456789abcdef0123456789abcdef"']], '400 InvalidPart'],
      ['a part that was never sent', (etags: readonly string[]) => [[3, etags[1]]], '400 InvalidPart'],
      [
        'parts out of order',
        (etags: readonly string[]) => [
          [2, etags[1]],
          [1, etags[0]],
        ],
        '400 InvalidPartOrder',
      ],
      ['no parts', () => [], '400 MalformedXML'],
      [
        'a small part that is not the last',
        (etags: readonly string[]) => [
          [1, etags[0]],
          [2, etags[1]],
        ],
        '400 EntityTooSmall',
      ],
    ] as const)('completion with %s is refused', async ([, parts, expected]) => {
      const world = worldOf()
      const Key = 'incomplete'
      const UploadId = await create(Key)
      const etags: string[] = []
      for (const PartNumber of [1, 2]) {
        const part = await world.s3.send(
          new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: `small ${PartNumber}` }),
        )
        etags.push(part.ETag ?? '')
      }
      const xml = parts(etags)
        .map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
        .join('')
      const response = await call(world, {
        method: 'POST',
        target: `/${Bucket}/${Key}?uploadId=${encodeURIComponent(UploadId)}`,
        body: `<CompleteMultipartUpload>${xml}</CompleteMultipartUpload>`,
      })
      expect(verdict(response)).toBe(expected)
      expect((await call(world, { method: 'HEAD', target: `/${Bucket}/${Key}` })).status).toBe(404)
    })

    test('an upload says how long the object is to be', async () => {
      const world = worldOf()
      const { s3, can } = world
      const Key = 'of a size'
      const UploadId = await create(Key)
      const etags: string[] = []
      for (const [i, Body] of ['x'.repeat(can.leastPart), 'last'].entries()) {
        const part = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: i + 1, Body }))
        etags.push(part.ETag ?? '')
      }
      const complete = (size: number, second = etags[1] ?? '') =>
        s3.send(
          new CompleteMultipartUploadCommand({
            Bucket,
            Key,
            UploadId,
            MpuObjectSize: size,
            MultipartUpload: {
              Parts: [
                { PartNumber: 1, ETag: etags[0] },
                { PartNumber: 2, ETag: second },
              ],
            },
          }),
        )
      await expect(complete(can.leastPart + 3)).rejects.toMatchObject({ name: 'InvalidRequest' })
      await expect(complete(can.leastPart + 4, etags[0])).rejects.toMatchObject({ name: 'InvalidPart' })
      await complete(can.leastPart + 4)
      const head = await call(world, { method: 'HEAD', target: `/${Bucket}/of%20a%20size` })
      expect(header(head, 'content-length')).toBe(String(can.leastPart + 4))
    })

    test('an upload id that was never given out', async () => {
      const response = await call(worldOf(), {
        method: 'PUT',
        target: `/${Bucket}/k?partNumber=1&uploadId=2~0123456789abcdefghijklmnopqrstu`,
        body: 'x',
      })
      expect(verdict(response)).toBe('404 NoSuchUpload')
    })

    test.for(['0', '10001', 'x', '-1'])('part number %s is refused', async (number) => {
      const response = await call(worldOf(), {
        method: 'PUT',
        target: `/${Bucket}/k?partNumber=${number}&uploadId=any`,
        body: 'x',
      })
      expect(verdict(response)).toBe('400 InvalidArgument')
    })
  })
}
