import { describe, expect, test } from 'vitest'
import { isBucketName, refuseBucketName } from '../../src/s3/bucket-name.ts'
import { refusal } from './requests.ts'

describe('names that a bucket can have', () => {
  test.each([
    'abc',
    'a1b',
    '123',
    'a-b',
    'a.b',
    'a--b',
    'a.1.2.3',
    '1.2.3.4.5',
    'my.bucket-1',
    'a'.repeat(63),
  ])('%s', (name) => {
    expect(isBucketName(name)).toBe(true)
  })
})

describe('names that it cannot have', () => {
  test.each([
    '',
    'a',
    'ab',
    'a'.repeat(64),
    'Abc',
    'aBc',
    'a_b',
    'a b',
    'a/b',
    'a:b',
    ':bkt',
    'a\u0000b',
    'äbc',
    'a%62c',
    '-abc',
    'abc-',
    '.abc',
    'abc.',
    'a..b',
    'a.-b',
    'a-.b',
    '..',
    '...',
    '1.2.3.4',
    '192.168.5.4',
    '999.999.999.999',
    'xn--bucket',
    'sthree-bucket',
    'amzn-s3-demo-bucket',
    'bucket-s3alias',
    'bucket--ol-s3',
    'bucket.mrap',
    'bucket--x-s3',
    'bucket--table-s3',
  ])('%j', (name) => {
    expect(isBucketName(name)).toBe(false)
  })
})

test('a refusal names the bucket, for reserved names too', () => {
  const error = refusal(() => refuseBucketName('minio', new Set(['minio'])))
  expect([error.code, error.elements]).toEqual(['InvalidBucketName', [['BucketName', 'minio']]])
})
