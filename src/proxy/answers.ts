/** Operations that the gate answers out of what it knows itself: the backend is not asked. */
import type { Bucket, Project } from '../iam/model.ts'
import type { IamReader } from '../iam/reader.ts'
import { invalidArgument, S3Error } from '../s3/error.ts'
import { parameter } from '../s3/operation.ts'
import { accessControlPolicy, listAllMyBucketsResult, locationConstraint } from '../s3/results.ts'
import { canonicalQuery } from '../s3/uri.ts'
import type { AuthorizedRequest } from './authorize.ts'
import { readBackendError } from './backend/backend-error.ts'
import type { Backends } from './backend/index.ts'
import { backendRequest } from './backend-request.ts'
import { backendOfBucket } from './ownership.ts'
import { sendEmpty, sendXml } from './reply.ts'

/** S3's own upper bound of one page of buckets. */
const MAX_BUCKETS = 10_000

export interface AnswerDeps {
  readonly reader: IamReader
}

export interface ObjectAnswerDeps {
  readonly backends: Backends
}

/** Where a bucket is: the region of its backend. */
export function getBucketLocation(request: AuthorizedRequest): void {
  sendXml(request.asked.received, 200, [], locationConstraint(request.backend.record.region))
}

/** The effective project owns what is in its buckets; nobody else has a grant at this level. */
export function sendOwnership(request: AuthorizedRequest): void {
  sendXml(request.asked.received, 200, [], accessControlPolicy(owner(request.principal.project)))
}

/** The same of an object, once the backend has said that it is there. */
export async function getObjectAcl(request: AuthorizedRequest, deps: ObjectAnswerDeps): Promise<void> {
  const { operation } = request.asked
  const answer = await deps.backends.request(
    {
      ...backendRequest(request, {
        headers: [],
        query: canonicalQuery(operation.params.filter(([name]) => name === 'versionId')),
        body: { kind: 'none' },
      }),
      method: 'HEAD',
    },
    { maxBytes: 0 },
  )
  if (answer.status >= 400) throw readBackendError(answer)
  sendOwnership(request)
}

/** Whether the bucket is there, the backend says; where it is, the gate. */
export async function headBucket(request: AuthorizedRequest, deps: ObjectAnswerDeps): Promise<void> {
  const outgoing = backendRequest(request, { headers: [], query: '', body: { kind: 'none' } })
  const answer = await deps.backends.request(outgoing, { maxBytes: 0 })
  if (answer.status >= 400) throw readBackendError(answer)
  sendEmpty(request.asked.received, 200, [['x-amz-bucket-region', request.backend.record.region]])
}

/** How a project shows itself where S3 names an owner. */
export function owner(project: Project): { readonly id: string; readonly displayName: string } {
  return { id: project.id, displayName: project.name }
}

/**
 * The effective project's buckets, those a restricted key may name, in pages. The continuation token is the last name
 * of the page before, in base64url: it says nothing that the page did not.
 */
export function listBuckets(request: AuthorizedRequest, { reader }: AnswerDeps): void {
  const { asked, principal } = request
  const prefix = parameter(asked.operation, 'prefix') ?? ''
  const region = parameter(asked.operation, 'bucket-region')
  const limit = pageSize(parameter(asked.operation, 'max-buckets'))
  const permitted = principal.key.restrictions?.permittedBuckets ?? null
  const permittedRegions = principal.key.restrictions?.regions ?? null
  const regions = new Map<string, string>()
  const regionOf = (bucket: Bucket): string => {
    const known = regions.get(bucket.backend_id)
    if (known !== undefined) return known
    const found = backendOfBucket(reader, bucket).record.region
    regions.set(bucket.backend_id, found)
    return found
  }

  const page: Bucket[] = []
  let after = decodeToken(parameter(asked.operation, 'continuation-token'))
  let more = false
  while (!more) {
    const rows = reader.listBuckets(principal.project.id, { prefix, after, limit: limit + 1 })
    for (const row of rows) {
      after = row.name
      if (permitted !== null && !permitted.has(row.name)) continue
      if (region !== undefined && regionOf(row) !== region) continue
      if (permittedRegions !== null && !permittedRegions.has(regionOf(row))) continue
      if (page.length === limit) {
        more = true
        break
      }
      page.push(row)
    }
    if (rows.length <= limit) break
  }

  const last = page.at(-1)
  sendXml(
    asked.received,
    200,
    [],
    listAllMyBucketsResult({
      owner: owner(principal.project),
      buckets: page.map((bucket) => ({
        name: bucket.name,
        creationDate: bucket.created_at,
        region: regionOf(bucket),
      })),
      prefix: parameter(asked.operation, 'prefix'),
      continuationToken: more && last !== undefined ? encodeToken(last.name) : undefined,
    }),
  )
}

function pageSize(given: string | undefined): number {
  if (given === undefined) return MAX_BUCKETS
  const size = Number(given)
  if (!Number.isInteger(size) || size < 1 || size > MAX_BUCKETS) {
    throw invalidArgument(
      'max-buckets',
      given,
      `Argument max-buckets must be an integer between 1 and ${MAX_BUCKETS}`,
    )
  }
  return size
}

function encodeToken(name: string): string {
  return Buffer.from(name).toString('base64url')
}

function decodeToken(token: string | undefined): string {
  if (token === undefined || token === '') return ''
  const name = Buffer.from(token, 'base64url').toString('latin1')
  if (encodeToken(name) !== token) {
    throw new S3Error('InvalidArgument', { message: 'The continuation token provided is incorrect' })
  }
  return name
}
