import { expect, test } from 'vitest'
import { parseSignedHeaders, requireSigned } from '../../src/sigv4/signed-headers.ts'
import { refusalOf } from './refusals.ts'

const HEADERS = new Map([
  ['host', 'h'],
  ['content-type', 'text/plain'],
  ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
  ['x-amz-date', '20130524T000000Z'],
  ['x-amz-meta-a', '1'],
])

test.each([
  [['host', 'x-amz-date', 'x-amz-meta-a']],
  [['x-amz-meta-a', 'x-amz-date', 'host', 'content-type', 'x-amz-content-sha256']],
])('%j covers what must be', (signed) => {
  expect(() => requireSigned(HEADERS, signed)).not.toThrow()
})

test.each([
  [['x-amz-date', 'x-amz-meta-a'], 'host'],
  [['host', 'x-amz-date'], 'x-amz-meta-a'],
  [['host'], 'x-amz-date, x-amz-meta-a'],
  [['content-type'], 'host, x-amz-date, x-amz-meta-a'],
])('%j does not', (signed, missing) => {
  expect(refusalOf(() => requireSigned(HEADERS, signed))).toEqual({
    code: 'AccessDenied',
    status: 403,
    message: 'There were headers present in the request which were not signed',
    elements: { HeadersNotSigned: missing },
  })
})

test.each([
  'x-amz-copy-source',
  'x-amz-acl',
  'x-amz-tagging',
  'x-amz-object-lock-mode',
  'x-amz-security-token',
])('an added %s is refused', (name) => {
  const headers = new Map([...HEADERS, [name, 'x'] as const])
  const signed = ['host', 'x-amz-date', 'x-amz-meta-a']
  expect(refusalOf(() => requireSigned(headers, signed)).elements).toEqual({ HeadersNotSigned: name })
})

test('names are lower-case tokens, each once', () => {
  expect(parseSignedHeaders('host;x-amz-date')).toEqual(['host', 'x-amz-date'])
  for (const text of ['', ';', 'host;', ';host', 'Host', 'a;a', 'a b', 'a:b', 'a,b', 'ü', 'a\n']) {
    expect(parseSignedHeaders(text)).toBeUndefined()
  }
})
