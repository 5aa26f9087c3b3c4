/** Object versions and delete markers in the index. A key's newest version is the one with the largest id. */
import type { DeleteMarker, ObjectDescription, ObjectVersion, StoredObject, Tags } from '../records.ts'
import { CONTENT_COLUMNS, type ContentRow, contentOf } from './contents.ts'
import type { IndexDatabase } from './database.ts'
import { type ListPage, type ListQuery, readPage, type ScanRange } from './listing.ts'

export interface NewVersion {
  readonly bucket: string
  readonly key: string
  readonly versionId: string
  readonly createdAt: number
}

export interface Versions {
  /** The newest version, which may be a delete marker. */
  latest(bucket: string, key: string): ObjectVersion | undefined
  find(bucket: string, key: string, versionId: string): ObjectVersion | undefined
  insertObject(version: NewVersion, description: ObjectDescription, content: number): void
  insertDeleteMarker(version: NewVersion): void
  remove(bucket: string, key: string, version: ObjectVersion): void
  setTags(version: StoredObject, tags: Tags): void
  /** Current objects, in the order of their keys. */
  listObjects(query: ListQuery): ListPage<StoredObject>
  /** All versions and delete markers, in the order of their keys, newest first. */
  listVersions(query: ListQuery): ListPage<ObjectVersion>
}

interface VersionRow extends NullableContentRow {
  readonly id: number
  readonly key: Buffer
  readonly version_id: string
  readonly latest: 0 | 1
  readonly created_at: number
  readonly headers: string
  readonly tags: string
}

/** All null for a delete marker. */
type NullableContentRow = { readonly [Column in keyof ContentRow]: ContentRow[Column] | null }

const SELECT = `SELECT version.id, version.key, version.version_id, version.latest, version.created_at, version.headers,
  version.tags, ${CONTENT_COLUMNS} FROM version LEFT JOIN content ON content.id = version.content`

export function createVersions(database: IndexDatabase): Versions {
  const latest = database.prepare<[string, Buffer], VersionRow>(
    `${SELECT} WHERE bucket = ? AND key = ? ORDER BY version.id DESC LIMIT 1`,
  )
  const find = database.prepare<[string, Buffer, string], VersionRow>(
    `${SELECT} WHERE bucket = ? AND key = ? AND version_id = ?`,
  )
  const supersede = database.prepare<[string, Buffer]>(
    'UPDATE version SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1',
  )
  const insert = database.prepare<[string, Buffer, string, number, number | null, string, string]>(
    `INSERT INTO version (bucket, key, version_id, latest, created_at, content, headers, tags)
     VALUES (?, ?, ?, 1, ?, ?, ?, ?)`,
  )
  const remove = database.prepare<[number]>('DELETE FROM version WHERE id = ?')
  const succeed = database.prepare<[string, Buffer]>(
    `UPDATE version SET latest = 1
     WHERE id = (SELECT id FROM version WHERE bucket = ? AND key = ? ORDER BY id DESC LIMIT 1)`,
  )
  const setTags = database.prepare<[string, number]>('UPDATE version SET tags = ? WHERE id = ?')
  const scanObjects = database.prepare<[string, Buffer, Buffer], VersionRow>(
    `${SELECT} WHERE bucket = ? AND key >= ? AND key < ? AND latest = 1 AND version.content IS NOT NULL ORDER BY key`,
  )
  const scanVersions = database.prepare<[string, Buffer, Buffer], VersionRow>(
    `${SELECT} WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key, version.id DESC`,
  )
  const scanRest = database.prepare<[string, Buffer, number], VersionRow>(
    `${SELECT} WHERE bucket = ? AND key = ? AND version.id < ? ORDER BY version.id DESC`,
  )

  const insertVersion = (
    version: NewVersion,
    content: number | null,
    { headers, tags }: ObjectDescription,
  ): void => {
    const key = Buffer.from(version.key)
    supersede.run(version.bucket, key)
    insert.run(
      version.bucket,
      key,
      version.versionId,
      version.createdAt,
      content,
      JSON.stringify(headers),
      JSON.stringify(tags),
    )
  }

  function* versionsIn({ bucket, position, end }: ScanRange): Iterable<VersionRow> {
    if (position.rest !== null) yield* scanRest.iterate(bucket, position.rest.key, position.rest.id)
    yield* scanVersions.iterate(bucket, position.from, end)
  }

  return {
    latest(bucket, key) {
      const row = latest.get(bucket, Buffer.from(key))
      return row && versionOf(row)
    },
    find(bucket, key, versionId) {
      const row = find.get(bucket, Buffer.from(key), versionId)
      return row && versionOf(row)
    },
    insertObject: (version, description, content) => insertVersion(version, content, description),
    insertDeleteMarker: (version) => insertVersion(version, null, { headers: [], tags: [] }),
    remove(bucket, key, version) {
      remove.run(version.id)
      if (version.latest) succeed.run(bucket, Buffer.from(key))
    },
    setTags: (version, tags) => void setTags.run(JSON.stringify(tags), version.id),
    listObjects: (query) =>
      readPage(
        query,
        ({ bucket, position, end }) => scanObjects.iterate(bucket, position.from, end),
        (row) => versionOf(row) as StoredObject,
      ),
    listVersions: (query) => readPage(query, versionsIn, versionOf),
  }
}

function versionOf(row: VersionRow): ObjectVersion {
  const version: Omit<DeleteMarker, 'kind'> = {
    id: row.id,
    key: row.key.toString('utf8'),
    versionId: row.version_id,
    latest: row.latest === 1,
    createdAt: row.created_at,
  }
  if (!hasContent(row)) return { kind: 'deleteMarker', ...version }
  return {
    kind: 'object',
    ...version,
    headers: JSON.parse(row.headers) as ObjectDescription['headers'],
    tags: JSON.parse(row.tags) as Tags,
    content: contentOf(row),
  }
}

function hasContent(row: NullableContentRow): row is ContentRow {
  return row.content_id !== null
}
