/**
 * Which headers an operation may come with, and which of them go to the backend: an allow list, each name once,
 * rebuilt. A header that the backend would not understand must not be taken for understood, hence a signed `x-amz-*`
 * that the operation does not know is refused, not dropped.
 */
import { invalidArgument, S3Error } from './error.ts'
import type { HeaderList, Headers } from './headers.ts'
import type { MatchedOperation } from './operation.ts'
import {
  BYPASS,
  CHECKSUMS,
  COPY_SOURCE,
  OWNER,
  SDK_CHECKSUM,
  SOURCE_OWNER,
} from './operations/header-lists.ts'
import type { OperationRow } from './operations/row.ts'
import { OPERATION_NAMES, OPERATIONS, type OperationName } from './operations/table.ts'

/** Headers of any request, read by the gate itself. */
const OF_EVERY_REQUEST: readonly string[] = [
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  OWNER,
  SDK_CHECKSUM,
  // Refused with an answer of its own when credentials are read.
  'x-amz-security-token',
  'x-amz-trailer',
  'x-amz-user-agent',
]

/** In the model of some operation, but not to be had here. */
const REFUSED: ReadonlySet<string> = new Set([
  // Names outside the naming rules that ownership is built on.
  'x-amz-bucket-namespace',
  // A device of the backend's account, not of a tenant's.
  'x-amz-mfa',
  // Conditions that only directory buckets have: a backend that does not know them deletes unconditionally.
  'x-amz-if-match-initiated-time',
  'x-amz-if-match-last-modified-time',
  'x-amz-if-match-size',
  // Appending: a backend that does not know it overwrites the object instead.
  'x-amz-write-offset-bytes',
])

/** MinIO unpacks the uploaded archive into other keys, which nobody authorized. */
const SNOWBALL = ['x-amz-meta-snowball-auto-extract', 'x-amz-meta-minio-snowball-'] as const

/** Internal to one backend or another. */
const VENDOR_PREFIXES = ['x-minio-', 'x-rgw-', 'rgwx-'] as const

/** `true` means more than absence; what reads neither as true nor as false is not left to the backend to judge. */
const BOOLEANS = [
  BYPASS,
  'x-amz-bucket-object-lock-enabled',
  'x-amz-server-side-encryption-bucket-key-enabled',
] as const

/** Consumed or written by the gate itself. */
const GATE_OWNED: ReadonlySet<string> = new Set([
  'content-length',
  COPY_SOURCE,
  OWNER,
  SDK_CHECKSUM,
  SOURCE_OWNER,
])

/** Left by s3fs on uploads, whose metadata is new in any case: it says nothing there, and goes no further. */
const SAYS_NOTHING: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  CreateMultipartUpload: ['x-amz-metadata-directive'],
  PutObject: ['x-amz-metadata-directive'],
}

/** Beside an operation's own: what a browser needs for the bucket's CORS rules to be applied to the answer. */
const GENERAL = ['origin'] as const

interface HeaderRules {
  readonly accepted: ReadonlySet<string>
  readonly forwarded: ReadonlySet<string>
  readonly acceptsMetadata: boolean
}

const METADATA = 'x-amz-meta-'

const RULES = Object.fromEntries(
  OPERATION_NAMES.map((name) => [name, rulesOf(OPERATIONS[name], SAYS_NOTHING[name] ?? [])]),
) as Readonly<Record<OperationName, HeaderRules>>

/**
 * Refuses headers with which the request would mean something that the operation's row does not say.
 *
 * @throws S3Error `NotImplemented` naming the header; 400 for a name with `_` and for a boolean that is none
 */
export function checkHeaders(operation: MatchedOperation, headers: Headers): void {
  const rules = RULES[operation.name]
  for (const name of headers.keys()) {
    if (name.includes('_')) {
      throw new S3Error('InvalidRequest', { message: `The header name ${name} is not valid.` })
    }
    if (name.charCodeAt(0) === 0x78 || name.startsWith('rgwx-')) refuseUnknown(name, rules)
  }
  for (const name of BOOLEANS) {
    const value = headers.get(name)
    if (value !== undefined && value !== 'true' && value !== 'false') {
      throw invalidArgument(name, value, `The value of ${name} must be true or false.`)
    }
  }
  if (operation.row.access === 'write') checkWriteCondition(headers)
}

/**
 * S3 has two conditions of a write: that there is no object yet, and that it is a certain one. What else could be read
 * into these headers is not left to the backend to judge.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
function checkWriteCondition(headers: Headers): void {
  const match = headers.get('if-match')
  const noneMatch = headers.get('if-none-match')
  if (match !== undefined && (noneMatch !== undefined || match === '*')) throw notImplemented('If-Match')
  if (noneMatch !== undefined && noneMatch !== '*') throw notImplemented('If-None-Match')
}

/**
 * The client's headers that go to the backend, in the order received: the operation's own and a few general ones.
 * What the gate writes itself is not among them: Host, authentication, Content-Length, the copy source, and for bodies
 * that it re-serialises their type and digests.
 */
export function forwardableHeaders(operation: MatchedOperation, headers: Headers): HeaderList {
  const rules = RULES[operation.name]
  const list: [string, string][] = []
  for (const [name, value] of headers) {
    if (rules.forwarded.has(name)) {
      const sent = name === 'content-encoding' ? withoutAwsChunked(value) : value
      if (sent !== '') list.push([name, sent])
    } else if (rules.acceptsMetadata && name.startsWith(METADATA)) {
      list.push([name, value])
    }
  }
  return list
}

function refuseUnknown(name: string, rules: HeaderRules): void {
  if (name.startsWith('x-amz-')) {
    if (name.startsWith(METADATA)) {
      if (rules.acceptsMetadata && !SNOWBALL.some((prefix) => name.startsWith(prefix))) return
    } else if (rules.accepted.has(name)) {
      return
    }
    throw notImplemented(name)
  }
  if (VENDOR_PREFIXES.some((prefix) => name.startsWith(prefix))) throw notImplemented(name)
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html: the envelope is not the object's. */
function withoutAwsChunked(value: string): string {
  if (!value.includes('aws-chunked')) return value
  return value
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== 'aws-chunked' && coding !== '')
    .join(',')
}

function rulesOf(row: OperationRow, overlooked: readonly string[]): HeaderRules {
  const known = row.headers.known.filter((name) => !name.endsWith('*') && !REFUSED.has(name))
  const serialised = row.body === 'xml' || row.body === 'json'
  return {
    accepted: new Set([
      ...OF_EVERY_REQUEST,
      ...known,
      ...overlooked,
      ...(row.body === 'none' ? [] : CHECKSUMS),
    ]),
    forwarded: new Set([
      ...known.filter((name) => !GATE_OWNED.has(name) && !(serialised && name === 'content-md5')),
      ...GENERAL,
    ]),
    acceptsMetadata: row.headers.known.includes(`${METADATA}*`),
  }
}

function notImplemented(header: string): S3Error {
  return new S3Error('NotImplemented', { elements: [['Header', header]] })
}
