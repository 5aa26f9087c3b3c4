/** What access keys and secrets look like: made here, or brought along. */
import { Secret } from '../iam/secret.ts'
import type { Random } from './deps.ts'
import type { ImportedKey, KeyFormat } from './keys.ts'
import type { Checks } from './validate.ts'

const UPPER_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

const EXOSCALE = /^EXO[0-9a-f]{24}$/
const KEYSTONE = /^[0-9a-f]{32}$/
const ACCESS_KEY = /^[A-Za-z0-9._-]{3,128}$/
const SECRET_KEY = /^[\x20-\x7e]{8,128}$/

export interface KeyPair {
  readonly accessKey: string
  readonly secretKey: Secret
}

const GENERATORS: Readonly<Record<KeyFormat, (random: Random) => KeyPair>> = {
  scaleway: (random) => ({
    accessKey: `SCW${characters(random, UPPER_AND_DIGITS, 17)}`,
    secretKey: new Secret(random.uuid()),
  }),
  exoscale: (random) => ({
    accessKey: `EXO${random.bytes(12).toString('hex')}`,
    secretKey: new Secret(random.bytes(32).toString('base64url')),
  }),
  keystone: (random) => ({
    accessKey: random.bytes(16).toString('hex'),
    secretKey: new Secret(random.bytes(16).toString('hex')),
  }),
}

export function generateKeyPair(format: KeyFormat, random: Random): KeyPair {
  return GENERATORS[format](random)
}

/** The format that a successor of this access key gets. */
export function formatOf(accessKey: string): KeyFormat {
  if (EXOSCALE.test(accessKey)) return 'exoscale'
  return KEYSTONE.test(accessKey) ? 'keystone' : 'scaleway'
}

export function checkImported(checks: Checks, { access_key, secret_key }: ImportedKey): void {
  if (!ACCESS_KEY.test(access_key)) {
    checks.fault('access_key', 'format', 'must have 3 to 128 characters out of letters, digits and . _ -')
  }
  if (!SECRET_KEY.test(secret_key.reveal())) {
    checks.fault('secret_key', 'format', 'must have 8 to 128 printable ASCII characters')
  }
}

/** Evenly distributed: bytes beyond the last whole multiple of the alphabet are thrown away. */
function characters(random: Random, alphabet: string, length: number): string {
  const limit = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < limit && text.length < length) text += alphabet.charAt(byte % alphabet.length)
    }
  }
  return text
}
