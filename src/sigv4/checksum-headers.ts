/**
 * What the headers declare of the body: Content-MD5, one `x-amz-checksum-*`, or one that follows as a trailer.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
import { S3Error } from '../s3/error.ts'
import type { Headers } from '../s3/headers.ts'
import { CHECKSUM_ALGORITHMS, CHECKSUM_LENGTH, type ChecksumAlgorithm } from './checksum.ts'
import type { PayloadMode } from './payload.ts'

export type ChecksumDeclaration =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly algorithm: ChecksumAlgorithm; readonly value: Buffer }
  /** Announced in `x-amz-trailer`; the value comes behind the body. */
  | { readonly kind: 'trailer'; readonly algorithm: ChecksumAlgorithm }

const HEADER_NAME: Record<ChecksumAlgorithm, string> = {
  CRC32: 'x-amz-checksum-crc32',
  CRC32C: 'x-amz-checksum-crc32c',
  CRC64NVME: 'x-amz-checksum-crc64nvme',
  SHA1: 'x-amz-checksum-sha1',
  SHA256: 'x-amz-checksum-sha256',
  SHA512: 'x-amz-checksum-sha512',
  MD5: 'x-amz-checksum-md5',
  XXHASH64: 'x-amz-checksum-xxhash64',
  XXHASH3: 'x-amz-checksum-xxhash3',
  XXHASH128: 'x-amz-checksum-xxhash128',
}

const ALGORITHM_OF: ReadonlyMap<string, ChecksumAlgorithm> = new Map(
  CHECKSUM_ALGORITHMS.map((algorithm) => [HEADER_NAME[algorithm], algorithm]),
)

/** Of no bytes at all: what the JavaScript SDK puts into a presigned URL, not knowing the body. */
const OF_NOTHING: Record<ChecksumAlgorithm, string> = {
  CRC32: 'AAAAAA==',
  CRC32C: 'AAAAAA==',
  CRC64NVME: 'AAAAAAAAAAA=',
  SHA1: '2jmj7l5rSw0yVb/vlWAYkK/YBwk=',
  SHA256: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  SHA512: 'z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==',
  MD5: '1B2M2Y8AsgTpgAmY7PhCfg==',
  XXHASH64: '70bbN1HY6Zk=',
  XXHASH3: 'LQaABTjTlMI=',
  XXHASH128: 'maoG0wFHmNhgAcMkRo1Jfw==',
}

export function checksumHeaderName(algorithm: ChecksumAlgorithm): string {
  return HEADER_NAME[algorithm]
}

/** The algorithm of an `x-amz-checksum-*` name in lower case. */
export function checksumAlgorithmOf(headerName: string): ChecksumAlgorithm | undefined {
  return ALGORITHM_OF.get(headerName)
}

/**
 * Reads what is declared.
 *
 * @param hoisted names of headers that came from the query of a presigned URL. A checksum among them that is the one
 *   of an empty body was computed before there was a body, and declares nothing.
 * @throws S3Error `InvalidRequest` for more than one, a value that cannot be one, a trailer that is none of ours, or
 *   an announced algorithm without its value
 */
export function declaredChecksum(
  headers: Headers,
  mode: PayloadMode,
  hoisted: ReadonlySet<string>,
): ChecksumDeclaration {
  let declared: ChecksumDeclaration = { kind: 'none' }
  let found: ChecksumAlgorithm | undefined
  for (const [name, value] of headers) {
    const algorithm = name.startsWith('x-amz-checksum-') ? ALGORITHM_OF.get(name) : undefined
    if (algorithm === undefined) continue
    if (found !== undefined) throw severalChecksums()
    found = algorithm
    if (hoisted.has(name) && OF_NOTHING[algorithm] === value) continue
    declared = { kind: 'header', algorithm, value: parseChecksum(algorithm, value, 'header') }
  }
  const trailer = announcedTrailer(headers, mode)
  if (trailer !== undefined) {
    if (found !== undefined) throw severalChecksums()
    found = trailer
    declared = { kind: 'trailer', algorithm: trailer }
  }
  const named = headers.get('x-amz-sdk-checksum-algorithm')
  if (named !== undefined && named.toUpperCase() !== found) {
    throw new S3Error('InvalidRequest', {
      message:
        'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    })
  }
  return declared
}

/**
 * Decodes a checksum.
 *
 * @param place which of AWS's two messages a bad value gets
 * @throws S3Error `InvalidRequest` where it is not base64 of the algorithm's length
 */
export function parseChecksum(
  algorithm: ChecksumAlgorithm,
  text: string,
  place: 'header' | 'trailing header',
): Buffer {
  const bytes = decodeBase64(text, CHECKSUM_LENGTH[algorithm])
  if (bytes !== undefined) return bytes
  throw new S3Error('InvalidRequest', {
    message: `Value for ${HEADER_NAME[algorithm]} ${place} is invalid.`,
  })
}

/** The MD5 that `Content-MD5` declares. @throws S3Error `InvalidDigest` where it is not base64 of 16 bytes */
export function declaredMd5(headers: Headers): Buffer | null {
  const text = headers.get('content-md5')
  if (text === undefined) return null
  const bytes = decodeBase64(text, 16)
  if (bytes === undefined) throw new S3Error('InvalidDigest', { elements: [['Content-MD5', text]] })
  return bytes
}

/** Exactly the base64 of that many bytes, padding and unused bits included; undefined for anything else. */
function decodeBase64(text: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined
}

/** The one trailer that may be announced: a checksum, in a mode that has trailers. */
function announcedTrailer(headers: Headers, mode: PayloadMode): ChecksumAlgorithm | undefined {
  const value = headers.get('x-amz-trailer')
  const hasTrailers = mode.kind === 'unsigned-trailer' || mode.kind === 'signed-chunks-trailer'
  if (value === undefined) {
    if (mode.kind === 'signed-chunks-trailer') throw new S3Error('MalformedTrailerError')
    return undefined
  }
  const names = value.split(',').map((name) => name.trim().toLowerCase())
  const algorithms = names.map((name) => ALGORITHM_OF.get(name))
  if (!hasTrailers || algorithms.includes(undefined)) {
    throw new S3Error('InvalidRequest', {
      message: 'The value specified in the x-amz-trailer header is not supported',
    })
  }
  if (algorithms.length > 1) throw severalChecksums()
  return algorithms[0]
}

function severalChecksums(): S3Error {
  return new S3Error('InvalidRequest', {
    message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
  })
}
