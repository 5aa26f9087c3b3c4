/** `/iam/v1alpha1/permission-sets`: a closed list. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { found } from '../../services/errors.ts'
import { listQuery, pageOf } from '../fields.ts'
import { pageFrom } from '../page.ts'
import { type Route, route } from '../route.ts'

const PermissionSetView = z.object({
  id: z.uuid(),
  name: z.string(),
  scope_type: z.enum(['projects', 'organization', 'account_root_user', 'unknown_scope_type']),
  description: z.string(),
  categories: z.array(z.string()).readonly(),
})

/** A version-8 UUID of the name: the same everywhere and for ever. https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function idOf(name: string): string {
  const hex = createHash('sha256').update(`s3warden permission set ${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const list = route({
  name: 'ListPermissionSets',
  method: 'GET',
  path: '/iam/v1alpha1/permission-sets',
  about: 'List permission sets. Those of other products are accepted in rules and have no effect here.',
  needs: ['policy:read'],
  query: listQuery({}, ['name', 'created_at']),
  answer: pageOf('permission_sets', PermissionSetView),
  handle: ({ services, query, organizationId }) => {
    const { organization_id, order_by } = query
    if (organization_id !== undefined) {
      found(organization_id === organizationId ? organization_id : undefined, 'organization', organization_id)
    }
    // All were made at once, in alphabetical order.
    const sets = services.permissionSets.list()
    const ordered = order_by?.endsWith('_desc') === true ? sets.toReversed() : sets
    const { items, total_count } = pageFrom(ordered, query)
    return { permission_sets: items.map((set) => ({ id: idOf(set.name), ...set })), total_count }
  },
})

export const PERMISSION_SET_ROUTES: readonly Route[] = [list]
