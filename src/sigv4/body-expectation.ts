/**
 * What a request's headers promise of its body, gathered before the first byte arrives: the input of the body verifier.
 */
import { invalidArgument, S3Error } from '../s3/error.ts'
import type { Headers } from '../s3/headers.ts'
import { type ChecksumDeclaration, declaredChecksum, declaredMd5 } from './checksum-headers.ts'
import { isStreaming, type PayloadMode } from './payload.ts'
import type { VerifiedSignature } from './verify.ts'

/** How the body is wrapped, and what vouches for it. */
export type BodyEnvelope =
  /** The body as it is; its SHA-256 in hex, or null where it is not signed. */
  | { readonly kind: 'identity'; readonly sha256: string | null }
  | { readonly kind: 'signed-chunks'; readonly seed: VerifiedSignature }
  | { readonly kind: 'signed-chunks-trailer'; readonly seed: VerifiedSignature }
  | { readonly kind: 'unsigned-trailer' }

export type LengthIs = 'exactly' | 'at-most'

export interface BodyExpectation {
  readonly envelope: BodyEnvelope
  /** Bytes on the wire; null with `Transfer-Encoding: chunked`. */
  readonly wireLength: number | null
  /** Bytes of the object. */
  readonly decodedLength: number
  /** `exactly` as many; `at-most`: a form may have fields after its file, which nobody has announced. */
  readonly lengthIs: LengthIs
  readonly md5: Buffer | null
  readonly checksum: ChecksumDeclaration
}

export interface BodyDeclaration {
  /** With hoisted ones among them. */
  readonly headers: Headers
  /** Those of {@link headers} that came from the query of a presigned URL. */
  readonly hoisted: ReadonlySet<string>
  readonly mode: PayloadMode
  /** The request's own signature, to which signed chunks are chained; null with SigV2 and forms, which have none. */
  readonly seed: VerifiedSignature | null
  /**
   * What `x-amz-checksum-*` is of: the body, or (CompleteMultipartUpload, CopyObject) the object that results, which the
   * body verifier cannot check.
   */
  readonly checksumOf: 'body' | 'object'
  /** Absent: exactly. */
  readonly lengthIs?: LengthIs
}

const NO_CHECKSUM: ChecksumDeclaration = { kind: 'none' }

/**
 * @throws S3Error `MissingContentLength` where the length of the object cannot be known, and whatever the declarations
 *   of checksums deserve
 */
export function bodyExpectation(declaration: BodyDeclaration): BodyExpectation {
  const { headers, mode, hoisted } = declaration
  const wireLength = lengthHeader(headers, 'content-length')
  const decodedLength = isStreaming(mode) ? lengthHeader(headers, 'x-amz-decoded-content-length') : wireLength
  if (decodedLength === null) throw new S3Error('MissingContentLength')
  return {
    envelope: envelopeOf(declaration),
    wireLength,
    decodedLength,
    lengthIs: declaration.lengthIs ?? 'exactly',
    md5: declaredMd5(headers),
    checksum: declaration.checksumOf === 'object' ? NO_CHECKSUM : declaredChecksum(headers, mode, hoisted),
  }
}

function envelopeOf({ mode, seed }: BodyDeclaration): BodyEnvelope {
  switch (mode.kind) {
    case 'sha256':
      return { kind: 'identity', sha256: mode.hex }
    case 'unsigned':
      return { kind: 'identity', sha256: null }
    case 'unsigned-trailer':
      return { kind: 'unsigned-trailer' }
    case 'signed-chunks':
    case 'signed-chunks-trailer':
      if (seed === null) {
        throw new S3Error('InvalidRequest', {
          message: 'The value of x-amz-content-sha256 header is invalid.',
        })
      }
      return { kind: mode.kind, seed }
  }
}

/** A non-negative integer, or null where there is no such header. @throws S3Error `InvalidArgument` */
function lengthHeader(headers: Headers, name: string): number | null {
  const text = headers.get(name)
  if (text === undefined) return null
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) throw invalidArgument(name, text, `Value for ${name} header is invalid.`)
  }
  const value = Number(text)
  if (text === '' || !Number.isSafeInteger(value)) {
    throw invalidArgument(name, text, `Value for ${name} header is invalid.`)
  }
  return value
}
