/** Applications, as rows. */
import type { Application } from '../../iam/model.ts'
import type { Queries } from '../database.ts'
import { entityTable, json, text } from '../entity.ts'
import type { ApplicationFilters, ApplicationOrder } from '../query.ts'
import { anyOf, createReads, equals, type FilterTable, hasTag } from '../reads.ts'
import type { ApplicationReads, ApplicationWrites } from '../repositories.ts'
import { createWrites, noParts, type WriteContext } from '../writes.ts'

const APPLICATIONS = entityTable<Application>({
  table: 'applications',
  id: 'id',
  tieBreaker: 'id',
  columns: {
    id: text(),
    organization_id: text(),
    name: text(),
    description: text(),
    tags: json(),
    created_at: text(),
    updated_at: text(),
  },
})

const FILTERS: FilterTable<ApplicationFilters> = {
  organization_id: equals('organization_id'),
  application_ids: anyOf('id'),
  name: equals('name'),
  tag: hasTag('tags'),
}
const ORDERS: readonly ApplicationOrder[] = ['created_at', 'updated_at', 'name']

export function createApplicationReads(queries: Queries): ApplicationReads {
  return createReads(queries, APPLICATIONS, FILTERS, ORDERS)
}

export function createApplicationWrites(context: WriteContext): ApplicationWrites {
  const reads = createApplicationReads(context.statements)
  const writes = createWrites(context, {
    table: APPLICATIONS,
    resourceType: 'application',
    organizationOf: (application) => application.organization_id,
    find: reads.find,
    saveParts: noParts,
  })
  return { ...reads, ...writes, insert: (application) => writes.insert(application, {}) }
}
