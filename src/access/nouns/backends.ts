/** Backends of an access file. They are the gate's, not an organization's: no file takes one away. */
import type { Secret } from '../../iam/secret.ts'
import type { NewBackend } from '../../services/backends.ts'
import type { Declared } from '../document.ts'
import { backendEntry } from '../entries.ts'
import { changesBetween } from '../plan.ts'
import { given } from '../reconcile.ts'
import type { Rosters } from '../rosters.ts'
import type { Run } from '../run.ts'
import type { BackendEntry } from '../schema.ts'

/** @param defaultBackend whose the one called `default` is */
export async function applyBackends(
  run: Run,
  { backends }: Rosters,
  defaultBackend: 'configured' | 'free',
): Promise<void> {
  const { entries, broken } = run.document.backends
  broken.forEach(backends.markBroken)
  for (const declared of entries) {
    const { value, at } = declared
    if (value.name === 'default' && defaultBackend === 'configured') {
      run.fault(
        [...at, 'name'],
        'the gate has a `default` of its own, configured or embedded: take it out of the configuration and start the gate anew with this file, or call this backend otherwise',
      )
      continue
    }
    await run.attempt(at, () => applyBackend(run, declared, backends))
    run.advance()
  }
}

async function applyBackend(
  run: Run,
  { value, at }: Declared<BackendEntry>,
  backends: Rosters['backends'],
): Promise<void> {
  const { services, actor } = run
  const match = backends.match(at, { name: value.name })
  const ca = authorities(run, value, at)
  const secret_key = await secretOf(run, value, at, match.kind === 'existing' ? match.entity.id : undefined)
  if (match.kind === 'faulty' || secret_key === undefined || ca === 'missing') {
    backends.markBroken(value.name)
    return
  }
  const { name, endpoints, access_key, region, addressing, opened_operations } = value
  const kind = value.kind ?? (match.kind === 'existing' ? match.entity.kind : 'generic')
  const shown = { name, kind, endpoints, access_key, ...given({ region, addressing, ca, opened_operations }) }
  const record: NewBackend = { ...shown, secret_key }
  if (match.kind === 'new') {
    backends.put(await services.backends.create(actor, record))
    run.step({ action: 'create', kind: 'backend', name, remark: endpoints.join(', ') })
    return
  }
  const changes = changesBetween(shown, backendEntry(match.entity))
  const other = (await run.secrets.ofBackend(match.entity.id))?.reveal() !== secret_key.reveal()
  if (changes.length === 0 && !other) return run.unchanged()
  backends.put(await services.backends.syncConfigured(actor, record))
  run.step({
    action: 'update',
    kind: 'backend',
    name,
    changes,
    remark: other ? 'another secret key' : '',
  })
}

/** Undefined: none is given. */
function authorities(
  run: Run,
  { ca }: BackendEntry,
  at: Declared<BackendEntry>['at'],
): string | undefined | 'missing' {
  if (ca === undefined || typeof ca === 'string') return ca
  const read = run.secrets.readText(ca.file)
  if ('text' in read) return read.text
  run.fault([...at, 'ca'], read.missing)
  return 'missing'
}

/** What the file gives, else what the store has; undefined where there is none, which has been said. */
async function secretOf(
  run: Run,
  { secret_key }: BackendEntry,
  at: Declared<BackendEntry>['at'],
  existing: string | undefined,
): Promise<Secret | undefined> {
  const read = run.secrets.read(secret_key)
  if ('secret' in read) return read.secret
  const present = existing === undefined ? undefined : await run.secrets.ofBackend(existing)
  if (present === undefined)
    run.fault([...at, 'secret_key'], `${read.missing}; a new backend needs its secret`)
  return present
}
