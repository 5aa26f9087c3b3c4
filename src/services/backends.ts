/** Backends: the object stores behind the gate. */
import type { Backend } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'
import type { BackendFilters, BackendOrder, Page } from '../store/query.ts'
import type { ListInput } from './lists.ts'

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
   * buckets fails with `endpoint_changed` unless `endpoints` says `may-change`: the buckets may not be there. The
   * embedded backend may always move: its address is new at every start.
   */
  syncConfigured(
    actor: Actor,
    configured: NewBackend,
    endpoints: 'may-change' | 'must-match',
  ): Promise<Backend>
}
