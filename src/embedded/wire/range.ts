/** Byte ranges, one at a time as S3 has them. https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2 */
import { invalidArgument, S3Error } from '../../s3/error.ts'

/** Bytes from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

const RANGE = /^bytes=(\d*)-(\d*)$/
const COPY_RANGE = /^bytes=(\d+)-(\d+)$/

/**
 * The part of an object of `size` bytes that a `Range` header asks for, or null where the whole is to be sent: several
 * ranges, another unit and what cannot be read are ignored.
 *
 * @throws S3Error `InvalidRange` where the object has no such byte
 */
export function parseRange(header: string, size: number): ByteRange | null {
  const found = RANGE.exec(header.trim())
  if (found === null) return null
  const [, first = '', last = ''] = found
  if (first === '' && last === '') return null
  if (first === '') {
    if (Number(last) === 0) throw invalidRange(header, size)
    // The end of nothing is nothing, which no `Content-Range` can say.
    return size === 0 ? null : { start: Math.max(0, size - Number(last)), end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return null
  if (start >= size) throw invalidRange(header, size)
  return { start, end }
}

/** The part of a copy's source that `x-amz-copy-source-range` asks for, which must lie in it. */
export function parseCopyRange(header: string, size: number): ByteRange {
  const found = COPY_RANGE.exec(header)
  const start = Number(found?.[1])
  const end = Number(found?.[2]) + 1
  if (found === null || end <= start) {
    throw invalidArgument(
      'x-amz-copy-source-range',
      header,
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    )
  }
  if (end > size) {
    throw invalidArgument(
      'x-amz-copy-source-range',
      header,
      `Range specified is not valid for source object of size: ${size}`,
    )
  }
  return { start, end }
}

export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`
}

function invalidRange(header: string, size: number): S3Error {
  return new S3Error('InvalidRange', {
    elements: [
      ['RangeRequested', header],
      ['ActualObjectSize', String(size)],
    ],
    headers: [['content-range', `bytes */${size}`]],
  })
}
