/**
 * Headers that would mean something the embedded backend does not do: refused, never ignored. An `x-amz-*` header is
 * taken where the operation's row in the table knows it, and where it is one of those here.
 */
import { headerNotImplemented, invalidArgument } from '../../s3/error.ts'
import type { Headers } from '../../s3/headers.ts'
import type { MatchedOperation } from '../../s3/operation.ts'

const OF_EVERY_REQUEST: ReadonlySet<string> = new Set([
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-user-agent',
])

const TAKEN: ReadonlySet<string> = new Set([
  // Nothing is locked here.
  'x-amz-bypass-governance-retention',
  'x-amz-checksum-algorithm',
  'x-amz-checksum-mode',
  'x-amz-checksum-type',
  'x-amz-copy-source',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-unmodified-since',
  'x-amz-copy-source-range',
  'x-amz-max-parts',
  'x-amz-metadata-directive',
  'x-amz-mp-object-size',
  'x-amz-object-attributes',
  'x-amz-part-number-marker',
  'x-amz-request-payer',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-tagging',
  'x-amz-tagging-directive',
  'x-amz-website-redirect-location',
])

const CHECKSUM = 'x-amz-checksum-'
const METADATA = 'x-amz-meta-'

/** Headers that may say only what is so anyway. */
const ONLY_VALUE: ReadonlyMap<string, string> = new Map([
  ['x-amz-acl', 'private'],
  ['x-amz-bucket-object-lock-enabled', 'false'],
  ['x-amz-object-ownership', 'BucketOwnerEnforced'],
  ['x-amz-storage-class', 'STANDARD'],
])

/** Beside the operation's own: the gate names the algorithm whose value its client sends behind the body. */
const BEYOND_THE_ROW: ReadonlyMap<string, string> = new Map([
  ['PutObject', 'x-amz-checksum-algorithm'],
  ['UploadPart', 'x-amz-checksum-algorithm'],
])

/** @throws S3Error `NotImplemented` naming the header */
export function refuseUnsupportedHeaders(operation: MatchedOperation, headers: Headers): void {
  const { known } = operation.row.headers
  const metadata = known.includes(`${METADATA}*`)
  for (const [name, value] of headers) {
    if (!name.startsWith('x-amz-') || OF_EVERY_REQUEST.has(name)) continue
    if (metadata && name.startsWith(METADATA)) continue
    if (!isKnown(operation, name)) throw headerNotImplemented(name)
    if (TAKEN.has(name) || name.startsWith(CHECKSUM)) continue
    if (ONLY_VALUE.get(name) !== value) throw headerNotImplemented(name)
  }
  const mode = headers.get('x-amz-checksum-mode')
  if (mode !== undefined && mode.toUpperCase() !== 'ENABLED') {
    throw invalidArgument('x-amz-checksum-mode', mode, 'Value for x-amz-checksum-mode header is invalid.')
  }
}

function isKnown({ name: operation, row }: MatchedOperation, header: string): boolean {
  return (
    row.headers.known.includes(header) ||
    BEYOND_THE_ROW.get(operation) === header ||
    (row.body === 'xml' && (header.startsWith(CHECKSUM) || header === 'x-amz-sdk-checksum-algorithm'))
  )
}
