/** Buckets in the index. */
import type { StoredBucket, Tags, Versioning } from '../records.ts'
import type { IndexDatabase } from './database.ts'

export interface Buckets {
  find(name: string): StoredBucket | undefined
  /** False where the name is taken. */
  insert(name: string, createdAt: number): boolean
  /** True where neither a version, a delete marker nor an unfinished upload is in it. */
  isEmpty(name: string): boolean
  remove(name: string): void
  /** In UTF-8 byte order: those that begin with `prefix` and come after `after`. */
  list(prefix: string, after: string, limit: number): StoredBucket[]
  setVersioning(name: string, versioning: Versioning): void
  setTags(name: string, tags: Tags | null): void
}

interface BucketRow {
  readonly name: string
  readonly created_at: number
  readonly versioning: Versioning
  readonly tags: string | null
}

export function createBuckets(database: IndexDatabase): Buckets {
  const find = database.prepare<[string], BucketRow>('SELECT * FROM bucket WHERE name = ?')
  const insert = database.prepare<[string, number]>(
    "INSERT INTO bucket (name, created_at, versioning) VALUES (?, ?, 'off') ON CONFLICT DO NOTHING",
  )
  const occupied = database
    .prepare<[string, string], number>(
      `SELECT EXISTS (SELECT 1 FROM version WHERE bucket = ?) OR EXISTS (SELECT 1 FROM upload WHERE bucket = ?)`,
    )
    .pluck()
  const remove = database.prepare<[string]>('DELETE FROM bucket WHERE name = ?')
  const list = database.prepare<[string, string, string, number], BucketRow>(
    'SELECT * FROM bucket WHERE name > ? AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?',
  )
  const setVersioning = database.prepare<[Versioning, string]>(
    'UPDATE bucket SET versioning = ? WHERE name = ?',
  )
  const setTags = database.prepare<[string | null, string]>('UPDATE bucket SET tags = ? WHERE name = ?')

  return {
    find(name) {
      const row = find.get(name)
      return row && bucketOf(row)
    },
    insert: (name, createdAt) => insert.run(name, createdAt).changes === 1,
    isEmpty: (name) => occupied.get(name, name) === 0,
    remove: (name) => void remove.run(name),
    list: (prefix, after, limit) => list.all(after, prefix, prefix, limit).map(bucketOf),
    setVersioning: (name, versioning) => void setVersioning.run(versioning, name),
    setTags: (name, tags) => void setTags.run(tags && JSON.stringify(tags), name),
  }
}

function bucketOf(row: BucketRow): StoredBucket {
  return {
    name: row.name,
    createdAt: row.created_at,
    versioning: row.versioning,
    tags: row.tags === null ? null : (JSON.parse(row.tags) as Tags),
  }
}
