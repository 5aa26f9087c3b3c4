/**
 * `s3warden doctor`: is everything that the gate rests on in order? Each look is a finding; none of them changes
 * anything, save the probe of a backend's abilities, which makes a bucket and deletes it again.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Backend, Bucket } from '../iam/model.ts'
import type { IntegrityFault, Store } from '../store/index.ts'
import { checkBackend } from './backend-check.ts'
import { backendBuckets, openBackend, resolvedBackend } from './backend-client.ts'
import { CommandFailure } from './fault.ts'
import { collect, some } from './lists.ts'
import { readRunningGate } from './running-gate.ts'
import type { Session } from './session.ts'

export interface Diagnosis {
  /** `store`, `keys`, or a backend's name. */
  readonly subject: string
  readonly check: string
  /** `absent`: a backend cannot do this, which is no fault. `warning`: worth a look, nothing is broken. */
  readonly result: 'ok' | 'absent' | 'warning' | 'failed'
  readonly detail: string
}

/** What can be seen before the store is opened. @throws CommandFailure where there is none */
export function diagnoseDirectory(data: string): Diagnosis {
  const found = statSync(join(data, 's3warden.db'), { throwIfNoEntry: false })
  if (found === undefined || found.size === 0) throw new CommandFailure(`there is no store in \`${data}\``)
  const open = ['.', 's3warden.db', 'master.key'].filter((name) => {
    const mode = statSync(join(data, name), { throwIfNoEntry: false })?.mode ?? 0
    return (mode & 0o077) !== 0
  })
  return {
    subject: 'store',
    check: 'file modes',
    ...(open.length === 0
      ? { result: 'ok', detail: data }
      : {
          result: 'warning',
          detail: `others than the owner can get at ${open.join(', ')} in ${data}: chmod go=`,
        }),
  }
}

const INTEGRITY: Readonly<Record<IntegrityFault['kind'], string>> = {
  database: 'integrity of the database',
  reference: 'references between records',
  secret: 'sealed secrets',
}

/** Opened, the store has shown that its master key is right. */
export function diagnoseStore(store: Store): readonly Diagnosis[] {
  const faults = store.integrityFaults()
  return [
    { subject: 'store', check: 'master key', result: 'ok', detail: '' },
    ...(Object.keys(INTEGRITY) as (keyof typeof INTEGRITY)[]).map((kind): Diagnosis => {
      const of = faults.filter((fault) => fault.kind === kind).map(({ detail }) => detail)
      const verdict = of.length === 0 ? ({ result: 'ok' } as const) : ({ result: 'failed' } as const)
      return { subject: 'store', check: INTEGRITY[kind], ...verdict, detail: some(of) }
    }),
  ]
}

export async function diagnoseKeys({ services, cli }: Session): Promise<Diagnosis> {
  const at = new Date(cli.now()).toISOString()
  const expired = await collect(services.keys, { expiry: { expired: true, at } }, undefined)
  const names = expired.map(({ access_key, name }) => (name === '' ? access_key : `${access_key} (${name})`))
  return {
    subject: 'keys',
    check: 'expired keys',
    ...(names.length === 0
      ? { result: 'ok', detail: 'none' }
      : { result: 'warning', detail: `${some(names)}: revoke what is not needed` }),
  }
}

/** @param depth whether to find out with a bucket what the backend can do */
export async function diagnoseBackend(
  session: Session,
  record: Backend,
  depth: 'look' | 'probe',
): Promise<readonly Diagnosis[]> {
  if (record.kind === 'embedded' && readRunningGate(session.config.data) === undefined) {
    const detail = 'the embedded backend runs within the gate, which does not run'
    return [{ subject: record.name, check: 'reachable', result: 'absent', detail }]
  }
  const findings = await checkBackend(session, record, depth)
  const diagnoses = findings.map(
    ({ endpoint, check, result, detail }): Diagnosis => ({
      subject: record.name,
      check: record.endpoints.length > 1 ? `${check} (${endpoint})` : check,
      result,
      detail,
    }),
  )
  const usable = findings.every(({ result }) => result !== 'failed')
  return usable ? [...diagnoses, ...(await diagnoseBuckets(session, record))] : diagnoses
}

/** Whose rows have no bucket, which buckets have no row, and what is neither made nor gone. */
async function diagnoseBuckets(session: Session, record: Backend): Promise<readonly Diagnosis[]> {
  const states: readonly Bucket['state'][] = ['creating', 'active', 'deleting']
  const rows = await collect(session.services.buckets, { backend_id: record.id, states }, undefined)
  const present = new Set(await namesThere(session, record))
  const owned = new Set(rows.map(({ name }) => name))
  const lost = rows.filter(({ name, state }) => state === 'active' && !present.has(name))
  const unowned = [...present].filter((name) => !owned.has(name))
  const pending = rows.filter(({ state }) => state !== 'active')
  const diagnosis = (
    check: string,
    names: readonly string[],
    result: 'warning' | 'failed',
    advice: string,
  ): Diagnosis => ({
    subject: record.name,
    check,
    ...(names.length === 0
      ? { result: 'ok', detail: 'none' }
      : { result, detail: `${some(names)}: ${advice}` }),
  })
  const names = (buckets: readonly Bucket[]) => buckets.map(({ name }) => name)
  return [
    diagnosis(
      'buckets it lacks',
      names(lost),
      'failed',
      'their projects own them and the backend has none: `s3warden bucket release`, or bring them back',
    ),
    diagnosis(
      'buckets without an owner',
      unowned,
      'warning',
      'no client sees them: `s3warden bucket adopt` gives them to a project',
    ),
    diagnosis(
      'buckets half made or half deleted',
      names(pending),
      'warning',
      'settled at the next start of the gate, or when they are next asked for',
    ),
  ]
}

async function namesThere(session: Session, record: Backend): Promise<readonly string[]> {
  const client = openBackend(session.config, await resolvedBackend(session, record), session.cli.now)
  try {
    return await backendBuckets(client, record)
  } finally {
    await client.close()
  }
}
