/**
 * What a request is about: the raw request target and Host header, taken apart once.
 *
 * The path is decoded once into well-formed Unicode; what is authorized, signed and forwarded afterwards is its one
 * canonical encoding. Nothing is normalised.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
import { refuseBucketName } from './bucket-name.ts'
import { S3Error } from './error.ts'
import { decode, encodePath, parseQuery, type QueryParameters } from './uri.ts'
import type { VirtualHosts } from './virtual-host.ts'

/** `key` is decoded: any Unicode, `/` and `//` included, as the client meant it. */
export type Target =
  | { readonly kind: 'service' }
  | { readonly kind: 'bucket'; readonly bucket: string }
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string }

export interface ParsedTarget {
  readonly target: Target
  /** As it stood in the request line, without the query. */
  readonly rawPath: string
  /** What the client signed: without the bucket where the host names it. */
  readonly canonicalPath: string
  /** Decoded, in the order sent, authentication parameters included. */
  readonly query: QueryParameters
  readonly style: 'path' | 'virtual'
}

const SERVICE: Target = { kind: 'service' }

/** UTF-8 bytes of a key that S3 takes. */
const MAX_KEY_BYTES = 1024

/**
 * @param rawTarget as in the request line, one latin1 character a byte
 * @param host the Host header as received
 * @throws S3Error `InvalidURI` for anything but an origin-form target that decodes to valid UTF-8
 */
export function parseTarget(rawTarget: string, host: string, virtualHosts: VirtualHosts): ParsedTarget {
  if (rawTarget.charCodeAt(0) !== 0x2f || rawTarget.includes('#')) {
    throw new S3Error('InvalidURI', { reason: 'not an origin-form request target' })
  }
  const mark = rawTarget.indexOf('?')
  const rawPath = mark === -1 ? rawTarget : rawTarget.slice(0, mark)
  const query = parseQuery(mark === -1 ? '' : rawTarget.slice(mark + 1))
  const path = decode(rawPath)
  const canonicalPath = encodePath(path)
  const bucket = virtualHosts.bucketOf(host)
  return bucket === undefined
    ? { target: pathTarget(path), rawPath, canonicalPath, query, style: 'path' }
    : { target: bucketTarget(bucket, path.slice(1)), rawPath, canonicalPath, query, style: 'virtual' }
}

/** The target's one canonical path, path style: what is signed for and sent to the backend. */
export function targetPath(target: Target): string {
  switch (target.kind) {
    case 'service':
      return '/'
    case 'bucket':
      return `/${encodePath(target.bucket)}`
    case 'object':
      return `/${encodePath(target.bucket)}/${encodePath(target.key)}`
  }
}

/**
 * Refuses what backends understand in different ways. Called after the signature was verified: who may not ask is not
 * told.
 *
 * @param reserved bucket names that mean something else at the backends
 * @throws S3Error `InvalidBucketName`, `KeyTooLongError`, `InvalidURI`
 */
export function refuseUnsafeTarget(target: Target, reserved: ReadonlySet<string>): void {
  if (target.kind === 'service') return
  refuseBucketName(target.bucket, reserved)
  if (target.kind === 'object') refuseUnsafeKey(target.key)
}

/**
 * @throws S3Error `KeyTooLongError` over 1024 bytes; `InvalidURI` for NUL, for a segment that is `.` or `..`, and for
 *   text that UTF-8 cannot hold
 */
export function refuseUnsafeKey(key: string): void {
  const size = Buffer.byteLength(key)
  if (size > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', {
      elements: [
        ['Size', String(size)],
        ['MaxSizeAllowed', String(MAX_KEY_BYTES)],
      ],
    })
  }
  if (key.includes('\0') || !key.isWellFormed()) {
    throw new S3Error('InvalidURI', { reason: 'a key with NUL or a lone surrogate' })
  }
  if (hasDotSegment(key)) throw new S3Error('InvalidURI', { reason: 'a segment that is . or ..' })
}

function hasDotSegment(key: string): boolean {
  for (let dot = key.indexOf('.'); dot !== -1; dot = key.indexOf('.', dot + 1)) {
    if (dot !== 0 && key.charCodeAt(dot - 1) !== 0x2f) continue
    const end = key.charCodeAt(dot + 1) === 0x2e ? dot + 2 : dot + 1
    if (end === key.length || key.charCodeAt(end) === 0x2f) return true
  }
  return false
}

function pathTarget(path: string): Target {
  if (path === '/') return SERVICE
  const slash = path.indexOf('/', 1)
  return slash === -1
    ? bucketTarget(path.slice(1), '')
    : bucketTarget(path.slice(1, slash), path.slice(slash + 1))
}

function bucketTarget(bucket: string, key: string): Target {
  return key === '' ? { kind: 'bucket', bucket } : { kind: 'object', bucket, key }
}
