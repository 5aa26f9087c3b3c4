/** Backends: the object stores behind the gate. */
import type { Backend } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'
import type { BackendFilters, BackendOrder, Page } from '../store/query.ts'
import type { BackendReads, Transaction } from '../store/repositories.ts'
import { checkBackend, DEFAULT_ADDRESSING, DEFAULT_REGION, pointsElsewhere } from './backend-settings.ts'
import { mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found, ServiceError, stillInUse } from './errors.ts'
import { type ListInput, listQuery } from './lists.ts'

/** Everything about a backend but identity and times. */
export interface BackendSettings extends Omit<Backend, 'id' | 'created_at' | 'updated_at'> {
  readonly secret_key: Secret
}

export type NewBackend = Pick<BackendSettings, 'name' | 'kind' | 'endpoints' | 'access_key' | 'secret_key'> &
  Partial<BackendSettings>

export type BackendChange = Partial<BackendSettings>

export interface Backends {
  create(actor: Actor, input: NewBackend): Promise<Backend>
  /** By id or name. */
  get(idOrName: string): Promise<Backend>
  list(input: ListInput<BackendFilters, BackendOrder>): Promise<Page<Backend>>
  /** A changed endpoint is taken as meant: the operator says that the same buckets are found there. */
  update(actor: Actor, id: string, change: BackendChange): Promise<Backend>
  /** Refused while it owns buckets or a project names it. */
  delete(actor: Actor, id: string): Promise<void>
  /**
   * Brings the row of that name in line with the configuration. An endpoint that changed under a backend that owns
   * buckets fails with `endpoint_changed`: the buckets may not be there. The embedded backend may move, since its address
   * is new at every start, but not take another one's place.
   */
  syncConfigured(actor: Actor, configured: NewBackend): Promise<Backend>
}

export function createBackends(deps: ServiceDeps): Backends {
  const { backends } = deps.store.repositories

  const insert = async (transaction: Transaction, input: NewBackend): Promise<Backend> => {
    const at = timestamp(deps.now())
    const backend: Backend = {
      id: deps.random.uuid(),
      name: input.name,
      kind: input.kind,
      endpoints: input.endpoints,
      region: input.region ?? DEFAULT_REGION,
      access_key: input.access_key,
      addressing: input.addressing ?? DEFAULT_ADDRESSING[input.kind],
      ca: input.ca ?? null,
      opened_operations: input.opened_operations ?? [],
      created_at: at,
      updated_at: at,
    }
    await transaction.backends.insert(backend, input.secret_key)
    return backend
  }

  /** Leaves alone what has no difference, times included. */
  const save = async (transaction: Transaction, before: Backend, change: BackendChange): Promise<Backend> => {
    const changed = changedBackend(before, change)
    const differs = JSON.stringify(changed) !== JSON.stringify(before)
    const after = differs ? { ...changed, updated_at: timestamp(deps.now()) } : before
    if (differs) await transaction.backends.update(after)
    if (change.secret_key !== undefined) {
      const present = await transaction.backends.secretKey(before.id)
      if (present?.reveal() !== change.secret_key.reveal()) {
        await transaction.backends.setSecretKey(before.id, change.secret_key)
      }
    }
    return after
  }

  return {
    async create(actor, input) {
      checkBackend(input)
      return mutate(deps, actor, { resource: 'backend', id: input.name }, (transaction) =>
        insert(transaction, input),
      )
    },

    get: async (idOrName) =>
      found((await backends.find(idOrName)) ?? (await findByName(backends, idOrName)), 'backend', idOrName),
    list: async (input) => backends.list(listQuery(input)),

    async update(actor, id, change) {
      checkBackend(change)
      return mutate(deps, actor, { resource: 'backend', id }, async (transaction) =>
        save(transaction, found(await transaction.backends.find(id), 'backend', id), change),
      )
    },

    delete: (actor, id) =>
      mutate(deps, actor, { resource: 'backend', id }, async (transaction) => {
        const { name } = found(await transaction.backends.find(id), 'backend', id)
        const buckets = await transaction.buckets.countOnBackend(id)
        if (buckets > 0) throw stillInUse(`backend \`${name}\` still has ${buckets} of our buckets`)
        const [project] = await transaction.projects.usingBackend(id)
        if (project !== undefined)
          throw stillInUse(`project \`${project.name}\` makes its buckets on \`${name}\``)
        await transaction.backends.delete(id)
      }),

    async syncConfigured(actor, configured) {
      checkBackend(configured)
      const { name } = configured
      return mutate(deps, actor, { resource: 'backend', id: name }, async (transaction) => {
        const before = await findByName(transaction.backends, name)
        if (before === undefined) return insert(transaction, configured)
        if (pointsElsewhere(before, changedBackend(before, configured))) {
          await refuseToMove(transaction, before, configured)
        }
        return save(transaction, before, configured)
      })
    },
  }
}

function changedBackend(before: Backend, change: BackendChange): Backend {
  return {
    ...before,
    name: change.name ?? before.name,
    kind: change.kind ?? before.kind,
    endpoints: change.endpoints ?? before.endpoints,
    region: change.region ?? before.region,
    access_key: change.access_key ?? before.access_key,
    addressing: change.addressing ?? before.addressing,
    ca: change.ca === undefined ? before.ca : change.ca,
    opened_operations: change.opened_operations ?? before.opened_operations,
  }
}

async function findByName(backends: BackendReads, name: string): Promise<Backend | undefined> {
  const { items } = await backends.list({
    filters: { name },
    order_by: 'created_at_asc',
    page: 1,
    page_size: 1,
  })
  return items[0]
}

/** @throws ServiceError `endpoint_changed` where the backend owns buckets */
async function refuseToMove(
  transaction: Transaction,
  { id, name, endpoints }: Backend,
  configured: NewBackend,
): Promise<void> {
  const buckets = await transaction.buckets.countOnBackend(id)
  if (buckets === 0) return
  const remedy =
    configured.kind === 'embedded'
      ? 'no backend is configured now: configure it again, with S3WARDEN_BACKEND_ENDPOINT and what goes with it'
      : `it is configured to be elsewhere: if the same buckets are there, say so with \`s3warden backend update ${name} --endpoint …\``
  throw new ServiceError({
    type: 'precondition_failed',
    precondition: 'endpoint_changed',
    help_message: `backend \`${name}\` holds ${buckets} of our buckets at ${endpoints.join(', ')}, and ${remedy}`,
  })
}
