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
import type { Names, Reading, Target } from './names.ts'
import { decode, encodePath, parseQuery, type QueryParameters } from './uri.ts'

export type { Target } from './names.ts'

export interface ParsedTarget extends Reading {
  /** Decoded, in the order sent, authentication parameters included. */
  readonly query: QueryParameters
  /** What else host and path may have been when they were signed. */
  readonly others: readonly Reading[]
  /** Of the gate. */
  readonly names: Names
}

/** UTF-8 bytes of a key that S3 takes. */
const MAX_KEY_BYTES = 1024

/**
 * @param rawTarget as in the request line, one latin1 character a byte
 * @param host the Host header as received
 * @throws S3Error `InvalidURI` for anything but an origin-form target that decodes to valid UTF-8
 */
export function parseTarget(rawTarget: string, host: string, names: Names): ParsedTarget {
  if (rawTarget.charCodeAt(0) !== 0x2f || rawTarget.includes('#')) {
    throw new S3Error('InvalidURI', { reason: 'not an origin-form request target' })
  }
  const mark = rawTarget.indexOf('?')
  const raw = mark === -1 ? rawTarget : rawTarget.slice(0, mark)
  const query = parseQuery(mark === -1 ? '' : rawTarget.slice(mark + 1))
  const path = decode(raw)
  const [first, ...others] = names.readingsOf(host, { raw, path, canonical: encodePath(path) })
  return { ...first, query, others, names }
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
