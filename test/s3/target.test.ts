import { describe, expect, test } from 'vitest'
import { S3Error } from '../../src/s3/error.ts'
import { createNames } from '../../src/s3/names.ts'
import { parseTarget, refuseUnsafeTarget, type Target, targetPath } from '../../src/s3/target.ts'
import { canonicalQuery, decode, encode, encodePath, parseQuery } from '../../src/s3/uri.ts'
import { createRandom, pick, randomText } from './random.ts'
import { refusal } from './requests.ts'

const pathStyle = createNames({ domains: [], endpoints: [] })
const parse = (target: string) => parseTarget(target, 'gate.example:9000', pathStyle)
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

const object = (bucket: string, key: string): Target => ({ kind: 'object', bucket, key })
const bucket = (name: string): Target => ({ kind: 'bucket', bucket: name })

describe('path style', () => {
  test.each<[string, Target, string]>([
    ['/', { kind: 'service' }, '/'],
    ['/?prefix=a', { kind: 'service' }, '/'],
    ['/b', bucket('b'), '/b'],
    ['/b/', bucket('b'), '/b/'],
    ['/b?acl', bucket('b'), '/b'],
    ['/b/k', object('b', 'k'), '/b/k'],
    ['/b/k/', object('b', 'k/'), '/b/k/'],
    ['/b//k', object('b', '/k'), '/b//k'],
    ['/b/dir//x/../y/./z', object('b', 'dir//x/../y/./z'), '/b/dir//x/../y/./z'],
    ['/b/a+b', object('b', 'a+b'), '/b/a%2Bb'],
    ['/b/a%20b', object('b', 'a b'), '/b/a%20b'],
    ['/b%2Fk', object('b', 'k'), '/b/k'],
    ['/b/%2e%2E', object('b', '..'), '/b/..'],
    ['/b/%252e', object('b', '%2e'), '/b/%252e'],
    ['/b/%7e%7E~', object('b', '~~~'), '/b/~~~'],
    ['/b/%c3%a4', object('b', 'ä'), '/b/%C3%A4'],
    [latin1('/b/ä'), object('b', 'ä'), '/b/%C3%A4'],
    ['//k', object('', 'k'), '//k'],
    ["/b/!*'()", object('b', "!*'()"), '/b/%21%2A%27%28%29'],
  ])('%s', (raw, target, canonicalPath) => {
    expect(parse(raw)).toMatchObject({ target, canonicalPath, style: 'path', rawPath: raw.split('?')[0] })
  })

  test('the query is decoded, in order, and a plus is a space', () => {
    expect(parse('/b?prefix=a%2Fb&delimiter=/&marker=a+b&acl').query).toEqual([
      ['prefix', 'a/b'],
      ['delimiter', '/'],
      ['marker', 'a b'],
      ['acl', ''],
    ])
  })

  test.each([
    ['http://other.example/b/k'],
    ['b/k'],
    ['*'],
    [''],
    ['/b/k#fragment'],
    ['/b?prefix=#'],
    ['/b/%'],
    ['/b/%2'],
    ['/b/%zz'],
    ['/b/%ff'],
    ['/b/%c0%ae'],
    ['/b/%ed%a0%80'],
    ['/b/\u0001'],
    ['/b/a b'],
    ['/b/\u007f'],
    ['/b?a=%'],
    ['/b?a=\u0000'],
  ])('%j is refused', (raw) => {
    const error = refusal(() => parse(raw))
    expect([error.code, error.status]).toEqual(['InvalidURI', 400])
  })
})

describe('virtual-hosted style', () => {
  const hosts = createNames({
    domains: ['s3.example.com', 'EU.s3.Example.com.', 'gate:9000'],
    endpoints: [],
  })
  test.each<[string, string, Target, string]>([
    ['bucket.s3.example.com', '/', bucket('bucket'), 'virtual'],
    ['bucket.s3.example.com', '/k', object('bucket', 'k'), 'virtual'],
    ['bucket.s3.example.com', '/other/k', object('bucket', 'other/k'), 'virtual'],
    ['bucket.s3.example.com', '//k', object('bucket', '/k'), 'virtual'],
    ['BUCKET.S3.Example.COM', '/k', object('bucket', 'k'), 'virtual'],
    ['bucket.s3.example.com:8443', '/k', object('bucket', 'k'), 'virtual'],
    ['bucket.s3.example.com.', '/k', object('bucket', 'k'), 'virtual'],
    ['bucket.s3.example.com.:80', '/k', object('bucket', 'k'), 'virtual'],
    ['with.dots.s3.example.com', '/k', object('with.dots', 'k'), 'virtual'],
    ['bucket.eu.s3.example.com', '/k', object('bucket', 'k'), 'virtual'],
    ['bucket.gate:1', '/k', object('bucket', 'k'), 'virtual'],
    ['s3.example.com', '/b/k', object('b', 'k'), 'path'],
    ['eu.s3.example.com', '/b/k', object('b', 'k'), 'path'],
    ['.s3.example.com', '/b/k', object('b', 'k'), 'path'],
    ['evils3.example.com', '/b/k', object('b', 'k'), 'path'],
    ['s3.example.com.evil', '/b/k', object('b', 'k'), 'path'],
    ['127.0.0.1:9000', '/b/k', object('b', 'k'), 'path'],
    ['[::1]:9000', '/b/k', object('b', 'k'), 'path'],
    ['', '/b/k', object('b', 'k'), 'path'],
  ])('%s %s', (host, path, target, style) => {
    expect(parseTarget(path, host, hosts)).toMatchObject({ target, style, canonicalPath: path })
  })

  test('the client signs without the bucket, the backend is asked with it', () => {
    const parsed = parseTarget('/a%20b', 'bucket.s3.example.com', hosts)
    expect(parsed.canonicalPath).toBe('/a%20b')
    expect(targetPath(parsed.target)).toBe('/bucket/a%20b')
  })
})

describe('what backends understand in different ways', () => {
  const reserved = new Set(['minio'])
  test.each<[string, string]>([
    ['/bucket/.', 'InvalidURI'],
    ['/bucket/..', 'InvalidURI'],
    ['/bucket/a/../b', 'InvalidURI'],
    ['/bucket/a/./b', 'InvalidURI'],
    ['/bucket/../other/key', 'InvalidURI'],
    ['/bucket/%2e%2e/other', 'InvalidURI'],
    ['/bucket/a%2F..%2Fb', 'InvalidURI'],
    ['/bucket/a/..', 'InvalidURI'],
    ['/bucket/a%00b', 'InvalidURI'],
    [`/bucket/${'a'.repeat(1025)}`, 'KeyTooLongError'],
    [`/bucket/${'%C3%A4'.repeat(513)}`, 'KeyTooLongError'],
    ['/:bkt/u1', 'InvalidBucketName'],
    ['/%3Abkt/u1', 'InvalidBucketName'],
    ['/tenant:bkt', 'InvalidBucketName'],
    ['/minio/admin', 'InvalidBucketName'],
    ['/../bucket', 'InvalidBucketName'],
    ['//bucket/key', 'InvalidBucketName'],
    ['/Bucket/key', 'InvalidBucketName'],
    ['/%2Fbucket/key', 'InvalidBucketName'],
  ])('%s: %s', (raw, code) => {
    const { target } = parse(raw)
    expect(refusal(() => refuseUnsafeTarget(target, reserved)).code).toBe(code)
  })

  test.each([
    '/bucket/...',
    '/bucket/.a',
    '/bucket/a.',
    '/bucket/..a/b',
    '/bucket/a..b',
    '/bucket/%252e%252e',
    '/bucket/a//b',
    `/bucket/${'a'.repeat(1024)}`,
    '/bucket/%0D%0A',
    '/',
  ])('%s passes', (raw) => {
    expect(() => refuseUnsafeTarget(parse(raw).target, reserved)).not.toThrow()
  })

  test('a key that is too long says how long it may be', () => {
    expect(refusal(() => refuseUnsafeTarget(object('bucket', 'a'.repeat(1025)), reserved)).elements).toEqual([
      ['Size', '1025'],
      ['MaxSizeAllowed', '1024'],
    ])
  })
})

describe('any text', () => {
  const pieces = [
    'a',
    '/',
    '//',
    '.',
    '..',
    '%',
    '+',
    ' ',
    '?',
    '#',
    '&',
    '=',
    '~',
    '_',
    '-',
    'ä',
    '€',
    '😀',
    '\n',
    '\r',
    '\u0000',
    '\u007f',
    "'",
    '(',
    '*',
    ':',
    '@',
    '\\',
    '"',
    '<',
  ]

  test('is what its encoding decodes to, and the encoding is canonical', () => {
    const random = createRandom(1)
    for (let i = 0; i < 3000; i++) {
      const text = randomText(random, pieces, 12)
      expect(decode(encode(text))).toBe(text)
      expect(decode(encodePath(text))).toBe(text)
      expect(encodePath(decode(encodePath(text)))).toBe(encodePath(text))
      const key = `k${text}`
      const path = targetPath(object('bucket', key))
      expect(parse(path)).toMatchObject({ target: object('bucket', key), canonicalPath: path })
    }
  })

  test('is the same query after encoding and decoding, whatever the order', () => {
    const random = createRandom(2)
    for (let i = 0; i < 2000; i++) {
      const parameters = Array.from({ length: 4 }, (): [string, string] => [
        `n${randomText(random, pieces, 4)}`,
        randomText(random, pieces, 6),
      ])
      const canonical = canonicalQuery(parameters)
      expect(canonicalQuery(parseQuery(canonical))).toBe(canonical)
      expect(canonicalQuery([...parameters].reverse())).toBe(canonical)
    }
  })

  test('as a request target is parsed or refused, never more', () => {
    const random = createRandom(3)
    const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
    const wild = [
      '/',
      '%',
      '%2',
      '%2F',
      '%2e',
      '%ff',
      '%c3',
      '?',
      '&',
      '=',
      '#',
      '..',
      'b',
      '%00',
      '+',
      ...bytes,
    ]
    const hosts = createNames({ domains: ['s3.example.com'], endpoints: [] })
    let parsed = 0
    for (let i = 0; i < 20_000; i++) {
      const raw = `${pick(random, ['/', '', '/bucket/'])}${randomText(random, wild, 10)}`
      const host = pick(random, ['a', 's3.example.com', `${randomText(random, wild, 3)}.s3.example.com`])
      try {
        const { target, canonicalPath } = parseTarget(raw, host, hosts)
        parsed++
        expect(encodePath(decode(canonicalPath))).toBe(canonicalPath)
        refuseUnsafeTarget(target, new Set())
      } catch (error) {
        if (!(error instanceof S3Error)) throw error
      }
    }
    expect(parsed).toBeGreaterThan(1000)
  })
})
