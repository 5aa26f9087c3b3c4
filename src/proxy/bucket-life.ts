/**
 * Making and deleting buckets: an intent in the store, then the backend, then the store again, so that whatever dies
 * in between, no bucket ends up with the wrong project. See `ownership.ts` for how unfinished intents are resolved.
 */
import type { Bucket } from '../iam/model.ts'
import type { Actor, BucketWriter, IamReader } from '../iam/reader.ts'
import { requiredByBody } from '../iam/required-access.ts'
import {
  type BucketConfiguration,
  formatCreateBucketConfiguration,
  parseCreateBucketConfiguration,
} from '../s3/bodies/create-bucket.ts'
import { maxBodyBytes } from '../s3/bodies/limits.ts'
import { S3Error } from '../s3/error.ts'
import { forwardableHeaders } from '../s3/operation-headers.ts'
import type { Checksums } from '../sigv4/checksum.ts'
import { type AuthorizedRequest, decide, refuseUnlessAllowed } from './authorize.ts'
import { readBackendError } from './backend/backend-error.ts'
import { capabilitiesOf } from './backend/capabilities.ts'
import type { BackendAnswer, Backends } from './backend/index.ts'
import { backendRequest } from './backend-request.ts'
import { readBody } from './body.ts'
import type { ReceivedRequest } from './edge.ts'
import { backendOfBucket, type Ownership } from './ownership.ts'
import { sendEmpty } from './reply.ts'

export interface BucketLifeDeps {
  readonly reader: IamReader
  readonly buckets: BucketWriter
  readonly backends: Backends
  readonly ownership: Ownership
  /** Regions that a location constraint may name. */
  readonly regions: ReadonlySet<string>
  readonly checksums: Checksums
}

/** The longest error document of a backend that is read, in bytes. */
const MAX_ANSWER = 64 * 1024

/**
 * @throws S3Error `BucketAlreadyExists` where the name is another project's or the backend has it and nobody adopted
 *   it, `BucketAlreadyOwnedByYou`, `TooManyBuckets`, or what the backend says
 */
export async function createBucket(request: AuthorizedRequest, deps: BucketLifeDeps): Promise<void> {
  const { ownership, buckets } = deps
  const { asked, backend, principal } = request
  const name = bucketName(request)
  const configuration = parseCreateBucketConfiguration(
    await readBody(asked, maxBodyBytes('CreateBucket'), deps),
  )
  refuseForeignLocation(configuration, new Set([...deps.regions, backend.record.region]))
  if (configuration.tags.length > 0) requireTagging(request)

  const earlier = deps.reader.findBucket(name)
  const resumed = earlier?.state === 'creating' && earlier.project_id === principal.project.id
  // INVARIANT: no intent is written for a name that the backend already has.
  if (
    !resumed &&
    (earlier === undefined || earlier.state === 'released') &&
    (await ownership.exists(name, backend))
  ) {
    throw new S3Error('BucketAlreadyExists', {
      reason: 'the backend has this bucket, and no project has adopted it',
    })
  }
  const begun = resumed
    ? ({ outcome: 'begun', bucket: earlier } as const)
    : await buckets.beginCreate({
        name,
        project_id: principal.project.id,
        backend_id: backend.record.id,
        actor: actorOf(request),
      })
  switch (begun.outcome) {
    case 'taken':
      throw new S3Error('BucketAlreadyExists', { reason: 'the name is taken' })
    case 'too-many':
      throw new S3Error('TooManyBuckets')
    case 'owned':
      await answerOwner(request, configuration, begun.bucket, deps)
      return
    case 'begun':
      break
  }
  const answer = await sendCreate(request, configuration, deps)
  if (answer.status >= 300) {
    throw await refusedCreate(answer, begun.bucket, resumed ? 'resumed' : 'begun', deps)
  }
  if (!(await buckets.activate(name, begun.bucket.generation))) {
    throw new S3Error('OperationAborted', { reason: 'the bucket changed hands while it was being made' })
  }
  sendMade(asked.received, name)
}

/** @throws S3Error `BucketNotEmpty`, or what else the backend says */
export async function deleteBucket(request: AuthorizedRequest, deps: BucketLifeDeps): Promise<void> {
  const { buckets, backends, ownership } = deps
  const bucket = request.bucket as Bucket
  const begun = await buckets.beginDelete(bucket.name, bucket.generation, actorOf(request))
  if (begun === undefined) throw new S3Error('OperationAborted')
  const answer = await backends.request(
    backendRequest(request, { headers: [], query: '', body: { kind: 'none' } }),
    { maxBytes: MAX_ANSWER },
  )
  if (answer.status === 404) {
    await buckets.release(begun.name, begun.generation, ownership.quarantineEnd())
    throw new S3Error('NoSuchBucket', { elements: [['BucketName', begun.name]] })
  }
  if (answer.status >= 500) throw readBackendError(answer)
  if (answer.status >= 300) {
    await buckets.cancelDelete(begun.name, begun.generation)
    throw readBackendError(answer)
  }
  await buckets.release(begun.name, begun.generation, ownership.quarantineEnd())
  sendEmpty(request.asked.received, 204, [])
}

function bucketName({ asked }: AuthorizedRequest): string {
  if (asked.target.kind !== 'bucket')
    throw new S3Error('InternalError', { reason: 'CreateBucket without a bucket' })
  return asked.target.bucket
}

function actorOf({ principal, facts }: AuthorizedRequest): Actor {
  return { bearer_id: principal.key.bearer.id, ip: facts.ip, user_agent: facts.userAgent }
}

/** The constraint may name one of our regions; which one the backend is told is the backend's affair. */
function refuseForeignLocation(
  { locationConstraint }: BucketConfiguration,
  regions: ReadonlySet<string>,
): void {
  if (locationConstraint === null || regions.has(locationConstraint)) return
  throw new S3Error('InvalidLocationConstraint', { elements: [['LocationConstraint', locationConstraint]] })
}

/** A bucket that is made with tags needs what tagging it needs. */
function requireTagging(request: AuthorizedRequest): void {
  for (const { action } of requiredByBody(request.asked.operation, new Set(['bucketTags']))) {
    refuseUnlessAllowed(decide(request, action, null), action, request.asked)
  }
}

async function sendCreate(
  request: AuthorizedRequest,
  { tags }: BucketConfiguration,
  deps: BucketLifeDeps,
): Promise<BackendAnswer> {
  const { region, kind } = request.backend.record
  const named = capabilitiesOf(kind).locationConstraint === 'required' && region !== 'us-east-1'
  const body = formatCreateBucketConfiguration({ locationConstraint: named ? region : null, tags })
  return deps.backends.request(
    backendRequest(request, {
      headers: forwardableHeaders(request.asked.operation, request.asked.headers),
      query: '',
      body: body.length === 0 ? { kind: 'none' } : { kind: 'bytes', bytes: body },
    }),
    { maxBytes: MAX_ANSWER },
  )
}

/**
 * The row says it is theirs already: one that is not finished is settled first. Whoever asks for nothing but a bucket is
 * told what its backend alone would say.
 *
 * @throws S3Error `BucketAlreadyOwnedByYou`, `OperationAborted`
 */
async function answerOwner(
  { asked }: AuthorizedRequest,
  { tags }: BucketConfiguration,
  bucket: Bucket,
  { ownership, reader }: BucketLifeDeps,
): Promise<void> {
  const settled = await ownership.resolve(bucket)
  if (settled?.state !== 'active') throw new S3Error('OperationAborted')
  const plain =
    tags.length === 0 && forwardableHeaders(asked.operation, asked.headers).every(isPrivateAclHeader)
  const { kind } = backendOfBucket(reader, settled).record
  if (capabilitiesOf(kind).madeAgain === 'conflict' || !plain) {
    throw new S3Error('BucketAlreadyOwnedByYou')
  }
  sendMade(asked.received, bucket.name)
}

/** What every bucket is anyway. */
function isPrivateAclHeader([name, value]: readonly [string, string]): boolean {
  return name === 'x-amz-acl' && value === 'private'
}

function sendMade(received: ReceivedRequest, name: string): void {
  sendEmpty(received, 200, [['Location', `/${name}`]])
}

/**
 * A clear "no" frees the name at once. A fault leaves the intent, to be resolved when it is touched next, and so does
 * whatever is said while an earlier request of the same intent may have been heard.
 */
async function refusedCreate(
  answer: BackendAnswer,
  { name, generation, updated_at }: Bucket,
  intent: 'begun' | 'resumed',
  { buckets }: BucketLifeDeps,
): Promise<S3Error> {
  const error = readBackendError(answer)
  if (error.code === 'BucketAlreadyOwnedByYou') {
    // INVARIANT: what an earlier request of this intent may have made is theirs; what was there at the first is not.
    if (intent === 'resumed') await buckets.activate(name, generation)
    else {
      await buckets.release(name, generation, updated_at)
      return new S3Error('BucketAlreadyExists', { reason: 'the backend got this bucket from somebody else' })
    }
  } else if (intent === 'begun' && answer.status < 500 && error.code !== 'OperationAborted') {
    await buckets.release(name, generation, updated_at)
  }
  return error
}
