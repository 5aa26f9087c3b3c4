/** Projects, as rows. */
import type { Project } from '../../iam/model.ts'
import type { Queries } from '../database.ts'
import { entityTable, flag, integer, text } from '../entity.ts'
import type { ProjectFilters, ProjectOrder } from '../query.ts'
import { anyOf, createReads, equals, type FilterTable, isSet } from '../reads.ts'
import type { ProjectReads, ProjectWrites } from '../repositories.ts'
import { createWrites, noParts, type WriteContext } from '../writes.ts'

export const PROJECTS = entityTable<Project>({
  table: 'projects',
  id: 'id',
  tieBreaker: 'id',
  columns: {
    id: text(),
    organization_id: text(),
    name: text(),
    description: text(),
    is_default: flag,
    backend_id: text(),
    max_buckets: integer(),
    created_at: text(),
    updated_at: text(),
  },
})

const FILTERS: FilterTable<ProjectFilters> = {
  organization_id: equals('organization_id'),
  project_ids: anyOf('id'),
  name: equals('name'),
  is_default: isSet('is_default'),
}
const ORDERS: readonly ProjectOrder[] = ['created_at', 'name']

export function createProjectReads(queries: Queries): ProjectReads {
  const reads = createReads(queries, PROJECTS, FILTERS, ORDERS)
  return {
    ...reads,
    ofOrganization: (organizationId) => reads.where('organization_id = ?', [organizationId]),
    async defaultOf(organizationId) {
      const [project] = await reads.where('organization_id = ? AND is_default = 1', [organizationId])
      return project
    },
    usingBackend: (backendId) => reads.where('backend_id = ?', [backendId]),
  }
}

export function createProjectWrites(context: WriteContext): ProjectWrites {
  const reads = createProjectReads(context.statements)
  const writes = createWrites(context, {
    table: PROJECTS,
    resourceType: 'project',
    organizationOf: (project) => project.organization_id,
    find: reads.find,
    saveParts: noParts,
  })
  return { ...reads, ...writes, insert: (project) => writes.insert(project, {}) }
}
