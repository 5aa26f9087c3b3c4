/**
 * One page of a listing in UTF-8 byte order, grouped by delimiter: what objects, versions and uploads have in common.
 * Behind a common prefix the scan starts anew past all that it stands for, so that a page costs what it returns.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
 */

/** A place in the order: everything from the key `from` on, after what is left of the key `rest.key`. */
export interface Position {
  readonly from: Buffer
  /** What comes after row `id` among the rows of the one key; null: nothing more of it. */
  readonly rest: { readonly key: Buffer; readonly id: number } | null
}

export interface ListQuery {
  readonly bucket: string
  readonly prefix: string
  /** `''`: no grouping. */
  readonly delimiter: string
  readonly position: Position
  readonly limit: number
}

export type ListEntry<Item> =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'prefix'; readonly prefix: string }

export interface ListPage<Item> {
  readonly entries: readonly ListEntry<Item>[]
  /** True where there is more behind the last entry. */
  readonly truncated: boolean
}

/** Where the keys of a listing begin and end, as the bounds of one index range. */
export interface ScanRange {
  readonly bucket: string
  readonly position: Position
  /** Exclusive. */
  readonly end: Buffer
}

/** No byte of UTF-8: `prefix` + this is greater than every key that begins with `prefix`. */
const PAST = Buffer.of(0xff)
/** The least byte: `key` + this is the next key in the order. */
const NEXT = Buffer.of(0)

export const START: Position = { from: Buffer.alloc(0), rest: null }

/** Behind all rows of `key`. */
export function afterKey(key: string): Position {
  return { from: Buffer.concat([Buffer.from(key), NEXT]), rest: null }
}

/** Behind all keys that begin with `prefix`. */
export function afterPrefix(prefix: string): Position {
  return { from: Buffer.concat([Buffer.from(prefix), PAST]), rest: null }
}

/** Behind row `id` of `key`. */
export function afterRow(key: string, id: number): Position {
  return { from: afterKey(key).from, rest: { key: Buffer.from(key), id } }
}

/** The common prefix under which `key` is shown, or null where it is shown itself. */
export function commonPrefix(key: string, prefix: string, delimiter: string): string | null {
  if (delimiter === '') return null
  const at = key.indexOf(delimiter, prefix.length)
  return at === -1 ? null : key.slice(0, at + delimiter.length)
}

/**
 * Where a listing goes on behind the marker that a client names: past the whole group where the marker is, or lies
 * in, a common prefix.
 */
export function afterMarker(marker: string, prefix: string, delimiter: string): Position {
  if (marker === '') return START
  const group = marker.startsWith(prefix) ? commonPrefix(marker, prefix, delimiter) : null
  return group === null ? afterKey(marker) : afterPrefix(group)
}

/** Reads one page out of what `scan` finds in a range, in order. */
export function readPage<Row extends { readonly key: Buffer }, Item>(
  query: ListQuery,
  scan: (range: ScanRange) => Iterable<Row>,
  toItem: (row: Row) => Item,
): ListPage<Item> {
  const entries: ListEntry<Item>[] = []
  if (query.limit === 0) return { entries, truncated: false }
  const prefix = Buffer.from(query.prefix)
  const delimiter = Buffer.from(query.delimiter)
  const end = Buffer.concat([prefix, PAST])
  let position: Position | null = notBefore(query.position, prefix)
  while (position !== null) {
    let regroup: Position | null = null
    for (const row of scan({ bucket: query.bucket, position, end })) {
      if (entries.length === query.limit) return { entries, truncated: true }
      const at = delimiter.length === 0 ? -1 : row.key.indexOf(delimiter, prefix.length)
      if (at === -1) {
        entries.push({ kind: 'item', item: toItem(row) })
        continue
      }
      const group = row.key.toString('utf8', 0, at + delimiter.length)
      entries.push({ kind: 'prefix', prefix: group })
      regroup = afterPrefix(group)
      break
    }
    position = regroup
  }
  return { entries, truncated: false }
}

function notBefore(position: Position, prefix: Buffer): Position {
  if (position.rest?.key.subarray(0, prefix.length).equals(prefix)) return position
  return { from: Buffer.compare(position.from, prefix) < 0 ? prefix : position.from, rest: null }
}
