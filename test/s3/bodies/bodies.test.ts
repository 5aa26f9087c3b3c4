import { describe, expect, test } from 'vitest'
import { isPrivateAcl } from '../../../src/s3/bodies/access-control.ts'
import { readBucketPolicy } from '../../../src/s3/bodies/bucket-policy.ts'
import {
  formatCompleteMultipartUpload,
  parseCompleteMultipartUpload,
} from '../../../src/s3/bodies/complete-multipart-upload.ts'
import {
  formatCreateBucketConfiguration,
  parseCreateBucketConfiguration,
} from '../../../src/s3/bodies/create-bucket.ts'
import { formatTagging, formatTaggingHeader, parseTagging } from '../../../src/s3/bodies/tagging.ts'
import { accessControlPolicy } from '../../../src/s3/results.ts'
import { refusal } from '../requests.ts'

const bytes = (text: string) => Buffer.from(text)

describe('CompleteMultipartUpload', () => {
  const parse = (...parts: string[]) =>
    parseCompleteMultipartUpload(
      bytes(
        `<CompleteMultipartUpload>${parts.map((part) => `<Part>${part}</Part>`).join('')}</CompleteMultipartUpload>`,
      ),
    )
  const part = (number: number) => `<PartNumber>${number}</PartNumber><ETag>"e${number}"</ETag>`

  test('parts with their checksums come back out', () => {
    const parts = parse(
      `<ETag>&quot;a&quot;</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32><PartNumber>1</PartNumber>`,
      part(10_000),
    )
    expect(parts).toEqual([
      { partNumber: 1, etag: '"a"', checksums: [['ChecksumCRC32', 'AAAAAA==']] },
      { partNumber: 10_000, etag: '"e10000"', checksums: [] },
    ])
    expect(parseCompleteMultipartUpload(formatCompleteMultipartUpload(parts))).toEqual(parts)
  })

  test.each<[string, string[], string]>([
    ['no parts', [], 'MalformedXML'],
    ['descending parts', [part(2), part(1)], 'InvalidPartOrder'],
    ['a part twice', [part(1), part(1)], 'InvalidPartOrder'],
    ['part 0', [part(0)], 'MalformedXML'],
    ['part 10001', [part(10_001)], 'MalformedXML'],
    ['a part that is no number', ['<PartNumber>1e3</PartNumber><ETag>a</ETag>'], 'MalformedXML'],
    ['no entity tag', ['<PartNumber>1</PartNumber>'], 'MalformedXML'],
    ['two entity tags', [`${part(1)}<ETag>b</ETag>`], 'MalformedXML'],
    ['an unknown element', [`${part(1)}<Size>1</Size>`], 'MalformedXML'],
  ])('%s: refused', (_, parts, code) => {
    expect(refusal(() => parse(...parts)).code).toBe(code)
  })
})

describe('tags', () => {
  const xml = (...tags: [string, string][]) =>
    bytes(
      `<Tagging><TagSet>${tags.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`).join('')}</TagSet></Tagging>`,
    )
  const many = (count: number) => Array.from({ length: count }, (_, i): [string, string] => [`k${i}`, ''])

  test('come back out, in both forms', () => {
    const tags = parseTagging(xml(['a &amp; b', ' '], ['k', 'ä=1']), 'object')
    expect(tags).toEqual([
      { key: 'a & b', value: ' ' },
      { key: 'k', value: 'ä=1' },
    ])
    expect(parseTagging(formatTagging(tags), 'object')).toEqual(tags)
    expect(formatTaggingHeader(tags)).toBe('a%20%26%20b=%20&k=%C3%A4%3D1')
  })

  test('an object has 10, a bucket 50', () => {
    expect(parseTagging(xml(...many(10)), 'object')).toHaveLength(10)
    expect(refusal(() => parseTagging(xml(...many(11)), 'object')).code).toBe('InvalidTag')
    expect(parseTagging(xml(...many(50)), 'bucket')).toHaveLength(50)
    expect(refusal(() => parseTagging(xml(...many(51)), 'bucket')).code).toBe('InvalidTag')
  })

  test.each<[string, Buffer, string]>([
    ['a key twice', xml(['a', '1'], ['a', '2']), 'InvalidTag'],
    ['an empty key', xml(['', '1']), 'InvalidTag'],
    ['a long key', xml(['a'.repeat(129), '1']), 'InvalidTag'],
    ['a long value', xml(['a', '1'.repeat(257)]), 'InvalidTag'],
    ['one of AWS’s', xml(['aws:a', '1']), 'InvalidTag'],
    ['no value', bytes('<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>'), 'MalformedXML'],
    ['no set', bytes('<Tagging></Tagging>'), 'MalformedXML'],
    ['two sets', bytes('<Tagging><TagSet/><TagSet/></Tagging>'), 'MalformedXML'],
  ])('%s: refused', (_, body, code) => {
    expect(refusal(() => parseTagging(body, 'object')).code).toBe(code)
  })
})

describe('CreateBucketConfiguration', () => {
  const parse = (inner: string) =>
    parseCreateBucketConfiguration(bytes(`<CreateBucketConfiguration>${inner}</CreateBucketConfiguration>`))

  test('may be missing or empty', () => {
    const nothing = { locationConstraint: null, tags: [] }
    expect(parseCreateBucketConfiguration(bytes(''))).toEqual(nothing)
    expect(parse('')).toEqual(nothing)
    expect(parse('<LocationConstraint></LocationConstraint>')).toEqual(nothing)
    expect(formatCreateBucketConfiguration(nothing)).toHaveLength(0)
  })

  test('says where, and with which tags', () => {
    const configuration = parse(
      '<LocationConstraint>fr-par</LocationConstraint><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags>',
    )
    expect(configuration).toEqual({ locationConstraint: 'fr-par', tags: [{ key: 'a', value: 'b' }] })
    expect(parseCreateBucketConfiguration(formatCreateBucketConfiguration(configuration))).toEqual(
      configuration,
    )
  })

  test.each<[string, string]>([
    ['<Location><Type>AvailabilityZone</Type></Location>', 'NotImplemented'],
    ['<Bucket><Type>Directory</Type></Bucket>', 'NotImplemented'],
    ['<LocationConstraint>a</LocationConstraint><LocationConstraint>b</LocationConstraint>', 'MalformedXML'],
    ['<Region>a</Region>', 'MalformedXML'],
  ])('%s: refused', (inner, code) => {
    expect(refusal(() => parse(inner)).code).toBe(code)
  })
})

describe('an access control list', () => {
  const owner = { id: 'p1', displayName: 'one' }
  const grant = (grantee: string, permission: string) =>
    `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x">${grantee}</Grantee><Permission>${permission}</Permission></Grant>`
  const list = (...grants: string[]) =>
    bytes(
      `<AccessControlPolicy><Owner><ID>p1</ID></Owner><AccessControlList>${grants.join('')}</AccessControlList></AccessControlPolicy>`,
    )
  const own = grant('<ID>p1</ID>', 'FULL_CONTROL')

  test('that the gate gave out is private', () => {
    expect(isPrivateAcl(bytes(accessControlPolicy(owner)), 'p1')).toBe(true)
    expect(isPrivateAcl(list(own), 'p1')).toBe(true)
  })

  test.each<[string, Buffer]>([
    [
      'everybody may read',
      list(own, grant('<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>', 'READ')),
    ],
    ['somebody else has all', list(grant('<ID>p2</ID>', 'FULL_CONTROL'))],
    ['somebody has all by mail', list(grant('<EmailAddress>a@b</EmailAddress>', 'FULL_CONTROL'))],
    ['two ways to name one', list(grant('<ID>p1</ID><URI>u</URI>', 'FULL_CONTROL'))],
    ['the owner may but read', list(grant('<ID>p1</ID>', 'READ'))],
    ['nobody has anything', list()],
  ])('is not private: %s', (_, body) => {
    expect(isPrivateAcl(body, 'p1')).toBe(false)
  })

  test('of another owner is not', () => {
    expect(isPrivateAcl(bytes(accessControlPolicy({ id: 'p2', displayName: '' })), 'p1')).toBe(false)
  })
})

describe('a bucket policy', () => {
  const policy = (statement: unknown) =>
    bytes(JSON.stringify({ Version: '2012-10-17', Statement: statement }))
  const statement = (Resource: unknown) => ({ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource })

  test.each<[unknown]>([
    [statement('arn:aws:s3:::bucket')],
    [[statement('arn:aws:s3:::bucket/*'), statement(['arn:aws-cn:s3:::bucket', 'arn:aws:s3:::bucket/a*'])]],
  ])('of its own bucket is written anew: %j', (given) => {
    expect(JSON.parse(readBucketPolicy(policy(given), 'bucket').toString())).toEqual({
      Version: '2012-10-17',
      Statement: given,
    })
  })

  test.each<[string, Buffer]>([
    ['another bucket', policy(statement('arn:aws:s3:::other/*'))],
    ['another bucket beside its own', policy(statement(['arn:aws:s3:::bucket', 'arn:aws:s3:::other']))],
    ['every bucket', policy(statement('*'))],
    ['every bucket that starts like it', policy(statement('arn:aws:s3:::bucket*'))],
    ['all but one', policy({ ...statement('arn:aws:s3:::bucket'), NotResource: 'arn:aws:s3:::bucket' })],
    ['no resource', policy({ Effect: 'Allow' })],
    ['no resources', policy(statement([]))],
    ['a resource of another kind', policy(statement([{}]))],
    ['no statement', bytes('{}')],
    ['a statement of another kind', policy(['a'])],
    ['a list', bytes('[]')],
    ['no JSON', bytes('{')],
    ['JSON that is too long', bytes(`{${' '.repeat(20_480)}}`)],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('is refused: %s', (_, body) => {
    expect(refusal(() => readBucketPolicy(body, 'bucket')).code).toBe('MalformedPolicy')
  })

  test('said twice counts once: what is judged is what is forwarded', () => {
    const twice = '{"Statement":[{"Resource":"arn:aws:s3:::other","Resource":"arn:aws:s3:::bucket"}]}'
    expect(readBucketPolicy(bytes(twice), 'bucket').toString()).toBe(
      '{"Statement":[{"Resource":"arn:aws:s3:::bucket"}]}',
    )
  })
})
