/** Entries of the audit log, as rows. */
import type { LogEntry } from '../../iam/model.ts'
import type { Queries } from '../database.ts'
import { entityTable, json, text } from '../entity.ts'
import type { LogFilters, LogOrder } from '../query.ts'
import { createReads, equals, type FilterTable } from '../reads.ts'
import type { LogReads, LogWrites } from '../repositories.ts'
import type { WriteContext } from '../writes.ts'

export const LOG_ENTRIES = entityTable<LogEntry>({
  table: 'log_entries',
  id: 'id',
  tieBreaker: 'seq',
  columns: {
    id: text(),
    created_at: text(),
    ip: text(),
    user_agent: text(),
    action: text(),
    bearer_id: text(),
    organization_id: text(),
    resource_type: text(),
    resource_id: text(),
    before: json(),
    after: json(),
    remark: text(),
  },
})

const FILTERS: FilterTable<LogFilters> = {
  organization_id: equals('organization_id'),
  created_after: (time) => ({ sql: 'created_at > ?', values: [time] }),
  created_before: (time) => ({ sql: 'created_at < ?', values: [time] }),
  action: equals('action'),
  resource_type: equals('resource_type'),
  search: (id) => ({ sql: 'bearer_id = ? OR resource_id = ?', values: [id, id] }),
}

const ORDERS: readonly LogOrder[] = ['created_at']

export function createLogReads(queries: Queries): LogReads {
  return createReads(queries, LOG_ENTRIES, FILTERS, ORDERS)
}

export function createLogWrites({ statements, audit, actor }: WriteContext): LogWrites {
  return {
    ...createLogReads(statements),
    async recordRefusal(refusal) {
      audit.recordRefusal(actor, refusal)
    },
  }
}
