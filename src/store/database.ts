/**
 * One connection to the SQLite file, and the only place that knows the driver: statements by their text, plain values
 * in and out, and errors in the store's own terms.
 *
 * https://github.com/WiseLibs/better-sqlite3/blob/master/docs/api.md · https://sqlite.org/wal.html
 */
import Database from 'better-sqlite3'
import { LRUCache } from 'lru-cache'
import { StoreUnavailable } from '../iam/reader.ts'
import { DanglingReference, DuplicateEntry } from './errors.ts'

export type Value = string | number | null | Buffer
export type Row = Readonly<Record<string, Value>>

export interface Queries {
  get(sql: string, values: readonly Value[]): Row | undefined
  all(sql: string, values: readonly Value[]): readonly Row[]
  /** The first column of the first row. */
  scalar(sql: string, values: readonly Value[]): Value | undefined
}

export interface Statements extends Queries {
  /** How many rows it changed. */
  run(sql: string, values: readonly Value[]): number
}

/** Every call throws {@link StoreUnavailable} where the database does not do what it is asked. */
export interface Connection extends Statements {
  /** Several statements, without values. */
  exec(sql: string): void
  close(): void
}

/** Another connection holds the lock: worth trying again. */
export class StoreBusy extends StoreUnavailable {}

/** Statements kept prepared; a store's own are far fewer, lists with many filters add some. */
const PREPARED = 256

/**
 * `read`: refuses to change anything (yet can recover the log that a killed writer left, which a read-only one cannot).
 * `alone`: reads a file that nobody else knows, and leaves no other file beside it.
 * @throws StoreUnavailable
 */
export function connect(path: string, access: 'read' | 'write' | 'alone'): Connection {
  // No busy time-out: SQLite would wait inside the call, and with it the event loop.
  const database = translated(() => new Database(path, { fileMustExist: true, timeout: 0 }))
  const prepared = new LRUCache<string, Database.Statement<Value[], unknown>>({ max: PREPARED })
  const scalars = new LRUCache<string, Database.Statement<Value[], unknown>>({ max: PREPARED })

  const prepare = (sql: string): Database.Statement<Value[], unknown> => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare<Value[]>(sql)
    prepared.set(sql, statement)
    return statement
  }
  const prepareScalar = (sql: string): Database.Statement<Value[], unknown> => {
    const known = scalars.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare<Value[]>(sql).pluck()
    scalars.set(sql, statement)
    return statement
  }

  try {
    translated(() => {
      database.pragma(access === 'alone' ? 'journal_mode = DELETE' : 'journal_mode = WAL')
      database.pragma('synchronous = FULL')
      database.pragma('foreign_keys = ON')
      database.pragma('trusted_schema = OFF')
      if (access !== 'write') database.pragma('query_only = ON')
    })
  } catch (error) {
    database.close()
    throw error
  }

  return {
    get: (sql, values) => translated(() => prepare(sql).get(...values) as Row | undefined),
    all: (sql, values) => translated(() => prepare(sql).all(...values) as Row[]),
    scalar: (sql, values) => translated(() => prepareScalar(sql).get(...values) as Value | undefined),
    run: (sql, values) => translated(() => prepare(sql).run(...values).changes),
    exec: (sql) => {
      translated(() => database.exec(sql))
    },
    close: () => {
      database.close()
    },
  }
}

/** Held until it is released, or the process ends. */
export interface FileLock {
  release(): void
}

/**
 * Takes SQLite's own lock on a file that holds nothing.
 * @throws StoreBusy where another lock excludes this one
 */
export function lockFile(path: string, access: 'shared' | 'exclusive'): FileLock {
  const database = translated(() => new Database(path, { fileMustExist: true, timeout: 0 }))
  try {
    translated(() => {
      database.exec(access === 'shared' ? 'BEGIN' : 'BEGIN EXCLUSIVE')
      // A transaction takes its shared lock with its first read.
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
    })
  } catch (error) {
    database.close()
    throw error
  }
  return { release: () => database.close() }
}

/** How far a copy is, in pages of the database. */
export interface CopyProgress {
  readonly done: number
  readonly total: number
}

/** Pages copied in one go; others of this process run in between. */
const PAGES_PER_STEP = 1024

/**
 * Copies a database while others write to it, as it is at one moment, into a file that stands alone (no log beside it).
 * @param to an empty file
 * @throws StoreUnavailable
 */
export async function copyDatabase(
  from: string,
  to: string,
  onProgress: (progress: CopyProgress) => void,
): Promise<void> {
  const source = translated(() => new Database(from, { fileMustExist: true, timeout: 0 }))
  try {
    // The copy would begin anew with every commit of another connection, were it not one read transaction.
    source.exec('BEGIN')
    source.prepare('SELECT count(*) FROM sqlite_schema').get()
    const { totalPages: total } = await source.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress({ done: totalPages - remainingPages, total: totalPages })
        return PAGES_PER_STEP
      },
    })
    onProgress({ done: total, total })
    const copy = new Database(to, { fileMustExist: true })
    copy.pragma('journal_mode = DELETE')
    copy.close()
  } catch (error) {
    throw translate(error)
  } finally {
    source.close()
  }
}

/**
 * Runs `work` in one transaction that is meant to write.
 * @throws StoreBusy, with nothing done, while another connection writes
 */
export function atomically<T>(connection: Connection, work: () => T): T {
  connection.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    connection.exec('COMMIT')
    return result
  } catch (error) {
    rollback(connection)
    throw error
  }
}

/** Where a failure has ended the transaction itself, or the connection is gone, there is nothing to roll back. */
export function rollback(connection: Connection): void {
  try {
    connection.exec('ROLLBACK')
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
  }
}

function translated<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw translate(error)
  }
}

function translate(error: unknown): Error {
  if (!(error instanceof Database.SqliteError)) {
    return new StoreUnavailable('the database does not answer', { cause: error })
  }
  const { code, message } = error
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
    return duplicate(message)
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return new DanglingReference(message, { cause: error })
  if (code.startsWith('SQLITE_CONSTRAINT')) return error
  if (code.startsWith('SQLITE_BUSY')) return new StoreBusy('the database is locked', { cause: error })
  return new StoreUnavailable(`the database failed: ${message}`, { cause: error })
}

/** `UNIQUE constraint failed: users.organization_id, users.email` */
function duplicate(message: string): DuplicateEntry {
  const columns = message.slice(message.indexOf(':') + 1).split(',')
  const [table = ''] = columns[0]?.trim().split('.') ?? []
  return new DuplicateEntry(
    table,
    columns.map((column) => column.trim().slice(table.length + 1)),
  )
}
