/**
 * Keys that a backend would take for others, or cannot keep.
 *
 * MinIO keeps objects as paths of a file system. It drops slashes at the front of a key, so that `/a` and `a` are one
 * object, keeps `a/` under the name `a__XLDIR__`, and has no other empty segment and none over 255 bytes
 * (`trimLeadingSlash`, `encodeDirObject` and `IsValidObjectPrefix` in its `cmd/`). What was authorized under one name
 * must not be done to another.
 */
import { S3Error } from '../../s3/error.ts'

/** `any`: every key is a key of its own. `path`: keys are paths of a file system. */
export type KeyForm = 'any' | 'path'

const DIRECTORY_SUFFIX = '__XLDIR__'
const MAX_SEGMENT_BYTES = 255

/** @throws S3Error `NotImplemented` */
export function refuseKeyOf(form: KeyForm, key: string): void {
  if (form === 'any') return
  refusePrefix(key)
  for (const segment of key.split('/')) {
    if (segment.endsWith(DIRECTORY_SUFFIX)) throw notKept('a segment that ends in __XLDIR__')
    if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) throw notKept('a segment of more than 255 bytes')
  }
}

/**
 * The same for what a list's keys begin with, and where they are cut off: with any delimiter but `/`, MinIO's pages
 * repeat a common prefix, those of one entry without end.
 *
 * @throws S3Error `NotImplemented`
 */
export function refuseListOf(form: KeyForm, prefix: string, delimiter: string): void {
  if (form === 'any') return
  refusePrefix(prefix)
  if (delimiter !== '' && delimiter !== '/') {
    throw new S3Error('NotImplemented', { message: 'On this bucket, only / may be the delimiter of a list.' })
  }
}

function refusePrefix(prefix: string): void {
  if (prefix.startsWith('/') || prefix.includes('//')) throw notKept('an empty segment')
}

function notKept(what: string): S3Error {
  return new S3Error('NotImplemented', { message: `A key with ${what} is not available on this bucket.` })
}
