import { describe, expect, test } from 'vitest'
import { hoist } from '../../src/s3/hoist.ts'
import { matchOperation } from '../../src/s3/operation.ts'
import { parseQuery } from '../../src/s3/uri.ts'
import { headersOf, refusal, TARGETS } from './requests.ts'

const run = (query: string, headers: Record<string, string> = {}) =>
  hoist(parseQuery(query), headersOf(headers))

test('parameters that are headers become headers, in any case', () => {
  const { query, headers } = run(
    'x-amz-acl=private&X-Amz-Tagging=a%3Db&prefix=x&X-Amz-Date=1&x-id=PutObject',
    {
      host: 'h',
    },
  )
  expect([...headers]).toEqual([
    ['host', 'h'],
    ['x-amz-acl', 'private'],
    ['x-amz-tagging', 'a=b'],
  ])
  expect(query.map(([name]) => name)).toEqual(['prefix', 'X-Amz-Date', 'x-id'])
})

test('without any, nothing is copied', () => {
  const query = parseQuery('X-Amz-Signature=1&acl')
  const headers = headersOf({ host: 'h' })
  expect(hoist(query, headers)).toEqual({ query, headers })
  expect(hoist(query, headers).headers).toBe(headers)
})

test('text becomes the bytes that a header holds, and white space around it goes', () => {
  expect(run('x-amz-meta-a=%C3%A0+').headers.get('x-amz-meta-a')).toBe('\u00c3\u00a0')
})

test('names of metadata are the tenant’s', () => {
  expect([...run('x-amz-meta-my_key=1').headers]).toEqual([['x-amz-meta-my_key', '1']])
})

test('what a header says already is said once', () => {
  const { query, headers } = run('x-amz-meta-a=1&prefix=x', { 'x-amz-meta-a': '1' })
  expect([query, [...headers]]).toEqual([[['prefix', 'x']], [['x-amz-meta-a', '1']]])
})

test('the checksum of an empty body says nothing of the body that comes', () => {
  const { query, headers } = run('x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32')
  expect([query, headers.size]).toEqual([[], 0])
})

test('a hoisted copy source makes it a copy before anything is decided', () => {
  const { query, headers } = run('x-amz-copy-source=other%2Fsecret')
  expect(matchOperation('PUT', TARGETS.object, query, headers).name).toBe('CopyObject')
})

describe('refused', () => {
  test.each<[string, Record<string, string>]>([
    ['x-amz-acl=private', { 'x-amz-acl': 'public-read' }],
    ['x-amz-acl=private&X-Amz-Acl=private', {}],
    ['x-amz-meta-a=%0d%0aX-Evil:1', {}],
    ['x-amz-meta-a=%0a', {}],
    ['x-amz-meta-a=%00', {}],
    ['x-amz-meta-a=%7f', {}],
    ['x-amz-meta-a%0d%0aX-Evil=1', {}],
    ['x-amz-meta-a:b=1', {}],
    ['x-amz-meta-a%20b=1', {}],
    ['x-amz-ac_l=1', {}],
    ['x-amz-meta_a=1', {}],
    ['x-amz-meta-%C3%A4=1', {}],
    ['x-amz-date=20260101T000000Z', {}],
    ['x-amz-content-sha256=UNSIGNED-PAYLOAD', {}],
    ['X-AMZ-Security-Token=a', {}],
  ])('%s %j', (query, headers) => {
    expect(refusal(() => run(query, headers)).status).toBe(400)
  })
})
