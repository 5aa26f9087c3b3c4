/** Opens the store: directory, schema, keys, and the two connections that everything goes through. */
import { randomUUID } from 'node:crypto'
import type { Actor, BucketWriter } from '../iam/reader.ts'
import { createAuditLog } from './audit.ts'
import { writeBackup } from './backup.ts'
import { createBucketLife } from './bucket-life.ts'
import { pruneChanges } from './change-feed.ts'
import { type DataDirectory, openDataDirectory } from './data-directory.ts'
import { type Connection, connect, type FileLock, type Statements } from './database.ts'
import { createIamReader } from './iam-reader.ts'
import { integrityFaults, secretFaults } from './integrity.ts'
import { openKeyRing } from './key-ring.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { occupy } from './occupancy.ts'
import { rotateMasterKey } from './rotation.ts'
import { createSealer } from './seal.ts'
import type { Store, StoreLimits, StoreLogger, StoreOptions } from './store.ts'
import { createRepositories, createTransaction } from './transaction.ts'
import { createWriteQueue, retryWhileBusy } from './write-queue.ts'

export { type Existing, type Restored, restoreBackup } from './backup.ts'
export type { CopyProgress } from './database.ts'
export { BackupRefused, DanglingReference, DuplicateEntry, type OpenFault, StoreOpenError } from './errors.ts'
export type { IntegrityFault } from './integrity.ts'
export type * from './query.ts'
export type * from './repositories.ts'
export type * from './store.ts'

export const DEFAULT_LIMITS: StoreLimits = {
  cachedKeys: 10_000,
  cachedPrincipals: 10_000,
  cachedProjects: 10_000,
  cachedBuckets: 50_000,
  cachedBackends: 1_000,
  writeTimeoutMs: 10_000,
  bucketsPerProject: 1_000,
  changesKept: 10_000,
}

const QUIET: StoreLogger = { info: () => undefined }

/**
 * Opens the store in a data directory, and makes it first where there is none.
 * @throws StoreOpenError where it cannot be opened, StoreUnavailable where it is locked for too long
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const directory = openDataDirectory(options.dataDir)
  const deadline = performance.now() + limits.writeTimeoutMs
  const lock = await retryWhileBusy(() => occupy(options.dataDir, 'shared'), deadline)
  let writer: Connection | undefined
  try {
    writer = await retryWhileBusy(() => connect(directory.databasePath, 'write'), deadline)
    return await build(options, limits, directory, writer, lock, deadline)
  } catch (error) {
    writer?.close()
    lock.release()
    throw error
  }
}

async function build(
  { now, masterKey, logger = QUIET }: StoreOptions,
  limits: StoreLimits,
  directory: DataDirectory,
  writer: Connection,
  lock: FileLock,
  deadline: number,
): Promise<Store> {
  const at = new Date(now()).toISOString()
  for (const { version, name } of await retryWhileBusy(() => migrate(writer, MIGRATIONS, at), deadline)) {
    logger.info({ version, name }, 'migrated the database')
  }
  const ring = await retryWhileBusy(() => openKeyRing(writer, directory, masterKey, at), deadline)
  const sealer = createSealer(ring.dataKey)
  const reading = await retryWhileBusy(() => connect(directory.databasePath, 'read'), deadline)
  const queue = createWriteQueue(writer, limits.writeTimeoutMs)

  const write = <T>(work: (statements: Statements) => Promise<T>): Promise<T> =>
    queue.run(async (statements) => {
      const result = await work(statements)
      pruneChanges(statements, limits.changesKept)
      return result
    })
  const auditLog = (statements: Statements) => createAuditLog(statements, now, randomUUID)
  const life = <T>(step: (life: ReturnType<typeof createBucketLife>) => T): Promise<T> =>
    write(async (statements) => step(createBucketLife({ statements, audit: auditLog(statements), now })))

  const bucketWriter: BucketWriter = {
    beginCreate: ({ actor, ...claim }) =>
      life((bucket) => bucket.beginCreate(claim, actor, limits.bucketsPerProject)),
    activate: (name, generation) => life((bucket) => bucket.activate(name, generation)),
    beginDelete: (name, generation, actor) => life((bucket) => bucket.beginDelete(name, generation, actor)),
    cancelDelete: (name, generation) => life((bucket) => bucket.cancelDelete(name, generation)),
    release: (name, generation, until) => life((bucket) => bucket.release(name, generation, until)),
  }

  return {
    instanceId: ring.instanceId,
    reader: createIamReader(reading, sealer, limits),
    bucketWriter,
    signToken: (text) => sealer.tokenHash(text),
    repositories: createRepositories(reading, sealer),
    transaction: (actor: Actor, work) =>
      write((statements) =>
        work(createTransaction({ statements, sealer, actor, audit: auditLog(statements), now })),
      ),
    rotateMasterKey: async (actor, next) => {
      await rotateMasterKey(
        { write, directory, ring, source: masterKey === undefined ? 'file' : 'given', auditLog, now },
        actor,
        next,
      )
      logger.info({ instance_id: ring.instanceId }, 'rotated the master key')
    },
    backup: (file, existing, onProgress) => writeBackup(directory.databasePath, file, existing, onProgress),
    integrityFaults: () => [...integrityFaults(reading), ...secretFaults(reading, sealer)],
    close() {
      reading.close()
      writer.close()
      lock.release()
    },
  }
}
