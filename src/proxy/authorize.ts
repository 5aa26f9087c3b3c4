/**
 * May this principal do what it asks? Every action that the operation needs, each on its own resource, has to be
 * allowed; only then does an {@link AuthorizedRequest} come into being, and nothing else can make one.
 */

import type { Action } from '../iam/actions.ts'
import { type Decision, evaluate, type Principal, type RequestFacts } from '../iam/evaluate.ts'
import type { Bucket } from '../iam/model.ts'
import type { IamReader, ResolvedBackend } from '../iam/reader.ts'
import type { CopySource } from '../s3/copy-source.ts'
import { permissionDenied, S3Error } from '../s3/error.ts'
import { OWNER, SOURCE_OWNER } from '../s3/operations/header-lists.ts'
import type { AskedRequest } from './ask.ts'
import { type CheckBody, refuseUnavailable } from './availability.ts'
import { backendOfBucket, noSuchBucket, type Ownership, sameBackend } from './ownership.ts'
import { survey } from './survey.ts'

export interface AuthorizeDeps {
  readonly reader: IamReader
  readonly ownership: Ownership
  readonly checkBody: CheckBody
}

/** Where the bytes of a copy come from: authorized for reading. */
export interface AuthorizedSource extends CopySource {
  readonly row: Bucket
}

/** The name of the only way to make one; this module alone has it. */
const PASS = Symbol('authorized')

/** A request that may go ahead. `forward` takes nothing else. */
export class AuthorizedRequest {
  readonly asked: AskedRequest
  readonly principal: Principal
  readonly facts: RequestFacts
  /** The bucket it is about, owned by the effective project; null at service level and for CreateBucket. */
  readonly bucket: Bucket | null
  readonly source: AuthorizedSource | null
  /** The store that the bucket is on, or where the project's new ones go. */
  readonly backend: ResolvedBackend

  constructor(
    pass: typeof PASS,
    parts: Pick<AuthorizedRequest, 'asked' | 'principal' | 'facts' | 'bucket' | 'source' | 'backend'>,
  ) {
    if (pass !== PASS) throw new TypeError('only authorize() makes an AuthorizedRequest')
    this.asked = parts.asked
    this.principal = parts.principal
    this.facts = parts.facts
    this.bucket = parts.bucket
    this.source = parts.source
    this.backend = parts.backend
  }
}

/**
 * @throws S3Error `AccessDenied` without a grant, whatever there is; `NoSuchBucket` only for who may ask;
 *   `NotImplemented` for what the bucket's backend cannot do or its operator did not open
 */
export async function authorize(asked: AskedRequest, deps: AuthorizeDeps): Promise<AuthorizedRequest> {
  const { reader } = deps
  const { principal, facts, access, name, row, source, sourceRow, home } = survey(asked, reader)
  for (const required of access) {
    refuseUnlessAllowed(evaluate(principal, facts, required), required.action, asked)
  }
  if (row !== undefined) refuseForeign(row, principal.project.id)

  const bucket = name === null ? null : await active(row, name, principal, deps)
  refuseOtherOwner(asked, OWNER, bucket?.project_id ?? principal.project.id)
  const authorizedSource =
    source === undefined ? null : await settleSource(asked, source, sourceRow, principal, deps)
  const backend = bucket === null ? home : backendOfBucket(reader, bucket)
  await refuseUnavailable(asked, authorizedSource?.key ?? null, backend.record, deps.checkBody)
  if (authorizedSource !== null) refuseCopyAcross(reader, authorizedSource, backend)
  asked.received.journal.decision = 'allowed'
  return new AuthorizedRequest(PASS, { asked, principal, facts, bucket, source: authorizedSource, backend })
}

/**
 * Decides one more action of a request that is under way: each key of a batch, whether a 404 may be told, or what a body
 * asks for beside.
 * @param bucket the request's own, or another one on the same backend
 */
export function decide(
  request: AuthorizedRequest,
  action: Action,
  key: string | null,
  facts: RequestFacts = request.facts,
  bucket: Bucket | null = request.bucket,
): Decision {
  const { principal, backend } = request
  return evaluate(principal, facts, {
    action,
    resource: {
      bucket: bucket?.name ?? null,
      key,
      projectId: bucket?.project_id ?? principal.project.id,
      region: backend.record.region,
    },
  })
}

/** Notes what was decided. @throws S3Error `AccessDenied` */
export function refuseUnlessAllowed(decision: Decision, action: Action, asked: AskedRequest): void {
  const { journal } = asked.received
  if (decision.allowed) {
    journal.reason =
      'owner' in decision.by ? 'owner' : `policy ${decision.by.policy_id} rule ${decision.by.rule_id}`
    return
  }
  journal.decision = 'refused'
  const errors = decision.errors.map((error) => `; rule ${error.rule_id}: ${error.message}`).join('')
  throw permissionDenied(`${action}: ${decision.reason}${errors}`)
}

/** INVARIANT: a bucket of another project is never reached, whatever the rules say. */
function refuseForeign(row: Bucket, projectId: string): void {
  if (row.project_id !== projectId) throw permissionDenied('the bucket belongs to another project')
}

async function active(
  row: Bucket | undefined,
  name: string,
  principal: Principal,
  deps: AuthorizeDeps,
): Promise<Bucket> {
  if (row?.state === 'active') return row
  const settled = await deps.ownership.settle(name, principal.project)
  if (settled.project_id !== principal.project.id) throw noSuchBucket(name)
  return settled
}

async function settleSource(
  asked: AskedRequest,
  source: CopySource,
  sourceRow: Bucket | undefined,
  principal: Principal,
  deps: AuthorizeDeps,
): Promise<AuthorizedSource> {
  if (sourceRow !== undefined) refuseForeign(sourceRow, principal.project.id)
  const row = await active(sourceRow, source.bucket, principal, deps)
  refuseOtherOwner(asked, SOURCE_OWNER, row.project_id)
  return { ...source, row }
}

/** Buckets belong to projects: the id of an owner is a project's. */
function refuseOtherOwner(asked: AskedRequest, header: string, owner: string): void {
  const expected = asked.headers.get(header)
  if (expected !== undefined && expected !== owner) throw permissionDenied(`${header} names another project`)
}

function refuseCopyAcross(reader: IamReader, source: AuthorizedSource, backend: ResolvedBackend): void {
  if (sameBackend(backendOfBucket(reader, source.row).record, backend.record)) return
  throw new S3Error('NotImplemented', {
    message:
      'The source and the destination lie on different object stores. Download and upload the object instead.',
  })
}
