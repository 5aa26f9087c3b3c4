/** Brings a database forward to a version of the schema, one numbered step after the other, never back. */
import { atomically, type Connection } from './database.ts'
import { StoreOpenError } from './errors.ts'
import type { Migration } from './migrations/index.ts'

const JOURNAL =
  'CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT'

/**
 * Applies what is missing, each step in a transaction of its own, and returns the steps applied.
 * Safe where several processes do it at once: a step is looked for again under the write lock.
 * @throws StoreBusy while another connection writes; StoreOpenError where a later program made the database
 */
export function migrate(
  connection: Connection,
  migrations: readonly Migration[],
  at: string,
): readonly Migration[] {
  if (schemaVersion(connection) === latest(migrations)) return []
  return migrations.filter((migration) =>
    atomically(connection, () => step(connection, migration, migrations, at)),
  )
}

/** Whether there was anything to do. */
function step(
  connection: Connection,
  migration: Migration,
  migrations: readonly Migration[],
  at: string,
): boolean {
  const version = schemaVersion(connection)
  if (version > latest(migrations)) {
    throw new StoreOpenError(
      'newer-schema',
      `the database has schema version ${version}, this program knows ${latest(migrations)}: use the program that made it, or a later one`,
    )
  }
  if (version >= migration.version) return false
  connection.exec(JOURNAL)
  connection.exec(migration.sql)
  connection.run('INSERT INTO migrations (version, name, applied_at) VALUES (?, ?, ?)', [
    migration.version,
    migration.name,
    at,
  ])
  return true
}

/** 0: an empty database. */
export function schemaVersion(connection: Connection): number {
  const exists = connection.scalar(
    `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'`,
    [],
  )
  return exists === 0 ? 0 : Number(connection.scalar('SELECT coalesce(max(version), 0) FROM migrations', []))
}

function latest(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}
