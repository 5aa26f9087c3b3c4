/**
 * Everything that is computed over a decoded body: its SHA-256, its MD5, one checksum. Where two of these are the same
 * algorithm it runs once.
 */
import { S3Error } from '../s3/error.ts'
import type { BodyExpectation } from './body-expectation.ts'
import type { ChecksumAlgorithm, Checksums, Hasher } from './checksum.ts'
import { checksumHeaderName, parseChecksum } from './checksum-headers.ts'

/** Names of `x-amz-checksum-*` headers with values that were verified. */
export type VerifiedChecksums = readonly (readonly [name: string, base64: string])[]

export class BodyDigests {
  readonly #expectation: BodyExpectation
  readonly #hashers: readonly (readonly [ChecksumAlgorithm, Hasher])[]

  constructor(expectation: BodyExpectation, checksums: Checksums) {
    const { envelope, md5, checksum } = expectation
    const needed: ChecksumAlgorithm[] = []
    if (envelope.kind === 'identity' && envelope.sha256 !== null) needed.push('SHA256')
    if (md5 !== null) needed.push('MD5')
    if (checksum.kind !== 'none' && !needed.includes(checksum.algorithm)) needed.push(checksum.algorithm)
    this.#expectation = expectation
    this.#hashers = needed.map((algorithm) => [algorithm, checksums.create(algorithm)])
  }

  update(slice: Buffer): void {
    for (let i = 0; i < this.#hashers.length; i++) this.#hashers[i]![1].update(slice)
  }

  /**
   * Compares all that was declared. Called once, last.
   *
   * @param trailer the checksum's value from the trailer; null where none came, which verifies nothing
   * @throws S3Error `XAmzContentSHA256Mismatch`, `BadDigest`, or `InvalidRequest` for a value that cannot be one
   */
  verify(trailer: string | null): VerifiedChecksums {
    const { envelope, md5, checksum } = this.#expectation
    const digests = this.#hashers.map(([algorithm, hasher]) => [algorithm, hasher.digest()] as const)
    const computed = (algorithm: ChecksumAlgorithm): Buffer =>
      digests.find(([name]) => name === algorithm)![1]
    if (envelope.kind === 'identity' && envelope.sha256 !== null) {
      checkSha256(envelope.sha256, computed('SHA256').toString('hex'))
    }
    if (md5 !== null) checkMd5(md5, computed('MD5'))
    if (checksum.kind === 'none' || (checksum.kind === 'trailer' && trailer === null)) return []
    const { algorithm } = checksum
    const expected =
      checksum.kind === 'header' ? checksum.value : parseChecksum(algorithm, trailer!, 'trailing header')
    const actual = computed(algorithm)
    if (!actual.equals(expected)) {
      throw new S3Error('BadDigest', {
        message: `The ${algorithm} you specified did not match the calculated checksum.`,
      })
    }
    return [[checksumHeaderName(algorithm), actual.toString('base64')]]
  }
}

function checkSha256(expected: string, actual: string): void {
  if (actual === expected) return
  throw new S3Error('XAmzContentSHA256Mismatch', {
    elements: [
      ['ClientComputedContentSHA256', expected],
      ['S3ComputedContentSHA256', actual],
    ],
  })
}

function checkMd5(expected: Buffer, actual: Buffer): void {
  if (actual.equals(expected)) return
  throw new S3Error('BadDigest', {
    elements: [
      ['ExpectedDigest', expected.toString('hex')],
      ['CalculatedDigest', actual.toString('base64')],
    ],
  })
}
