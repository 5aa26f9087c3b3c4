import { describe, expect, it } from 'vitest'
import { createRequestIds, EdgeFault, parseHeaders } from '../../src/proxy/edge.ts'

const REFUSED = [
  ['two Host headers', ['Host', 'a', 'host', 'b']],
  ['two Authorization headers', ['Authorization', 'a', 'Authorization', 'a']],
  ['two x-amz-date headers', ['x-amz-date', '1', 'X-Amz-Date', '2']],
  ['two x-amz-content-sha256 headers', ['x-amz-content-sha256', 'a', 'x-amz-content-sha256', 'b']],
  ['two copy sources', ['x-amz-copy-source', '/a/b', 'x-amz-copy-source', '/a/c']],
  ['two Content-Types', ['Content-Type', 'a', 'content-type', 'b']],
  ['two Ranges', ['Range', 'bytes=0-1', 'Range', 'bytes=2-3']],
  ['a header that nobody knows, twice', ['x-foo', 'a', 'x-foo', 'a']],
  ['an underscore, which RGW folds to a dash', ['x_amz_acl', 'public-read']],
  ['an underscore anywhere', ['X-Amz_Meta-a', 'b']],
  ['a length in disguise', ['Content_Length', '0']],
  ['a host in disguise', ['x_forwarded_host', 'a']],
  ['an archive in disguise', ['x-amz-meta-snowball_auto_extract', 'true']],
  ['two grants', ['x-amz-grant-read', 'id=1', 'x-amz-grant-read', 'id=2']],
  ['two directives', ['x-amz-tagging', 'a=b', 'x-amz-tagging', 'c=d']],
] as const

describe('header list', () => {
  it.each(REFUSED)('refuses %s', (_, raw) => {
    expect(() => parseHeaders(raw)).toThrow(EdgeFault)
  })

  it('keeps names in lower case and values as they are', () => {
    const headers = parseHeaders(['Host', 'a:1', 'X-Amz-Meta-Ü', 'caf\u00e9', 'Range', 'bytes=0-1'])
    expect([...headers]).toEqual([
      ['host', 'a:1'],
      ['x-amz-meta-ü', 'caf\u00e9'],
      ['range', 'bytes=0-1'],
    ])
  })

  it('joins repeats of what no decision depends on', () => {
    const headers = parseHeaders([
      'Via',
      '1.1 a',
      'via',
      '1.1 b',
      'X-Forwarded-For',
      '10.0.0.1',
      'x-forwarded-for',
      '10.0.0.2',
    ])
    expect(headers.get('via')).toBe('1.1 a,1.1 b')
    expect(headers.get('x-forwarded-for')).toBe('10.0.0.1,10.0.0.2')
  })

  it.each([
    ['Content-Encoding', ['gzip', 'aws-chunked'], 'gzip,aws-chunked'],
    ['X-Amz-Object-Attributes', ['ETag', 'ObjectSize'], 'ETag,ObjectSize'],
    ['x-amz-meta-reviewed-by', ['joe@example.org', 'jane@example.org'], 'joe@example.org,jane@example.org'],
    ['If-None-Match', ['"a"', '"b"'], '"a","b"'],
  ])('joins lists as signers do: %s', (name, values, joined) => {
    const headers = parseHeaders(values.flatMap((value) => [name, value]))
    expect([...headers]).toEqual([[name.toLowerCase(), joined]])
  })

  it('keeps names that mean nothing, whatever is in them', () => {
    const headers = parseHeaders(['X_Request_Id', '1', 'x-amz-meta-my_key', '2'])
    expect([...headers.keys()]).toEqual(['x_request_id', 'x-amz-meta-my_key'])
  })
})

describe('request ids', () => {
  it('are distinct, and of one form', () => {
    const next = createRequestIds()
    const ids = Array.from({ length: 1000 }, next)
    expect(new Set(ids).size).toBe(1000)
    for (const id of ids) expect(id).toMatch(/^[0-9A-F]{16}$/)
  })

  it('differ between processes', () => {
    expect(createRequestIds()()).not.toBe(createRequestIds()())
  })
})
