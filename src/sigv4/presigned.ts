/**
 * Presigned URLs (SigV4): the `X-Amz-*` parameters, parsed once, and the time in which they are good.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
import { SIGV4_PARAMETERS } from '../s3/authentication-parameters.ts'
import { invalidArgument, S3Error } from '../s3/error.ts'
import type { Headers } from '../s3/headers.ts'
import type { QueryParameters } from '../s3/uri.ts'
import { ALGORITHM, ECDSA_ALGORITHM } from './authorization.ts'
import { type Credential, malformedCredential, parseCredential } from './credential.ts'
import { isoSeconds, MAX_SKEW_MS, parseBasicDate, type RequestDate } from './request-date.ts'
import { parseSignedHeaders } from './signed-headers.ts'

/** AWS's own limit on `X-Amz-Expires`: seven days. */
export const LONGEST_EXPIRY_SECONDS = 604_800

export interface Presigned {
  readonly kind: 'presigned'
  readonly credential: Credential
  readonly signedHeaders: readonly string[]
  readonly signature: string
  readonly date: RequestDate
  readonly expiresSeconds: number
  /** The query that was signed: everything but `X-Amz-Signature`. */
  readonly signedQuery: QueryParameters
}

export interface PresignedLimits {
  /** The longest `X-Amz-Expires` this gate accepts, in seconds; never above {@link LONGEST_EXPIRY_SECONDS}. */
  readonly maxExpiresSeconds: number
}

/**
 * Parses the parameters of a presigned URL. Neither the scope nor the clock is judged here: see `checkScope` and
 * {@link checkPresignedTime}.
 *
 * @throws S3Error with AWS's code and message for the piece that is missing or wrong
 */
export function parsePresigned(query: QueryParameters, limits: PresignedLimits): Presigned {
  const parameter = authenticationParameters(query)
  const algorithm = parameter.get('X-Amz-Algorithm')
  const credentialText = parameter.get('X-Amz-Credential')
  const signature = parameter.get('X-Amz-Signature')
  const dateText = parameter.get('X-Amz-Date')
  const signedHeaders = parameter.get('X-Amz-SignedHeaders')
  const expires = parameter.get('X-Amz-Expires')
  if (!algorithm || !credentialText || !signature || !dateText || !signedHeaders || !expires) {
    throw parametersError(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    )
  }
  if (algorithm === ECDSA_ALGORITHM) {
    throw new S3Error('NotImplemented', { elements: [['Header', 'X-Amz-Algorithm']] })
  }
  if (algorithm !== ALGORITHM) {
    throw parametersError('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"')
  }
  const credential = parseCredential(credentialText)
  if (credential === undefined) throw malformedCredential(credentialText, 'query')
  const time = parseBasicDate(dateText)
  if (time === undefined) {
    throw parametersError(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
  }
  const names = parseSignedHeaders(signedHeaders)
  if (names === undefined) {
    throw parametersError('X-Amz-SignedHeaders must be a list of lower-case header names separated by ";"')
  }
  return {
    kind: 'presigned',
    credential,
    signedHeaders: names,
    signature,
    date: { given: dateText, time, iso: dateText },
    expiresSeconds: parseExpires(expires, limits),
    signedQuery: query.filter(([name]) => name !== 'X-Amz-Signature'),
  }
}

/**
 * @param now milliseconds since the epoch
 * @throws S3Error `AuthorizationQueryParametersError` where the scope is of another day than `X-Amz-Date`;
 *   `AccessDenied` before the URL is valid (15 minutes of skew allowed) and after it has expired
 */
export function checkPresignedTime(presigned: Presigned, now: number): void {
  const { credential, date, expiresSeconds } = presigned
  const day = date.iso.slice(0, 8)
  if (credential.date !== day) {
    throw parametersError(
      `Invalid credential date "${credential.date}". This date is not the same as X-Amz-Date: "${day}".`,
    )
  }
  if (date.time > now + MAX_SKEW_MS) {
    throw new S3Error('AccessDenied', { message: 'Request is not valid yet' })
  }
  const expiresAt = date.time + expiresSeconds * 1000
  if (now > expiresAt) {
    throw new S3Error('AccessDenied', {
      message: 'Request has expired',
      elements: [
        ['X-Amz-Expires', String(expiresSeconds)],
        ['Expires', isoSeconds(expiresAt)],
        ['ServerTime', isoSeconds(now)],
      ],
    })
  }
}

/**
 * What stands for the payload in the canonical request of a presigned URL: the query's `X-Amz-Content-Sha256`, else
 * the header, else `UNSIGNED-PAYLOAD`.
 *
 * @throws S3Error `InvalidArgument` where query and header differ
 */
export function presignedPayloadHash(query: QueryParameters, headers: Headers): string {
  const inQuery = query.find(([name]) => name === 'X-Amz-Content-Sha256')?.[1]
  const inHeader = headers.get('x-amz-content-sha256')
  if (inQuery !== undefined && inHeader !== undefined && inQuery !== inHeader) {
    throw invalidArgument(
      'x-amz-content-sha256',
      inHeader,
      'The header differs from the query parameter of the same name',
    )
  }
  return inQuery ?? inHeader ?? 'UNSIGNED-PAYLOAD'
}

/** @throws S3Error `InvalidArgument` where one is repeated */
function authenticationParameters(query: QueryParameters): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of query) {
    if (!SIGV4_PARAMETERS.has(name)) continue
    if (found.has(name)) throw invalidArgument(name, value, 'The query parameter is given more than once')
    found.set(name, value)
  }
  return found
}

function parseExpires(text: string, { maxExpiresSeconds }: PresignedLimits): number {
  const negative = text.startsWith('-')
  if (!isDigits(negative ? text.slice(1) : text)) throw parametersError('X-Amz-Expires should be a number')
  if (negative) throw parametersError('X-Amz-Expires must be non-negative')
  const seconds = Number(text)
  if (seconds > maxExpiresSeconds) {
    const longest = maxExpiresSeconds === LONGEST_EXPIRY_SECONDS ? 'a week (in seconds)' : 'the maximum'
    throw parametersError(
      `X-Amz-Expires must be less than ${longest}; that is, the given X-Amz-Expires must be less than ${maxExpiresSeconds} seconds`,
    )
  }
  if (seconds === 0) throw parametersError('X-Amz-Expires must be at least 1 second')
  return seconds
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return false
  }
  return text !== ''
}

function parametersError(message: string): S3Error {
  return new S3Error('AuthorizationQueryParametersError', { message })
}
