/**
 * Backups: the whole database as it is at one moment, in one file, while others go on using it. Secrets in it are
 * sealed as they are in the store, and the master key that opens them is never in it: it lies beside the database or
 * in the gate's settings.
 *
 * https://sqlite.org/backup.html
 */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Secret } from '../iam/secret.ts'
import { makeDataDirectory, makeOwnFile } from './data-directory.ts'
import { type Connection, type CopyProgress, connect, copyDatabase, StoreBusy } from './database.ts'
import { BackupRefused } from './errors.ts'
import { integrityFaults } from './integrity.ts'
import { masterKeyId } from './key-ring.ts'
import { findMasterKeyFile, hasMasterKeyFile, parseMasterKey } from './master-key.ts'
import { schemaVersion } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { occupy } from './occupancy.ts'

/** What becomes of a file or store that is in the way. */
export type Existing = 'refuse' | 'replace'

/**
 * Writes the backup: whole and checked when it returns, mode 0600; nothing is left of one that failed.
 * @throws BackupRefused where the file exists and is not to be replaced, or cannot be written
 */
export async function writeBackup(
  databasePath: string,
  file: string,
  existing: Existing,
  onProgress: (progress: CopyProgress) => void,
): Promise<void> {
  if (existing === 'refuse' && existsSync(file)) throw new BackupRefused(`\`${file}\` exists already`)
  const partial = `${file}.partial`
  try {
    await usingFile(partial, async () => {
      await copyDatabase(databasePath, partial, onProgress)
      inspect(partial)
      put(partial, file)
    })
  } finally {
    removeDatabase(partial)
  }
}

/** What a restored store is. */
export interface Restored {
  readonly instance_id: string
  readonly schema_version: number
  /** `missing`: the store opens once its master key is put into the directory, or given. */
  readonly master_key: 'opens' | 'missing'
}

export interface Restore {
  readonly file: string
  readonly dataDir: string
  /** The one that the settings give, if they give one. */
  readonly masterKey: Secret | undefined
  readonly existing: Existing
  /** Called before each step. */
  readonly onProgress: (done: number, total: number) => void
}

/** Copying, looking whether it is sound, putting it in place. */
const RESTORE_STEPS = 3

/**
 * Puts a backup's database into a data directory. Nothing is changed unless the backup is sound, its master key (where
 * one is at hand) the right one, and nobody uses the store.
 * @throws BackupRefused, StoreOpenError
 */
export async function restoreBackup(restore: Restore): Promise<Restored> {
  const { file, dataDir, masterKey, existing, onProgress } = restore
  if (!existsSync(file)) throw new BackupRefused(`there is no file \`${file}\``)
  const directory = makeDataDirectory(dataDir)
  const lock = occupyAlone(dataDir)
  const { databasePath } = directory
  const partial = `${databasePath}.restoring`
  try {
    if (existing === 'refuse' && existsSync(databasePath) && statSync(databasePath).size > 0) {
      throw new BackupRefused(`\`${dataDir}\` has a store already`)
    }
    return await usingFile(partial, async () => {
      onProgress(0, RESTORE_STEPS)
      await copyFile(file, partial)
      onProgress(1, RESTORE_STEPS)
      const { fingerprint, ...restored } = inspect(partial)
      const master_key = masterKeyState(fingerprint)
      onProgress(2, RESTORE_STEPS)
      // What is in the old database's log must never be taken for the new one's.
      removeDatabase(databasePath)
      put(partial, databasePath)
      return { ...restored, master_key }
    })
  } finally {
    removeDatabase(partial)
    lock.release()
  }

  function masterKeyState(fingerprint: string): Restored['master_key'] {
    if (masterKey !== undefined) {
      if (parseMasterKey(masterKey).fingerprint === fingerprint) return 'opens'
      throw new BackupRefused('the given master key is not the one that this backup was made under')
    }
    if (findMasterKeyFile(directory, fingerprint) !== undefined) return 'opens'
    if (!hasMasterKeyFile(directory)) return 'missing'
    throw new BackupRefused(
      `\`master.key\` in \`${dataDir}\` is not the one that this backup was made under: put that one in its place`,
    )
  }
}

function occupyAlone(dataDir: string) {
  try {
    return occupy(dataDir, 'exclusive')
  } catch (error) {
    if (!(error instanceof StoreBusy)) throw error
    throw new BackupRefused(`a gate or a command has the store in \`${dataDir}\` open: stop it first`)
  }
}

/** @throws BackupRefused where the file is no sound database of ours */
function inspect(path: string): Omit<Restored, 'master_key'> & { readonly fingerprint: string } {
  return sound(path, (connection) => {
    const schema_version = schemaVersion(connection)
    const known = MIGRATIONS.at(-1)?.version ?? 0
    if (schema_version === 0) throw new BackupRefused('the file is no backup of a store')
    if (schema_version > known) {
      throw new BackupRefused(
        `the backup has schema version ${schema_version}, this program knows ${known}: use the program that made it, or a later one`,
      )
    }
    const [fault] = integrityFaults(connection)
    if (fault !== undefined) throw new BackupRefused(`the backup is damaged: ${fault.detail}`)
    return {
      instance_id: String(connection.scalar('SELECT instance_id FROM gate', [])),
      schema_version,
      fingerprint: masterKeyId(connection),
    }
  })
}

function sound<T>(path: string, look: (connection: Connection) => T): T {
  let connection: Connection | undefined
  try {
    connection = connect(path, 'alone')
    return look(connection)
  } catch (error) {
    if (error instanceof BackupRefused) throw error
    throw new BackupRefused('the file is no backup of a store, or is damaged', error)
  } finally {
    connection?.close()
  }
}

/** Has `work` fill a file of its own that only its owner may read. */
async function usingFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    removeDatabase(path)
    makeOwnFile(path)
    return await work()
  } catch (error) {
    if (!(error instanceof Error) || (error as NodeJS.ErrnoException).path === undefined) throw error
    throw new BackupRefused(error.message, error)
  }
}

/** Durable when it returns. */
function put(partial: string, file: string): void {
  sync(partial)
  renameSync(partial, file)
  sync(dirname(resolve(file)))
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function removeDatabase(path: string): void {
  for (const name of ['-wal', '-shm', '-journal', '']) rmSync(path + name, { force: true })
}
