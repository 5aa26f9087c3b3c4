/** What an operation of the embedded backend gets and gives. */
import { S3Error } from '../../s3/error.ts'
import type { Headers } from '../../s3/headers.ts'
import { type MatchedOperation, parameter } from '../../s3/operation.ts'
import { refuseUnsafeKey, type Target } from '../../s3/target.ts'
import type { Checksums } from '../../sigv4/checksum.ts'
import type { Reply } from '../reply.ts'
import type { Store } from '../store.ts'
import type { RequestBody } from '../wire/body.ts'

/** A request whose signature was verified, whose operation has a name, and whose headers are all known. */
export interface OperationRequest {
  readonly operation: MatchedOperation
  readonly target: Target
  readonly headers: Headers
  readonly body: RequestBody
  readonly store: Store
  readonly checksums: Checksums
  readonly region: string
  readonly now: () => number
}

export interface BucketRequest extends OperationRequest {
  readonly bucket: string
}

export interface ObjectRequest extends BucketRequest {
  readonly key: string
}

/** Answers a request. @throws S3Error, which the client gets to see */
export type Handler = (request: OperationRequest) => Promise<Reply>

/** The handler of an operation whose row in the table says that it is about a bucket. */
export function onBucket(handle: (request: BucketRequest) => Promise<Reply> | Reply): Handler {
  return async (request) => {
    if (request.target.kind !== 'bucket') throw new S3Error('InternalError', { reason: 'not a bucket' })
    return handle({ ...request, bucket: request.target.bucket })
  }
}

/** The handler of an operation whose row in the table says that it is about an object. */
export function onObject(handle: (request: ObjectRequest) => Promise<Reply> | Reply): Handler {
  return async (request) => {
    if (request.target.kind !== 'object') throw new S3Error('InternalError', { reason: 'not an object' })
    const { bucket, key } = request.target
    refuseUnsafeKey(key)
    return handle({ ...request, bucket, key })
  }
}

/** One of the operation's parameters, or null. */
export function query(request: OperationRequest, name: string): string | null {
  return parameter(request.operation, name) ?? null
}
