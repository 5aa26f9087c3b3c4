/**
 * `/iam/v1alpha1/logs`: the audit log. `before`, `after` and `remark` are additions of ours. What Scaleway's lists of
 * actions and resource types do not have is `unknown_…` here: refused attempts, and changes of projects and the like.
 */
import { z } from 'zod'
import type { LogEntry } from '../../iam/model.ts'
import { choice, listQuery, microseconds, moment, pageOf, paging, text, time } from '../fields.ts'
import { type Route, route } from '../route.ts'

const ACTIONS = ['created', 'updated', 'deleted'] as const
const RESOURCE_TYPES = ['api_key', 'user', 'application', 'group', 'policy'] as const

const LogView = z.object({
  id: z.uuid(),
  created_at: moment,
  ip: z.string(),
  user_agent: z.string(),
  action: z.enum([...ACTIONS, 'unknown_action']),
  bearer_id: z.string(),
  organization_id: z.uuid(),
  resource_type: z.enum([...RESOURCE_TYPES, 'unknown_resource_type']),
  resource_id: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  remark: z.string(),
})

function view({ created_at, action, resource_type, ...entry }: LogEntry): z.input<typeof LogView> {
  return {
    ...entry,
    created_at: microseconds(created_at),
    action: ACTIONS.find((known) => known === action) ?? 'unknown_action',
    resource_type: RESOURCE_TYPES.find((known) => known === resource_type) ?? 'unknown_resource_type',
  }
}

const list = route({
  name: 'ListLogs',
  method: 'GET',
  path: '/iam/v1alpha1/logs',
  about: 'List the audit log. `search` is the id of a bearer or a resource.',
  needs: ['log:read'],
  query: listQuery(
    {
      created_after: time.optional(),
      created_before: time.optional(),
      action: choice(ACTIONS),
      resource_type: choice(RESOURCE_TYPES),
      search: text.optional(),
    },
    ['created_at'],
  ),
  answer: pageOf('logs', LogView),
  handle: async ({ services, query }) => {
    const { page, page_size, order_by, created_after, created_before, ...filters } = query
    const { items, total_count } = await services.logs.list({
      ...paging(query),
      order_by,
      filters: { ...filters, created_after: instant(created_after), created_before: instant(created_before) },
    })
    return { logs: items.map(view), total_count }
  },
})

/** In the form of records, whose order as text is that of time. */
function instant(given: string | undefined): string | undefined {
  return given === undefined ? undefined : new Date(given).toISOString()
}

const get = route({
  name: 'GetLog',
  method: 'GET',
  path: '/iam/v1alpha1/logs/{log_id}',
  about: 'Get an entry of the audit log.',
  needs: ['log:read'],
  answer: LogView,
  handle: async ({ services, params }) => view(await services.logs.get(params.log_id)),
})

export const LOG_ROUTES: readonly Route[] = [list, get]
