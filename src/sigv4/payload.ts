/**
 * What `x-amz-content-sha256` says of the body: a closed union, so that every verifier of bodies handles each.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html (Transferring payload)
 */
import { invalidArgument, S3Error } from '../s3/error.ts'
import { hexDigit } from './hex.ts'

export type PayloadMode =
  /** The SHA-256 of the body, in lower-case hex. */
  | { readonly kind: 'sha256'; readonly hex: string }
  | { readonly kind: 'unsigned' }
  /** aws-chunked, each chunk signed. */
  | { readonly kind: 'signed-chunks' }
  /** aws-chunked, each chunk and the trailer signed. */
  | { readonly kind: 'signed-chunks-trailer' }
  /** aws-chunked, nothing signed but the headers. */
  | { readonly kind: 'unsigned-trailer' }

const KEYWORDS: ReadonlyMap<string, PayloadMode> = new Map<string, PayloadMode>([
  ['UNSIGNED-PAYLOAD', { kind: 'unsigned' }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { kind: 'signed-chunks' }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { kind: 'signed-chunks-trailer' }],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { kind: 'unsigned-trailer' }],
])

/**
 * Parses the value of `x-amz-content-sha256`.
 *
 * @throws S3Error `NotImplemented` for the two ECDSA modes, `InvalidArgument` for anything else that is none
 */
export function parsePayloadMode(value: string): PayloadMode {
  if (isSha256Hex(value)) return { kind: 'sha256', hex: value.toLowerCase() }
  const mode = KEYWORDS.get(value)
  if (mode !== undefined) return mode
  if (
    value === 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD' ||
    value === 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER'
  ) {
    throw new S3Error('NotImplemented', { elements: [['Header', 'x-amz-content-sha256']] })
  }
  throw invalidArgument(
    'x-amz-content-sha256',
    value,
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
  )
}

/** {@link parsePayloadMode} of a header that a signature in a header needs. @throws S3Error `InvalidRequest` without */
export function requirePayloadMode(value: string | undefined): PayloadMode {
  if (value !== undefined) return parsePayloadMode(value)
  throw new S3Error('InvalidRequest', {
    message: 'Missing required header for this request: x-amz-content-sha256',
  })
}

/** True for the modes whose body is aws-chunked. */
export function isStreaming(mode: PayloadMode): boolean {
  return mode.kind !== 'sha256' && mode.kind !== 'unsigned'
}

/** Only PutObject and UploadPart may stream. @throws S3Error `InvalidRequest` for a streaming mode */
export function refuseStreaming(mode: PayloadMode): void {
  if (!isStreaming(mode)) return
  throw new S3Error('InvalidRequest', { message: 'The value of x-amz-content-sha256 header is invalid.' })
}

function isSha256Hex(text: string): boolean {
  if (text.length !== 64) return false
  for (let i = 0; i < 64; i++) {
    if (hexDigit(text.charCodeAt(i)) === -1) return false
  }
  return true
}
