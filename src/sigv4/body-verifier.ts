/**
 * Verification of a request's body while it streams through: wire bytes in, decoded slices out, everything that the
 * headers, chunks and trailers claim checked. Synchronous and pure; slices are views of the bytes pushed.
 *
 * INVARIANT: a slice is emitted before it is proven. Hashes, checksums and the signature of a chunk are known only
 * behind the data. Whoever passes slices on must therefore
 *   1. hold the last slice back until {@link BodyVerifier.end} has returned, and
 *   2. tear down whatever received the earlier ones when `push` or `end` throws,
 * so that no prefix of an unproven body is ever taken for the whole. A body without a single slice is to be proven
 * (`end`) before anything is sent. Once it has thrown, a verifier answers every further call with the same error.
 */
import { S3Error } from '../s3/error.ts'
import { BodyDigests, type VerifiedChecksums } from './body-digests.ts'
import type { BodyEnvelope, BodyExpectation, LengthIs } from './body-expectation.ts'
import type { Checksums } from './checksum.ts'
import { checksumAlgorithmOf } from './checksum-headers.ts'
import { ChunkSignatures } from './chunk-signatures.ts'
import { type ChunkEvents, ChunkedDecoder } from './chunked.ts'

export interface VerifiedBody {
  /** Bytes of the object. */
  readonly length: number
  /** From header or trailer; empty where none was declared, or the announced trailer did not come. */
  readonly checksums: VerifiedChecksums
}

export interface BodyVerifier {
  /** @throws S3Error for whatever is wrong, as soon as it shows */
  push(bytes: Buffer): void
  /** The body is complete. @throws S3Error where it is not what was declared */
  end(): VerifiedBody
}

/** @param emit receives decoded slices, views of what was pushed; see the invariant above */
export function createBodyVerifier(
  expectation: BodyExpectation,
  emit: (slice: Buffer) => void,
  checksums: Checksums,
): BodyVerifier {
  const digests = new BodyDigests(expectation, checksums)
  const body: Body =
    expectation.envelope.kind === 'identity'
      ? new IdentityBody(expectation, digests, emit)
      : new ChunkedBody(expectation, expectation.envelope, digests, emit)
  return new LatchingVerifier(expectation, body)
}

/** What differs between envelopes. `end` returns the checksums. */
interface Body {
  push(bytes: Buffer): void
  end(): VerifiedChecksums
}

/** Counts wire bytes, and makes a failure final. */
class LatchingVerifier implements BodyVerifier {
  readonly #expectation: BodyExpectation
  readonly #body: Body
  #received = 0
  #failure: { readonly error: unknown } | undefined

  constructor(expectation: BodyExpectation, body: Body) {
    this.#expectation = expectation
    this.#body = body
  }

  push(bytes: Buffer): void {
    if (this.#failure !== undefined) throw this.#failure.error
    try {
      this.#received += bytes.length
      this.#body.push(bytes)
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  end(): VerifiedBody {
    if (this.#failure !== undefined) throw this.#failure.error
    try {
      const { wireLength, decodedLength, lengthIs } = this.#expectation
      const exactly = wireLength !== null && lengthIs === 'exactly'
      if (exactly && wireLength !== this.#received) throw new S3Error('IncompleteBody')
      const checksums = this.#body.end()
      return { length: exactly ? decodedLength : Math.min(decodedLength, this.#received), checksums }
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }
}

class IdentityBody implements Body {
  readonly #digests: BodyDigests
  readonly #emit: (slice: Buffer) => void
  readonly #lengthIs: LengthIs
  #left: number

  constructor(
    { decodedLength, lengthIs }: BodyExpectation,
    digests: BodyDigests,
    emit: (slice: Buffer) => void,
  ) {
    this.#digests = digests
    this.#emit = emit
    this.#lengthIs = lengthIs
    this.#left = decodedLength
  }

  push(bytes: Buffer): void {
    if (bytes.length > this.#left) throw new S3Error('IncompleteBody')
    this.#left -= bytes.length
    this.#digests.update(bytes)
    this.#emit(bytes)
  }

  end(): VerifiedChecksums {
    if (this.#left !== 0 && this.#lengthIs === 'exactly') throw new S3Error('IncompleteBody')
    return this.#digests.verify(null)
  }
}

class ChunkedBody implements Body, ChunkEvents {
  readonly #expectation: BodyExpectation
  readonly #decoder: ChunkedDecoder
  readonly #signatures: ChunkSignatures | undefined
  readonly #digests: BodyDigests
  readonly #emit: (slice: Buffer) => void
  #trailer: { readonly line: string; readonly value: string } | undefined

  constructor(
    expectation: BodyExpectation,
    envelope: Exclude<BodyEnvelope, { kind: 'identity' }>,
    digests: BodyDigests,
    emit: (slice: Buffer) => void,
  ) {
    this.#expectation = expectation
    this.#decoder = new ChunkedDecoder(envelope.kind, expectation.decodedLength, this)
    this.#signatures = envelope.kind === 'unsigned-trailer' ? undefined : new ChunkSignatures(envelope.seed)
    this.#digests = digests
    this.#emit = emit
  }

  push(bytes: Buffer): void {
    this.#decoder.push(bytes)
  }

  end(): VerifiedChecksums {
    this.#decoder.end()
    return this.#digests.verify(this.#trailer?.value ?? null)
  }

  chunk(signature: string): void {
    this.#signatures?.begin(signature)
  }

  data(slice: Buffer): void {
    this.#signatures?.update(slice)
    this.#digests.update(slice)
    this.#emit(slice)
  }

  chunkEnd(): void {
    this.#signatures?.end()
  }

  /** Only the one that `x-amz-trailer` announced, once. */
  trailer(name: string, value: string): void {
    const { checksum } = this.#expectation
    if (
      checksum.kind !== 'trailer' ||
      checksumAlgorithmOf(name) !== checksum.algorithm ||
      this.#trailer !== undefined
    ) {
      throw new S3Error('MalformedTrailerError')
    }
    this.#trailer = { line: `${name}:${value}\n`, value }
  }

  trailerSignature(signature: string): void {
    if (this.#trailer === undefined) throw new S3Error('MalformedTrailerError')
    this.#signatures?.trailer(this.#trailer.line, signature)
  }
}
