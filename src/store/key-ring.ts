/** The data key: random, made with the store, kept in it wrapped by the master key. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Secret } from '../iam/secret.ts'
import type { DataDirectory } from './data-directory.ts'
import { atomically, type Connection, type Queries, type Statements } from './database.ts'
import { StoreOpenError } from './errors.ts'
import {
  findMasterKeyFile,
  hasMasterKeyFile,
  type MasterKey,
  parseMasterKey,
  readOrMakeMasterKeyFile,
  settleMasterKeyFile,
} from './master-key.ts'
import { decrypt, encrypt, KEY_LENGTH } from './seal.ts'

export interface KeyRing {
  readonly instanceId: string
  readonly dataKey: Buffer
}

interface WrappedKey {
  readonly instanceId: string
  readonly wrapped: Buffer
  readonly masterKeyId: string
}

/**
 * Opens the store's data key; in a new store, makes it (and its identity, and the master key's file) first.
 * @throws StoreOpenError; StoreBusy while another connection writes and the store is new
 */
export function openKeyRing(
  connection: Connection,
  directory: DataDirectory,
  given: Secret | undefined,
  at: string,
): KeyRing {
  const masterKey = given === undefined ? undefined : parseMasterKey(given)
  let wrapped = readWrapped(connection) ?? makeDataKey(connection, directory, masterKey, at)
  for (;;) {
    const candidate = masterKey ?? findMasterKeyFile(directory, wrapped.masterKeyId)
    if (candidate?.fingerprint === wrapped.masterKeyId) {
      if (masterKey === undefined) settleMasterKeyFile(directory, wrapped.masterKeyId)
      return { instanceId: wrapped.instanceId, dataKey: unwrap(candidate, wrapped) }
    }
    // Another process may have rotated the key between the two looks: then look again.
    const now = readWrapped(connection)
    if (now === undefined || now.masterKeyId === wrapped.masterKeyId) throw wrongKey(directory, masterKey)
    wrapped = now
  }
}

/** The fingerprint of the master key that the data key is wrapped with. */
export function masterKeyId(queries: Queries): string {
  return String(queries.scalar('SELECT master_key_id FROM data_keys', []))
}

/** Wraps the data key anew. For use in a transaction. */
export function rewrap(statements: Statements, ring: KeyRing, masterKey: MasterKey, at: string): void {
  statements.run('UPDATE data_keys SET wrapped = ?, master_key_id = ?, updated_at = ?', [
    wrap(masterKey, ring),
    masterKey.fingerprint,
    at,
  ])
}

function makeDataKey(
  connection: Connection,
  directory: DataDirectory,
  given: MasterKey | undefined,
  at: string,
): WrappedKey {
  return atomically(
    connection,
    () =>
      readWrapped(connection) ?? insertDataKey(connection, given ?? readOrMakeMasterKeyFile(directory), at),
  )
}

function insertDataKey(connection: Connection, masterKey: MasterKey, at: string): WrappedKey {
  const instanceId = randomUUID()
  const wrapped = wrap(masterKey, { instanceId, dataKey: randomBytes(KEY_LENGTH) })
  connection.run('INSERT INTO gate (instance_id, created_at) VALUES (?, ?)', [instanceId, at])
  connection.run(
    'INSERT INTO data_keys (id, wrapped, master_key_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
    [randomUUID(), wrapped, masterKey.fingerprint, at, at],
  )
  return { instanceId, wrapped, masterKeyId: masterKey.fingerprint }
}

function readWrapped(queries: Queries): WrappedKey | undefined {
  const row = queries.get('SELECT instance_id, wrapped, master_key_id FROM gate, data_keys', [])
  if (row === undefined) return undefined
  return {
    instanceId: String(row.instance_id),
    wrapped: row.wrapped as Buffer,
    masterKeyId: String(row.master_key_id),
  }
}

function wrap(masterKey: MasterKey, ring: KeyRing): Buffer {
  return encrypt(masterKey.bytes, ring.dataKey, `data key of ${ring.instanceId}`)
}

function unwrap(masterKey: MasterKey, key: WrappedKey): Buffer {
  try {
    return decrypt(masterKey.bytes, key.wrapped, `data key of ${key.instanceId}`)
  } catch (error) {
    throw new StoreOpenError('wrong-master-key', 'the wrapped data key in the database is damaged', error)
  }
}

function wrongKey(directory: DataDirectory, given: MasterKey | undefined): StoreOpenError {
  if (given !== undefined) {
    return new StoreOpenError(
      'wrong-master-key',
      'the given master key is not the one this store was made with, or was last rotated to',
    )
  }
  return hasMasterKeyFile(directory)
    ? new StoreOpenError(
        'wrong-master-key',
        'the key in `master.key` in the data directory is not the one this store was made with, or was last rotated to',
      )
    : new StoreOpenError(
        'missing-master-key',
        'the store needs its master key: give the one it was made with, or put `master.key` back into the data directory',
      )
}
