/** Sessions of logged-in users, as rows. */
import type { Session } from '../../iam/model.ts'
import type { Queries } from '../database.ts'
import { entityTable, text } from '../entity.ts'
import type { SessionFilters, SessionOrder } from '../query.ts'
import { createReads, equals, type FilterTable } from '../reads.ts'
import type { SessionReads, SessionWrites } from '../repositories.ts'
import { createWrites, noParts, type WriteContext } from '../writes.ts'

const SESSIONS = entityTable<Session>({
  table: 'sessions',
  id: 'id',
  tieBreaker: 'id',
  columns: {
    id: text(),
    organization_id: text(),
    user_id: text(),
    ip: text(),
    user_agent: text(),
    expires_at: text(),
    created_at: text(),
    updated_at: text(),
  },
})

const FILTERS: FilterTable<SessionFilters> = {
  organization_id: equals('organization_id'),
  user_id: equals('user_id'),
  expiry: ({ expired, at }) => ({ sql: expired ? 'expires_at <= ?' : 'expires_at > ?', values: [at] }),
}
const ORDERS: readonly SessionOrder[] = ['created_at', 'updated_at']

export function createSessionReads(queries: Queries): SessionReads {
  const reads = createReads(queries, SESSIONS, FILTERS, ORDERS)
  return { ...reads, ofUser: (userId) => reads.where('user_id = ?', [userId]) }
}

export function createSessionWrites(context: WriteContext): SessionWrites {
  const reads = createSessionReads(context.statements)
  const writes = createWrites(context, {
    table: SESSIONS,
    resourceType: 'session',
    organizationOf: (session) => session.organization_id,
    find: reads.find,
    saveParts: noParts,
  })
  return {
    ...reads,
    ...writes,
    insert: (session) => writes.insert(session, {}),
    async purgeExpired(before) {
      context.statements.run('DELETE FROM sessions WHERE expires_at < ?', [before])
    },
  }
}
