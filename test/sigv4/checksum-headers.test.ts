import { describe, expect, test } from 'vitest'
import { CHECKSUM_ALGORITHMS, CHECKSUM_LENGTH } from '../../src/sigv4/checksum.ts'
import {
  checksumAlgorithmOf,
  checksumHeaderName,
  declaredChecksum,
  declaredMd5,
} from '../../src/sigv4/checksum-headers.ts'
import type { PayloadMode } from '../../src/sigv4/payload.ts'
import { refusalOf } from './refusals.ts'

const UNSIGNED: PayloadMode = { kind: 'unsigned' }
const TRAILER: PayloadMode = { kind: 'unsigned-trailer' }
const SIGNED_TRAILER: PayloadMode = { kind: 'signed-chunks-trailer' }
const NONE = new Set<string>()

const declared = (headers: Record<string, string>, mode: PayloadMode = UNSIGNED, hoisted = NONE) =>
  declaredChecksum(new Map(Object.entries(headers)), mode, hoisted)

describe.each(CHECKSUM_ALGORITHMS)('%s', (algorithm) => {
  const name = checksumHeaderName(algorithm)
  const length = CHECKSUM_LENGTH[algorithm]
  const value = Buffer.alloc(length, 0xa5)
  const good = value.toString('base64')

  test('has a name', () => {
    expect(name).toBe(`x-amz-checksum-${algorithm.toLowerCase()}`)
    expect(checksumAlgorithmOf(name)).toBe(algorithm)
  })

  test('in a header, in a trailer', () => {
    expect(declared({ [name]: good })).toEqual({ kind: 'header', algorithm, value })
    expect(declared({ 'x-amz-trailer': name }, TRAILER)).toEqual({ kind: 'trailer', algorithm })
    expect(declared({ 'x-amz-trailer': name.toUpperCase() }, SIGNED_TRAILER)).toEqual({
      kind: 'trailer',
      algorithm,
    })
  })

  test('hoisted, it is checked unless it is of nothing', () => {
    expect(declared({ [name]: good }, UNSIGNED, new Set([name]))).toMatchObject({ kind: 'header' })
  })

  test.each([
    ['nothing', ''],
    ['a byte short', Buffer.alloc(length - 1, 1).toString('base64')],
    ['a byte long', Buffer.alloc(length + 1, 1).toString('base64')],
    ['hex', value.toString('hex')],
    ['no base64', '*'.repeat(good.length)],
    ['with white space', ` ${good}`],
    ['of a multipart object', `${good}-2`],
    ['the URL alphabet', Buffer.alloc(length, 0xff).toString('base64url')],
  ])('value: %s', (_, text) => {
    expect(refusalOf(() => declared({ [name]: text }))).toEqual({
      code: 'InvalidRequest',
      status: 400,
      message: `Value for ${name} header is invalid.`,
      elements: {},
    })
  })
})

const CRC32 = { 'x-amz-checksum-crc32': 'AAAAAA==' }
const SHA1 = { 'x-amz-checksum-sha1': '2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }

describe('more than one', () => {
  test.each<[string, Record<string, string>, PayloadMode]>([
    ['two headers', { ...CRC32, ...SHA1 }, UNSIGNED],
    ['a header and a trailer', { ...CRC32, 'x-amz-trailer': 'x-amz-checksum-sha1' }, TRAILER],
    ['the same in both', { ...CRC32, 'x-amz-trailer': 'x-amz-checksum-crc32' }, TRAILER],
    ['two trailers', { 'x-amz-trailer': 'x-amz-checksum-crc32, x-amz-checksum-sha1' }, TRAILER],
  ])('%s', (_, headers, mode) => {
    expect(refusalOf(() => declared(headers, mode))).toEqual({
      code: 'InvalidRequest',
      status: 400,
      message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
      elements: {},
    })
  })
})

describe('x-amz-trailer', () => {
  const UNSUPPORTED = 'The value specified in the x-amz-trailer header is not supported'
  test.each<[string, string, PayloadMode]>([
    ['nothing', '', TRAILER],
    ['another header', 'x-amz-meta-a', TRAILER],
    ['no known algorithm', 'x-amz-checksum-crc16', TRAILER],
    ['one of ours and another', 'x-amz-checksum-crc32,expires', TRAILER],
    ['a body without trailers', 'x-amz-checksum-crc32', UNSIGNED],
    ['signed chunks without trailers', 'x-amz-checksum-crc32', { kind: 'signed-chunks' }],
  ])('%s', (_, value, mode) => {
    expect(refusalOf(() => declared({ 'x-amz-trailer': value }, mode))).toMatchObject({
      code: 'InvalidRequest',
      message: UNSUPPORTED,
    })
  })

  test('may be absent where nothing is signed', () => {
    expect(declared({}, TRAILER)).toEqual({ kind: 'none' })
    expect(refusalOf(() => declared({}, SIGNED_TRAILER)).code).toBe('MalformedTrailerError')
  })
})

describe('x-amz-sdk-checksum-algorithm', () => {
  test.each<[Record<string, string>, PayloadMode]>([
    [{ 'x-amz-sdk-checksum-algorithm': 'CRC32', ...CRC32 }, UNSIGNED],
    [{ 'x-amz-sdk-checksum-algorithm': 'sha1', ...SHA1 }, UNSIGNED],
    [{ 'x-amz-sdk-checksum-algorithm': 'CRC32', 'x-amz-trailer': 'x-amz-checksum-crc32' }, TRAILER],
  ])('%j', (headers, mode) => {
    expect(() => declared(headers, mode)).not.toThrow()
  })

  test('with a hoisted checksum of nothing', () => {
    const headers = { 'x-amz-sdk-checksum-algorithm': 'CRC32', ...CRC32 }
    expect(declared(headers, UNSIGNED, new Set(Object.keys(headers)))).toEqual({ kind: 'none' })
  })

  test.each<[Record<string, string>, PayloadMode]>([
    [{ 'x-amz-sdk-checksum-algorithm': 'CRC32' }, UNSIGNED],
    [{ 'x-amz-sdk-checksum-algorithm': 'CRC32' }, TRAILER],
    [{ 'x-amz-sdk-checksum-algorithm': 'SHA256', ...CRC32 }, UNSIGNED],
    [{ 'x-amz-sdk-checksum-algorithm': '', ...CRC32 }, UNSIGNED],
  ])('%j is refused', (headers, mode) => {
    expect(refusalOf(() => declared(headers, mode))).toEqual({
      code: 'InvalidRequest',
      status: 400,
      message:
        'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
      elements: {},
    })
  })
})

test('other x-amz-checksum-* headers declare nothing of the body', () => {
  expect(
    declared({
      'x-amz-checksum-type': 'FULL_OBJECT',
      'x-amz-checksum-mode': 'ENABLED',
      'x-amz-checksum-algorithm': 'CRC32',
    }),
  ).toEqual({ kind: 'none' })
})

describe('Content-MD5', () => {
  const md5 = (value: string) => declaredMd5(new Map([['content-md5', value]]))

  test('is 16 bytes', () => {
    expect(md5('1B2M2Y8AsgTpgAmY7PhCfg==')).toEqual(Buffer.from('d41d8cd98f00b204e9800998ecf8427e', 'hex'))
    expect(declaredMd5(new Map())).toBeNull()
  })

  test.each([
    '',
    'x',
    'd41d8cd98f00b204e9800998ecf8427e',
    '1B2M2Y8AsgTpgAmY7PhCfg',
    '1B2M2Y8AsgTpgAmY7PhCfh==',
  ])('%j is none', (value) => {
    expect(refusalOf(() => md5(value))).toEqual({
      code: 'InvalidDigest',
      status: 400,
      message: 'The Content-MD5 you specified was invalid.',
      elements: { 'Content-MD5': value },
    })
  })
})
