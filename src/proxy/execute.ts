/**
 * What becomes of an authorized request: a few operations are the gate's own affair, all others are rebuilt and
 * forwarded, and the answer relayed.
 */
import type { Bucket } from '../iam/model.ts'
import { permissionDenied, S3Error } from '../s3/error.ts'
import { type MatchableOperationName, parameter } from '../s3/operation.ts'
import {
  type AnswerDeps,
  getBucketLocation,
  getObjectAcl,
  headBucket,
  listBuckets,
  sendOwnership,
} from './answers.ts'
import { type AuthorizedRequest, decide } from './authorize.ts'
import { capabilitiesOf } from './backend/capabilities.ts'
import { deleteObjects } from './batch-delete.ts'
import { refuseBody } from './body.ts'
import { type BucketLifeDeps, createBucket, deleteBucket } from './bucket-life.ts'
import { type DerivedDeps, sendDerivedAttributes, sendPart } from './derived.ts'
import { type ForwardDeps, forward } from './forward.ts'

export interface ExecuteDeps extends AnswerDeps, BucketLifeDeps, DerivedDeps, ForwardDeps {}

type Handler = (request: AuthorizedRequest, deps: ExecuteDeps) => void | Promise<void>

/** Operations that are more than a request to the backend and its answer. */
const HANDLERS: Partial<Record<MatchableOperationName, Handler>> = {
  ListBuckets: withoutBody(listBuckets),
  GetBucketLocation: withoutBody(getBucketLocation),
  HeadBucket: withoutBody(headBucket),
  GetBucketAcl: withoutBody(sendOwnership),
  GetObjectAcl: withoutBody(getObjectAcl),
  CreateBucket: createBucket,
  DeleteBucket: withoutBody(deleteBucket),
  DeleteObjects: deleteObjects,
  GetObject: (request, deps) => (asksForPart(request) ? part(request, deps) : forward(request, deps)),
  HeadObject: (request, deps) => (asksForPart(request) ? part(request, deps) : forward(request, deps)),
  GetObjectAttributes: (request, deps) =>
    derives(request) ? withoutBody(sendDerivedAttributes)(request, deps) : forward(request, deps),
}

const part = withoutBody(sendPart)

/** Whether it is for a part of an object, and of a store that does not know of parts. */
function asksForPart(request: AuthorizedRequest): boolean {
  return parameter(request.asked.operation, 'partNumber') !== undefined && derives(request)
}

function derives({ backend }: AuthorizedRequest): boolean {
  return capabilitiesOf(backend.record.kind).parts === 'derived'
}

/** @throws S3Error whatever went wrong, here or at the backend */
export async function execute(request: AuthorizedRequest, deps: ExecuteDeps): Promise<void> {
  const handler = HANDLERS[request.asked.operation.name] ?? forward
  try {
    await handler(request, deps)
  } catch (error) {
    if (!isMissing(error)) throw error
    const sought = soughtIn(request)
    if (!mayList(request, sought)) {
      throw permissionDenied(`${error.code}, and the caller may not list the bucket`)
    }
    throw new S3Error(error.code, {
      elements: [['Key', sought.key], ...error.elements],
      headers: error.headers,
      reason: error.reason ?? '',
      cause: error,
    })
  }
}

function withoutBody(handler: Handler): Handler {
  return (request, deps) => {
    refuseBody(request.asked)
    return handler(request, deps)
  }
}

/** That a key is not there is for those to know who may list the bucket. */
function isMissing(error: unknown): error is S3Error {
  return error instanceof S3Error && (error.code === 'NoSuchKey' || error.code === 'NoSuchVersion')
}

/** Where something was looked for that is not there. */
interface Sought {
  readonly bucket: Bucket | null
  readonly key: string
}

/** A copy looks at its source. */
function soughtIn({ source, bucket, asked: { target } }: AuthorizedRequest): Sought {
  if (source !== null) return { bucket: source.row, key: source.key }
  return { bucket, key: target.kind === 'object' ? target.key : '' }
}

function mayList(request: AuthorizedRequest, { bucket, key }: Sought): boolean {
  return (['ListObjectsV2', 'ListObjects'] as const).some(
    (operation) =>
      decide(request, operation, null, { ...request.facts, operation, prefix: key }, bucket).allowed,
  )
}
