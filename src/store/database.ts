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
 * @throws StoreUnavailable
 */
export function connect(path: string, access: 'read' | 'write'): Connection {
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
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = FULL')
      database.pragma('foreign_keys = ON')
      database.pragma('trusted_schema = OFF')
      if (access === 'read') database.pragma('query_only = ON')
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
