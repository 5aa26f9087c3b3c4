/** The audit log: who changed what, from where, before and after. */
import type { LogEntry } from '../iam/model.ts'
import type { LogFilters, LogOrder, Page } from '../store/query.ts'
import type { ListInput } from './lists.ts'

export interface Logs {
  get(id: string): Promise<LogEntry>
  list(input: ListInput<LogFilters, LogOrder>): Promise<Page<LogEntry>>
}
