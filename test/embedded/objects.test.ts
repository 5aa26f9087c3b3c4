import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { header } from '../support/raw-http.ts'
import { encodeKey } from '../support/reference-signer.ts'
import { errorCode, startBackend, type TestBackend, text } from './backend.ts'

let backend: TestBackend
beforeAll(async () => {
  backend = await startBackend()
  await backend.send({ method: 'PUT', target: '/bucket' })
})
afterAll(() => backend[Symbol.asyncDispose]())

const md5 = (data: Buffer | string): string => createHash('md5').update(data).digest('hex')

describe('keys', () => {
  const keys = [
    'plain',
    'x',
    'x/y',
    'x/',
    'a//b',
    '/leading',
    '..a/b..',
    'a/...',
    'index.sqlite',
    'spaces and + and %2F and ?#&=',
    'ü',
    'u\u0308',
    '😀',
    '\u0001\u001f\u007f\n\t',
    'quote"\'<&>',
    'back\\slash',
    'A',
    'a',
    'k'.repeat(1024),
    '日'.repeat(341),
    'con',
    'nul.txt',
    'x.',
  ]

  it('never collide, and come back as they were', async () => {
    for (const key of keys) {
      const put = await backend.send({
        method: 'PUT',
        target: `/bucket/${encodeKey(key)}`,
        body: `of ${key}`,
      })
      expect(put.status, key).toBe(200)
      expect(header(put, 'etag')).toBe(`"${md5(`of ${key}`)}"`)
    }
    for (const key of keys) {
      const got = await backend.send({ method: 'GET', target: `/bucket/${encodeKey(key)}` })
      expect(text(got)).toBe(`of ${key}`)
    }
    const listed = await backend.send({ method: 'GET', target: '/bucket?encoding-type=url' })
    const found = [...text(listed).matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) =>
      decodeURIComponent(match[1] ?? ''),
    )
    const inOrder = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(found).toEqual(inOrder)
    for (const key of keys) {
      const gone = await backend.send({ method: 'DELETE', target: `/bucket/${encodeKey(key)}` })
      expect(gone.status).toBe(204)
    }
    expect(text(await backend.send({ method: 'GET', target: '/bucket' }))).not.toContain('<Key>')
  })

  it.each([
    ['KeyTooLongError', 'k'.repeat(1025)],
    ['KeyTooLongError', '日'.repeat(342)],
    ['InvalidURI', 'a/../b'],
    ['InvalidURI', 'a/.'],
    ['InvalidURI', 'a\0b'],
  ])('are refused with %s', async (code, key) => {
    const response = await backend.send({ method: 'PUT', target: `/bucket/${encodeKey(key)}`, body: 'x' })
    expect(errorCode(response)).toBe(code)
  })
})

describe('reading', () => {
  const data = randomBytes(1_000_000)
  beforeAll(async () => {
    await backend.send({
      method: 'PUT',
      target: '/bucket/read',
      body: data,
      headers: [
        ['Content-Type', 'text/plain'],
        ['Cache-Control', 'no-store'],
        ['Content-Disposition', 'attachment; filename="\xfc.txt"'],
        ['Content-Encoding', 'gzip'],
        ['Content-Language', 'de'],
        ['Expires', 'tomorrow'],
        ['x-amz-meta-Name', 'v\xe4lue'],
        ['x-amz-website-redirect-location', '/elsewhere'],
        ['x-amz-tagging', 'a=1&b=2'],
        ['x-amz-storage-class', 'STANDARD'],
        ['x-amz-acl', 'private'],
      ],
    })
    await backend.send({ method: 'PUT', target: '/bucket/empty', body: '' })
  })

  it('gives everything back that was said of the object', async () => {
    for (const method of ['GET', 'HEAD']) {
      const response = await backend.send({ method, target: '/bucket/read' })
      expect(response.status).toBe(200)
      expect(response.body.equals(method === 'GET' ? data : Buffer.alloc(0))).toBe(true)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'accept-ranges': 'bytes',
        'content-length': '1000000',
        'content-type': 'text/plain',
        'cache-control': 'no-store',
        'content-disposition': 'attachment; filename="\xfc.txt"',
        'content-encoding': 'gzip',
        'content-language': 'de',
        expires: 'tomorrow',
        etag: `"${md5(data)}"`,
        'x-amz-meta-name': 'v\xe4lue',
        'x-amz-tagging-count': '2',
        'x-amz-website-redirect-location': '/elsewhere',
      })
      expect(header(response, 'x-amz-version-id')).toBeUndefined()
      expect(header(response, 'x-amz-storage-class')).toBeUndefined()
    }
  })

  it('lets the request have other headers', async () => {
    const response = await backend.send({
      method: 'GET',
      target: '/bucket/read?response-content-type=image%2Fpng&response-expires=never',
    })
    expect(header(response, 'content-type')).toBe('image/png')
    expect(header(response, 'expires')).toBe('never')
    expect(header(response, 'content-language')).toBe('de')
  })

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 20],
    ['bytes=999999-', 999_999, 1_000_000],
    ['bytes=999990-2000000', 999_990, 1_000_000],
    ['bytes=-5', 999_995, 1_000_000],
    ['bytes=-2000000', 0, 1_000_000],
    ['bytes=200000-700000', 200_000, 700_001],
  ])('gives the range %s', async (range, start, end) => {
    const response = await backend.send({
      method: 'GET',
      target: '/bucket/read',
      headers: [['Range', range]],
    })
    expect(response.status).toBe(206)
    expect(header(response, 'content-range')).toBe(`bytes ${start}-${end - 1}/1000000`)
    expect(response.body.equals(data.subarray(start, end))).toBe(true)
  })

  it.each(['bytes=0-0,5-9', 'bytes=9-5', 'lines=1-2', 'bytes=-', 'bytes=x-'])(
    'ignores the range %s',
    async (range) => {
      const response = await backend.send({
        method: 'GET',
        target: '/bucket/read',
        headers: [['Range', range]],
      })
      expect(response.status).toBe(200)
      expect(response.body.length).toBe(1_000_000)
    },
  )

  it.each([
    ['/bucket/read', 'bytes=1000000-'],
    ['/bucket/read', 'bytes=-0'],
    ['/bucket/empty', 'bytes=0-'],
    ['/bucket/empty', 'bytes=-0'],
  ])('refuses of %s the range %s', async (target, range) => {
    const response = await backend.send({ method: 'GET', target, headers: [['Range', range]] })
    expect(response.status).toBe(416)
    expect(errorCode(response)).toBe('InvalidRange')
  })

  it('gives the end of nothing, which is nothing', async () => {
    const response = await backend.send({
      method: 'GET',
      target: '/bucket/empty',
      headers: [['Range', 'bytes=-1']],
    })
    expect([response.status, response.body.length]).toEqual([200, 0])
  })

  it('reads an empty object', async () => {
    const response = await backend.send({ method: 'GET', target: '/bucket/empty' })
    expect(response.status).toBe(200)
    expect(header(response, 'content-length')).toBe('0')
    expect(header(response, 'content-type')).toBe('binary/octet-stream')
  })

  it('says what is missing', async () => {
    const key = await backend.send({ method: 'GET', target: '/bucket/missing' })
    expect([key.status, errorCode(key)]).toEqual([404, 'NoSuchKey'])
    expect(text(key)).toContain('<Key>missing</Key>')
    const bucket = await backend.send({ method: 'GET', target: '/missing/key' })
    expect([bucket.status, errorCode(bucket)]).toEqual([404, 'NoSuchBucket'])
    const head = await backend.send({ method: 'HEAD', target: '/bucket/missing' })
    expect([head.status, head.body.length]).toEqual([404, 0])
  })
})

describe('metadata', () => {
  it('may be 2 KiB long', async () => {
    const put = (value: string) =>
      backend.send({ method: 'PUT', target: '/bucket/meta', body: 'x', headers: [['x-amz-meta-k', value]] })
    expect((await put('v'.repeat(2047))).status).toBe(200)
    expect(errorCode(await put('v'.repeat(2048)))).toBe('MetadataTooLarge')
  })
})

describe('object tags', () => {
  const tagging = (tags: [string, string][]) =>
    `<Tagging><TagSet>${tags.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`).join('')}</TagSet></Tagging>`
  const put = (tags: [string, string][]) =>
    backend.send({ method: 'PUT', target: '/bucket/tagged?tagging', body: tagging(tags) })
  beforeAll(() => backend.send({ method: 'PUT', target: '/bucket/tagged', body: 'x' }))

  it('are set, read and removed', async () => {
    expect(
      (
        await put([
          ['b', '2'],
          ['a', ''],
        ])
      ).status,
    ).toBe(200)
    const got = await backend.send({ method: 'GET', target: '/bucket/tagged?tagging' })
    expect(text(got)).toContain(
      '<TagSet><Tag><Key>b</Key><Value>2</Value></Tag><Tag><Key>a</Key><Value></Value></Tag></TagSet>',
    )
    expect((await backend.send({ method: 'DELETE', target: '/bucket/tagged?tagging' })).status).toBe(204)
    expect(text(await backend.send({ method: 'GET', target: '/bucket/tagged?tagging' }))).toContain(
      '<TagSet></TagSet>',
    )
  })

  it.each<[string, [string, string][]]>([
    [
      'InvalidTag',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['InvalidTag', [['', '1']]],
    ['InvalidTag', [['k'.repeat(129), '1']]],
    ['InvalidTag', [['k', 'v'.repeat(257)]]],
    ['InvalidTag', [['k', '*']]],
    ['BadRequest', Array.from({ length: 11 }, (_, i) => [`k${i}`, 'v'])],
  ])('are refused with %s', async (code, tags) => {
    expect(errorCode(await put(tags))).toBe(code)
  })
})
