/** `/iam/v1alpha1/applications`. */
import { z } from 'zod'
import type { Application } from '../../iam/model.ts'
import {
  description,
  flag,
  listQuery,
  microseconds,
  moment,
  name,
  optional,
  pageOf,
  paging,
  several,
  tags,
  text,
  uuid,
} from '../fields.ts'
import type { GuardedServices } from '../guard/index.ts'
import { type Route, route } from '../route.ts'
import { allEditable } from './editable.ts'

const ApplicationView = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  organization_id: z.uuid(),
  editable: z.boolean(),
  deletable: z.boolean(),
  managed: z.boolean(),
  nb_api_keys: z.int(),
  tags: z.array(z.string()).readonly(),
  created_at: moment,
  updated_at: moment,
})

async function view(
  { applications }: GuardedServices,
  application: Application,
): Promise<z.input<typeof ApplicationView>> {
  const { id, name, description, organization_id, tags, created_at, updated_at } = application
  return {
    id,
    name,
    description,
    organization_id,
    editable: true,
    deletable: true,
    managed: false,
    nb_api_keys: await applications.countKeys(id),
    tags,
    created_at: microseconds(created_at),
    updated_at: microseconds(updated_at),
  }
}

const list = route({
  name: 'ListApplications',
  method: 'GET',
  path: '/iam/v1alpha1/applications',
  about: 'List applications.',
  needs: ['application:read'],
  query: listQuery(
    { application_ids: several(uuid), editable: flag, name: text.optional(), tag: text.optional() },
    ['created_at', 'updated_at', 'name'],
  ),
  answer: pageOf('applications', ApplicationView),
  handle: async ({ services, query }) => {
    const { items, total_count } = await services.applications.list({
      ...paging(query),
      order_by: query.order_by,
      filters: {
        organization_id: query.organization_id,
        application_ids: allEditable(query.editable, query.application_ids),
        name: query.name,
        tag: query.tag,
      },
    })
    return { applications: await Promise.all(items.map((item) => view(services, item))), total_count }
  },
})

const create = route({
  name: 'CreateApplication',
  method: 'POST',
  path: '/iam/v1alpha1/applications',
  about: 'Create an application.',
  needs: ['application:write'],
  body: z.strictObject({
    name,
    organization_id: optional(uuid),
    description: optional(description),
    tags: optional(tags),
  }),
  answer: ApplicationView,
  handle: async ({ services, actor, organizationId, body }) =>
    view(
      services,
      await services.applications.create(actor, {
        ...body,
        organization_id: body.organization_id ?? organizationId,
      }),
    ),
})

const get = route({
  name: 'GetApplication',
  method: 'GET',
  path: '/iam/v1alpha1/applications/{application_id}',
  about: 'Get an application.',
  needs: 'caller',
  answer: ApplicationView,
  handle: async ({ services, params }) =>
    view(services, await services.applications.get(params.application_id)),
})

const update = route({
  name: 'UpdateApplication',
  method: 'PATCH',
  path: '/iam/v1alpha1/applications/{application_id}',
  about: 'Change an application.',
  needs: ['application:write'],
  body: z.strictObject({ name: optional(name), description: optional(description), tags: optional(tags) }),
  answer: ApplicationView,
  handle: async ({ services, actor, params, body }) =>
    view(services, await services.applications.update(actor, params.application_id, body)),
})

const remove = route({
  name: 'DeleteApplication',
  method: 'DELETE',
  path: '/iam/v1alpha1/applications/{application_id}',
  about: 'Delete an application with its keys. Its policies stay, without principal.',
  needs: ['application:write'],
  handle: ({ services, actor, params }) => services.applications.delete(actor, params.application_id),
})

export const APPLICATION_ROUTES: readonly Route[] = [list, create, get, update, remove]
