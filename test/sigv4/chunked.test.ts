import { crc32 } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBodyVerifier } from '../../src/sigv4/body-verifier.ts'
import { type ChecksumAlgorithm, type Checksums, loadChecksums } from '../../src/sigv4/checksum.ts'
import { chunked, run, signedBody, split } from './bodies.ts'
import { refusalOf } from './refusals.ts'
import { randomNumbers } from './vectors.ts'

let checksums: Checksums
beforeAll(async () => {
  checksums = await loadChecksums()
})

const DATA = Buffer.from('Welcome to Amazon S3.')
const digest = (algorithm: ChecksumAlgorithm, data = DATA): Buffer => {
  const hasher = checksums.create(algorithm)
  hasher.update(data)
  return hasher.digest()
}

describe('unsigned trailer', () => {
  const value = () => digest('CRC32').toString('base64')
  const body = (trailer: string) => Buffer.from(`15\r\n${DATA}\r\n0\r\n${trailer}`)
  const expectation = chunked('unsigned-trailer', DATA.length, 'CRC32')
  const outcome = (trailer: string) => run(expectation, [body(trailer)], checksums)

  test.each<[string, () => string]>([
    ['botocore’s', () => `x-amz-checksum-crc32:${value()}\r\n\r\n`],
    ['minio-go’s, with LF CRLF', () => `x-amz-checksum-crc32:${value()}\n\r\n\r\n`],
    ['with a space', () => `x-amz-checksum-crc32: ${value()} \r\n\r\n`],
    ['in other letters', () => `X-Amz-Checksum-Crc32:${value()}\r\n\r\n`],
  ])('%s', (_, trailer) => {
    expect(outcome(trailer())).toMatchObject({
      data: DATA,
      checksums: [['x-amz-checksum-crc32', value()]],
    })
  })

  test('absent: accepted, but nothing counts as verified', () => {
    expect(outcome('\r\n')).toMatchObject({ data: DATA, checksums: [] })
  })

  test('of small chunks', () => {
    const wire = Buffer.concat([...DATA].map((byte) => Buffer.from(`1\r\n${String.fromCharCode(byte)}\r\n`)))
    const all = Buffer.concat([wire, Buffer.from(`000\r\nx-amz-checksum-crc32:${value()}\r\n\r\n`)])
    expect(run(expectation, split(all, randomNumbers(3)), checksums).data.equals(DATA)).toBe(true)
  })

  const MALFORMED = 'MalformedTrailerError'
  test.each<[string, () => string, string]>([
    ['another value', () => 'x-amz-checksum-crc32:AAAAAA==\r\n\r\n', 'BadDigest'],
    ['a value that is none', () => 'x-amz-checksum-crc32:AAAA\r\n\r\n', 'InvalidRequest'],
    ['no value', () => 'x-amz-checksum-crc32:\r\n\r\n', 'InvalidRequest'],
    ['no colon', () => 'x-amz-checksum-crc32\r\n\r\n', MALFORMED],
    ['no name', () => `:${value()}\r\n\r\n`, MALFORMED],
    ['one not announced', () => 'x-amz-checksum-crc32c:5G2V+Q==\r\n\r\n', MALFORMED],
    ['a header', () => 'x-amz-acl:public-read\r\n\r\n', MALFORMED],
    ['twice', () => `x-amz-checksum-crc32:${value()}\r\n`.repeat(2), MALFORMED],
    [
      'a signature nobody asked for',
      () => `x-amz-checksum-crc32:${value()}\r\nx-amz-trailer-signature:${'ab'.repeat(32)}\r\n\r\n`,
      MALFORMED,
    ],
    ['LF alone', () => `x-amz-checksum-crc32:${value()}\n\n`, MALFORMED],
    ['LF for the end', () => `x-amz-checksum-crc32:${value()}\r\n\n`, MALFORMED],
    ['a line without end', () => 'x'.repeat(10_000), MALFORMED],
    ['nothing', () => '', 'IncompleteBody'],
    ['no empty line', () => `x-amz-checksum-crc32:${value()}\r\n`, 'IncompleteBody'],
    ['bytes behind', () => `x-amz-checksum-crc32:${value()}\r\n\r\n\r\n`, 'IncompleteBody'],
  ])('%s is refused', (_, trailer, code) => {
    expect(refusalOf(() => outcome(trailer())).code).toBe(code)
  })

  test('an invalid value names its trailer', () => {
    expect(refusalOf(() => outcome('x-amz-checksum-crc32:AAAA\r\n\r\n')).message).toBe(
      'Value for x-amz-checksum-crc32 trailing header is invalid.',
    )
  })

  test('a trailer where none was announced is refused', () => {
    const none = chunked('unsigned-trailer', DATA.length)
    expect(run(none, [body('\r\n')], checksums).data.equals(DATA)).toBe(true)
    expect(
      refusalOf(() => run(none, [body(`x-amz-checksum-crc32:${value()}\r\n\r\n`)], checksums)).code,
    ).toBe(MALFORMED)
  })
})

describe('the envelope', () => {
  const TERMINATED = 'The request body terminated unexpectedly'
  const unsigned =
    (text: string, decodedLength = 5) =>
    () =>
      run(chunked('unsigned-trailer', decodedLength), [Buffer.from(text)], checksums)

  test.each([
    ['no size', '\r\nhello\r\n0\r\n\r\n'],
    ['no hex', 'g\r\nhello\r\n0\r\n\r\n'],
    ['a sign', '+5\r\nhello\r\n0\r\n\r\n'],
    ['0x', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a space', '5 \r\nhello\r\n0\r\n\r\n'],
    ['an extension', '5;a=b\r\nhello\r\n0\r\n\r\n'],
    ['a signature nobody asked for', `5;chunk-signature=${'ab'.repeat(32)}\r\nhello\r\n0\r\n\r\n`],
    ['LF alone', '5\nhello\r\n0\r\n\r\n'],
    ['LF alone behind the data', '5\r\nhello\n0\r\n\r\n'],
    ['no CRLF behind the data', '5\r\nhello0\r\n\r\n'],
    ['CR CR', '5\r\r\nhello\r\n0\r\n\r\n'],
    ['a size of too many digits', `${'0'.repeat(13)}5\r\nhello\r\n0\r\n\r\n`],
    ['a line without end', '5'.repeat(10_000)],
  ])('%s', (_, text) => {
    expect(refusalOf(unsigned(text))).toEqual({
      code: 'IncompleteBody',
      status: 400,
      message: TERMINATED,
      elements: {},
    })
  })

  test.each([
    ['more than declared', '6\r\nhello!\r\n0\r\n\r\n'],
    ['less than declared', '4\r\nhell\r\n0\r\n\r\n'],
    ['far more', 'fffffffffffff\r\n'],
    ['nothing', '0\r\n\r\n'],
  ])('%s', (_, text) => {
    expect(refusalOf(unsigned(text)).code).toBe('IncompleteBody')
  })

  test('more than declared never comes out', () => {
    const seen: Buffer[] = []
    const verifier = createBodyVerifier(
      chunked('unsigned-trailer', 5),
      (slice) => seen.push(slice),
      checksums,
    )
    refusalOf(() => verifier.push(Buffer.from('5\r\nhello\r\n1\r\n!\r\n')))
    expect(Buffer.concat(seen).toString()).toBe('hello')
  })

  test('a body that is not as long on the wire as Content-Length says', () => {
    const expectation = { ...chunked('unsigned-trailer', 5), wireLength: 16 }
    const wire = Buffer.from('5\r\nhello\r\n0\r\n\r\n')
    expect(refusalOf(() => run(expectation, [wire], checksums)).code).toBe('IncompleteBody')
    expect(run({ ...expectation, wireLength: wire.length }, [wire], checksums).length).toBe(5)
  })
})

describe('signed chunks', () => {
  const of = (chunks: readonly Buffer[], wire = signedBody(chunks)) => {
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    return run(chunked('signed-chunks', length), split(wire, randomNumbers(wire.length)), checksums)
  }
  const EMPTY = Buffer.alloc(0)
  const chunk = (size: number) => Buffer.alloc(size, 'c')

  test.each([[[8192, 8192, 1]], [[8192, 8192]], [[16 * 1024 * 1024]], [[1]], [[]]])(
    'of %j bytes',
    (sizes) => {
      const chunks = sizes.map(chunk)
      expect(of([...chunks, EMPTY]).data.equals(Buffer.concat(chunks))).toBe(true)
    },
  )

  test.each([
    [[8191, 1], '1', '8191'],
    [[8192, 1, 8192], '2', '1'],
  ])('of %j bytes: too small before the last', (sizes, at, size) => {
    expect(refusalOf(() => of([...sizes.map(chunk), EMPTY]))).toEqual({
      code: 'InvalidChunkSizeError',
      status: 400,
      message: 'Only the last chunk is allowed to have a size less than 8192 bytes',
      elements: { Chunk: at, BadChunkSize: size },
    })
  })

  test('larger than 16 MiB', () => {
    expect(refusalOf(() => of([chunk(16 * 1024 * 1024 + 1), EMPTY]))).toMatchObject({
      code: 'InvalidChunkSizeError',
      elements: { Chunk: '1', BadChunkSize: '16777217' },
    })
  })

  test('without a last one', () => {
    expect(refusalOf(() => of([chunk(8192)])).code).toBe('IncompleteBody')
  })

  test('exchanged, left out, repeated', () => {
    const [a, b] = [Buffer.alloc(8192, 'a'), Buffer.alloc(8192, 'b')]
    const wire = signedBody([a, b, EMPTY])
    const header = wire.indexOf('\r\n') + 2
    const size = header + 8192 + 2
    const first = wire.subarray(0, size)
    const second = wire.subarray(size, 2 * size)
    const last = wire.subarray(2 * size)
    const mismatch = (pieces: readonly Buffer[], chunks: readonly Buffer[]) =>
      refusalOf(() => of(chunks, Buffer.concat(pieces))).code
    expect(mismatch([second, first, last], [b, a])).toBe('SignatureDoesNotMatch')
    expect(mismatch([second, last], [b])).toBe('SignatureDoesNotMatch')
    expect(mismatch([first, last], [a])).toBe('SignatureDoesNotMatch')
    expect(mismatch([first, first, last], [a, a])).toBe('SignatureDoesNotMatch')
  })

  test.each([
    ['none', '5\r\nhello\r\n'],
    ['another name', `5;chunk-signaturE=${'ab'.repeat(32)}\r\n`],
    ['too short', `5;chunk-signature=${'ab'.repeat(31)}\r\n`],
    ['too long', `5;chunk-signature=${'ab'.repeat(33)}\r\n`],
    ['an extension before', `5;a=b;chunk-signature=${'ab'.repeat(32)}\r\n`],
    ['an extension behind', `5;chunk-signature=${'ab'.repeat(32)};a=b\r\n`],
    ['no size', `;chunk-signature=${'ab'.repeat(32)}\r\n`],
  ])('signature: %s', (_, text) => {
    expect(refusalOf(() => run(chunked('signed-chunks', 5), [Buffer.from(text)], checksums)).message).toBe(
      'The request body terminated unexpectedly',
    )
  })

  test('a trailer in a body that has none', () => {
    const wire = signedBody([EMPTY], [['x-amz-checksum-crc32', 'AAAAAA==']])
    expect(refusalOf(() => run(chunked('signed-chunks', 0), [wire], checksums)).code).toBe('IncompleteBody')
  })
})

describe('signed trailer', () => {
  const EMPTY = Buffer.alloc(0)
  const value = crc32(DATA).toString(16).padStart(8, '0')
  const line = ['x-amz-checksum-crc32', Buffer.from(value, 'hex').toString('base64')] as const
  const expectation = chunked('signed-chunks-trailer', DATA.length, 'CRC32')
  const outcome = (wire: Buffer) => run(expectation, split(wire, randomNumbers(5)), checksums)
  const wire = signedBody([DATA, EMPTY], [line])

  test('verifies, also as minio-go ends its lines', () => {
    expect(outcome(wire).checksums).toEqual([line])
    const minio = Buffer.from(wire.toString('latin1').replace(`${line[1]}\r\n`, `${line[1]}\n\r\n`), 'latin1')
    expect(outcome(minio).checksums).toEqual([line])
  })

  test.each<[string, () => Buffer, string]>([
    ['no trailer', () => signedBody([DATA, EMPTY], []), 'MalformedTrailerError'],
    ['no signature', () => Buffer.from(`${cut(wire)}\r\n`), 'MalformedTrailerError'],
    ['neither', () => signedBody([DATA, EMPTY]), 'MalformedTrailerError'],
    [
      'a value of another body, signed',
      () => signedBody([DATA, EMPTY], [[line[0], 'AAAAAA==']]),
      'BadDigest',
    ],
    ['a value that is none, signed', () => signedBody([DATA, EMPTY], [[line[0], 'AA']]), 'InvalidRequest'],
    [
      'a value of another body',
      () => Buffer.from(wire.toString().replace(line[1], 'AAAAAA==')),
      'SignatureDoesNotMatch',
    ],
    [
      'a trailer behind the signature',
      () => Buffer.from(`${end(wire)}x-amz-acl:a\r\n\r\n`),
      'MalformedTrailerError',
    ],
    ['bytes behind', () => Buffer.concat([wire, DATA]), 'IncompleteBody'],
  ])('%s', (_, body, code) => {
    expect(refusalOf(() => outcome(body())).code).toBe(code)
  })

  /** Up to the trailer's signature; up to the empty line. */
  const cut = (bytes: Buffer) => bytes.subarray(0, bytes.indexOf('x-amz-trailer-signature')).toString()
  const end = (bytes: Buffer) => bytes.subarray(0, -2).toString()
})

test('once refused, a body stays refused', () => {
  const verifier = createBodyVerifier(chunked('unsigned-trailer', 5), () => {}, checksums)
  const { message } = refusalOf(() => verifier.push(Buffer.from('x\r\n')))
  expect(refusalOf(() => verifier.push(Buffer.from('5\r\nhello\r\n0\r\n\r\n'))).message).toBe(message)
  expect(refusalOf(() => verifier.end()).message).toBe(message)
})
