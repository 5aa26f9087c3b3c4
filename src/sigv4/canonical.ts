/**
 * Canonical request and string to sign, in the two halves that AWS's documents describe.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { hash } from 'node:crypto'
import type { Headers } from '../s3/headers.ts'
import { canonicalQuery, type QueryParameters } from '../s3/uri.ts'
import { ALGORITHM } from './authorization.ts'
import { canonicalHeaderValue, isDescriptive, type WhiteSpace } from './white-space.ts'

export interface CanonicalInput {
  readonly method: string
  /** The path's one canonical encoding (`s3/uri.ts`, `encodePath`). */
  readonly canonicalPath: string
  /** Decoded; of a presigned URL without `X-Amz-Signature`. */
  readonly query: QueryParameters
  readonly headers: Headers
  /** Lower-case names in the order in which the client lists them. One that the request lacks counts as empty. */
  readonly signedHeaders: readonly string[]
  /** The value of `x-amz-content-sha256`. */
  readonly payloadHash: string
}

/**
 * A latin1 string, one character per byte: header values are bytes, everything else is ASCII.
 *
 * @param form how white space within values is read
 */
export function canonicalRequest(input: CanonicalInput, form: WhiteSpace = 'spaces'): string {
  return canonicalWriter(input, form)(input.headers.get('host') ?? '', input.canonicalPath)
}

/** Writes the same request as it would be under another host and path: only these are read anew. */
export function canonicalWriter(
  input: CanonicalInput,
  form: WhiteSpace = 'spaces',
): (host: string, canonicalPath: string) => string {
  const { method, headers, signedHeaders, payloadHash } = input
  const query = canonicalQuery(input.query)
  let before = ''
  let after: string | null = null
  for (let i = 0; i < signedHeaders.length; i++) {
    const name = signedHeaders[i]!
    if (name === 'host') {
      after = ''
      continue
    }
    const value = canonicalHeaderValue(headers.get(name) ?? '', isDescriptive(name) ? form : 'spaces')
    if (after === null) before += `${name}:${value}\n`
    else after += `${name}:${value}\n`
  }
  const names = `${signedHeaders.join(';')}\n${payloadHash}`
  return (host, canonicalPath) => {
    const head = `${method}\n${canonicalPath}\n${query}\n${before}`
    return after === null
      ? `${head}\n${names}`
      : `${head}host:${canonicalHeaderValue(host)}\n${after}\n${names}`
  }
}

/**
 * @param isoDate `yyyyMMddTHHmmssZ`
 * @param scope `yyyyMMdd/REGION/SERVICE/aws4_request`
 * @param canonical a {@link canonicalRequest}
 */
export function stringToSign(isoDate: string, scope: string, canonical: string): string {
  return `${ALGORITHM}\n${isoDate}\n${scope}\n${hash('sha256', Buffer.from(canonical, 'latin1'), 'hex')}`
}
