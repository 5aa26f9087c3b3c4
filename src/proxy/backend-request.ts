/** From an authorized request to the one that the backend gets: rebuilt, never passed on as it came. */
import type { HeaderList } from '../s3/headers.ts'
import { targetPath } from '../s3/target.ts'
import type { AuthorizedRequest } from './authorize.ts'
import type { BackendRequest, RequestBody } from './backend/index.ts'

/** What the operation decides; the rest follows from the authorized request. */
export interface RequestParts {
  readonly headers: HeaderList
  /** Canonical query string. */
  readonly query: string
  readonly body: RequestBody
}

/** INVARIANT: method, bucket and key are those that were authorized, in their one canonical encoding. */
export function backendRequest(request: AuthorizedRequest, parts: RequestParts): BackendRequest {
  const { asked, backend } = request
  const { target, wire } = asked
  return {
    backend,
    method: wire.row.method,
    bucket: target.kind === 'service' ? null : target.bucket,
    path: targetPath(target),
    query: parts.query,
    headers: parts.headers,
    body: parts.body,
    patience: SLOW.has(wire.name) ? 'minutes' : 'normal',
  }
}

/** Operations whose answer may take as long as the object is large. */
const SLOW: ReadonlySet<string> = new Set(['CompleteMultipartUpload', 'CopyObject', 'UploadPartCopy'])
