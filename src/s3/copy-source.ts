/**
 * `x-amz-copy-source`: the object that a copy reads. Parsed into bucket, key and version, which are what is
 * authorized; what goes to the backend is rebuilt from them.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html#API_CopyObject_RequestSyntax
 */
import { invalidArgument, S3Error } from './error.ts'
import { COPY_SOURCE } from './operations/header-lists.ts'
import { refuseUnsafeTarget } from './target.ts'
import { decode, encode, encodePath } from './uri.ts'

export interface CopySource {
  readonly bucket: string
  readonly key: string
  /** Null: the current version. */
  readonly versionId: string | null
}

const VERSION_ID = 'versionId='

/** No owner can have a bucket of a reserved name: the ownership of the source is checked anyhow. */
const NONE_RESERVED: ReadonlySet<string> = new Set()

/**
 * Takes `bucket/key` and `/bucket/key`, percent-encoded once, with `?versionId=` after it. Some clients do not encode:
 * where a `%` is not an escape, none of them is (`100%/a%20b` is a key with both in it), as MinIO reads it.
 *
 * @throws S3Error `InvalidArgument` for anything else; `NotImplemented` for the ARN of an access point; what
 *   {@link refuseUnsafeTarget} throws for its bucket and key
 */
export function parseCopySource(value: string): CopySource {
  const mark = value.indexOf('?')
  const path = decodePiece(escaped(mark === -1 ? value : value.slice(0, mark)), value)
  if (path.startsWith('arn:') || path.startsWith('/arn:')) {
    throw new S3Error('NotImplemented', { elements: [['Header', COPY_SOURCE]] })
  }
  const start = path.startsWith('/') ? 1 : 0
  const slash = path.indexOf('/', start)
  if (slash === -1 || slash === start || slash + 1 === path.length) {
    throw invalid(value, 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey')
  }
  const bucket = path.slice(start, slash)
  const key = path.slice(slash + 1)
  refuseUnsafeTarget({ kind: 'object', bucket, key }, NONE_RESERVED)
  return { bucket, key, versionId: mark === -1 ? null : parseVersion(value, mark + 1) }
}

/** The header's one canonical form. */
export function formatCopySource(source: CopySource): string {
  const path = `/${encodePath(source.bucket)}/${encodePath(source.key)}`
  return source.versionId === null ? path : `${path}?${VERSION_ID}${encode(source.versionId)}`
}

function parseVersion(value: string, start: number): string {
  const raw = value.slice(start)
  const version = raw.startsWith(VERSION_ID) ? raw.slice(VERSION_ID.length) : ''
  if (version === '' || version.includes('&') || version.includes('?')) {
    throw invalid(value, 'Invalid version id specified')
  }
  return decodePiece(version, value)
}

/** Text of a header value in which every `%` is an escape. */
function escaped(text: string): string {
  const encodes = !/%(?![0-9A-Fa-f]{2})/.test(text)
  return (encodes ? text : text.replaceAll('%', '%25')).replaceAll(' ', '%20')
}

function decodePiece(text: string, value: string): string {
  try {
    return decode(text)
  } catch {
    throw invalid(value, 'Invalid copy source encoding.')
  }
}

function invalid(value: string, message: string): S3Error {
  return invalidArgument(COPY_SOURCE, value, message)
}
