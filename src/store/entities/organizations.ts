/** Organizations, as rows. */
import type { Organization } from '../../iam/model.ts'
import type { Queries } from '../database.ts'
import { entityTable, text } from '../entity.ts'
import type { OrganizationFilters, OrganizationOrder } from '../query.ts'
import { anyOf, createReads, equals, type FilterTable } from '../reads.ts'
import type { OrganizationReads, OrganizationWrites } from '../repositories.ts'
import { createWrites, noParts, type WriteContext } from '../writes.ts'

const ORGANIZATIONS = entityTable<Organization>({
  table: 'organizations',
  id: 'id',
  tieBreaker: 'id',
  columns: { id: text(), name: text(), created_at: text(), updated_at: text() },
})

const FILTERS: FilterTable<OrganizationFilters> = { organization_ids: anyOf('id'), name: equals('name') }
const ORDERS: readonly OrganizationOrder[] = ['created_at', 'name']

export function createOrganizationReads(queries: Queries): OrganizationReads {
  return createReads(queries, ORGANIZATIONS, FILTERS, ORDERS)
}

export function createOrganizationWrites(context: WriteContext): OrganizationWrites {
  const reads = createOrganizationReads(context.statements)
  const writes = createWrites(context, {
    table: ORGANIZATIONS,
    resourceType: 'organization',
    organizationOf: (organization) => organization.id,
    find: reads.find,
    saveParts: noParts,
  })
  return { ...reads, ...writes, insert: (organization) => writes.insert(organization, {}) }
}
