/**
 * Secrets at rest: AES-256-GCM under the data key, bound to the row they belong to, so that neither a changed bit nor
 * a value moved to another row opens. Layout: version (1 byte), nonce (12), ciphertext, tag (16).
 *
 * https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-38d.pdf
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { Secret } from '../iam/secret.ts'

const VERSION = 1
const NONCE = 12
const TAG = 16
const HEAD = 1 + NONCE

export const KEY_LENGTH = 32

/** Whose secret it is: no other row's sealed value opens in its place. */
export type Identity = { readonly table: 'access_keys' | 'backends'; readonly id: string }

export interface Sealer {
  seal(secret: Secret, identity: Identity): Buffer
  /** @throws Error where the value was not sealed under this key for this row */
  unseal(sealed: Buffer, identity: Identity): Secret
  /** A keyed hash by which a secret is found without being stored in the clear. */
  lookupHash(secret: Secret): Buffer
  /** The keyed hash that makes a session token this store's own. */
  tokenHash(text: string): Buffer
}

export function createSealer(dataKey: Buffer): Sealer {
  const sealingKey = derive(dataKey, 's3warden: sealed secrets')
  const lookupKey = derive(dataKey, 's3warden: look-up of secrets')
  const tokenKey = derive(dataKey, 's3warden: session tokens')
  const associated = ({ table, id }: Identity) => `${table}\0${id}`
  return {
    seal: (secret, identity) => encrypt(sealingKey, Buffer.from(secret.reveal()), associated(identity)),
    unseal: (sealed, identity) => new Secret(decrypt(sealingKey, sealed, associated(identity)).toString()),
    lookupHash: (secret) => createHmac('sha256', lookupKey).update(secret.reveal()).digest(),
    tokenHash: (text) => createHmac('sha256', tokenKey).update(text).digest(),
  }
}

export function encrypt(key: Buffer, plain: Buffer, associated: string): Buffer {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associated))
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** @throws Error where key, value or associated data is another */
export function decrypt(key: Buffer, sealed: Buffer, associated: string): Buffer {
  if (sealed.length < HEAD + TAG || sealed[0] !== VERSION) throw new Error('not a sealed value')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, HEAD), { authTagLength: TAG })
    .setAAD(Buffer.from(associated))
    .setAuthTag(sealed.subarray(-TAG))
  return Buffer.concat([decipher.update(sealed.subarray(HEAD, -TAG)), decipher.final()])
}

function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_LENGTH))
}
