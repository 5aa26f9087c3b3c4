/**
 * What changed since the last look. `PRAGMA data_version` says cheaply whether to look at all: it moves with every
 * commit of another connection, and this process writes through another connection too. The `changes` table, filled by
 * triggers, says what: each row names a cache and an entry in it.
 *
 * https://sqlite.org/pragma.html#pragma_data_version
 */
import type { Queries, Statements, Value } from './database.ts'

/** The caches that rows of `changes` name. */
export const CHANGE_KINDS = ['key', 'groups', 'grants', 'project', 'bucket', 'backend'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

export interface ChangeListener {
  /** Forget this entry. */
  drop(kind: ChangeKind, id: string): void
  /** Forget everything: what changed is not known. */
  clear(): void
}

export interface ChangeFeed {
  /** Tells the listener of every change that was committed before. @throws StoreUnavailable */
  refresh(): void
}

/** Starts at the present: to be made before the first entry is cached. @throws StoreUnavailable */
export function createChangeFeed(queries: Queries, listener: ChangeListener): ChangeFeed {
  const version = () => queries.scalar('PRAGMA data_version', [])
  const newest = () => Number(queries.scalar('SELECT coalesce(max(seq), 0) FROM changes', []))
  let seenVersion: Value | undefined = version()
  let seen = newest()

  const startOver = () => {
    seen = newest()
    listener.clear()
  }

  return {
    refresh() {
      // Before the rows: a commit between the two is then looked at twice, and never missed.
      const current = version()
      if (current === seenVersion) return
      const rows = queries.all('SELECT seq, kind, id FROM changes WHERE seq > ? ORDER BY seq', [seen])
      const oldest = queries.scalar('SELECT min(seq) FROM changes', [])
      // Rows that this reader has not seen are gone, or the whole history is another one.
      if (Number(oldest ?? 0) > seen + 1 || newest() < seen) startOver()
      for (const row of rows) {
        const kind = CHANGE_KINDS.find((known) => known === row.kind)
        if (kind === undefined) listener.clear()
        else listener.drop(kind, String(row.id))
        seen = Math.max(seen, Number(row.seq))
      }
      seenVersion = current
    },
  }
}

/** Keeps the newest changes only; the newest one always stays, as the mark by which readers find a gap. */
export function pruneChanges(statements: Statements, kept: number): void {
  statements.run('DELETE FROM changes WHERE seq <= (SELECT max(seq) FROM changes) - ?', [Math.max(1, kept)])
}
