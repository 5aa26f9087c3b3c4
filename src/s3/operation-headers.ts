/**
 * Which headers an operation knows, and which of them go to the backend: an allow list, each name once, rebuilt.
 * `fates.ts` says what becomes of those that it does not know.
 */
import { headerNotImplemented, invalidArgument, S3Error } from './error.ts'
import { type Fate, headerFate, onMethod } from './fates.ts'
import { type HeaderList, type Headers, METADATA, trimBlanks } from './headers.ts'
import type { MatchedOperation } from './operation.ts'
import {
  BYPASS,
  CANNED_ACLS,
  CHECKSUMS,
  COPY_SOURCE,
  IF_RANGE,
  OBJECT_OWNERSHIPS,
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

/**
 * `true` means more than absence; what reads neither as true nor as false is not left to the backend to judge. Old
 * boto3 writes `True`.
 */
const BOOLEANS: readonly string[] = [
  BYPASS,
  'x-amz-bucket-object-lock-enabled',
  'x-amz-server-side-encryption-bucket-key-enabled',
]

/** Consumed or written by the gate itself. */
const GATE_OWNED: ReadonlySet<string> = new Set([
  'content-length',
  COPY_SOURCE,
  OWNER,
  SDK_CHECKSUM,
  SOURCE_OWNER,
])

/**
 * What an operation may come with beside what the model says, and what goes no further. `x-amz-metadata-directive` is
 * left by s3fs on uploads, whose metadata is new in any case. `x-amz-checksum-algorithm` is what minio-go calls
 * `x-amz-sdk-checksum-algorithm`. `If-Range` is heeded by the gate: object stores overlook it, and would answer with a
 * part of another object.
 */
const TAKEN_BESIDES: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  CreateMultipartUpload: ['x-amz-metadata-directive'],
  GetObject: [IF_RANGE],
  HeadObject: [IF_RANGE],
  PutObject: ['x-amz-checksum-algorithm', 'x-amz-metadata-directive'],
  UploadPart: ['x-amz-checksum-algorithm'],
}

/** Beside an operation's own: what a browser needs for the bucket's CORS rules to be applied to the answer. */
const GENERAL = ['origin'] as const

interface HeaderRules {
  readonly accepted: ReadonlySet<string>
  readonly forwarded: ReadonlySet<string>
  readonly acceptsMetadata: boolean
}

const RULES = Object.fromEntries(
  OPERATION_NAMES.map((name) => [name, rulesOf(OPERATIONS[name], TAKEN_BESIDES[name] ?? [])]),
) as Readonly<Record<OperationName, HeaderRules>>

/**
 * Refuses headers with which the request would mean something that the operation's row does not say.
 *
 * @returns those of S3's names that mean nothing for it
 * @throws S3Error `NotImplemented` naming the header, `InvalidRequest` for one that is dangerous, 400 for a value that
 *   is not one of those the header has
 */
export function sortHeaders(operation: MatchedOperation, headers: Headers): readonly string[] {
  let idle: string[] | undefined
  for (const [name, value] of headers) {
    const fate = fateOf(operation, name)
    if (fate === 'meant') CHECKS.get(name)?.(name, value)
    else if (fate === 'unsupported') throw headerNotImplemented(name)
    else if (fate === 'dangerous') throw dangerousHeader(name)
    else if (name.startsWith('x-amz-')) {
      idle ??= []
      idle.push(name)
    }
  }
  if (operation.row.access === 'write') checkWriteCondition(headers)
  return idle ?? NONE
}

const NONE: readonly string[] = []

/** What becomes of a header of that name. @param name lower-case */
export function fateOf(operation: MatchedOperation, name: string): Fate {
  const { accepted, acceptsMetadata } = RULES[operation.name]
  if (accepted.has(name)) return 'meant'
  const fate = headerFate(name, onMethod(operation.row.method))
  return acceptsMetadata && fate !== 'dangerous' && name.startsWith(METADATA) ? 'meant' : fate
}

/** What a copy does with what its source has. */
const DIRECTIVES: readonly string[] = ['COPY', 'REPLACE']

/** Headers of which only certain values mean anything: what is malformed is said to be, whether it is available or not. */
const CHECKS: ReadonlyMap<string, (name: string, value: string) => void> = new Map([
  ...BOOLEANS.map((name) => [name, checkBoolean] as const),
  ['x-amz-acl', oneOf(CANNED_ACLS)],
  ['x-amz-metadata-directive', oneOf(DIRECTIVES, 'Unknown metadata directive.')],
  ['x-amz-object-attributes', checkAttributes],
  ['x-amz-object-ownership', oneOf(OBJECT_OWNERSHIPS)],
  ['x-amz-tagging-directive', oneOf(DIRECTIVES, 'Unknown tagging directive.')],
  ['x-amz-website-redirect-location', checkRedirect],
])

function oneOf(values: readonly string[], message?: string): (name: string, value: string) => void {
  return (name, value) => {
    if (!values.includes(value)) throw invalidArgument(name, value, message ?? `${name} is not valid.`)
  }
}

function checkRedirect(_name: string, value: string): void {
  if (/^(?:\/|https?:\/\/)/.test(value)) return
  throw new S3Error('InvalidRedirectLocation')
}

function checkBoolean(name: string, value: string): void {
  const word = value.toLowerCase()
  if (word === 'true' || word === 'false') return
  throw invalidArgument(name, value, `The value of ${name} must be true or false.`)
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
function checkAttributes(name: string, value: string): void {
  const attributes = members(value)
  if (attributes.length > 0 && attributes.every((attribute) => ATTRIBUTES.has(attribute))) return
  throw invalidArgument(name, value, 'Invalid attribute name specified.')
}

const ATTRIBUTES: ReadonlySet<string> = new Set([
  'Checksum',
  'ETag',
  'ObjectParts',
  'ObjectSize',
  'StorageClass',
])

/** The refusal of a name that some backend reads as another one. */
export function dangerousHeader(name: string): S3Error {
  return new S3Error('InvalidRequest', {
    message: `The header name ${name} is not valid.`,
    elements: [['Header', name]],
  })
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
  if (match !== undefined && (noneMatch !== undefined || !isEntityTag(match)))
    throw headerNotImplemented('If-Match')
  if (noneMatch !== undefined && noneMatch !== '*') throw headerNotImplemented('If-None-Match')
}

/** One of them: quoted, or bare as some clients write it; never `*`, nor a list. */
function isEntityTag(value: string): boolean {
  return /^(?:"[^"]*"|[^",*]+)$/.test(value)
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
      const sent = spelled(name, value)
      if (sent !== '') list.push([name, sent])
    } else if (rules.acceptsMetadata && name.startsWith(METADATA)) {
      list.push([name, value])
    }
  }
  return list
}

/** A value in the one spelling in which the backend gets it. */
function spelled(name: string, value: string): string {
  if (name === 'content-encoding') return withoutAwsChunked(value)
  if (BOOLEANS.includes(name)) return value.toLowerCase()
  return LISTS.has(name) ? members(value).join(',') : value
}

/** Lists of words, which one SDK writes with spaces and another a line each: MinIO takes no spaces. */
const LISTS: ReadonlySet<string> = new Set(['x-amz-object-attributes', 'x-amz-optional-object-attributes'])

/** The members of a list, however it is written. */
export function members(value: string): readonly string[] {
  return value
    .split(',')
    .map(trimBlanks)
    .filter((member) => member !== '')
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html: the envelope is not the object's. */
function withoutAwsChunked(value: string): string {
  if (!value.includes('aws-chunked')) return value
  return members(value)
    .filter((coding) => coding !== 'aws-chunked')
    .join(',')
}

function rulesOf(row: OperationRow, besides: readonly string[]): HeaderRules {
  const known = row.headers.known.filter((name) => !name.endsWith('*') && !REFUSED.has(name))
  const serialised = row.body === 'xml' || row.body === 'json'
  return {
    accepted: new Set([...OF_EVERY_REQUEST, ...known, ...besides, ...(row.body === 'none' ? [] : CHECKSUMS)]),
    forwarded: new Set([
      ...known.filter((name) => !GATE_OWNED.has(name) && !(serialised && name === 'content-md5')),
      ...GENERAL,
    ]),
    acceptsMetadata: row.headers.known.includes(`${METADATA}*`),
  }
}
