/** GetObject and HeadObject. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
import { S3Error } from '../../s3/error.ts'
import type { HeaderList } from '../../s3/headers.ts'
import { readableVersion } from '../readable-version.ts'
import type { StoredChecksum, StoredObject } from '../records.ts'
import { emptyReply, type Reply } from '../reply.ts'
import { checksumHeaders } from '../wire/checksums.ts'
import { rangeHolds, readOutcome } from '../wire/conditions.ts'
import { partNumber } from '../wire/parameters.ts'
import { type ByteRange, contentRange, parseRange } from '../wire/range.ts'
import { type Handler, type ObjectRequest, onObject, query } from './handler.ts'
import { versionHeaders } from './object-tagging.ts'

/** Which bytes are asked for, and what the answer says about that. */
interface Selection {
  readonly range: ByteRange
  readonly status: 200 | 206
  readonly headers: HeaderList
  /** Of exactly these bytes, where one is known. */
  readonly checksum: StoredChecksum | null
}

interface Answer {
  readonly object: StoredObject
  readonly status: 200 | 206 | 304
  readonly headers: HeaderList
  readonly range: ByteRange
}

export const getObject: Handler = onObject((request): Reply => {
  const { object, status, headers, range } = prepare(request)
  if (status === 304) return emptyReply(status, headers)
  const content = request.store.open(object.content.id, range.start, range.end)
  return { status, headers, body: { kind: 'content', content } }
})

export const headObject: Handler = onObject((request) => {
  const { status, headers } = prepare(request)
  return emptyReply(status, headers)
})

function prepare(request: ObjectRequest): Answer {
  const bucket = request.store.bucket(request.bucket)
  const object = readableVersion(request.store, bucket, request.key, query(request, 'versionId'))
  const validators: HeaderList = [
    ['last-modified', new Date(object.createdAt).toUTCString()],
    ['etag', `"${object.content.etag}"`],
    ...versionHeaders(bucket, object),
  ]
  if (readOutcome(request.headers, object) === 'notModified') {
    const caching = object.headers.filter(([name]) => name === 'cache-control' || name === 'expires')
    return { object, status: 304, headers: [...validators, ...caching], range: { start: 0, end: 0 } }
  }
  const selection = select(request, object)
  const { range, status } = selection
  const headers: HeaderList = [
    ...validators,
    ['accept-ranges', 'bytes'],
    ...selection.headers,
    ...describe(request, object),
    ...(request.headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED'
      ? checksumHeaders(selection.checksum)
      : []),
    // Last: behind it Node would take the bytes of a Content-Disposition for UTF-8.
    ['content-length', String(range.end - range.start)],
  ]
  return { object, status, headers, range }
}

function select(request: ObjectRequest, object: StoredObject): Selection {
  const { content } = object
  const header = request.headers.get('range')
  const number = query(request, 'partNumber')
  if (header !== undefined && number !== null) {
    throw new S3Error('InvalidRequest', {
      message: 'Cannot specify both Range header and partNumber query parameter',
    })
  }
  if (number !== null) return selectPart(request, object, partNumber(number))
  const whole = { start: 0, end: content.size }
  const range =
    header !== undefined && rangeHolds(request.headers.get('if-range'), object)
      ? parseRange(header, content.size)
      : null
  if (range === null) return { range: whole, status: 200, headers: [], checksum: content.checksum }
  return {
    range,
    status: 206,
    headers: [['content-range', contentRange(range, content.size)]],
    checksum: range.end - range.start === content.size ? content.checksum : null,
  }
}

function selectPart({ store }: ObjectRequest, { content }: StoredObject, number: number): Selection {
  const count = store.contents.countParts(content.id)
  if (count === 0 && number === 1) {
    const range = { start: 0, end: content.size }
    return {
      range,
      status: 206,
      headers: content.size === 0 ? [] : [['content-range', contentRange(range, content.size)]],
      checksum: content.checksum,
    }
  }
  const part = store.contents.part(content.id, number)
  if (part === undefined) {
    throw new S3Error('InvalidPartNumber', {
      elements: [
        ['PartNumberRequested', String(number)],
        ['ActualPartCount', String(Math.max(1, count))],
      ],
    })
  }
  const range = { start: part.start, end: part.start + part.size }
  return {
    range,
    status: 206,
    headers: [
      ...(part.size === 0 ? [] : [['content-range', contentRange(range, content.size)] as const]),
      ['x-amz-mp-parts-count', String(count)],
    ],
    checksum:
      content.checksum === null || part.checksumValue === null
        ? null
        : { ...content.checksum, value: part.checksumValue },
  }
}

/** What was said of the object when it was stored, unless the request wants to read otherwise. */
function describe(request: ObjectRequest, object: StoredObject): HeaderList {
  const overrides = new Map(
    request.operation.params
      .filter(([name]) => name.startsWith('response-'))
      .map(([name, value]) => [name.slice('response-'.length), Buffer.from(value).toString('latin1')]),
  )
  const stored = object.headers.filter(([name]) => !overrides.has(name))
  const tags: HeaderList =
    object.tags.length === 0 ? [] : [['x-amz-tagging-count', String(object.tags.length)]]
  return [...stored, ...overrides, ...tags]
}
