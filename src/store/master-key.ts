/**
 * The master key: 32 bytes that wrap the data key and nothing else. It comes with the caller's settings, or lies in
 * `master.key` in the data directory.
 *
 * INVARIANT: at every moment the key that the database asks for can be found. To replace the file's key, the new one
 * is first written beside it, under a name that carries its fingerprint; then the database changes over, in one
 * transaction; then the new file takes the old one's place. Whoever opens the store after a crash in between finds,
 * by the fingerprint in the database, which of the two files counts, and finishes the work.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { Secret } from '../iam/secret.ts'
import type { DataDirectory } from './data-directory.ts'
import { StoreOpenError } from './errors.ts'
import { KEY_LENGTH } from './seal.ts'

export interface MasterKey {
  readonly bytes: Buffer
  /** Tells keys apart without telling anything about them. */
  readonly fingerprint: string
}

const FILE = 'master.key'
const SUCCESSOR = `${FILE}.next-`

/** @throws StoreOpenError `malformed-master-key` */
export function parseMasterKey(text: Secret): MasterKey {
  const bytes = decodeKey(text.reveal().trim())
  if (bytes === undefined) {
    throw new StoreOpenError(
      'malformed-master-key',
      'the master key must be 32 bytes in base64 or hexadecimal',
    )
  }
  return masterKey(bytes)
}

export function generateMasterKey(): MasterKey {
  return masterKey(randomBytes(KEY_LENGTH))
}

/** In the form that files and settings hold. */
export function formatMasterKey(key: MasterKey): Secret {
  return new Secret(key.bytes.toString('base64'))
}

/** The key with that fingerprint among the directory's files; undefined where none of them has it. */
export function findMasterKeyFile(directory: DataDirectory, fingerprint: string): MasterKey | undefined {
  for (const name of [FILE, SUCCESSOR + fingerprint]) {
    const key = readKey(directory, name)
    if (key?.fingerprint === fingerprint) return key
  }
  return undefined
}

/** The key that a new store starts with: the file's, or a new one in a new file. */
export function readOrMakeMasterKeyFile(directory: DataDirectory): MasterKey {
  const existing = readKey(directory, FILE)
  if (existing !== undefined) return existing
  const key = generateMasterKey()
  directory.write(FILE, formatMasterKey(key).reveal())
  return key
}

export function hasMasterKeyFile(directory: DataDirectory): boolean {
  return directory.read(FILE) !== undefined
}

/** Writes a successor beside the file. Only under the database's write lock: it removes what earlier crashes left. */
export function writeSuccessorFile(directory: DataDirectory, key: MasterKey): void {
  for (const name of directory.names()) {
    if (name.startsWith(SUCCESSOR)) directory.remove(name)
  }
  directory.write(SUCCESSOR + key.fingerprint, formatMasterKey(key).reveal())
}

/** Puts the file of the key that the database asks for in its place, if it is not there yet. */
export function settleMasterKeyFile(directory: DataDirectory, fingerprint: string): void {
  directory.rename(SUCCESSOR + fingerprint, FILE)
}

function readKey(directory: DataDirectory, name: string): MasterKey | undefined {
  const text = directory.read(name)
  return text === undefined ? undefined : parseMasterKey(new Secret(text))
}

function masterKey(bytes: Buffer): MasterKey {
  const fingerprint = createHmac('sha256', bytes)
    .update('s3warden: fingerprint of a master key')
    .digest('hex')
    .slice(0, 16)
  return { bytes, fingerprint }
}

/** Base64 in either alphabet with or without padding, or hexadecimal; nothing else that Buffer would let pass. */
function decodeKey(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined
  return Buffer.from(text, 'base64')
}
