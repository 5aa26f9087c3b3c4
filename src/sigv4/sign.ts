/**
 * Signing keys and signatures of SigV4.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Secret } from '../iam/secret.ts'
import { type Credential, TERMINAL } from './credential.ts'
import { HmacSha256 } from './hmac.ts'

/** What a signing key is derived for. */
export type SigningScope = Pick<Credential, 'date' | 'region' | 'service'>

/** The 32 bytes of `HMAC(HMAC(HMAC(HMAC("AWS4" + secret, date), region), service), "aws4_request")`. */
export function signingKey(secret: Secret, { date, region, service }: SigningScope): Buffer {
  const dateKey = hmac(`AWS4${secret.reveal()}`, date)
  return hmac(hmac(hmac(dateKey, region), service), TERMINAL)
}

/** The signature: lower-case hex. */
export function signature(key: HmacSha256, stringToSign: string): string {
  return key.hex(stringToSign)
}

/**
 * Compares in a time that depends on the lengths alone, which are no secret.
 */
export function signaturesEqual(given: string, computed: string): boolean {
  if (given.length !== computed.length) return false
  let difference = 0
  for (let i = 0; i < computed.length; i++) difference |= given.charCodeAt(i) ^ computed.charCodeAt(i)
  return difference === 0
}

/**
 * Signing keys that were used lately. An entry is good for one secret only: once an access key has another secret, its
 * old signing keys are never found again.
 */
export interface SigningKeys {
  /** The cached key, if there is one. */
  find(accessKey: string, secret: Secret, scope: SigningScope): HmacSha256 | undefined
  /** Only keys that made a good signature are kept, so that nobody can crowd out those in use. */
  keep(accessKey: string, secret: Secret, scope: SigningScope, key: HmacSha256): void
  /** The cached key, or a new one that is kept: for our own signatures. */
  get(accessKey: string, secret: Secret, scope: SigningScope): HmacSha256
}

interface Entry {
  readonly secret: string
  readonly key: HmacSha256
}

/** @param options.max how many keys are kept, one per access key, day and region */
export function createSigningKeys({ max }: { readonly max: number }): SigningKeys {
  const entries = new LRUCache<string, Entry>({ max })
  const find: SigningKeys['find'] = (accessKey, secret, scope) => {
    const entry = entries.get(cacheName(accessKey, scope))
    return entry !== undefined && entry.secret === secret.reveal() ? entry.key : undefined
  }
  const keep: SigningKeys['keep'] = (accessKey, secret, scope, key) => {
    entries.set(cacheName(accessKey, scope), { secret: secret.reveal(), key })
  }
  return {
    find,
    keep,
    get(accessKey, secret, scope) {
      const found = find(accessKey, secret, scope)
      if (found !== undefined) return found
      const key = deriveKey(secret, scope)
      keep(accessKey, secret, scope, key)
      return key
    },
  }
}

/** {@link signingKey}, ready for use. */
export function deriveKey(secret: Secret, scope: SigningScope): HmacSha256 {
  return new HmacSha256(signingKey(secret, scope))
}

function cacheName(accessKey: string, { date, region, service }: SigningScope): string {
  return `${accessKey}/${date}/${region}/${service}`
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest()
}
