import { describe, expect, test } from 'vitest'
import type { MatchedOperation } from '../../src/s3/operation.ts'
import { checkHeaders, forwardableHeaders } from '../../src/s3/operation-headers.ts'
import { headersOf, match, refusal } from './requests.ts'

const get = match('GET', 'object')
const put = match('PUT', 'object')
const copy = match('PUT', 'object', '', { 'x-amz-copy-source': '/a/b' })
const remove = match('DELETE', 'object')
const batch = match('POST', 'bucket', 'delete')
const complete = match('POST', 'object', 'uploadId=1')
const create = match('PUT', 'bucket')

const forwarded = (operation: MatchedOperation, headers: Record<string, string>) =>
  forwardableHeaders(operation, headersOf(headers))

describe('refused', () => {
  test.each<[string, MatchedOperation, Record<string, string>, string]>([
    ['a header of another operation', get, { 'x-amz-acl': 'private' }, 'NotImplemented'],
    ['a header of no operation', put, { 'x-amz-new-feature': '1' }, 'NotImplemented'],
    ['metadata where there is none', get, { 'x-amz-meta-a': '1' }, 'NotImplemented'],
    ['replication state', put, { 'x-amz-replication-status': 'REPLICA' }, 'NotImplemented'],
    ['unpacking an archive', put, { 'x-amz-meta-snowball-auto-extract': 'true' }, 'NotImplemented'],
    ['unpacking below a prefix', put, { 'x-amz-meta-minio-snowball-prefix': 'a' }, 'NotImplemented'],
    ['deleting by prefix', remove, { 'x-minio-force-delete': 'true' }, 'NotImplemented'],
    ['making over', create, { 'x-minio-force-create': 'true' }, 'NotImplemented'],
    ['reading inside an archive', get, { 'x-minio-extract': 'true' }, 'NotImplemented'],
    ['what is internal to Ceph', get, { 'x-rgw-object-type': 'a' }, 'NotImplemented'],
    ['Ceph between zones', get, { 'rgwx-zonegroup': 'a' }, 'NotImplemented'],
    ["the backend account's device", remove, { 'x-amz-mfa': '1 2' }, 'NotImplemented'],
    ['a condition of directory buckets', remove, { 'x-amz-if-match-size': '1' }, 'NotImplemented'],
    ['a write unless it is a certain one', put, { 'if-none-match': '"a"' }, 'NotImplemented'],
    ['a write if there is any', put, { 'if-match': '*' }, 'NotImplemented'],
    ['two conditions of a copy', copy, { 'if-match': '"a"', 'if-none-match': '*' }, 'NotImplemented'],
    ['appending', put, { 'x-amz-write-offset-bytes': '1' }, 'NotImplemented'],
    ['names of another kind', create, { 'x-amz-bucket-namespace': 'account-regional' }, 'NotImplemented'],
    ['an underscore', put, { x_amz_copy_source: '/other/secret' }, 'InvalidRequest'],
    ['an underscore in any name', get, { a_b: '1' }, 'InvalidRequest'],
    ['an underscore in metadata', put, { 'x-amz-meta-a_b': '1' }, 'InvalidRequest'],
    ['a truth of its own', remove, { 'x-amz-bypass-governance-retention': 'TRUE' }, 'InvalidArgument'],
    ['a number for a truth', remove, { 'x-amz-bypass-governance-retention': '1' }, 'InvalidArgument'],
  ])('%s', (_, operation, headers, code) => {
    expect(refusal(() => checkHeaders(operation, headersOf(headers))).code).toBe(code)
  })

  test('the header is named', () => {
    const error = refusal(() => checkHeaders(get, headersOf({ 'x-amz-tagging': 'a=b' })))
    expect(error.elements).toEqual([['Header', 'x-amz-tagging']])
  })
})

describe('accepted', () => {
  test.each<[string, MatchedOperation, Record<string, string>]>([
    ['what s3fs leaves on an upload', put, { 'x-amz-metadata-directive': 'REPLACE' }],
    [
      'what any request has',
      get,
      {
        host: 'h',
        'x-amz-date': '1',
        'x-amz-content-sha256': 'a',
        'x-amz-user-agent': 'a',
        'x-amz-expected-bucket-owner': 'a',
        'x-amz-decoded-content-length': '1',
        'x-amz-trailer': 'a',
        'amz-sdk-request': 'a',
        'x-forwarded-for': 'a',
      },
    ],
    ['metadata', put, { 'x-amz-meta-a': '1', 'x-amz-meta-b.c': '2' }],
    ['a checksum of a body', batch, { 'x-amz-checksum-crc32': 'a', 'x-amz-sdk-checksum-algorithm': 'CRC32' }],
    ['a governance bypass', remove, { 'x-amz-bypass-governance-retention': 'true' }],
  ])('%s', (_, operation, headers) => {
    expect(() => checkHeaders(operation, headersOf(headers))).not.toThrow()
  })
})

describe('what goes to the backend', () => {
  test('is the operation’s own and no more', () => {
    expect(
      forwarded(put, {
        host: 'h',
        authorization: 'a',
        'content-type': 'text/plain',
        'content-length': '3',
        'content-md5': 'm',
        'cache-control': 'no-cache',
        'x-amz-meta-a': '1',
        'x-amz-date': 'd',
        'x-amz-content-sha256': 's',
        'x-amz-checksum-crc32': 'c',
        'x-amz-sdk-checksum-algorithm': 'CRC32',
        'x-amz-expected-bucket-owner': 'o',
        'x-amz-trailer': 't',
        'if-none-match': '*',
        'if-modified-since': 'x',
        origin: 'http://a',
        expect: '100-continue',
        connection: 'x-amz-acl',
        'transfer-encoding': 'chunked',
        te: 'trailers',
        forwarded: 'for=1',
        'x-forwarded-for': '1',
        via: 'v',
        cookie: 'c',
        'user-agent': 'u',
        'accept-encoding': 'gzip',
      }),
    ).toEqual([
      ['content-type', 'text/plain'],
      ['content-md5', 'm'],
      ['cache-control', 'no-cache'],
      ['x-amz-meta-a', '1'],
      ['x-amz-checksum-crc32', 'c'],
      ['if-none-match', '*'],
      ['origin', 'http://a'],
    ])
  })

  test.each<[string, MatchedOperation, Record<string, string>, [string, string][]]>([
    [
      'ranges and conditions',
      get,
      { range: 'bytes=0-1', 'if-match': '"a"' },
      [
        ['range', 'bytes=0-1'],
        ['if-match', '"a"'],
      ],
    ],
    ['what says nothing goes no further', put, { 'x-amz-metadata-directive': 'REPLACE' }, []],
    [
      'a copy source is rebuilt elsewhere',
      copy,
      { 'x-amz-copy-source': '/a/b', 'x-amz-metadata-directive': 'COPY' },
      [['x-amz-metadata-directive', 'COPY']],
    ],
    [
      'digests of a body that is written anew go',
      batch,
      { 'content-md5': 'm', 'x-amz-checksum-crc32': 'c', 'content-type': 'text/xml' },
      [],
    ],
    [
      'checksums of the whole object stay',
      complete,
      { 'x-amz-checksum-crc32': 'c', 'x-amz-checksum-type': 'FULL_OBJECT' },
      [
        ['x-amz-checksum-crc32', 'c'],
        ['x-amz-checksum-type', 'FULL_OBJECT'],
      ],
    ],
    ['the envelope goes', put, { 'content-encoding': 'aws-chunked' }, []],
    ['the coding stays', put, { 'content-encoding': 'gzip,aws-chunked' }, [['content-encoding', 'gzip']]],
    [
      'codings without an envelope are untouched',
      put,
      { 'content-encoding': 'gzip , br' },
      [['content-encoding', 'gzip , br']],
    ],
  ])('%s', (_, operation, headers, expected) => {
    expect(forwarded(operation, headers)).toEqual(expected)
  })
})
