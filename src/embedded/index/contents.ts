/** Contents in the index: which pieces of which blobs make up an object's or a part's bytes. */
import type {
  ChecksumType,
  NewContent,
  ObjectPart,
  Segment,
  StoredChecksum,
  StoredContent,
} from '../records.ts'
import type { IndexDatabase } from './database.ts'

/** The columns of a content, for statements that join it as `content`. */
export const CONTENT_COLUMNS = `content.id AS content_id, content.size, content.etag, content.checksum_algorithm,
  content.checksum_type, content.checksum_value`

export interface ContentRow {
  readonly content_id: number
  readonly size: number
  readonly etag: string
  readonly checksum_algorithm: string | null
  readonly checksum_type: ChecksumType | null
  readonly checksum_value: string | null
}

/** One part of an upload that goes into an object: what it is called there, and its own content. */
export interface AssembledPart {
  readonly number: number
  readonly content: StoredContent
}

export interface Contents {
  /** Records `content`; its blobs must be on disk. */
  insert(content: NewContent): number
  /** Records an object made of parts, in order, sharing their blobs. */
  assemble(facts: Omit<NewContent, 'segments'>, parts: readonly AssembledPart[]): number
  /** Forgets a content. Returns the blobs it was made of, which may now belong to nobody. */
  remove(id: number): string[]
  /** The pieces that hold the bytes from `start` up to `end`, in order. */
  segments(id: number, start: number, end: number): Segment[]
  parts(id: number, after: number, limit: number): ObjectPart[]
  part(id: number, number: number): ObjectPart | undefined
  countParts(id: number): number
  isReferenced(blob: string): boolean
}

export function contentOf(row: ContentRow): StoredContent {
  return { id: row.content_id, size: row.size, etag: row.etag, checksum: checksumOf(row) }
}

function checksumOf(row: ContentRow): StoredChecksum | null {
  if (row.checksum_algorithm === null || row.checksum_type === null || row.checksum_value === null)
    return null
  return { algorithm: row.checksum_algorithm, type: row.checksum_type, value: row.checksum_value }
}

const PART_COLUMNS = 'number, start, size, checksum_value AS checksumValue'

export function createContents(database: IndexDatabase): Contents {
  const insertContent = database.prepare<[number, string, string | null, string | null, string | null]>(
    'INSERT INTO content (size, etag, checksum_algorithm, checksum_type, checksum_value) VALUES (?, ?, ?, ?, ?)',
  )
  const insertSegment = database.prepare<[number, number, string, number, number]>(
    'INSERT INTO segment (content, start, blob, blob_offset, length) VALUES (?, ?, ?, ?, ?)',
  )
  const shareSegments = database.prepare<[number, number, number]>(
    `INSERT INTO segment (content, start, blob, blob_offset, length)
     SELECT ?, start + ?, blob, blob_offset, length FROM segment WHERE content = ?`,
  )
  const insertPart = database.prepare<[number, number, number, number, string | null]>(
    'INSERT INTO object_part (content, number, start, size, checksum_value) VALUES (?, ?, ?, ?, ?)',
  )
  const blobsOf = database
    .prepare<[number], string>('SELECT DISTINCT blob FROM segment WHERE content = ?')
    .pluck()
  const deleteContent = database.prepare<[number]>('DELETE FROM content WHERE id = ?')
  const overlapping = database.prepare<[number, number, number], Segment & { start: number }>(
    `SELECT start, blob, blob_offset AS "offset", length FROM segment
     WHERE content = ? AND start < ? AND start + length > ? ORDER BY start`,
  )
  const listParts = database.prepare<[number, number, number], ObjectPart>(
    `SELECT ${PART_COLUMNS} FROM object_part WHERE content = ? AND number > ? ORDER BY number LIMIT ?`,
  )
  const findPart = database.prepare<[number, number], ObjectPart>(
    `SELECT ${PART_COLUMNS} FROM object_part WHERE content = ? AND number = ?`,
  )
  const countParts = database
    .prepare<[number], number>('SELECT count(*) FROM object_part WHERE content = ?')
    .pluck()
  const referenced = database
    .prepare<[string], number>('SELECT 1 FROM segment WHERE blob = ? LIMIT 1')
    .pluck()

  const insertFacts = ({ size, etag, checksum }: Omit<NewContent, 'segments'>): number =>
    Number(
      insertContent.run(
        size,
        etag,
        checksum?.algorithm ?? null,
        checksum?.type ?? null,
        checksum?.value ?? null,
      ).lastInsertRowid,
    )

  return {
    insert(content) {
      const id = insertFacts(content)
      let start = 0
      for (const { blob, offset, length } of content.segments) {
        insertSegment.run(id, start, blob, offset, length)
        start += length
      }
      return id
    },

    assemble(facts, parts) {
      const id = insertFacts(facts)
      let start = 0
      for (const { number, content } of parts) {
        shareSegments.run(id, start, content.id)
        insertPart.run(id, number, start, content.size, content.checksum?.value ?? null)
        start += content.size
      }
      return id
    },

    remove(id) {
      const blobs = blobsOf.all(id)
      deleteContent.run(id)
      return blobs
    },

    segments(id, start, end) {
      return overlapping.all(id, end, start).map((segment) => {
        const skip = Math.max(0, start - segment.start)
        const stop = Math.min(segment.length, end - segment.start)
        return { blob: segment.blob, offset: segment.offset + skip, length: stop - skip }
      })
    },

    parts: (id, after, limit) => listParts.all(id, after, limit),
    part: (id, number) => findPart.get(id, number),
    countParts: (id) => countParts.get(id) ?? 0,
    isReferenced: (blob) => referenced.get(blob) !== undefined,
  }
}
