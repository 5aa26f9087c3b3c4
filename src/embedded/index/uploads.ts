/** Unfinished multipart uploads and their parts in the index. */
import type {
  ChecksumType,
  ObjectDescription,
  StoredContent,
  StoredPart,
  StoredUpload,
  Tags,
} from '../records.ts'
import { CONTENT_COLUMNS, type ContentRow, contentOf } from './contents.ts'
import type { IndexDatabase } from './database.ts'
import { type ListPage, type ListQuery, readPage, type ScanRange } from './listing.ts'

export interface Uploads {
  find(bucket: string, key: string, uploadId: string): StoredUpload | undefined
  insert(upload: Omit<StoredUpload, 'id'>): void
  /** Forgets an upload and its parts, not the parts' contents. */
  remove(upload: StoredUpload): void
  /** Records a part; returns the content of the one that it replaces. */
  putPart(upload: StoredUpload, number: number, createdAt: number, content: number): StoredContent | undefined
  /** In the order of their numbers: those behind `after`. */
  parts(upload: StoredUpload, after: number, limit: number): StoredPart[]
  /** In the order of their keys, oldest first. */
  list(query: ListQuery): ListPage<StoredUpload>
}

interface UploadRow {
  readonly id: number
  readonly bucket: string
  readonly key: Buffer
  readonly upload_id: string
  readonly created_at: number
  readonly checksum_algorithm: string | null
  readonly checksum_type: ChecksumType | null
  readonly headers: string
  readonly tags: string
}

interface PartRow extends ContentRow {
  readonly number: number
  readonly created_at: number
}

const SELECT_PART = `SELECT part.number, part.created_at, ${CONTENT_COLUMNS}
  FROM part JOIN content ON content.id = part.content`

export function createUploads(database: IndexDatabase): Uploads {
  const find = database.prepare<[string], UploadRow>('SELECT * FROM upload WHERE upload_id = ?')
  const insert = database.prepare<
    [string, Buffer, string, number, string | null, string | null, string, string]
  >(
    `INSERT INTO upload (bucket, key, upload_id, created_at, checksum_algorithm, checksum_type, headers, tags)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const remove = database.prepare<[number]>('DELETE FROM upload WHERE id = ?')
  const findPart = database.prepare<[number, number], PartRow>(
    `${SELECT_PART} WHERE part.upload = ? AND part.number = ?`,
  )
  const putPart = database.prepare<[number, number, number, number]>(
    'INSERT OR REPLACE INTO part (upload, number, created_at, content) VALUES (?, ?, ?, ?)',
  )
  const listParts = database.prepare<[number, number, number], PartRow>(
    `${SELECT_PART} WHERE part.upload = ? AND part.number > ? ORDER BY part.number LIMIT ?`,
  )
  const scan = database.prepare<[string, Buffer, Buffer], UploadRow>(
    'SELECT * FROM upload WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key, id',
  )
  const scanRest = database.prepare<[string, Buffer, number], UploadRow>(
    'SELECT * FROM upload WHERE bucket = ? AND key = ? AND id > ? ORDER BY id',
  )

  function* uploadsIn({ bucket, position, end }: ScanRange): Iterable<UploadRow> {
    if (position.rest !== null) yield* scanRest.iterate(bucket, position.rest.key, position.rest.id)
    yield* scan.iterate(bucket, position.from, end)
  }

  return {
    find(bucket, key, uploadId) {
      const row = find.get(uploadId)
      const upload = row && uploadOf(row)
      return upload?.bucket === bucket && upload.key === key ? upload : undefined
    },
    insert(upload) {
      insert.run(
        upload.bucket,
        Buffer.from(upload.key),
        upload.uploadId,
        upload.createdAt,
        upload.checksum?.algorithm ?? null,
        upload.checksum?.type ?? null,
        JSON.stringify(upload.headers),
        JSON.stringify(upload.tags),
      )
    },
    remove: (upload) => void remove.run(upload.id),
    putPart(upload, number, createdAt, content) {
      const replaced = findPart.get(upload.id, number)
      putPart.run(upload.id, number, createdAt, content)
      return replaced && contentOf(replaced)
    },
    parts: (upload, after, limit) => listParts.all(upload.id, after, limit).map(partOf),
    list: (query) => readPage(query, uploadsIn, uploadOf),
  }
}

function uploadOf(row: UploadRow): StoredUpload {
  return {
    id: row.id,
    bucket: row.bucket,
    key: row.key.toString('utf8'),
    uploadId: row.upload_id,
    createdAt: row.created_at,
    checksum:
      row.checksum_algorithm === null || row.checksum_type === null
        ? null
        : { algorithm: row.checksum_algorithm, type: row.checksum_type },
    headers: JSON.parse(row.headers) as ObjectDescription['headers'],
    tags: JSON.parse(row.tags) as Tags,
  }
}

function partOf(row: PartRow): StoredPart {
  return { number: row.number, createdAt: row.created_at, content: contentOf(row) }
}
