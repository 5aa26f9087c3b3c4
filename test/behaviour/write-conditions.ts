/**
 * Conditions of what changes an object, and other things that a store may overlook: each holds, or is refused before
 * anything is done. What must never be is a condition that is taken and not kept.
 */
import { createHash } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RawHeaders, RawResponse } from '../support/raw-http.ts'
import type { Conditional } from './capabilities.ts'
import { call, header, makeBucket, verdict, type WorldOf } from './world.ts'

const OTHER = '"0123456789abcdef0123456789abcdef"'
const REFUSED = '501 NotImplemented'

export function writeConditions(worldOf: WorldOf): void {
  describe('conditions of writes', () => {
    let bucket: string
    let etag: string
    let uploadId: string
    let partTag: string

    const put = (key: string, body: string, headers: RawHeaders = []) =>
      call(worldOf(), { method: 'PUT', target: `/${bucket}/${key}`, body, headers })
    const content = async () =>
      (await call(worldOf(), { method: 'GET', target: `/${bucket}/k` })).body.toString()
    const copy = (headers: RawHeaders) =>
      call(worldOf(), {
        method: 'PUT',
        target: `/${bucket}/k`,
        headers: [['x-amz-copy-source', `/${bucket}/source`], ...headers],
      })

    beforeAll(async () => {
      bucket = await makeBucket(worldOf())
      await put('source', 'source')
    })
    beforeEach(async () => {
      etag = header(await put('k', 'value'), 'etag') ?? ''
      expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
    })

    const upload = async (): Promise<void> => {
      const { s3 } = worldOf()
      const Key = 'k'
      uploadId = (await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }))).UploadId ?? ''
      const part = { Bucket: bucket, Key, UploadId: uploadId, PartNumber: 1, Body: 'part' }
      partTag = (await s3.send(new UploadPartCommand(part))).ETag ?? ''
    }
    const complete = async (headers: RawHeaders): Promise<RawResponse> => {
      await upload()
      return call(worldOf(), {
        method: 'POST',
        target: `/${bucket}/k?uploadId=${encodeURIComponent(uploadId)}`,
        body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${partTag}</ETag></Part></CompleteMultipartUpload>`,
        headers,
      })
    }
    const deleteBatch = (tag: string): Promise<RawResponse> => {
      const body = `<Delete><Object><Key>k</Key><ETag>${tag}</ETag></Object></Delete>`
      return call(worldOf(), {
        method: 'POST',
        target: `/${bucket}?delete`,
        headers: [['Content-MD5', createHash('md5').update(body).digest('base64')]],
        body,
      })
    }

    const failing: readonly (readonly [
      title: string,
      on: Conditional,
      request: () => Promise<RawResponse>,
    ])[] = [
      ['PutObject, If-None-Match: *', 'PutObject', () => put('k', 'new', [['If-None-Match', '*']])],
      ['PutObject, If-Match', 'PutObject', () => put('k', 'new', [['If-Match', OTHER]])],
      ['CopyObject, If-None-Match: *', 'CopyObject', () => copy([['If-None-Match', '*']])],
      ['CopyObject, If-Match', 'CopyObject', () => copy([['If-Match', OTHER]])],
      [
        'CompleteMultipartUpload, If-None-Match: *',
        'CompleteMultipartUpload',
        () => complete([['If-None-Match', '*']]),
      ],
      ['CompleteMultipartUpload, If-Match', 'CompleteMultipartUpload', () => complete([['If-Match', OTHER]])],
      ['a copy source, if-match', 'copySource', () => copy([['x-amz-copy-source-if-match', OTHER]])],
      [
        'a copy source, if-modified-since',
        'copySource',
        () =>
          copy([
            ['x-amz-copy-source-if-modified-since', new Date(Date.now() - 1000).toUTCString()],
            ['x-amz-copy-source-if-none-match', `"${createHash('md5').update('source').digest('hex')}"`],
          ]),
      ],
      [
        'a copy source, if-unmodified-since',
        'copySource',
        () => copy([['x-amz-copy-source-if-unmodified-since', 'Mon, 01 Jan 2024 00:00:00 GMT']]),
      ],
      [
        'DeleteObject, If-Match',
        'DeleteObject',
        () => call(worldOf(), { method: 'DELETE', target: `/${bucket}/k`, headers: [['If-Match', OTHER]] }),
      ],
    ]
    test.for(failing)('one that does not hold leaves all as it was: %s', async ([, on, request]) => {
      const expected = worldOf().can.conditions[on] === 'heeded' ? '412 PreconditionFailed' : REFUSED
      expect(verdict(await request())).toBe(expected)
      expect(await content()).toBe('value')
    })

    test('one that does not hold leaves all as it was: DeleteObjects, ETag', async () => {
      const response = await deleteBatch(OTHER)
      if (worldOf().can.conditions.DeleteObjects === 'heeded') {
        expect(response.body.toString()).toContain('<Code>PreconditionFailed</Code>')
      } else expect(verdict(response)).toBe(REFUSED)
      expect(await content()).toBe('value')
    })

    const holding: readonly (readonly [
      title: string,
      on: Conditional,
      request: () => Promise<RawResponse>,
    ])[] = [
      ['PutObject', 'PutObject', () => put('k', 'new', [['If-Match', etag]])],
      ['CopyObject', 'CopyObject', () => copy([['If-Match', etag]])],
      ['CompleteMultipartUpload', 'CompleteMultipartUpload', () => complete([['If-Match', etag]])],
      [
        'a copy source',
        'copySource',
        () => copy([['x-amz-copy-source-if-match', `"${createHash('md5').update('source').digest('hex')}"`]]),
      ],
      [
        'DeleteObject',
        'DeleteObject',
        () => call(worldOf(), { method: 'DELETE', target: `/${bucket}/k`, headers: [['If-Match', etag]] }),
      ],
      ['DeleteObjects', 'DeleteObjects', () => deleteBatch(etag)],
    ]
    test.for(holding)('one that holds lets it be done: %s', async ([, on, request]) => {
      const heeded = worldOf().can.conditions[on] === 'heeded'
      const response = await request()
      expect(heeded ? response.status < 300 : verdict(response) === REFUSED).toBe(true)
      expect((await content()) === 'value').toBe(!heeded)
    })

    test.for([
      ['If-None-Match', OTHER],
      ['If-Match', '*'],
    ] as const)('%s: %s is no condition of a write', async ([name, value]) => {
      expect(verdict(await put('k', 'new', [[name, value]]))).toBe(REFUSED)
      expect(await content()).toBe('value')
    })

    test('tags of an upload in parts', async () => {
      const { s3, can } = worldOf()
      const request = new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'tagged', Tagging: 'a=1' })
      if (can.conditions.tagsOfUpload === 'refused') {
        await expect(s3.send(request)).rejects.toMatchObject({ name: 'NotImplemented' })
        return
      }
      const { UploadId } = await s3.send(request)
      const at = { Bucket: bucket, Key: 'tagged', UploadId }
      const { ETag } = await s3.send(new UploadPartCommand({ ...at, PartNumber: 1, Body: 'x' }))
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
      await s3.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload }))
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'tagged' }))
      expect(TagSet).toEqual([{ Key: 'a', Value: '1' }])
    })

    test('a copy with tags of its own', async () => {
      const { s3, can } = worldOf()
      await put('source-with-tags', 'x', [['x-amz-tagging', 'a=1']])
      const copied = await call(worldOf(), {
        method: 'PUT',
        target: `/${bucket}/copy-with-tags`,
        headers: [
          ['x-amz-copy-source', `/${bucket}/source-with-tags`],
          ['x-amz-tagging-directive', 'REPLACE'],
          ['x-amz-tagging', 'b=2'],
        ],
      })
      if (can.conditions.tagsOfCopy === 'refused') {
        expect(verdict(copied)).toBe(REFUSED)
        return
      }
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'copy-with-tags' }))
      expect(TagSet).toEqual([{ Key: 'b', Value: '2' }])
    })
  })
}
