/** Whether a database is what it was when it was written: its pages, its references, and the secrets sealed in it. */
import type { Queries } from './database.ts'
import type { Identity, Sealer } from './seal.ts'

export interface IntegrityFault {
  /** What is at fault: the file itself, a row that refers to none, a secret that does not open. */
  readonly kind: 'database' | 'reference' | 'secret'
  readonly detail: string
}

/**
 * SQLite's own look at every page, and at every reference. Reads the whole database.
 * https://sqlite.org/pragma.html#pragma_integrity_check
 */
export function integrityFaults(queries: Queries): readonly IntegrityFault[] {
  const pages = queries
    .all('PRAGMA integrity_check', [])
    .map((row) => String(row.integrity_check))
    .filter((message) => message !== 'ok')
    .map((detail): IntegrityFault => ({ kind: 'database', detail }))
  const references = queries.all('PRAGMA foreign_key_check', []).map(
    (row): IntegrityFault => ({
      kind: 'reference',
      detail: `row ${String(row.rowid)} of ${String(row.table)} refers to a row of ${String(row.parent)} that is not there`,
    }),
  )
  return [...pages, ...references]
}

const SEALED: readonly { readonly table: Identity['table']; readonly id: string; readonly named: string }[] =
  [
    { table: 'access_keys', id: 'access_key', named: 'access_key' },
    { table: 'backends', id: 'id', named: 'name' },
  ]

/** The secrets that the data key does not open: each was changed, or moved to another row. */
export function secretFaults(queries: Queries, sealer: Sealer): readonly IntegrityFault[] {
  return SEALED.flatMap(({ table, id, named }) =>
    queries
      .all(`SELECT ${id} AS id, ${named} AS named, sealed_secret_key FROM ${table}`, [])
      .flatMap((row): readonly IntegrityFault[] => {
        try {
          sealer.unseal(row.sealed_secret_key as Buffer, { table, id: String(row.id) })
          return []
        } catch {
          return [
            { kind: 'secret', detail: `the secret of \`${String(row.named)}\` (${table}) does not open` },
          ]
        }
      }),
  )
}
