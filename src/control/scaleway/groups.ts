/** `/iam/v1alpha1/groups`, and who is in them. */
import { z } from 'zod'
import type { Group } from '../../iam/model.ts'
import type { Members } from '../../services/groups.ts'
import { invalid } from '../errors.ts'
import {
  description,
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
import { type Route, route } from '../route.ts'

const GroupView = z.object({
  id: z.uuid(),
  organization_id: z.uuid(),
  name: z.string(),
  description: z.string(),
  user_ids: z.array(z.uuid()).readonly(),
  application_ids: z.array(z.uuid()).readonly(),
  tags: z.array(z.string()).readonly(),
  editable: z.boolean(),
  deletable: z.boolean(),
  managed: z.boolean(),
  created_at: moment,
  updated_at: moment,
})

function view({ created_at, updated_at, ...group }: Group): z.input<typeof GroupView> {
  return {
    ...group,
    editable: true,
    deletable: true,
    managed: false,
    created_at: microseconds(created_at),
    updated_at: microseconds(updated_at),
  }
}

const list = route({
  name: 'ListGroups',
  method: 'GET',
  path: '/iam/v1alpha1/groups',
  about: 'List groups.',
  needs: ['group:read'],
  query: listQuery(
    {
      application_ids: several(uuid),
      user_ids: several(uuid),
      group_ids: several(uuid),
      name: text.optional(),
      tag: text.optional(),
    },
    ['created_at', 'updated_at', 'name'],
  ),
  answer: pageOf('groups', GroupView),
  handle: async ({ services, query }) => {
    const { page, page_size, order_by, ...filters } = query
    const { items, total_count } = await services.groups.list({ ...paging(query), order_by, filters })
    return { groups: items.map(view), total_count }
  },
})

const create = route({
  name: 'CreateGroup',
  method: 'POST',
  path: '/iam/v1alpha1/groups',
  about: 'Create a group, which has no members yet. Its name is unique in the organization.',
  needs: ['group:write'],
  body: z.strictObject({
    name,
    organization_id: optional(uuid),
    description: optional(description),
    tags: optional(tags),
  }),
  answer: GroupView,
  handle: async ({ services, actor, organizationId, body }) => {
    const organization_id = body.organization_id ?? organizationId
    return view(await services.groups.create(actor, { ...body, organization_id }))
  },
})

const get = route({
  name: 'GetGroup',
  method: 'GET',
  path: '/iam/v1alpha1/groups/{group_id}',
  about: 'Get a group.',
  needs: ['group:read'],
  answer: GroupView,
  handle: async ({ services, params }) => view(await services.groups.get(params.group_id)),
})

const update = route({
  name: 'UpdateGroup',
  method: 'PATCH',
  path: '/iam/v1alpha1/groups/{group_id}',
  about: 'Change a group.',
  needs: ['group:write'],
  body: z.strictObject({ name: optional(name), description: optional(description), tags: optional(tags) }),
  answer: GroupView,
  handle: async ({ services, actor, params, body }) =>
    view(await services.groups.update(actor, params.group_id, body)),
})

const remove = route({
  name: 'DeleteGroup',
  method: 'DELETE',
  path: '/iam/v1alpha1/groups/{group_id}',
  about: 'Delete a group. Its policies stay, without principal.',
  needs: ['group:write'],
  handle: ({ services, actor, params }) => services.groups.delete(actor, params.group_id),
})

const OneMember = z.strictObject({ user_id: optional(uuid), application_id: optional(uuid) })

/** Exactly one of the two. */
function oneMember({ user_id, application_id }: z.output<typeof OneMember>): Members {
  if (user_id !== undefined && application_id === undefined) return { user_ids: [user_id] }
  if (application_id !== undefined && user_id === undefined) return { application_ids: [application_id] }
  throw invalid({
    argument_name: 'user_id',
    reason: user_id === undefined ? 'required' : 'constraint',
    help_message: 'give either user_id or application_id',
  })
}

const SeveralMembers = z.strictObject({
  user_ids: optional(z.array(uuid)),
  application_ids: optional(z.array(uuid)),
})

const addMember = route({
  name: 'AddGroupMember',
  method: 'POST',
  path: '/iam/v1alpha1/groups/{group_id}/add-member',
  about: 'Add a user or an application.',
  needs: ['group:write'],
  body: OneMember,
  answer: GroupView,
  handle: async ({ services, actor, params, body }) =>
    view(await services.groups.addMembers(actor, params.group_id, oneMember(body))),
})

const addMembers = route({
  name: 'AddGroupMembers',
  method: 'POST',
  path: '/iam/v1alpha1/groups/{group_id}/add-members',
  about: 'Add users and applications; those who are members stay.',
  needs: ['group:write'],
  body: SeveralMembers,
  answer: GroupView,
  handle: async ({ services, actor, params, body }) =>
    view(await services.groups.addMembers(actor, params.group_id, body)),
})

const removeMember = route({
  name: 'RemoveGroupMember',
  method: 'POST',
  path: '/iam/v1alpha1/groups/{group_id}/remove-member',
  about: 'Remove a user or an application.',
  needs: ['group:write'],
  body: OneMember,
  answer: GroupView,
  handle: async ({ services, actor, params, body }) =>
    view(await services.groups.removeMembers(actor, params.group_id, oneMember(body))),
})

const setMembers = route({
  name: 'SetGroupMembers',
  method: 'PUT',
  path: '/iam/v1alpha1/groups/{group_id}/members',
  about: 'Set who is in a group; a list that is missing is an empty one.',
  needs: ['group:write'],
  body: SeveralMembers,
  answer: GroupView,
  handle: async ({ services, actor, params, body }) =>
    view(await services.groups.setMembers(actor, params.group_id, body)),
})

export const GROUP_ROUTES: readonly Route[] = [
  list,
  create,
  get,
  update,
  remove,
  addMember,
  addMembers,
  removeMember,
  setMembers,
]
