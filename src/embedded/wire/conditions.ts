/**
 * Conditional requests: what a read, a copy's source, a write and a deletion ask of the object that is there.
 *
 * https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2 (precedence, which is also S3's) ·
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
 */
import { S3Error } from '../../s3/error.ts'
import type { Headers } from '../../s3/headers.ts'
import type { ObjectVersion, StoredObject } from '../records.ts'
import type { Guard } from '../store.ts'

/** The header names of one set of read conditions. */
interface ReadConditionNames {
  readonly match: string
  readonly noneMatch: string
  readonly modifiedSince: string
  readonly unmodifiedSince: string
}

const OF_OBJECT: ReadConditionNames = {
  match: 'if-match',
  noneMatch: 'if-none-match',
  modifiedSince: 'if-modified-since',
  unmodifiedSince: 'if-unmodified-since',
}

const OF_COPY_SOURCE: ReadConditionNames = {
  match: 'x-amz-copy-source-if-match',
  noneMatch: 'x-amz-copy-source-if-none-match',
  modifiedSince: 'x-amz-copy-source-if-modified-since',
  unmodifiedSince: 'x-amz-copy-source-if-unmodified-since',
}

type Failed = { readonly kind: 'precondition' | 'notModified'; readonly header: string }

/**
 * Whether a read is to be answered with the object or with 304.
 *
 * @throws S3Error `PreconditionFailed`
 */
export function readOutcome(headers: Headers, object: StoredObject): 'send' | 'notModified' {
  const failed = failedCondition(headers, OF_OBJECT, object)
  if (failed === null) return 'send'
  if (failed.kind === 'notModified') return 'notModified'
  throw preconditionFailed(failed.header)
}

/** @throws S3Error `PreconditionFailed`, also where a read would be answered with 304 */
export function requireCopySource(headers: Headers, source: StoredObject): void {
  const failed = failedCondition(headers, OF_COPY_SOURCE, source)
  if (failed !== null) throw preconditionFailed(failed.header)
}

function failedCondition(
  headers: Headers,
  names: ReadConditionNames,
  { content, createdAt }: StoredObject,
): Failed | null {
  const modified = Math.floor(createdAt / 1000)
  const match = headers.get(names.match)
  const unmodifiedSince = httpDate(headers.get(names.unmodifiedSince))
  if (match !== undefined) {
    if (!listsTag(match, content.etag)) return { kind: 'precondition', header: names.match }
  } else if (unmodifiedSince !== null && modified > unmodifiedSince) {
    return { kind: 'precondition', header: names.unmodifiedSince }
  }
  const noneMatch = headers.get(names.noneMatch)
  const modifiedSince = httpDate(headers.get(names.modifiedSince))
  if (noneMatch !== undefined) {
    if (listsTag(noneMatch, content.etag)) return { kind: 'notModified', header: names.noneMatch }
  } else if (modifiedSince !== null && modified <= modifiedSince) {
    return { kind: 'notModified', header: names.modifiedSince }
  }
  return null
}

/**
 * What `If-None-Match: *` or `If-Match: "etag"` on a write asks.
 *
 * @throws S3Error `NotImplemented` for other values, as S3 does
 */
export function writeGuard(headers: Headers, key: string): Guard {
  const match = headers.get('if-match')
  const noneMatch = headers.get('if-none-match')
  if (match !== undefined && noneMatch !== undefined) throw notImplemented('If-Match,If-None-Match')
  if (noneMatch !== undefined) {
    if (noneMatch !== '*') throw notImplemented('If-None-Match')
    return (current) => {
      if (current?.kind === 'object') throw preconditionFailed('If-None-Match')
    }
  }
  if (match !== undefined) {
    if (match === '*') throw notImplemented('If-Match')
    return (current) => {
      if (current?.kind !== 'object') throw new S3Error('NoSuchKey', { elements: [['Key', key]] })
      if (!listsTag(match, current.content.etag)) throw preconditionFailed('If-Match')
    }
  }
  return unconditional
}

/** What `If-Match` on a deletion asks: `*` that there is an object, an entity tag that it is this one. */
export function deleteGuard(match: string | null, key: string): Guard {
  if (match === null) return unconditional
  return (current: ObjectVersion | undefined) => {
    if (current === undefined) throw new S3Error('NoSuchKey', { elements: [['Key', key]] })
    if (current.kind !== 'object' || !listsTag(match, current.content.etag)) {
      throw preconditionFailed('If-Match')
    }
  }
}

export const unconditional: Guard = () => {}

/** True where `If-Range` does not stand in the way of a range. */
export function rangeHolds(ifRange: string | undefined, { content, createdAt }: StoredObject): boolean {
  if (ifRange === undefined) return true
  if (ifRange.startsWith('"')) return ifRange === `"${content.etag}"`
  return httpDate(ifRange) === Math.floor(createdAt / 1000)
}

/** True where `*` or a list of entity tags, with or without quotes or `W/`, holds `etag`. */
function listsTag(list: string, etag: string): boolean {
  return list.split(',').some((item) => {
    const tag = item.trim()
    return tag === '*' || bare(tag) === etag
  })
}

function bare(tag: string): string {
  const strong = tag.startsWith('W/') ? tag.slice(2) : tag
  return strong.length >= 2 && strong.startsWith('"') && strong.endsWith('"') ? strong.slice(1, -1) : strong
}

/** Seconds since 1970, or null where there is no date or none that can be read, which is as good as none. */
function httpDate(text: string | undefined): number | null {
  if (text === undefined || !text.includes(':')) return null
  const milliseconds = Date.parse(text)
  return Number.isNaN(milliseconds) ? null : Math.floor(milliseconds / 1000)
}

function preconditionFailed(header: string): S3Error {
  return new S3Error('PreconditionFailed', { elements: [['Condition', conditionName(header)]] })
}

/** As S3 spells it: `If-None-Match`, `x-amz-copy-source-If-Match`. */
function conditionName(header: string): string {
  const at = header.toLowerCase().lastIndexOf('if-')
  const condition = header
    .slice(at)
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('-')
  return header.slice(0, at) + condition
}

function notImplemented(header: string): S3Error {
  return new S3Error('NotImplemented', {
    elements: [
      ['Header', header],
      ['additionalMessage', `We don't accept the provided value of ${header} header for this API`],
    ],
  })
}
