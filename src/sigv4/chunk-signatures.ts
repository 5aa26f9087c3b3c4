/**
 * The chain of signatures in a signed aws-chunked body: each covers its chunk and the signature before it, the first
 * one that of the request, the last one the trailers.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
import { createHash, type Hash, hash } from 'node:crypto'
import { signature, signaturesEqual } from './sign.ts'
import { signatureMismatch, type VerifiedSignature } from './verify.ts'

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

export class ChunkSignatures {
  readonly #seed: VerifiedSignature
  #previous: string
  #given = ''
  #hash: Hash | undefined

  constructor(seed: VerifiedSignature) {
    this.#seed = seed
    this.#previous = seed.signature
  }

  /** A chunk starts, and claims this signature. */
  begin(given: string): void {
    this.#given = given
    this.#hash = undefined
  }

  update(slice: Buffer): void {
    this.#hash ??= createHash('sha256')
    this.#hash.update(slice)
  }

  /** @throws S3Error `SignatureDoesNotMatch` */
  end(): void {
    const { isoDate, scope } = this.#seed
    const digest = this.#hash === undefined ? EMPTY_SHA256 : this.#hash.digest('hex')
    this.#check(
      `AWS4-HMAC-SHA256-PAYLOAD\n${isoDate}\n${scope}\n${this.#previous}\n${EMPTY_SHA256}\n${digest}`,
      this.#given,
    )
  }

  /**
   * @param canonical each trailer as `name:value\n`
   * @throws S3Error `SignatureDoesNotMatch`
   */
  trailer(canonical: string, given: string): void {
    const { isoDate, scope } = this.#seed
    const digest = hash('sha256', Buffer.from(canonical, 'latin1'), 'hex')
    this.#check(`AWS4-HMAC-SHA256-TRAILER\n${isoDate}\n${scope}\n${this.#previous}\n${digest}`, given)
  }

  #check(toSign: string, given: string): void {
    const { key, accessKey, canonicalRequest } = this.#seed
    const computed = signature(key, toSign)
    if (!signaturesEqual(given, computed)) {
      throw signatureMismatch(accessKey, toSign, given, canonicalRequest)
    }
    this.#previous = computed
  }
}
