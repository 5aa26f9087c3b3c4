import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { type BodyExpectation, bodyExpectation } from '../../src/sigv4/body-expectation.ts'
import { createBodyVerifier } from '../../src/sigv4/body-verifier.ts'
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  type Checksums,
  loadChecksums,
} from '../../src/sigv4/checksum.ts'
import { checksumHeaderName } from '../../src/sigv4/checksum-headers.ts'
import { parseCredential } from '../../src/sigv4/credential.ts'
import { parsePayloadMode } from '../../src/sigv4/payload.ts'
import { parseRequestDate } from '../../src/sigv4/request-date.ts'
import { createSigningKeys } from '../../src/sigv4/sign.ts'
import { verifySignature } from '../../src/sigv4/verify.ts'
import { run, SEED, signedBody, split } from './bodies.ts'
import { refusalOf } from './refusals.ts'
import {
  canonicalInput,
  headersOf,
  loadVectors,
  randomNumbers,
  type StreamingVector,
  secretOf,
  wireOf,
} from './vectors.ts'

let checksums: Checksums
beforeAll(async () => {
  checksums = await loadChecksums()
})

const NONE = new Set<string>()

/** What the gate expects of a vector's body, its seed signature verified. */
function expectationOf(vector: StreamingVector): BodyExpectation {
  const headers = headersOf(vector.request.headers)
  const seed = verifySignature(
    {
      credential: parseCredential(
        `${vector.credentials.accessKeyId}/${vector.amzDate.slice(0, 8)}/${vector.region}/s3/aws4_request`,
      )!,
      date: parseRequestDate(vector.amzDate)!,
      signature: vector.seedSignature,
      request: canonicalInput(vector),
    },
    secretOf(vector),
    createSigningKeys({ max: 1 }),
  )
  return bodyExpectation({
    headers,
    hoisted: NONE,
    mode: parsePayloadMode(vector.payloadHash),
    seed,
    checksumOf: 'body',
  })
}

const streaming = loadVectors<StreamingVector>('s3-streaming')

describe.each(streaming)('$id', (vector) => {
  const { wire, decoded } = wireOf(vector)

  test('the wire is the vector’s', () => {
    expect(wire.length).toBe(vector.wire.length)
    expect(createHash('sha256').update(wire).digest('hex')).toBe(vector.wire.sha256)
  })

  test('decodes and verifies, wherever it is split', () => {
    const expectation = expectationOf(vector)
    const random = randomNumbers(vector.wire.length)
    for (let round = 0; round < 40; round++) {
      const outcome = run(expectation, split(wire, random), checksums)
      expect(outcome.data.equals(decoded)).toBe(true)
      expect(outcome.length).toBe(vector.decoded.length)
      expect(outcome.checksums).toEqual(vector.trailer?.trailers ?? [])
    }
  })

  test('is refused at every length but its own', () => {
    const expectation = { ...expectationOf(vector), wireLength: null }
    const step = Math.max(1, Math.floor(wire.length / 400))
    for (let length = 0; length < wire.length; length += step) {
      const { code } = refusalOf(() => run(expectation, [wire.subarray(0, length)], checksums))
      expect(code).toBe('IncompleteBody')
    }
    expect(refusalOf(() => run(expectation, [wire, Buffer.from('0')], checksums)).code).toBe('IncompleteBody')
  })
})

/** What AWS's example signs for each chunk, and for the trailer, shows in the error of a chunk that was changed. */
describe.each(streaming.filter(({ payloadHash }) => payloadHash.startsWith('STREAMING-AWS4')))(
  '$id: the chain',
  (vector) => {
    const { wire } = wireOf(vector)
    const spoilt = (at: number) => {
      const copy = Buffer.from(wire)
      copy[at] = copy[at]! ^ 1
      return copy
    }

    test('string to sign of every chunk', () => {
      let at = 0
      for (const chunk of vector.chunks) {
        const signatureAt = at + chunk.header.indexOf('=') + 1
        const { code, elements } = refusalOf(() =>
          run(expectationOf(vector), [spoilt(signatureAt)], checksums),
        )
        expect(code).toBe('SignatureDoesNotMatch')
        expect(elements.StringToSign).toBe(chunk.stringToSign)
        expect(elements.AWSAccessKeyId).toBe(vector.credentials.accessKeyId)
        at += chunk.header.length + (chunk.size > 0 ? chunk.size + 2 : 0)
      }
    })
  },
)

test.each(streaming.filter(({ trailer }) => trailer?.signature !== undefined))(
  '$id: string to sign of the trailer',
  (vector) => {
    const wire = Buffer.from(wireOf(vector).wire)
    const at = wire.lastIndexOf('x-amz-trailer-signature:') + 'x-amz-trailer-signature:'.length
    wire[at] = wire[at]! ^ 1
    const { code, elements } = refusalOf(() => run(expectationOf(vector), [wire], checksums))
    expect(code).toBe('SignatureDoesNotMatch')
    expect(elements.StringToSign).toBe(vector.trailer?.stringToSign)
  },
)

const identity = (length: number, changes: Partial<BodyExpectation> = {}): BodyExpectation => ({
  envelope: { kind: 'identity', sha256: null },
  wireLength: length,
  decodedLength: length,
  md5: null,
  checksum: { kind: 'none' },
  ...changes,
})

const DATA = Buffer.from('Welcome to Amazon S3.')
const digest = (algorithm: ChecksumAlgorithm, data = DATA): Buffer => {
  const hasher = checksums.create(algorithm)
  hasher.update(data)
  return hasher.digest()
}

describe('identity', () => {
  test('passes slices on as they are', () => {
    const seen: Buffer[] = []
    const verifier = createBodyVerifier(identity(DATA.length), (slice) => seen.push(slice), checksums)
    verifier.push(DATA)
    expect(seen[0]).toBe(DATA)
    expect(verifier.end()).toEqual({ length: DATA.length, checksums: [] })
  })

  test('of no bytes', () => {
    expect(run(identity(0), [], checksums)).toMatchObject({ length: 0, checksums: [] })
    expect(
      refusalOf(() =>
        run(
          identity(0, { checksum: { kind: 'header', algorithm: 'CRC32', value: digest('CRC32') } }),
          [],
          checksums,
        ),
      ).code,
    ).toBe('BadDigest')
  })

  test.each([
    ['short', DATA.subarray(1)],
    ['long', Buffer.concat([DATA, DATA])],
  ])('too %s', (_, data) => {
    expect(refusalOf(() => run(identity(DATA.length), [data], checksums))).toEqual({
      code: 'IncompleteBody',
      status: 400,
      message: 'You did not provide the number of bytes specified by the Content-Length HTTP header',
      elements: {},
    })
  })

  test('SHA-256', () => {
    const hex = digest('SHA256').toString('hex')
    const expectation = identity(DATA.length, { envelope: { kind: 'identity', sha256: hex } })
    expect(run(expectation, [DATA], checksums).data.equals(DATA)).toBe(true)
    const changed = Buffer.from(DATA)
    changed[3] = 0
    expect(refusalOf(() => run(expectation, [changed], checksums))).toEqual({
      code: 'XAmzContentSHA256Mismatch',
      status: 400,
      message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
      elements: {
        ClientComputedContentSHA256: hex,
        S3ComputedContentSHA256: createHash('sha256').update(changed).digest('hex'),
      },
    })
  })

  test('Content-MD5', () => {
    const md5 = digest('MD5')
    expect(run(identity(DATA.length, { md5 }), [DATA], checksums).length).toBe(DATA.length)
    const wrong = Buffer.alloc(16)
    expect(refusalOf(() => run(identity(DATA.length, { md5: wrong }), [DATA], checksums))).toEqual({
      code: 'BadDigest',
      status: 400,
      message: 'The Content-MD5 you specified did not match what we received.',
      elements: { ExpectedDigest: wrong.toString('hex'), CalculatedDigest: md5.toString('base64') },
    })
  })

  test.each(CHECKSUM_ALGORITHMS)('%s in a header', (algorithm) => {
    const value = digest(algorithm)
    const checksum = { kind: 'header', algorithm, value } as const
    const everything = identity(DATA.length, {
      envelope: { kind: 'identity', sha256: digest('SHA256').toString('hex') },
      md5: digest('MD5'),
      checksum,
    })
    expect(run(everything, split(DATA, randomNumbers(1)), checksums).checksums).toEqual([
      [checksumHeaderName(algorithm), value.toString('base64')],
    ])
    const wrong = Buffer.from(value)
    wrong[0] = wrong[0]! ^ 0x80
    expect(
      refusalOf(() =>
        run(identity(DATA.length, { checksum: { ...checksum, value: wrong } }), [DATA], checksums),
      ),
    ).toEqual({
      code: 'BadDigest',
      status: 400,
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
      elements: {},
    })
  })
})

const chunked = (
  kind: 'unsigned-trailer' | 'signed-chunks' | 'signed-chunks-trailer',
  decodedLength: number,
  algorithm?: ChecksumAlgorithm,
): BodyExpectation => ({
  envelope: kind === 'unsigned-trailer' ? { kind } : { kind, seed: SEED },
  wireLength: null,
  decodedLength,
  md5: null,
  checksum: algorithm === undefined ? { kind: 'none' } : { kind: 'trailer', algorithm },
})

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

describe('what is expected', () => {
  const declare = (headers: Record<string, string>, mode: string) =>
    bodyExpectation({
      headers: new Map(Object.entries(headers)),
      hoisted: NONE,
      mode: parsePayloadMode(mode),
      seed: SEED,
      checksumOf: 'body',
    })

  test.each([
    ['no length', {}, 'UNSIGNED-PAYLOAD'],
    ['no decoded length', { 'content-length': '5' }, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
  ])('%s', (_, headers, mode) => {
    expect(refusalOf(() => declare(headers, mode))).toEqual({
      code: 'MissingContentLength',
      status: 411,
      message: 'You must provide the Content-Length HTTP header.',
      elements: {},
    })
  })

  test.each(['', '-1', '1.0', '0x10', '1e3', ' 1', '9'.repeat(20)])('a length of %j', (value) => {
    for (const [name, mode] of [
      ['content-length', 'UNSIGNED-PAYLOAD'],
      ['x-amz-decoded-content-length', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
    ] as const) {
      expect(refusalOf(() => declare({ [name]: value }, mode))).toMatchObject({
        code: 'InvalidArgument',
        elements: { ArgumentName: name, ArgumentValue: value },
      })
    }
  })

  test('a checksum of the object that results is not one of the body', () => {
    const headers = new Map([
      ['content-length', '5'],
      ['x-amz-checksum-crc32', 'AAAAAA==-2'],
    ])
    const of = (checksumOf: 'body' | 'object') =>
      bodyExpectation({ headers, hoisted: NONE, mode: { kind: 'unsigned' }, seed: null, checksumOf })
    expect(of('object').checksum).toEqual({ kind: 'none' })
    expect(refusalOf(() => of('body')).code).toBe('InvalidRequest')
  })

  test('signed chunks need a signature to hang on', () => {
    expect(
      refusalOf(() =>
        bodyExpectation({
          headers: new Map([['x-amz-decoded-content-length', '5']]),
          hoisted: NONE,
          mode: { kind: 'signed-chunks' },
          seed: null,
          checksumOf: 'body',
        }),
      ).code,
    ).toBe('InvalidRequest')
  })
})
