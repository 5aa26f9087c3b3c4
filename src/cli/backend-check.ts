/**
 * `s3warden backend check`: is an object store there, does its clock agree, are the credentials good, and what can it
 * do? What it can do is found out with a bucket of a random name, which is deleted again.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Backend } from '../iam/model.ts'
import type { BackendAnswer } from '../proxy/backend/index.ts'
import {
  type BackendClient,
  errorOf,
  openBackend,
  resolvedBackend,
  type SmallRequest,
} from './backend-client.ts'
import { CommandFailure } from './fault.ts'
import type { Session } from './session.ts'

export interface Finding {
  readonly backend: string
  readonly endpoint: string
  readonly check: string
  /** `absent`: it cannot do this, which is no fault. */
  readonly result: 'ok' | 'absent' | 'failed'
  readonly detail: string
}

type Verdict = Pick<Finding, 'result' | 'detail'>

/** Requests that are off by more than this are refused by S3. */
const MAX_SKEW_MS = 15 * 60_000
/** Where an operator should begin to worry. */
const NOTED_SKEW_MS = 60_000

/** Looks at each endpoint by itself. */
export async function checkBackend(
  session: Session,
  record: Backend,
  depth: 'look' | 'probe',
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const endpoint of record.endpoints) {
    const add = (check: string, verdict: Verdict): void => {
      findings.push({ backend: record.name, endpoint, check, ...verdict })
    }
    const resolved = await resolvedBackend(session, { ...record, endpoints: [endpoint] })
    const client = openBackend(session.config, resolved, session.cli.now)
    try {
      await look(client, session.cli.now, add)
      const usable = findings.every(({ result }) => result === 'ok')
      if (usable && depth === 'probe' && endpoint === record.endpoints[0]) await probe(client, add)
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error
      add('reachable', { result: 'failed', detail: error.message })
    } finally {
      await client.close()
    }
  }
  return findings
}

async function look(
  client: BackendClient,
  now: () => number,
  add: (check: string, verdict: Verdict) => void,
): Promise<void> {
  const asked = now()
  const answer = await client.send({ method: 'GET', bucket: null })
  add('reachable', { result: 'ok', detail: `${now() - asked} ms` })
  add('clock', clockVerdict(answer, (asked + now()) / 2))
  add(
    'credentials',
    answer.status === 200
      ? { result: 'ok', detail: 'the key may list buckets' }
      : { result: 'failed', detail: errorOf(answer) },
  )
}

function clockVerdict({ headers }: BackendAnswer, now: number): Verdict {
  const date = headers.date
  const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN
  if (Number.isNaN(theirs)) return { result: 'ok', detail: 'it sends no Date' }
  const ahead = Math.round((theirs - now) / 1000)
  const detail = `${Math.abs(ahead)} s ${ahead < 0 ? 'behind' : 'ahead'}`
  if (Math.abs(ahead) * 1000 > MAX_SKEW_MS) {
    return { result: 'failed', detail: `${detail}: S3 refuses more than 15 minutes; set a clock right` }
  }
  return { result: 'ok', detail: Math.abs(ahead) * 1000 > NOTED_SKEW_MS ? `${detail}: worth a look` : detail }
}

/** One thing that object stores differ in, and the request that shows it. */
interface Capability {
  readonly name: string
  readonly request: Omit<SmallRequest, 'bucket'>
  shown(answer: BackendAnswer): boolean
}

const BODY = Buffer.from('s3warden')
const answered = ({ status }: BackendAnswer): boolean => status >= 200 && status < 300
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('base64')
const TAGGING = Buffer.from(
  '<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
)

/** Each leaves at most the object `probe` behind. The first one makes it. */
const CAPABILITIES: readonly Capability[] = [
  { name: 'put object', request: { method: 'PUT', key: 'probe', body: BODY }, shown: answered },
  { name: 'read back', request: { method: 'GET', key: 'probe' }, shown: ({ body }) => body.equals(BODY) },
  {
    name: 'ranges',
    request: { method: 'GET', key: 'probe', headers: [['range', 'bytes=1-2']] },
    shown: ({ status, body }) => status === 206 && body.equals(BODY.subarray(1, 3)),
  },
  {
    name: 'conditional writes',
    request: { method: 'PUT', key: 'probe', body: BODY, headers: [['if-none-match', '*']] },
    shown: ({ status }) => status === 412,
  },
  {
    name: 'checksums verified',
    request: { method: 'PUT', key: 'probe', body: BODY, headers: [['x-amz-checksum-crc32', 'AAAAAA==']] },
    shown: ({ status }) => status === 400,
  },
  {
    name: 'checksums kept',
    request: {
      method: 'PUT',
      key: 'probe',
      body: BODY,
      headers: [['x-amz-checksum-sha256', createHash('sha256').update(BODY).digest('base64')]],
    },
    shown: ({ headers }) => headers['x-amz-checksum-sha256'] !== undefined,
  },
  { name: 'list v2', request: { method: 'GET', query: 'list-type=2' }, shown: answered },
  {
    name: 'object tagging',
    request: {
      method: 'PUT',
      key: 'probe',
      query: 'tagging=',
      body: TAGGING,
      headers: [['content-md5', md5(TAGGING)]],
    },
    shown: answered,
  },
  {
    name: 'object attributes',
    request: {
      method: 'GET',
      key: 'probe',
      query: 'attributes=',
      headers: [['x-amz-object-attributes', 'ETag,ObjectSize']],
    },
    shown: ({ status, body }) => status === 200 && body.includes('GetObjectAttributesResponse'),
  },
  { name: 'versioning', request: { method: 'GET', query: 'versioning=' }, shown: answered },
  {
    name: 'object lock',
    request: { method: 'GET', query: 'object-lock=' },
    shown: (answer) => answered(answer) || errorOf(answer) === 'ObjectLockConfigurationNotFoundError',
  },
]

async function probe(client: BackendClient, add: (check: string, verdict: Verdict) => void): Promise<void> {
  const bucket = `s3warden-check-${randomBytes(8).toString('hex')}`
  const made = await client.send({ method: 'PUT', bucket })
  if (!answered(made)) {
    add('make a bucket', { result: 'failed', detail: errorOf(made) })
    return
  }
  add('make a bucket', { result: 'ok', detail: bucket })
  try {
    for (const { name, request, shown } of CAPABILITIES) {
      const answer = await client.send({ ...request, bucket })
      add(
        name,
        shown(answer)
          ? { result: 'ok', detail: '' }
          : { result: 'absent', detail: answered(answer) ? 'it answers, without doing so' : errorOf(answer) },
      )
    }
  } finally {
    await client.send({ method: 'DELETE', bucket, key: 'probe' })
    const gone = await client.send({ method: 'DELETE', bucket })
    add(
      'delete the bucket',
      answered(gone)
        ? { result: 'ok', detail: '' }
        : { result: 'failed', detail: `${errorOf(gone)}: delete bucket ${bucket} there yourself` },
    )
  }
}
