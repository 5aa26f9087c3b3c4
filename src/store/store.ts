/** The store as everything above it sees it; {@link openStore} in `index.ts` makes one. */
import type { Actor, BucketWriter, IamReader } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'
import type { Existing } from './backup.ts'
import type { CopyProgress } from './database.ts'
import type { IntegrityFault } from './integrity.ts'
import type { Repositories, Transaction } from './repositories.ts'

export interface Store {
  /** Identity of this database: the same for every process that opens it, kept in backups. */
  readonly instanceId: string
  /** The data path's reads: synchronous, cached, exact. */
  readonly reader: IamReader
  /** The data path's writes: the life of a bucket. */
  readonly bucketWriter: BucketWriter
  /** HMAC-SHA256 under a key of this store's own, for session tokens: the same in every process. */
  signToken(text: string): Buffer
  /** The services' reads, outside of a transaction. */
  readonly repositories: Repositories
  /**
   * Runs `work` in one transaction: all of it is committed, or, where `work` throws, none. `actor` goes into the
   * audit log. `work` awaits nothing but this transaction's own repositories, since it holds the write lock; never
   * nest. Waiting for the lock happens on a timer, not on the event loop.
   * @throws StoreUnavailable where the write lock was not to be had in time, or the database cannot be written
   */
  transaction<T>(actor: Actor, work: (transaction: Transaction) => Promise<T>): Promise<T>
  /**
   * Wraps the data key with a new master key. Killed at any point, the store opens again with the old or the new one.
   * Processes that have the store open carry on: what they hold is the data key, which stays.
   */
  rotateMasterKey(actor: Actor, next: NextMasterKey): Promise<void>
  /**
   * Writes the store as it is now into one file, while it goes on being used. The master key is not in it.
   * @throws BackupRefused
   */
  backup(file: string, existing: Existing, onProgress: (progress: CopyProgress) => void): Promise<void>
  /** Reads all of it: for an operator's question, not for a process that serves. */
  integrityFaults(): readonly IntegrityFault[]
  /** Further calls fail with StoreUnavailable. */
  close(): void
}

/**
 * `file`: a new random key replaces the one in the data directory's `master.key`; only where that file is in use.
 * `given`: the caller keeps this key and gives it at the next start.
 */
export type NextMasterKey = { readonly kind: 'file' } | { readonly kind: 'given'; readonly masterKey: Secret }

/** Where the store reports what it did by itself; pino's shape. */
export interface StoreLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
}

export interface StoreLimits {
  /** Entries held in memory, each kind for itself. */
  readonly cachedKeys: number
  readonly cachedPrincipals: number
  readonly cachedProjects: number
  readonly cachedBuckets: number
  readonly cachedBackends: number
  /** How long a write may wait for the lock, in milliseconds. */
  readonly writeTimeoutMs: number
  /** How many buckets a project may own that has no number of its own. */
  readonly bucketsPerProject: number
  /** How many of the latest changes are kept for other processes' caches; one that is further behind starts empty. */
  readonly changesKept: number
}

export interface StoreOptions {
  /** Made with mode 0700 where it is missing. Holds the database and, unless a master key is given, `master.key`. */
  readonly dataDir: string
  /** 32 bytes in base64 or hex. Absent: the directory's `master.key`, generated with a new store. */
  readonly masterKey?: Secret | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly limits?: Partial<StoreLimits> | undefined
  readonly logger?: StoreLogger | undefined
}
