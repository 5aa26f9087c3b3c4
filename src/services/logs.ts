/** The audit log: who changed what, from where, before and after. */

import type { LogEntry } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Refusal } from '../store/audit.ts'
import type { LogFilters, LogOrder, Page } from '../store/query.ts'
import type { ServiceDeps } from './deps.ts'
import { found } from './errors.ts'
import type { ListInput } from './lists.ts'
import { listQuery } from './lists.ts'

export interface Logs {
  get(id: string): Promise<LogEntry>
  list(input: ListInput<LogFilters, LogOrder>): Promise<Page<LogEntry>>
  /** Writes of an attempt that was turned away. */
  recordRefusal(actor: Actor, refusal: Refusal): Promise<void>
}

export function createLogs({ store }: ServiceDeps): Logs {
  const { log } = store.repositories
  return {
    get: async (id) => found(await log.find(id), 'log', id),
    list: async (input) => log.list(listQuery(input)),
    recordRefusal: (actor, refusal) =>
      store.transaction(actor, (transaction) => transaction.log.recordRefusal(refusal)),
  }
}
