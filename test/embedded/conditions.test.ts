import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawHeaders } from '../support/raw-http.ts'
import { errorCode, startBackend, type TestBackend, text } from './backend.ts'

const STORED = Date.UTC(2026, 0, 15, 12, 0, 0, 750)
const BEFORE = 'Thu, 15 Jan 2026 11:59:59 GMT'
const EXACTLY = 'Thu, 15 Jan 2026 12:00:00 GMT'
const AFTER = 'Thu, 15 Jan 2026 12:00:01 GMT'
const ETAG = createHash('md5').update('data').digest('hex')

let backend: TestBackend
beforeAll(async () => {
  backend = await startBackend(undefined, () => STORED)
  await backend.send({ method: 'PUT', target: '/bucket' })
  await backend.send({ method: 'PUT', target: '/bucket/key', body: 'data' })
})
afterAll(() => backend[Symbol.asyncDispose]())

describe('reads', () => {
  const cases: [number, RawHeaders][] = [
    [200, [['If-Match', `"${ETAG}"`]]],
    [200, [['If-Match', ETAG]]],
    [200, [['If-Match', `"other", "${ETAG}"`]]],
    [200, [['If-Match', '*']]],
    [412, [['If-Match', '"other"']]],
    [304, [['If-None-Match', `"${ETAG}"`]]],
    [304, [['If-None-Match', `W/"${ETAG}"`]]],
    [304, [['If-None-Match', '*']]],
    [200, [['If-None-Match', '"other"']]],
    [200, [['If-Modified-Since', BEFORE]]],
    [304, [['If-Modified-Since', EXACTLY]]],
    [304, [['If-Modified-Since', AFTER]]],
    [412, [['If-Unmodified-Since', BEFORE]]],
    [200, [['If-Unmodified-Since', EXACTLY]]],
    [200, [['If-Unmodified-Since', AFTER]]],
    [200, [['If-Modified-Since', 'nonsense']]],
    [
      200,
      [
        ['If-Match', `"${ETAG}"`],
        ['If-Unmodified-Since', BEFORE],
      ],
    ],
    [
      412,
      [
        ['If-Match', '"other"'],
        ['If-Unmodified-Since', AFTER],
      ],
    ],
    [
      304,
      [
        ['If-None-Match', `"${ETAG}"`],
        ['If-Modified-Since', BEFORE],
      ],
    ],
    [
      200,
      [
        ['If-None-Match', '"other"'],
        ['If-Modified-Since', AFTER],
      ],
    ],
    [
      304,
      [
        ['If-Match', `"${ETAG}"`],
        ['If-None-Match', `"${ETAG}"`],
      ],
    ],
    [
      206,
      [
        ['Range', 'bytes=0-1'],
        ['If-Range', `"${ETAG}"`],
      ],
    ],
    [
      200,
      [
        ['Range', 'bytes=0-1'],
        ['If-Range', '"other"'],
      ],
    ],
    [
      206,
      [
        ['Range', 'bytes=0-1'],
        ['If-Range', EXACTLY],
      ],
    ],
    [
      200,
      [
        ['Range', 'bytes=0-1'],
        ['If-Range', BEFORE],
      ],
    ],
  ]
  it.each(cases)('answer %i to %j', async (status, headers) => {
    for (const method of ['GET', 'HEAD']) {
      const response = await backend.send({ method, target: '/bucket/key', headers })
      expect(response.status).toBe(status)
      if (status === 412 && method === 'GET') {
        expect(errorCode(response)).toBe('PreconditionFailed')
        expect(text(response)).toContain(`<Condition>${headers[0]?.[0]}</Condition>`)
      }
      if (status === 304) expect(response.body.length).toBe(0)
    }
  })
})

describe('writes', () => {
  const cases: [string, RawHeaders, string | undefined][] = [
    ['/bucket/key', [['If-None-Match', '*']], 'PreconditionFailed'],
    ['/bucket/new', [['If-None-Match', '*']], undefined],
    ['/bucket/key', [['If-Match', `"${ETAG}"`]], undefined],
    ['/bucket/key', [['If-Match', '"other"']], 'PreconditionFailed'],
    ['/bucket/missing', [['If-Match', `"${ETAG}"`]], 'NoSuchKey'],
    ['/bucket/key', [['If-Match', '*']], 'NotImplemented'],
    [
      '/bucket/key',
      [
        ['If-Match', `"${ETAG}"`],
        ['If-None-Match', '*'],
      ],
      'NotImplemented',
    ],
  ]
  it.each(cases)('to %s with %j: %s', async (target, headers, code) => {
    const put = await backend.send({ method: 'PUT', target, headers, body: 'data' })
    expect(errorCode(put)).toBe(code)
    if (code !== undefined) return
    expect(put.status).toBe(200)
    if (target !== '/bucket/key') await backend.send({ method: 'DELETE', target })
  })

  it('let one of many writers win', async () => {
    const puts = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        backend.send({
          method: 'PUT',
          target: '/bucket/contested',
          headers: [['If-None-Match', '*']],
          body: `writer ${i}`,
        }),
      ),
    )
    const winners = puts.flatMap((put, i) => (put.status === 200 ? [i] : []))
    expect(winners).toHaveLength(1)
    expect(puts.filter((put) => put.status === 412)).toHaveLength(19)
    expect(text(await backend.send({ method: 'GET', target: '/bucket/contested' }))).toBe(
      `writer ${winners[0]}`,
    )
  })

  it.each([
    ['If-Match', `"${ETAG}"`, 200],
    ['If-Match', '"other"', 412],
    ['If-None-Match', `"${ETAG}"`, 412],
    ['If-None-Match', '"other"', 200],
    ['If-Modified-Since', BEFORE, 200],
    ['If-Modified-Since', EXACTLY, 412],
    ['If-Unmodified-Since', EXACTLY, 200],
    ['If-Unmodified-Since', BEFORE, 412],
  ])('by copy, x-amz-copy-source-%s: %s: %i', async (condition, value, status) => {
    const copy = await backend.send({
      method: 'PUT',
      target: '/bucket/copy',
      headers: [
        ['x-amz-copy-source', '/bucket/key'],
        [`x-amz-copy-source-${condition}`, value],
      ],
    })
    expect(copy.status).toBe(status)
    if (status === 412) {
      expect(text(copy)).toContain(`<Condition>x-amz-copy-source-${condition}</Condition>`)
    }
  })
})

describe('deletions', () => {
  it.each<[string, string, number]>([
    ['/bucket/doomed', '"other"', 412],
    ['/bucket/doomed', '*', 204],
    ['/bucket/doomed', `"${ETAG}"`, 204],
    ['/bucket/missing', '*', 404],
    ['/bucket/missing', '"other"', 404],
  ])('of %s if it matches %s: %i', async (target, match, status) => {
    if (target === '/bucket/doomed') await backend.send({ method: 'PUT', target, body: 'data' })
    const response = await backend.send({ method: 'DELETE', target, headers: [['If-Match', match]] })
    expect(response.status).toBe(status)
    const left = await backend.send({ method: 'HEAD', target: '/bucket/doomed' })
    expect(left.status).toBe(target === '/bucket/doomed' && status === 204 ? 404 : left.status)
  })
})
