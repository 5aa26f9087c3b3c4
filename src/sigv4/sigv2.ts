/**
 * Signature Version 2, header and presigned: HMAC-SHA1 over a short string. Old clients still make it; it is only
 * used where the operator has switched it on.
 *
 * It covers neither the body nor most of the query: see {@link refuseUncovered}.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 */
import { createHmac } from 'node:crypto'
import type { Secret } from '../iam/secret.ts'
import { SIGV2_PARAMETERS } from '../s3/authentication-parameters.ts'
import { S3Error } from '../s3/error.ts'
import { fieldValue, type Headers } from '../s3/headers.ts'
import { isHoisted } from '../s3/hoist.ts'
import type { ParsedTarget } from '../s3/target.ts'
import { encodePath, type QueryParameters } from '../s3/uri.ts'
import { type AccessKeyReference, parseAccessKey } from './access-key.ts'
import type { SigV2Authorization } from './authorization.ts'
import type { PresignedLimits } from './presigned.ts'
import { checkSkew, isoSeconds, MAX_SKEW_MS, requestDate } from './request-date.ts'
import { signaturesEqual } from './sign.ts'
import { NOBODYS_SECRET, refusal } from './verify.ts'

export interface SigV2Request {
  readonly method: string
  readonly headers: Headers
  /** When it was received: milliseconds since the epoch. */
  readonly time: number
}

export type SigV2Target = Pick<ParsedTarget, 'target' | 'rawPath' | 'query' | 'style'>

/** Read and in time, not yet verified. */
export interface SigV2Claim extends AccessKeyReference {
  /** The key part as it was sent, project included. */
  readonly givenKey: string
  readonly stringToSign: string
  /** Base64, as sent. */
  readonly signature: string
}

/** Sub-resources and overrides that are part of the string to sign. */
const SIGNED_PARAMETERS: ReadonlySet<string> = new Set([
  'accelerate',
  'acl',
  'analytics',
  'cors',
  'delete',
  'encryption',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'partNumber',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'retention',
  'select',
  'select-type',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
])

/** Parameters that only say which part of a list is wanted: harmless unsigned. */
const LISTING_PARAMETERS: ReadonlySet<string> = new Set([
  'continuation-token',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'key-marker',
  'list-type',
  'marker',
  'max-keys',
  'max-parts',
  'max-uploads',
  'part-number-marker',
  'prefix',
  'start-after',
  'upload-id-marker',
  'version-id-marker',
])

/** The refusal where the operator has not switched it on: AWS's words, and what they mean here. */
export function sigV2SwitchedOff(): S3Error {
  return new S3Error('InvalidRequest', {
    message:
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256. (Signature Version 2 is switched off on this endpoint.)',
  })
}

/**
 * @throws S3Error `AccessDenied` without a date that can be read, or with unsigned parameters; `RequestTimeTooSkewed`
 */
export function readSigV2Header(
  request: SigV2Request,
  target: SigV2Target,
  authorization: SigV2Authorization,
): SigV2Claim {
  checkSkew(requestDate(request.headers), request.time)
  refuseUncovered(target.query, request.headers)
  const { accessKey, projectId, givenKey, signature } = authorization
  const date = request.headers.has('x-amz-date') ? '' : (request.headers.get('date') as string)
  return {
    accessKey,
    projectId,
    givenKey,
    signature,
    stringToSign: sigV2StringToSign(request, target, date),
  }
}

/**
 * @throws S3Error `AccessDenied` where a parameter is missing, twice, or cannot be read, the URL has expired or lives
 *   too long, or there are unsigned parameters; `InvalidAccessKeyId` where the key is no key
 */
export function readSigV2Query(
  request: SigV2Request,
  target: SigV2Target,
  limits: PresignedLimits,
): SigV2Claim {
  const givenKey = authenticationParameter(target.query, 'AWSAccessKeyId')
  const signature = authenticationParameter(target.query, 'Signature')
  const expires = authenticationParameter(target.query, 'Expires')
  checkExpires(expires, request.time, limits)
  refuseUncovered(target.query, request.headers)
  const key = parseAccessKey(givenKey)
  if (key === undefined) throw new S3Error('InvalidAccessKeyId', { elements: [['AWSAccessKeyId', givenKey]] })
  return { ...key, givenKey, signature, stringToSign: sigV2StringToSign(request, target, expires) }
}

/**
 * @param secret undefined for an unknown key: the work is the same
 * @param others what may have been signed instead of the claim's own string
 * @returns which of them was; null: the claim's own
 * @throws S3Error `SignatureDoesNotMatch`, or `InvalidAccessKeyId` for an unknown key
 */
export function verifySigV2<S extends Pick<SigV2Claim, 'stringToSign'>>(
  claim: SigV2Claim,
  secret: Secret | undefined,
  others: readonly S[] = [],
): S | null {
  const isSigned = ({ stringToSign }: Pick<SigV2Claim, 'stringToSign'>): boolean =>
    signaturesEqual(claim.signature, sigV2Signature(secret ?? NOBODYS_SECRET, stringToSign))
  const own = isSigned(claim)
  const other = own ? undefined : others.find(isSigned)
  if (secret === undefined || !(own || other !== undefined)) {
    throw refusal(secret, claim.givenKey, claim.stringToSign, claim.signature, null)
  }
  return other ?? null
}

/** Base64 of the HMAC-SHA1. Header values within are bytes in latin1. */
export function sigV2Signature(secret: Secret, stringToSign: string): string {
  return createHmac('sha1', secret.reveal()).update(stringToSign, 'latin1').digest('base64')
}

/** @param date the Date header, '' where `x-amz-date` stands in for it, or the `Expires` of a presigned URL */
export function sigV2StringToSign(request: SigV2Request, target: SigV2Target, date: string): string {
  const { headers } = request
  const md5 = headers.get('content-md5') ?? ''
  const type = headers.get('content-type') ?? ''
  return `${request.method}\n${md5}\n${type}\n${date}\n${amzHeaders(headers)}${canonicalResource(target)}`
}

/** `name:value\n` for each `x-amz-*`, sorted by name. */
function amzHeaders(headers: Headers): string {
  return Array.from(headers)
    .filter(([name]) => name.startsWith('x-amz-'))
    .sort(byName)
    .map(([name, value]) => `${name}:${value}\n`)
    .join('')
}

/** `/bucket` where the host names it, the path as it was sent, then the signed parameters with decoded values. */
function canonicalResource({ target, rawPath, query, style }: SigV2Target): string {
  const bucket = style === 'virtual' && target.kind !== 'service' ? `/${encodePath(target.bucket)}` : ''
  const signed = query.filter(([name]) => SIGNED_PARAMETERS.has(name))
  if (signed.length === 0) return bucket + rawPath
  const pieces = signed
    .toSorted(byName)
    .map(([name, value]) =>
      value === '' ? name : `${name}=${Buffer.from(value, 'utf8').toString('latin1')}`,
    )
  return `${bucket}${rawPath}?${pieces.join('&')}`
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}

/** Whether a signed value reads as a further signed parameter: what was signed would not say which of the two it is. */
function holdsParameter(value: string): boolean {
  const [, ...rest] = value.split('&')
  return rest.some((piece) => SIGNED_PARAMETERS.has(piece.split('=', 1)[0] ?? ''))
}

/**
 * A parameter that the signature does not cover could have been added by anyone on the way. One that says what a header
 * says, which is covered, adds nothing.
 *
 * @throws S3Error `AccessDenied` that names those which do more than list
 */
function refuseUncovered(query: QueryParameters, headers: Headers): void {
  const uncovered = query
    .filter(
      ([name, value]) =>
        !(SIGNED_PARAMETERS.has(name) && !holdsParameter(value)) &&
        !LISTING_PARAMETERS.has(name) &&
        !SIGV2_PARAMETERS.has(name) &&
        !isNote(name) &&
        !(isHoisted(name) && headers.get(name.toLowerCase()) === fieldValue(value)),
    )
    .map(([name]) => name)
  if (uncovered.length === 0) return
  throw new S3Error('AccessDenied', {
    message: 'There were query parameters present in the request which were not signed',
    elements: [['ParametersNotSigned', uncovered.join(', ')]],
  })
}

/** What clients note for themselves means nothing, signed or not: see `s3/fates.ts`. */
function isNote(name: string): boolean {
  return /^x-(?!amz-)/i.test(name)
}

function authenticationParameter(query: QueryParameters, name: string): string {
  const values = query.filter(([parameter]) => parameter === name)
  const value = values[0]?.[1]
  if (values.length === 1 && value !== undefined && value !== '') return value
  throw new S3Error('AccessDenied', {
    message: 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
  })
}

/**
 * Seconds since the epoch, not yet over. The URL does not say when it was signed, so that the longest life allowed is
 * measured from now.
 */
function checkExpires(text: string, now: number, { maxExpiresSeconds }: PresignedLimits): void {
  if (!/^\d{1,11}$/.test(text)) {
    throw new S3Error('AccessDenied', { message: `Invalid date (should be seconds since epoch): ${text}` })
  }
  const expiresAt = Number(text) * 1000
  if (expiresAt > now + maxExpiresSeconds * 1000 + MAX_SKEW_MS) {
    throw new S3Error('AccessDenied', {
      message: `Expires must be less than ${maxExpiresSeconds} seconds in the future`,
    })
  }
  if (now <= expiresAt) return
  throw new S3Error('AccessDenied', {
    message: 'Request has expired',
    elements: [
      ['Expires', isoSeconds(expiresAt)],
      ['ServerTime', isoSeconds(now)],
    ],
  })
}
