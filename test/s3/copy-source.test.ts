import { describe, expect, test } from 'vitest'
import { type CopySource, formatCopySource, parseCopySource } from '../../src/s3/copy-source.ts'
import { createRandom, randomText } from './random.ts'
import { refusal } from './requests.ts'

const source = (key: string, versionId: string | null = null): CopySource => ({
  bucket: 'bucket',
  key,
  versionId,
})

describe('every spelling is one source', () => {
  test.each<[string, CopySource, string]>([
    ['bucket/key', source('key'), '/bucket/key'],
    ['/bucket/key', source('key'), '/bucket/key'],
    ['%2Fbucket%2Fkey', source('key'), '/bucket/key'],
    ['bucket%2Fa%2Fb', source('a/b'), '/bucket/a/b'],
    ['/bucket/a b'.replace(' ', '%20'), source('a b'), '/bucket/a%20b'],
    ['bucket/a+b', source('a+b'), '/bucket/a%2Bb'],
    ['bucket/a%252Fb', source('a%2Fb'), '/bucket/a%252Fb'],
    ['bucket//key', source('/key'), '/bucket//key'],
    ['bucket/%c3%a4', source('ä'), '/bucket/%C3%A4'],
    ['bucket/\u00c3\u00a4', source('ä'), '/bucket/%C3%A4'],
    ['bucket/key?versionId=v1', source('key', 'v1'), '/bucket/key?versionId=v1'],
    ['/bucket/key?versionId=a%2Fb', source('key', 'a/b'), '/bucket/key?versionId=a%2Fb'],
    ['bucket/key%3FversionId=v1', source('key?versionId=v1'), '/bucket/key%3FversionId%3Dv1'],
    ['bucket/key?versionId=null', source('key', 'null'), '/bucket/key?versionId=null'],
    // Not encoded at all: no escape there is one.
    ['bucket/100%', source('100%'), '/bucket/100%25'],
    ['bucket/100% of a%20b', source('100% of a%20b'), '/bucket/100%25%20of%20a%2520b'],
    ['bucket/%zz', source('%zz'), '/bucket/%25zz'],
    ['bucket/a b', source('a b'), '/bucket/a%20b'],
    ['bucket/%\u00c3\u00a4', source('%ä'), '/bucket/%25%C3%A4'],
  ])('%s', (value, expected, canonical) => {
    expect(parseCopySource(value)).toEqual(expected)
    expect(formatCopySource(expected)).toBe(canonical)
    expect(parseCopySource(canonical)).toEqual(expected)
  })
})

describe('what is no source', () => {
  test.each<[string, string]>([
    ['', 'InvalidArgument'],
    ['/', 'InvalidArgument'],
    ['bucket', 'InvalidArgument'],
    ['bucket/', 'InvalidArgument'],
    ['/bucket/', 'InvalidArgument'],
    ['//bucket/key', 'InvalidArgument'],
    ['bucket/%ff', 'InvalidArgument'],
    ['bucket/key?versionId=', 'InvalidArgument'],
    ['bucket/key?version=1', 'InvalidArgument'],
    ['bucket/key?versionId=1&versionId=2', 'InvalidArgument'],
    ['bucket/key?versionId=1?versionId=2', 'InvalidArgument'],
    ['bucket/key?acl', 'InvalidArgument'],
    ['bucket/key?versionId=%0', 'InvalidArgument'],
    ['arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/object/key', 'NotImplemented'],
    ['/arn%3Aaws:s3:::bucket/key', 'NotImplemented'],
    [':bucket/key', 'InvalidBucketName'],
    ['tenant:bucket/key', 'InvalidBucketName'],
    ['BUCKET/key', 'InvalidBucketName'],
    ['bucket/../other/key', 'InvalidURI'],
    ['bucket/%/../../other/key', 'InvalidURI'],
    ['bu%cket/key', 'InvalidBucketName'],
    ['bucket/%2e%2e/key', 'InvalidURI'],
    ['bucket/a%00', 'InvalidURI'],
    [`bucket/${'a'.repeat(1025)}`, 'KeyTooLongError'],
  ])('%s: %s', (value, code) => {
    expect(refusal(() => parseCopySource(value)).code).toBe(code)
  })
})

test('any key comes back out of the canonical form', () => {
  const random = createRandom(4)
  const pieces = ['a', '/', '%', '?', '+', ' ', 'ä', '😀', '&', '=', '\n', ':', 'versionId=']
  for (let i = 0; i < 2000; i++) {
    const given = source(`k${randomText(random, pieces, 8)}`, `v${randomText(random, pieces, 4)}`)
    expect(parseCopySource(formatCopySource(given))).toEqual(given)
  }
})
