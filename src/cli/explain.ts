/**
 * What the gate would say to a request, and why, without sending one: the request is made up, its signature taken for
 * good, and everything behind that is the gate's own code.
 */
import { evaluate, type RequiredAccess } from '../iam/evaluate.ts'
import { explainDecision } from '../iam/explain.ts'
import type { IamReader } from '../iam/reader.ts'
import { requiredAccess } from '../iam/required-access.ts'
import { type AskedRequest, ask } from '../proxy/ask.ts'
import { type FormUpload, inForce } from '../proxy/authenticate.ts'
import { authorize } from '../proxy/authorize.ts'
import type { ReceivedRequest } from '../proxy/edge.ts'
import type { Ownership } from '../proxy/ownership.ts'
import { reasonOf } from '../proxy/reply.ts'
import { type Survey, survey } from '../proxy/survey.ts'
import { permissionDenied, S3Error, type S3ErrorCode } from '../s3/error.ts'
import { OPERATIONS, type OperationName } from '../s3/operation.ts'
import { type Target, targetPath } from '../s3/target.ts'
import { parseAccessKey } from '../sigv4/access-key.ts'
import { UsageError } from './fault.ts'
import type { Question } from './question.ts'
import { standIn } from './stand-in.ts'

export interface Verdict {
  readonly allowed: boolean
  /** What the client would get; null: what the backend answers. */
  readonly code: S3ErrorCode | null
  /** In the words of the gate's log. */
  readonly reason: string
  /** Each action that is needed: by which rule it is allowed, or which restriction, condition or lack refuses it. */
  readonly decisions: readonly string[]
}

export interface Explanation extends Verdict {
  readonly access_key: string
  readonly project_id: string
  readonly operation: OperationName
  readonly bucket: string | null
  readonly key: string | null
}

/** @throws UsageError where the question is none */
export async function explain(question: Question, reader: IamReader): Promise<Explanation> {
  const received = standIn({
    method: OPERATIONS[question.operation].method,
    rawTarget: targetPath(targetOf(question)),
    headers: new Map([['host', 'localhost'], ...question.headers]),
    ip: question.ip,
    time: question.time,
  })
  const verdict = await verdictOn(
    received,
    () => askFor(question, received, reader),
    question.objectKey,
    reader,
  )
  const { access_key, project_id } = received.journal
  return {
    ...verdict,
    access_key,
    project_id,
    operation: question.operation,
    bucket: question.bucket,
    key: question.objectKey,
  }
}

/**
 * What becomes of a request once it is known who asks what.
 *
 * @param makeAsked throws an S3Error where it does not come that far
 * @param batchKey of a batch, the key that is asked about; null: none
 */
export async function verdictOn(
  { journal }: ReceivedRequest,
  makeAsked: () => AskedRequest,
  batchKey: string | null,
  reader: IamReader,
): Promise<Verdict> {
  let decisions: readonly string[] = []
  try {
    const asked = makeAsked()
    const { principal, facts, access, place } = survey(asked, reader)
    const batch = accessOfBatch(asked, batchKey, place)
    decisions = [...access, ...batch].flatMap((required) => explainDecision(principal, facts, required))
    await authorize(asked, { reader, ownership: OWNERSHIP, checkBody: async () => {} })
    for (const required of batch) {
      const decision = evaluate(principal, facts, required)
      if (!decision.allowed) throw permissionDenied(`${required.action}: ${decision.reason}`)
    }
    return { allowed: true, code: null, reason: journal.reason, decisions }
  } catch (error) {
    if (!(error instanceof S3Error)) throw error
    return { allowed: false, code: error.code, reason: error.reason ?? reasonOf(error), decisions }
  }
}

function askFor(question: Question, received: ReceivedRequest, reader: IamReader): AskedRequest {
  const claim = parseAccessKey(question.key)
  if (claim === undefined) {
    throw new UsageError(`\`${question.key}\` is neither an access key nor KEY@projectId`)
  }
  reader.refresh()
  const key = reader.findKey(claim.accessKey)
  if (key === undefined) throw new S3Error('InvalidAccessKeyId', { reason: 'there is no such key' })
  const client = {
    received,
    target: targetOf(question),
    signedHost: 'localhost',
    query: question.query,
    hoists: false,
    payload: { kind: 'unsigned' },
    seed: null,
    form: formOf(question, received),
    ...inForce(received, key, claim, reader),
  } as const
  return ask(client, { reservedBuckets: new Set() })
}

/** What a batch needs on the one key that is asked about. */
function accessOfBatch(
  { operation, headers }: AskedRequest,
  objectKey: string | null,
  place: Survey['place'],
): readonly RequiredAccess[] {
  if (objectKey === null) return []
  return requiredAccess(operation, headers)
    .filter(({ target }) => target === 'eachKey')
    .map(({ action }) => ({ action, resource: { ...place, key: objectKey } }))
}

/** Nothing is asked of a backend: a name without an owner is nobody's. */
const OWNERSHIP: Ownership = {
  exists: async () => false,
  settle: async (name) => {
    throw new S3Error('NoSuchBucket', { reason: `no project owns a bucket ${name}` })
  },
  resolve: async (bucket) => bucket,
  quarantineEnd: () => '',
}

/** A browser's upload, whose key is in its fields. */
function formOf({ operation, objectKey }: Question, { headers }: ReceivedRequest): FormUpload | null {
  if (OPERATIONS[operation].body !== 'form' || objectKey === null) return null
  const success = { kind: 'status', status: 204 } as const
  return { key: objectKey, headers, length: { usual: 0, longest: 0 }, decoder: (file) => file, success }
}

function targetOf({ operation, bucket, objectKey }: Question): Target {
  if (bucket === null) return { kind: 'service' }
  return OPERATIONS[operation].level === 'object' && objectKey !== null
    ? { kind: 'object', bucket, key: objectKey }
    : { kind: 'bucket', bucket }
}
