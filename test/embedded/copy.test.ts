import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { header, type RawHeaders } from '../support/raw-http.ts'
import { encodeKey } from '../support/reference-signer.ts'
import { errorCode, startBackend, type TestBackend, text } from './backend.ts'

const DATA = randomBytes(6 * 1024 * 1024)
const md5 = (data: Buffer): string => createHash('md5').update(data).digest('hex')

let backend: TestBackend
beforeAll(async () => {
  backend = await startBackend()
  await backend.send({ method: 'PUT', target: '/bucket' })
  await backend.send({ method: 'PUT', target: '/other' })
  await backend.send({
    method: 'PUT',
    target: '/bucket/source',
    body: DATA,
    headers: [
      ['Content-Type', 'text/plain'],
      ['x-amz-meta-a', '1'],
      ['x-amz-tagging', 't=1'],
      ['x-amz-website-redirect-location', '/there'],
    ],
  })
})
afterAll(() => backend[Symbol.asyncDispose]())

const copy = (target: string, source: string, headers: RawHeaders = []) =>
  backend.send({ method: 'PUT', target, headers: [['x-amz-copy-source', source], ...headers] })
const head = async (target: string) =>
  Object.fromEntries((await backend.send({ method: 'HEAD', target })).headers)
const tags = async (target: string) =>
  [
    ...text(await backend.send({ method: 'GET', target: `${target}?tagging` })).matchAll(/<Key>([^<]*)</g),
  ].map((match) => match[1])

describe('CopyObject', () => {
  it('copies bytes, metadata and tags, not the redirect', async () => {
    const response = await copy('/other/copy', '/bucket/source')
    expect(text(response)).toMatch(
      new RegExp(
        `^<\\?xml version="1.0" encoding="UTF-8"\\?>\\n<CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LastModified>[^<]+</LastModified><ETag>&quot;${md5(DATA)}&quot;</ETag></CopyObjectResult>$`,
      ),
    )
    const got = await backend.send({ method: 'GET', target: '/other/copy' })
    expect(got.body.equals(DATA)).toBe(true)
    expect(header(got, 'content-type')).toBe('text/plain')
    expect(header(got, 'x-amz-meta-a')).toBe('1')
    expect(header(got, 'x-amz-website-redirect-location')).toBeUndefined()
    expect(await tags('/other/copy')).toEqual(['t'])
  })

  it('replaces metadata or tags, whichever is asked', async () => {
    await copy('/bucket/replaced', 'bucket/source', [
      ['x-amz-metadata-directive', 'REPLACE'],
      ['x-amz-meta-b', '2'],
    ])
    const metadata = await head('/bucket/replaced')
    expect(metadata).toMatchObject({ 'content-type': 'binary/octet-stream', 'x-amz-meta-b': '2' })
    expect(metadata).not.toHaveProperty('x-amz-meta-a')
    expect(await tags('/bucket/replaced')).toEqual(['t'])
    await copy('/bucket/replaced', 'bucket/source', [
      ['x-amz-tagging-directive', 'REPLACE'],
      ['x-amz-tagging', 'u=1'],
    ])
    expect(await head('/bucket/replaced')).toMatchObject({ 'x-amz-meta-a': '1' })
    expect(await tags('/bucket/replaced')).toEqual(['u'])
  })

  it('onto itself must change something', async () => {
    await copy('/bucket/self', 'bucket/source')
    expect(errorCode(await copy('/bucket/self', 'bucket/self'))).toBe('InvalidRequest')
    const changed = await copy('/bucket/self', 'bucket/self', [
      ['x-amz-metadata-directive', 'REPLACE'],
      ['x-amz-meta-new', '1'],
    ])
    expect(changed.status).toBe(200)
    expect(await head('/bucket/self')).toMatchObject({ 'x-amz-meta-new': '1', etag: `"${md5(DATA)}"` })
    expect((await backend.send({ method: 'GET', target: '/bucket/self' })).body.equals(DATA)).toBe(true)
  })

  it('finds odd keys', async () => {
    const key = 'ü/a+b %2F?&#😀'
    await backend.send({ method: 'PUT', target: `/bucket/${encodeKey(key)}`, body: 'odd' })
    expect((await copy('/bucket/even', `/bucket/${encodeKey(key)}`)).status).toBe(200)
    expect(text(await backend.send({ method: 'GET', target: '/bucket/even' }))).toBe('odd')
  })

  it.each([
    ['NoSuchKey', 'bucket/missing', []],
    ['NoSuchBucket', 'missing/key', []],
    ['InvalidArgument', 'bucket', []],
    ['InvalidArgument', 'bucket/source', [['x-amz-metadata-directive', 'MERGE'] as const]],
    ['PreconditionFailed', 'bucket/source', [['If-None-Match', '*'] as const]],
  ])('refuses with %s the source %s', async (code, source, headers) => {
    expect(errorCode(await copy('/bucket/even', source, headers))).toBe(code)
  })

  it('copies a version, and says which', async () => {
    await backend.send({ method: 'PUT', target: '/versions' })
    await backend.send({
      method: 'PUT',
      target: '/versions?versioning',
      body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
    })
    const first = header(
      await backend.send({ method: 'PUT', target: '/versions/k', body: '1' }),
      'x-amz-version-id',
    )
    await backend.send({ method: 'PUT', target: '/versions/k', body: '2' })
    const restored = await copy('/versions/k', `versions/k?versionId=${first}`)
    expect(header(restored, 'x-amz-copy-source-version-id')).toBe(first)
    expect(header(restored, 'x-amz-version-id')).toMatch(/^[\w-]{32}$/)
    expect(text(await backend.send({ method: 'GET', target: '/versions/k' }))).toBe('1')
    const marker = header(await backend.send({ method: 'DELETE', target: '/versions/k' }), 'x-amz-version-id')
    expect(errorCode(await copy('/versions/l', 'versions/k'))).toBe('NoSuchKey')
    expect(errorCode(await copy('/versions/l', `versions/k?versionId=${marker}`))).toBe('InvalidRequest')
  })

  it('outlives its source, and leaves no bytes behind when it goes', async () => {
    const blobs = async () =>
      (await readdir(join(backend.directory, 'blobs'), { recursive: true, withFileTypes: true })).filter(
        (entry) => entry.isFile(),
      ).length
    const before = await blobs()
    await backend.send({ method: 'PUT', target: '/bucket/short-lived', body: DATA })
    expect(await blobs()).toBe(before + 1)
    await copy('/bucket/heir', 'bucket/short-lived')
    expect(await blobs()).toBe(before + 1)
    await backend.send({ method: 'DELETE', target: '/bucket/short-lived' })
    expect((await backend.send({ method: 'GET', target: '/bucket/heir' })).body.equals(DATA)).toBe(true)
    await backend.send({ method: 'DELETE', target: '/bucket/heir' })
    expect(await blobs()).toBe(before)
  })
})

describe('UploadPartCopy', () => {
  it('copies a range of an object into a part', async () => {
    const created = await backend.send({ method: 'POST', target: '/bucket/assembled?uploads' })
    const id = /<UploadId>([^<]+)</.exec(text(created))?.[1]
    const part = (number: number, range: string) =>
      copy(`/bucket/assembled?partNumber=${number}&uploadId=${id}`, 'bucket/source', [
        ['x-amz-copy-source-range', range],
      ])
    const first = DATA.subarray(1, 5 * 1024 * 1024 + 1)
    const second = DATA.subarray(0, 3)
    const copied = await part(1, `bytes=1-${5 * 1024 * 1024}`)
    expect(text(copied)).toContain(`<ETag>&quot;${md5(first)}&quot;</ETag></CopyPartResult>`)
    await part(2, 'bytes=0-2')
    for (const range of ['bytes=0-', 'bytes=-1', 'bytes=5-4', `bytes=0-${DATA.length}`]) {
      expect(errorCode(await part(3, range))).toBe('InvalidArgument')
    }
    const completed = await backend.send({
      method: 'POST',
      target: `/bucket/assembled?uploadId=${id}`,
      body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${md5(first)}</ETag></Part><Part><PartNumber>2</PartNumber><ETag>${md5(second)}</ETag></Part></CompleteMultipartUpload>`,
    })
    expect(completed.status).toBe(200)
    const got = await backend.send({ method: 'GET', target: '/bucket/assembled' })
    expect(got.body.equals(Buffer.concat([first, second]))).toBe(true)
  })
})
