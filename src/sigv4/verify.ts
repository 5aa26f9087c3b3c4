/**
 * Verification of a SigV4 signature: the same work for a good one, a bad one and an unknown key.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */

import { Secret } from '../iam/secret.ts'
import { type ErrorElements, S3Error } from '../s3/error.ts'
import { headerMalformed } from './authorization.ts'
import { type CanonicalInput, canonicalRequest, canonicalWriter, stringToSign } from './canonical.ts'
import { type Credential, scopeOf } from './credential.ts'
import type { HmacSha256 } from './hmac.ts'
import { checkSkew, type RequestDate } from './request-date.ts'
import { deriveKey, type SigningKeys, type SigningScope, signature, signaturesEqual } from './sign.ts'
import { isDescriptive, isReadDifferently, SIGNERS_FORMS } from './white-space.ts'

export interface SignatureClaim {
  readonly credential: Credential
  readonly date: RequestDate
  /** As the client sent it. */
  readonly signature: string
  readonly request: CanonicalInput
}

/** What of a request a proxy in front of the gate may have changed. */
export interface SignedName {
  /** The Host header. */
  readonly host: string
  readonly canonicalPath: string
}

/** What a verified signature proves, and what the chunks of a signed body are chained to. */
export interface VerifiedSignature {
  readonly accessKey: string
  readonly key: HmacSha256
  /** `yyyyMMddTHHmmssZ` */
  readonly isoDate: string
  readonly scope: string
  readonly signature: string
  readonly canonicalRequest: string
}

/** Stands in for the secret of an unknown key. Never a client's: a secret is never empty. */
export const NOBODYS_SECRET = new Secret('')

/** A proof, and under which of the other names it was signed; null: under that of the request as it is. */
export interface Verification<N> extends VerifiedSignature {
  readonly under: N | null
}

/**
 * @param secret of the key that the claim names; undefined where there is no such key. The work is the same: a key is
 *   derived, the signatures computed and compared, the error prepared.
 * @param others hosts and paths under which it may have been signed instead
 * @throws S3Error `SignatureDoesNotMatch` with the elements AWS sends, or `InvalidAccessKeyId` for an unknown key
 */
export function verifySignature<N extends SignedName>(
  claim: SignatureClaim,
  secret: Secret | undefined,
  keys: SigningKeys,
  others: readonly N[] = [],
): Verification<N> {
  const { credential, date } = claim
  const scope = scopeOf(credential)
  const attempt = (under: N | null, canonical: string): Attempt<N> => ({
    under,
    canonical,
    toSign: stringToSign(date.iso, scope, canonical),
  })
  const first = attempt(null, canonicalRequest(claim.request))
  const match = matchingKey(credential.accessKey, secret, credential, keys, claim.signature, first, () =>
    otherForms(claim.request, others, first.canonical).map(([under, canonical]) => attempt(under, canonical)),
  )
  if (match === undefined) {
    throw refusal(secret, credential.givenKey, first.toSign, claim.signature, first.canonical)
  }
  return {
    under: match.attempt.under,
    accessKey: credential.accessKey,
    key: match.key,
    isoDate: date.iso,
    scope,
    signature: claim.signature,
    canonicalRequest: match.attempt.canonical,
  }
}

/** Something that may have been signed. */
interface Signable {
  readonly toSign: string
}

interface Attempt<N> extends Signable {
  readonly under: N | null
  readonly canonical: string
}

/**
 * What else the client may have signed than the first canonical request: another name of the gate's, or the same with
 * white space read in another way. At most three for each name, and one for each where values have no white space but
 * spaces.
 */
function otherForms<N extends SignedName>(
  request: CanonicalInput,
  others: readonly N[],
  first: string,
): readonly (readonly [under: N | null, canonical: string])[] {
  const isOdd = request.signedHeaders.some(
    (name) => isDescriptive(name) && isReadDifferently(request.headers.get(name) ?? ''),
  )
  const forms = isOdd ? SIGNERS_FORMS : SPACES_ALONE
  const found = new Map<string, N | null>()
  for (const form of forms) {
    const write = canonicalWriter(request, form)
    const own = write(request.headers.get('host') ?? '', request.canonicalPath)
    if (own !== first) found.set(own, null)
    for (const other of others) {
      const canonical = write(other.host, other.canonicalPath)
      if (canonical !== first && !found.has(canonical)) found.set(canonical, other)
    }
  }
  return Array.from(found, ([canonical, under]) => [under, canonical])
}

const SPACES_ALONE = ['spaces'] as const

/**
 * The checks of time that come with a signature in a header.
 *
 * @throws S3Error `AuthorizationHeaderMalformed` where the scope is of another day; `RequestTimeTooSkewed`
 */
export function checkHeaderTime(credential: Credential, date: RequestDate, now: number): void {
  if (credential.date !== date.iso.slice(0, 8)) {
    throw headerMalformed('Invalid credential date. Date is not the same as X-Amz-Date.')
  }
  checkSkew(date, now)
}

/**
 * The key under which `given` is the signature of `first`, or of one of the others, if it is. A failure always costs one
 * derivation, whether the key was cached, was not, or does not exist; only a success is cached.
 */
export function matchingKey<S extends Signable>(
  accessKey: string,
  secret: Secret | undefined,
  scope: SigningScope,
  keys: SigningKeys,
  given: string,
  first: S,
  others: () => readonly S[] = () => [],
): { readonly key: HmacSha256; readonly attempt: S } | undefined {
  const cached = secret === undefined ? undefined : keys.find(accessKey, secret, scope)
  const key = cached ?? deriveKey(secret ?? NOBODYS_SECRET, scope)
  const isSigned = ({ toSign }: S): boolean => signaturesEqual(given, signature(key, toSign))
  const attempt = isSigned(first) ? first : others().find(isSigned)
  if (attempt !== undefined && secret !== undefined) {
    if (cached === undefined) keys.keep(accessKey, secret, scope, key)
    return { key, attempt }
  }
  if (cached !== undefined) deriveKey(NOBODYS_SECRET, scope)
  return undefined
}

/** Why a signature was refused. Both errors are prepared, so that neither comes sooner. */
export function refusal(
  secret: Secret | undefined,
  givenKey: string,
  toSign: string,
  given: string,
  canonical: string | null,
): S3Error {
  const mismatch = signatureMismatch(givenKey, toSign, given, canonical)
  const unknown = new S3Error('InvalidAccessKeyId', { elements: [['AWSAccessKeyId', givenKey]] })
  return secret === undefined ? unknown : mismatch
}

/**
 * @param canonical a latin1 string; null where the scheme has none
 */
export function signatureMismatch(
  givenKey: string,
  toSign: string,
  given: string,
  canonical: string | null,
): S3Error {
  const elements: (readonly [string, string])[] = [
    ['AWSAccessKeyId', givenKey],
    ['StringToSign', toSign],
    ['SignatureProvided', given],
    ['StringToSignBytes', spacedHex(Buffer.from(toSign, 'utf8'))],
  ]
  if (canonical !== null) {
    const bytes = Buffer.from(canonical, 'latin1')
    elements.push(['CanonicalRequest', bytes.toString('utf8')], ['CanonicalRequestBytes', spacedHex(bytes)])
  }
  return new S3Error('SignatureDoesNotMatch', { elements: elements satisfies ErrorElements })
}

/** `4a 5b …`, as AWS writes bytes. */
function spacedHex(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  let text = hex.slice(0, 2)
  for (let i = 2; i < hex.length; i += 2) text += ` ${hex.slice(i, i + 2)}`
  return text
}
