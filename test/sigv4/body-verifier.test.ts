import { createHash } from 'node:crypto'
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
import { run, split } from './bodies.ts'
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
  lengthIs: 'exactly',
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
