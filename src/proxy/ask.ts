/**
 * What an authenticated client asks for: the operation by its one name, with the headers that a presigner moved to the
 * query back in their place, and nothing in it whose meaning would be lost.
 */
import { invalidArgument, S3Error } from '../s3/error.ts'
import type { Headers } from '../s3/headers.ts'
import { checkResponseParameters, hoist } from '../s3/hoist.ts'
import { checkNumbers } from '../s3/number-parameters.ts'
import { type MatchedOperation, matchOperation, OPERATIONS } from '../s3/operation.ts'
import { sortHeaders } from '../s3/operation-headers.ts'
import { refuseUnsafeTarget, type Target } from '../s3/target.ts'
import { refuseStreaming } from '../sigv4/payload.ts'
import type { AuthenticatedRequest, FormUpload } from './authenticate.ts'
import type { ReceivedRequest } from './edge.ts'

export interface AskDeps {
  /** Bucket names that mean something else at a backend of ours. */
  readonly reservedBuckets: ReadonlySet<string>
}

/** An authenticated request whose operation has a name. */
export interface AskedRequest {
  readonly received: ReceivedRequest
  readonly client: AuthenticatedRequest
  readonly target: Target
  readonly operation: MatchedOperation
  /** What the backend is asked: the same, but for a form, which is forwarded as PutObject. */
  readonly wire: MatchedOperation
  /** Those of the request that mean something, with hoisted ones among them. */
  readonly headers: Headers
}

/**
 * @throws S3Error `InvalidURI`, `InvalidBucketName` or `KeyTooLongError` for a target that is not safe to pass on, 400 or
 *   501 for what is no operation or has a parameter or header that this operation does not know
 */
export function ask(client: AuthenticatedRequest, deps: AskDeps): AskedRequest {
  const { received, target } = client
  if (client.form !== null) return askForm(client, client.form, deps)
  refuseUnsafeTarget(target, deps.reservedBuckets)
  const { query, headers: given } = client.hoists
    ? hoist(client.query, received.headers)
    : { query: client.query, headers: received.headers }
  const operation = matchOperation(received.method, target, query, given)
  received.journal.operation = operation.name
  checkNumbers(operation.params)
  const headers = withoutIdle(received, operation, given)
  checkResponseParameters(operation.params)
  refuseOverlongIds(operation)
  refuseRangeOfPart(operation, headers)
  if (operation.row.disposition === 'refuse') {
    throw new S3Error('NotImplemented', { message: `${operation.name} is not available through this gate.` })
  }
  if (operation.name === 'PostObject') {
    throw new S3Error('InvalidRequest', {
      message: 'A form is authenticated by its own fields, not by a header.',
    })
  }
  // aws-chunked bodies belong to uploads of object data alone.
  if (!operation.row.streamingAllowed) refuseStreaming(client.payload)
  return { received, client, target, operation, wire: operation, headers }
}

/**
 * What means nothing is noted, and from here on is not there.
 * @throws S3Error as {@link sortHeaders}
 */
function withoutIdle({ journal }: ReceivedRequest, operation: MatchedOperation, headers: Headers): Headers {
  const idle = sortHeaders(operation, headers)
  if (operation.idle.length > 0) journal.idle_parameters = operation.idle
  if (idle.length === 0) return headers
  journal.idle_headers = idle
  const meant = new Map(headers)
  for (const name of idle) meant.delete(name)
  return meant
}

const PUT_OBJECT: MatchedOperation = {
  name: 'PutObject',
  row: OPERATIONS.PutObject,
  params: [],
  idle: [],
}

/** No store gives out longer ones, and some break on them. In bytes. */
const LONGEST_ID = 1024

function refuseOverlongIds({ params }: MatchedOperation): void {
  for (const [name, value] of params) {
    if (value.length <= LONGEST_ID) continue
    if (name === 'versionId')
      throw invalidArgument(name, value.slice(0, LONGEST_ID), 'Invalid version id specified')
    if (name === 'uploadId') throw new S3Error('NoSuchUpload')
  }
}

function refuseRangeOfPart({ name, params }: MatchedOperation, headers: Headers): void {
  if (name !== 'GetObject' && name !== 'HeadObject') return
  if (!headers.has('range') || !params.some(([parameter]) => parameter === 'partNumber')) return
  throw new S3Error('InvalidRequest', {
    message: 'Cannot specify both Range header and partNumber query parameter',
  })
}

/** A form is an upload of the object that it names: authorized as PostObject, and otherwise held to what PutObject knows. */
function askForm(client: AuthenticatedRequest, form: FormUpload, deps: AskDeps): AskedRequest {
  const { received } = client
  const operation = matchOperation(received.method, client.target, client.query, received.headers)
  received.journal.operation = operation.name
  if (client.target.kind !== 'bucket') throw new S3Error('MethodNotAllowed')
  const target: Target = { kind: 'object', bucket: client.target.bucket, key: form.key }
  refuseUnsafeTarget(target, deps.reservedBuckets)
  const headers = withoutIdle(received, PUT_OBJECT, form.headers)
  return { received, client, target, operation, wire: PUT_OBJECT, headers }
}
