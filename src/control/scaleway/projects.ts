/** `/account/v3/projects`. */
import { z } from 'zod'
import type { Project } from '../../iam/model.ts'
import {
  description,
  listQuery,
  microseconds,
  moment,
  optional,
  pageOf,
  paging,
  projectName,
  several,
  text,
  uuid,
} from '../fields.ts'
import { type Route, route } from '../route.ts'

const ProjectView = z.object({
  id: z.uuid(),
  name: z.string(),
  organization_id: z.uuid(),
  description: z.string(),
  created_at: moment,
  updated_at: moment,
  qualification: z.null(),
})

function view(project: Project): z.input<typeof ProjectView> {
  const { id, name, organization_id, description, created_at, updated_at } = project
  return {
    id,
    name,
    organization_id,
    description,
    created_at: microseconds(created_at),
    updated_at: microseconds(updated_at),
    qualification: null,
  }
}

const list = route({
  name: 'ListProjects',
  method: 'GET',
  path: '/account/v3/projects',
  about: 'List projects.',
  needs: ['project:read'],
  query: listQuery({ name: text.optional(), project_ids: several(uuid) }, ['created_at', 'name']),
  answer: pageOf('projects', ProjectView),
  handle: async ({ services, query }) => {
    const { organization_id, name, project_ids, order_by } = query
    const filters = { organization_id, name, project_ids }
    const { items, total_count } = await services.projects.list({ ...paging(query), order_by, filters })
    return { projects: items.map(view), total_count }
  },
})

const create = route({
  name: 'CreateProject',
  method: 'POST',
  path: '/account/v3/projects',
  about: 'Create a project.',
  needs: ['project:write'],
  body: z.strictObject({
    name: projectName,
    organization_id: optional(uuid),
    description: optional(description),
  }),
  answer: ProjectView,
  handle: async ({ services, actor, organizationId, body }) => {
    const organization_id = body.organization_id ?? organizationId
    return view(await services.projects.create(actor, { ...body, organization_id }))
  },
})

const get = route({
  name: 'GetProject',
  method: 'GET',
  path: '/account/v3/projects/{project_id}',
  about: 'Get a project.',
  needs: ['project:read'],
  answer: ProjectView,
  handle: async ({ services, params }) => view(await services.projects.get(params.project_id)),
})

const update = route({
  name: 'UpdateProject',
  method: 'PATCH',
  path: '/account/v3/projects/{project_id}',
  about: 'Change a project.',
  needs: ['project:write'],
  body: z.strictObject({ name: optional(projectName), description: optional(description) }),
  answer: ProjectView,
  handle: async ({ services, actor, params, body }) =>
    view(await services.projects.update(actor, params.project_id, body)),
})

const remove = route({
  name: 'DeleteProject',
  method: 'DELETE',
  path: '/account/v3/projects/{project_id}',
  about: 'Delete a project that owns no buckets. The default one cannot be deleted.',
  needs: ['project:write'],
  handle: ({ services, actor, params }) => services.projects.delete(actor, params.project_id),
})

export const PROJECT_ROUTES: readonly Route[] = [list, create, get, update, remove]
