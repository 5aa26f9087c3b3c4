import { describe, expect, test } from 'vitest'
import type { MatchedOperation } from '../../src/s3/operation.ts'
import { forwardableHeaders, sortHeaders } from '../../src/s3/operation-headers.ts'
import { headersOf, match, refusal } from './requests.ts'

const get = match('GET', 'object')
const put = match('PUT', 'object')
const copy = match('PUT', 'object', '', { 'x-amz-copy-source': '/a/b' })
const remove = match('DELETE', 'object')
const batch = match('POST', 'bucket', 'delete')
const complete = match('POST', 'object', 'uploadId=1')
const create = match('PUT', 'bucket')
const part = match('PUT', 'object', 'partNumber=1&uploadId=1')
const list = match('GET', 'bucket', 'list-type=2')
const ATTRIBUTES = 'x-amz-object-attributes'
const attributes = match('GET', 'object', 'attributes', { [ATTRIBUTES]: 'ETag' })
const BYPASS = 'x-amz-bypass-governance-retention'
const CUSTOMER_KEY = 'x-amz-server-side-encryption-customer-key'

const forwarded = (operation: MatchedOperation, headers: Record<string, string>) =>
  forwardableHeaders(operation, headersOf(headers))

describe('refused', () => {
  test.each<[string, MatchedOperation, Record<string, string>, string]>([
    ['a header of another write', part, { 'x-amz-tagging': 'a=b' }, 'NotImplemented'],
    ['a header of no operation', put, { 'x-amz-new-feature': '1' }, 'NotImplemented'],
    ['metadata where there is none', part, { 'x-amz-meta-a': '1' }, 'NotImplemented'],
    ['replication state', put, { 'x-amz-replication-status': 'REPLICA' }, 'NotImplemented'],
    ['unpacking an archive', put, { 'x-amz-meta-snowball-auto-extract': 'true' }, 'InvalidRequest'],
    ['unpacking below a prefix', put, { 'x-amz-meta-minio-snowball-prefix': 'a' }, 'InvalidRequest'],
    ['the same, folded', put, { 'x-amz-meta-snowball_auto_extract': 'true' }, 'InvalidRequest'],
    ['deleting by prefix', remove, { 'x-minio-force-delete': 'true' }, 'NotImplemented'],
    ['making over', create, { 'x-minio-force-create': 'true' }, 'NotImplemented'],
    ['reading inside an archive', get, { 'x-minio-extract': 'true' }, 'NotImplemented'],
    ['what is internal to Ceph', get, { 'x-rgw-object-type': 'a' }, 'NotImplemented'],
    ['Ceph between zones', get, { 'rgwx-zonegroup': 'a' }, 'NotImplemented'],
    ["the backend account's device", remove, { 'x-amz-mfa': '1 2' }, 'NotImplemented'],
    ['a condition of directory buckets', remove, { 'x-amz-if-match-size': '1' }, 'NotImplemented'],
    ['a write unless it is a certain one', put, { 'if-none-match': '"a"' }, 'NotImplemented'],
    ['a write if there is any', put, { 'if-match': '*' }, 'NotImplemented'],
    ['a write if it is one of several', put, { 'if-match': '"a","b"' }, 'NotImplemented'],
    ['two conditions of a copy', copy, { 'if-match': '"a"', 'if-none-match': '*' }, 'NotImplemented'],
    ['appending', put, { 'x-amz-write-offset-bytes': '1' }, 'NotImplemented'],
    ['names of another kind', create, { 'x-amz-bucket-namespace': 'account-regional' }, 'NotImplemented'],
    ['a copy source in disguise', put, { x_amz_copy_source: '/other/secret' }, 'InvalidRequest'],
    ['the same on a read', get, { 'x-amz_copy-source': '/other/secret' }, 'InvalidRequest'],
    ['metadata in disguise', put, { 'x-amz-meta_a': '1' }, 'InvalidRequest'],
    ['a length in disguise', get, { content_length: '0' }, 'InvalidRequest'],
    ['one kind of store’s own in disguise', get, { x_minio_extract: 'true' }, 'InvalidRequest'],
    ['a condition on a list', list, { 'if-none-match': '"a"' }, 'NotImplemented'],
    ['a condition that writes do not have', put, { 'if-unmodified-since': 'x' }, 'NotImplemented'],
    ['a condition of directory buckets on a read', get, { 'x-amz-if-match-size': '1' }, 'NotImplemented'],
    ['a condition of a copy on a read', get, { 'x-amz-copy-source-if-match': '"a"' }, 'NotImplemented'],
    ['a key for what needs none', list, { [CUSTOMER_KEY]: 'a' }, 'NotImplemented'],
    ['an owner of a source on a read', get, { 'x-amz-source-expected-bucket-owner': 'a' }, 'NotImplemented'],
    ['an expectation of another kind', get, { 'x-amz-expected-bucket-name': 'a' }, 'NotImplemented'],
    ['a session token', get, { 'x-amz-security-token': 'a' }, 'NotImplemented'],
    ['a number for a truth', remove, { 'x-amz-bypass-governance-retention': '1' }, 'InvalidArgument'],
    ['an attribute that is not one', attributes, { [ATTRIBUTES]: 'ETag,Colour' }, 'InvalidArgument'],
    ['no attribute', attributes, { [ATTRIBUTES]: ' , ' }, 'InvalidArgument'],
  ])('%s', (_, operation, headers, code) => {
    expect(refusal(() => sortHeaders(operation, headersOf(headers))).code).toBe(code)
  })

  test('the header is named', () => {
    const error = refusal(() => sortHeaders(part, headersOf({ 'x-amz-tagging': 'a=b' })))
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
    ['metadata', put, { 'x-amz-meta-a': '1', 'x-amz-meta-b.c': '2', 'x-amz-meta-my_key': '3' }],
    ['a checksum of a body', batch, { 'x-amz-checksum-crc32': 'a', 'x-amz-sdk-checksum-algorithm': 'CRC32' }],
    ['a governance bypass', remove, { 'x-amz-bypass-governance-retention': 'true' }],
    ['a truth in capitals', remove, { 'x-amz-bypass-governance-retention': 'True' }],
    ['a list with spaces', attributes, { [ATTRIBUTES]: 'ETag, ObjectSize' }],
    ['what a proxy adds', put, { x_request_id: '1', 'x-request-id': '1', 'x-real-ip': 'a' }],
    ['the condition of a range', get, { 'if-range': '"a"' }],
  ])('%s', (_, operation, headers) => {
    expect(sortHeaders(operation, headersOf(headers))).toEqual([])
  })
})

describe('idle', () => {
  test.for<[string, MatchedOperation, Record<string, string>]>([
    ['what SDKs for C++ send with everything', put, { 'x-amz-api-version': '2006-03-01' }],
    ['what the SDK for Java sends with a read', get, { 'x-amz-te': 'append-md5' }],
    ['a checksum of no body', get, { 'x-amz-checksum-crc32': 'AAAAAA==' }],
    ['a header of a write on a read', get, { 'x-amz-acl': 'private', 'x-amz-tagging': 'a=b' }],
    ['metadata on a read', list, { 'x-amz-meta-a': '1', 'x-amz-meta-snowball-auto-extract': 'true' }],
    ['a header of no operation on a read', list, { 'x-amz-new-feature': '1' }],
    ['a truth that is not one where it means nothing', get, { 'x-amz-bypass-governance-retention': '1' }],
  ])('%s', ([, operation, headers]) => {
    expect(sortHeaders(operation, headersOf(headers))).toEqual(Object.keys(headers))
    expect(forwarded(operation, headers)).toEqual([])
  })

  test('what is not of S3’s names is nobody’s affair', () => {
    expect(sortHeaders(get, headersOf({ 'x-request-id': '1', x_request_id: '1', traceparent: 'a' }))).toEqual(
      [],
    )
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
    ['a truth is spelt in one way', remove, { [BYPASS]: 'True' }, [[BYPASS, 'true']]],
    ['a list is joined', attributes, { [ATTRIBUTES]: 'ETag, ObjectSize' }, [[ATTRIBUTES, 'ETag,ObjectSize']]],
    ['the condition of a range is the gate’s', get, { 'if-range': '"a"' }, []],
    [
      'a tenant’s own names stay as they are',
      put,
      { 'x-amz-meta-my_key': '1' },
      [['x-amz-meta-my_key', '1']],
    ],
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
