import { describe, expect, test } from 'vitest'
import { canonicalQuery, decode, encode, encodePath, parseQuery } from '../../src/s3/uri.ts'

describe('encoding', () => {
  test.each<[string, string, string]>([
    ['AZaz09-._~', 'AZaz09-._~', 'AZaz09-._~'],
    ['a/b', 'a%2Fb', 'a/b'],
    ['a b+c', 'a%20b%2Bc', 'a%20b%2Bc'],
    ["!*'()", '%21%2A%27%28%29', '%21%2A%27%28%29'],
    ['ä€😀', '%C3%A4%E2%82%AC%F0%9F%98%80', '%C3%A4%E2%82%AC%F0%9F%98%80'],
    ['%2f', '%252f', '%252f'],
    ['\u0000\n', '%00%0A', '%00%0A'],
  ])('%j', (text, encoded, encodedPath) => {
    expect(encode(text)).toBe(encoded)
    expect(encodePath(text)).toBe(encodedPath)
    expect(decode(encoded)).toBe(text)
  })

  test('is decoded once, and a plus stays', () => {
    expect(decode('a+b%252F%2f')).toBe('a+b%2F/')
  })
})

describe('queries', () => {
  test.each<[string, [string, string][]]>([
    ['', []],
    ['acl', [['acl', '']]],
    ['acl=', [['acl', '']]],
    ['a=b=c', [['a', 'b=c']]],
    ['&&a&', [['a', '']]],
    ['a+b=c+d%2B', [['a b', 'c d+']]],
    ['=x', [['', 'x']]],
    [
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
  ])('%s', (raw, parameters) => {
    expect(parseQuery(raw)).toEqual(parameters)
  })

  test.each<[string, string]>([
    // By name and then by value: not by the whole piece, where `-` comes before `=`.
    ['a-b=1&a=2', 'a=2&a-b=1'],
    ['b=2&b=10&a', 'a=&b=10&b=2'],
    ['prefix=a/b&delimiter=/', 'delimiter=%2F&prefix=a%2Fb'],
    ['Z=1&a=1&_=1', 'Z=1&_=1&a=1'],
    ['%C3%A4=1&z=1', '%C3%A4=1&z=1'],
  ])('%s is canonically %s', (raw, canonical) => {
    expect(canonicalQuery(parseQuery(raw))).toBe(canonical)
  })
})
