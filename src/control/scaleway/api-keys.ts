/** `/iam/v1alpha1/api-keys`. Other dialects' keys show here too; restricted ones cannot be edited. */
import { z } from 'zod'
import type { AccessKey } from '../../iam/model.ts'
import type { Secret } from '../../iam/secret.ts'
import { ServiceError } from '../../services/errors.ts'
import type { KeyBearer } from '../../services/keys.ts'
import { invalid } from '../errors.ts'
import {
  choice,
  description,
  flag,
  listQuery,
  microseconds,
  moment,
  optional,
  pageOf,
  paging,
  several,
  text,
  time,
  uuid,
} from '../fields.ts'
import type { GuardedServices } from '../guard/index.ts'
import { type Route, route } from '../route.ts'

const ApiKey = z.object({
  access_key: z.string(),
  secret_key: z.string().nullable(),
  application_id: z.uuid().optional(),
  user_id: z.uuid().optional(),
  description: z.string(),
  created_at: moment,
  updated_at: moment,
  expires_at: moment.nullable(),
  default_project_id: z.uuid(),
  editable: z.boolean(),
  deletable: z.boolean(),
  managed: z.boolean(),
  creation_ip: z.string(),
})

/** @param secretKey only where it has just been made */
async function view(
  { projects }: GuardedServices,
  key: AccessKey,
  secretKey: Secret | null,
): Promise<z.input<typeof ApiKey>> {
  return {
    access_key: key.access_key,
    secret_key: secretKey?.reveal() ?? null,
    ...(key.application_id === null ? {} : { application_id: key.application_id }),
    ...(key.user_id === null ? {} : { user_id: key.user_id }),
    description: key.description,
    created_at: microseconds(key.created_at),
    updated_at: microseconds(key.updated_at),
    expires_at: microseconds(key.expires_at),
    default_project_id: key.default_project_id ?? (await defaultProject(projects, key.organization_id)),
    editable: key.restrictions === null,
    deletable: true,
    managed: false,
    creation_ip: key.creation_ip,
  }
}

async function defaultProject(
  projects: GuardedServices['projects'],
  organization_id: string,
): Promise<string> {
  const { items } = await projects.list({ filters: { organization_id, is_default: true }, page_size: 1 })
  return items[0]!.id
}

function bearerOf(given: { user_id?: string | undefined; application_id?: string | undefined }): KeyBearer {
  const { user_id, application_id } = given
  if (user_id !== undefined && application_id === undefined) return { kind: 'user', id: user_id }
  if (application_id !== undefined && user_id === undefined)
    return { kind: 'application', id: application_id }
  throw invalid({
    argument_name: 'application_id',
    reason: user_id === undefined ? 'required' : 'constraint',
    help_message: 'give either application_id or user_id',
  })
}

/** Several filters about the bearer narrow each other down; undefined: there is none. */
function bearerIds(...given: readonly (string | undefined)[]): readonly string[] | undefined {
  const ids = [...new Set(given.filter((id) => id !== undefined))]
  if (ids.length === 0) return undefined
  return ids.length === 1 ? ids : []
}

const list = route({
  name: 'ListAPIKeys',
  method: 'GET',
  path: '/iam/v1alpha1/api-keys',
  about: 'List API keys.',
  needs: ['application_key:read', 'user_key:read'],
  query: listQuery(
    {
      access_key: text.optional(),
      access_keys: several(text),
      application_id: uuid.optional(),
      user_id: uuid.optional(),
      bearer_id: uuid.optional(),
      bearer_type: choice(['user', 'application']),
      description: description.optional(),
      editable: flag,
      expired: flag,
    },
    ['created_at', 'updated_at', 'expires_at', 'access_key'],
  ),
  answer: pageOf('api_keys', ApiKey),
  handle: async ({ services, query, now }) => {
    const { access_key, access_keys, editable, expired } = query
    const single = access_key === undefined ? undefined : [access_key]
    const { items, total_count } = await services.keys.list({
      ...paging(query),
      order_by: query.order_by,
      filters: {
        organization_id: query.organization_id,
        access_keys: access_keys?.filter((key) => single?.includes(key) ?? true) ?? single,
        bearer_ids: bearerIds(query.bearer_id, query.application_id, query.user_id),
        bearer_type: query.bearer_type,
        description: query.description,
        restricted: editable === undefined ? undefined : !editable,
        expiry: expired === undefined ? undefined : { expired, at: new Date(now).toISOString() },
      },
    })
    return { api_keys: await Promise.all(items.map((key) => view(services, key, null))), total_count }
  },
})

const create = route({
  name: 'CreateAPIKey',
  method: 'POST',
  path: '/iam/v1alpha1/api-keys',
  about: 'Create an API key of a user or an application. The answer is the only one that has the secret key.',
  needs: ['application_key:write', 'user_key:write'],
  body: z.strictObject({
    application_id: optional(uuid),
    user_id: optional(uuid),
    expires_at: optional(time),
    default_project_id: optional(uuid),
    description: optional(description),
  }),
  answer: ApiKey,
  handle: async ({ services, actor, body }) => {
    const { application_id, user_id, ...settings } = body
    const bearer = bearerOf({ application_id, user_id })
    const { key, secret_key } = await services.keys.create(actor, { bearer, ...settings })
    return view(services, key, secret_key)
  },
})

const get = route({
  name: 'GetAPIKey',
  method: 'GET',
  path: '/iam/v1alpha1/api-keys/{access_key}',
  about: 'Get an API key, without its secret.',
  needs: 'caller',
  answer: ApiKey,
  handle: async ({ services, params }) => view(services, await services.keys.get(params.access_key), null),
})

const update = route({
  name: 'UpdateAPIKey',
  method: 'PATCH',
  path: '/iam/v1alpha1/api-keys/{access_key}',
  about: 'Change an API key. One that is not editable, since it is restricted, stays as it is.',
  needs: ['application_key:write', 'user_key:write'],
  body: z.strictObject({
    default_project_id: optional(uuid),
    description: optional(description),
    expires_at: optional(time),
  }),
  answer: ApiKey,
  handle: async ({ services, actor, params, body }) => {
    const { restrictions } = await services.keys.get(params.access_key)
    if (restrictions !== null) {
      throw new ServiceError({
        type: 'precondition_failed',
        precondition: 'resource_not_editable',
        help_message: 'a restricted key never changes',
      })
    }
    return view(services, await services.keys.update(actor, params.access_key, body), null)
  },
})

const remove = route({
  name: 'DeleteAPIKey',
  method: 'DELETE',
  path: '/iam/v1alpha1/api-keys/{access_key}',
  about: 'Delete an API key. It is refused from the next request on.',
  needs: ['application_key:write', 'user_key:write'],
  handle: async ({ services, actor, params }) => {
    await services.keys.revoke(actor, params.access_key)
  },
})

export const API_KEY_ROUTES: readonly Route[] = [list, create, get, update, remove]
