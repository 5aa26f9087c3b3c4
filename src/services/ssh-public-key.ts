/**
 * Public SSH keys in the form of `authorized_keys`: algorithm, base64, comment.
 * https://www.rfc-editor.org/rfc/rfc4253#section-6.6 · https://www.rfc-editor.org/rfc/rfc5656#section-3.1
 */
import { createHash } from 'node:crypto'

export interface SshPublicKey {
  /** On one line, without what is around it. */
  readonly text: string
  /** `256 SHA256:… comment (ssh-ed25519)`: as `ssh-keygen -l` shows it. */
  readonly fingerprint: string
}

/** The algorithms that are taken, each with how many bits a key of it has; null: the key's own modulus says. */
const ALGORITHMS: Readonly<Record<string, number | null>> = {
  'ssh-rsa': null,
  'ssh-dss': null,
  'ssh-ed25519': 256,
  'ecdsa-sha2-nistp256': 256,
  'ecdsa-sha2-nistp384': 384,
  'ecdsa-sha2-nistp521': 521,
}

export const SSH_ALGORITHMS = Object.keys(ALGORITHMS)

/** Which of the blob's fields, after the algorithm's name, is the modulus. */
const MODULUS: Readonly<Record<string, number>> = { 'ssh-rsa': 1, 'ssh-dss': 0 }

// No two of its parts can match the same character next to each other, so that it takes linear time whatever it is given.
const FORM = /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(\S[^\r\n]*))?$/

/** Undefined where it is no key of these algorithms. */
export function parseSshPublicKey(text: string): SshPublicKey | undefined {
  const [, algorithm = '', encoded = '', comment = ''] = FORM.exec(text.trim()) ?? []
  if (!Object.hasOwn(ALGORITHMS, algorithm)) return undefined
  const blob = Buffer.from(encoded, 'base64')
  const [name, ...fields] = readFields(blob) ?? []
  if (name?.toString('latin1') !== algorithm || fields.length === 0) return undefined
  const bits = ALGORITHMS[algorithm] ?? bitLength(fields[MODULUS[algorithm] ?? 0])
  if (bits === 0) return undefined
  const hash = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
  const said = comment.trim() === '' ? 'no comment' : comment.trim()
  return { text: text.trim(), fingerprint: `${bits} SHA256:${hash} ${said} (${algorithm})` }
}

/** Strings with their lengths before them; undefined where they do not fill the blob exactly. */
function readFields(blob: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = []
  let at = 0
  while (at + 4 <= blob.length) {
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) return undefined
    fields.push(blob.subarray(at + 4, end))
    at = end
  }
  return at === blob.length ? fields : undefined
}

/** Of a positive integer in two's complement. */
function bitLength(integer: Buffer | undefined): number {
  const first = integer?.findIndex((byte) => byte !== 0) ?? -1
  if (integer === undefined || first === -1) return 0
  return (integer.length - first) * 8 - (Math.clz32(integer[first]!) - 24)
}
