/** The audit log: who changed what, from where, before and after. */

import type { LogEntry } from '../iam/model.ts'
import type { LogFilters, LogOrder, Page } from '../store/query.ts'
import type { ServiceDeps } from './deps.ts'
import { found } from './errors.ts'
import type { ListInput } from './lists.ts'
import { listQuery } from './lists.ts'

export interface Logs {
  get(id: string): Promise<LogEntry>
  list(input: ListInput<LogFilters, LogOrder>): Promise<Page<LogEntry>>
}

export function createLogs({ store }: ServiceDeps): Logs {
  const { log } = store.repositories
  return {
    get: async (id) => found(await log.find(id), 'log', id),
    list: async (input) => log.list(listQuery(input)),
  }
}
