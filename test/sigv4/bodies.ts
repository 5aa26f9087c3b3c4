/** Bodies for the verifier: what a client would send, and what comes out of it. */

import { createHash } from 'node:crypto'
import { Secret } from '../../src/iam/secret.ts'
import type { BodyExpectation } from '../../src/sigv4/body-expectation.ts'
import { createBodyVerifier, type VerifiedBody } from '../../src/sigv4/body-verifier.ts'
import type { ChecksumAlgorithm, Checksums } from '../../src/sigv4/checksum.ts'
import { deriveKey, signature } from '../../src/sigv4/sign.ts'
import type { VerifiedSignature } from '../../src/sigv4/verify.ts'

export interface Outcome extends VerifiedBody {
  readonly data: Buffer
}

/** Runs a body through in these pieces. Checks that what comes out are views of what went in, never copies. */
export function run(expectation: BodyExpectation, pieces: readonly Buffer[], checksums: Checksums): Outcome {
  const slices: Buffer[] = []
  const verifier = createBodyVerifier(
    expectation,
    (slice) => {
      if (!pieces.some((piece) => piece.buffer === slice.buffer)) throw new Error('a slice was copied')
      if (slice.length === 0) throw new Error('an empty slice')
      slices.push(slice)
    },
    checksums,
  )
  for (const piece of pieces) verifier.push(piece)
  return { ...verifier.end(), data: Buffer.concat(slices) }
}

/** Cuts at random places; some pieces are single bytes. */
export function split(bytes: Buffer, random: (limit: number) => number): Buffer[] {
  // Never so many pieces that a test takes seconds.
  const least = Math.ceil(bytes.length / 100_000)
  const largest = Math.max(least, [1, 3, 70, 1000, 40_000, bytes.length][random(6)]!)
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + random(Math.max(1, largest)))
    pieces.push(bytes.subarray(at, end))
    at = end
  }
  return pieces
}

const SCOPE = { date: '20130524', region: 'us-east-1', service: 's3' }

/** A seed of our own, for bodies that no vector has. */
export const SEED: VerifiedSignature = {
  accessKey: 'KEY',
  key: deriveKey(new Secret('secret'), SCOPE),
  isoDate: '20130524T000000Z',
  scope: '20130524/us-east-1/s3/aws4_request',
  signature: 'ab'.repeat(32),
  canonicalRequest: 'PUT\n/',
}

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex')

/** A signed body of these chunks, the last of which is empty; with trailers where there are any. */
export function signedBody(
  chunks: readonly Buffer[],
  trailers?: readonly (readonly [string, string])[],
): Buffer {
  let previous = SEED.signature
  const sign = (kind: string, rest: string): string => {
    const toSign = `AWS4-HMAC-SHA256-${kind}\n${SEED.isoDate}\n${SEED.scope}\n${previous}\n${rest}`
    previous = signature(SEED.key, toSign)
    return previous
  }
  const pieces: (Buffer | string)[] = []
  for (const chunk of chunks) {
    const signed = sign('PAYLOAD', `${sha256('')}\n${sha256(chunk)}`)
    pieces.push(`${chunk.length.toString(16)};chunk-signature=${signed}\r\n`)
    if (chunk.length > 0) pieces.push(chunk, '\r\n')
  }
  if (trailers !== undefined) {
    const canonical = trailers.map(([name, value]) => `${name}:${value}\n`).join('')
    for (const [name, value] of trailers) pieces.push(`${name}:${value}\r\n`)
    pieces.push(`x-amz-trailer-signature:${sign('TRAILER', sha256(canonical))}\r\n`)
  }
  pieces.push('\r\n')
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)))
}

/** An aws-chunked body of so many bytes, with the checksum that a trailer is to bring. */
export const chunked = (
  kind: 'unsigned-trailer' | 'signed-chunks' | 'signed-chunks-trailer',
  decodedLength: number,
  algorithm?: ChecksumAlgorithm,
): BodyExpectation => ({
  envelope: kind === 'unsigned-trailer' ? { kind } : { kind, seed: SEED },
  wireLength: null,
  decodedLength,
  lengthIs: 'exactly',
  md5: null,
  checksum: algorithm === undefined ? { kind: 'none' } : { kind: 'trailer', algorithm },
})
