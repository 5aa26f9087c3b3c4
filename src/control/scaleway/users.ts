/** `/iam/v1alpha1/users`, and their locks, passwords and usernames. No mail is ever sent; MFA is not offered. */
import { z } from 'zod'
import type { User } from '../../iam/model.ts'
import { Secret } from '../../iam/secret.ts'
import type { Password } from '../../services/password.ts'
import type { NewUser } from '../../services/users.ts'
import type { OrderBy, UserOrder } from '../../store/query.ts'
import { invalid } from '../errors.ts'
import {
  choice,
  flag,
  listQuery,
  microseconds,
  moment,
  optional,
  pageOf,
  paging,
  several,
  tags,
  text,
  textUpTo,
  username,
  uuid,
} from '../fields.ts'
import { type Route, route } from '../route.ts'

const UserView = z.object({
  id: z.uuid(),
  email: z.string(),
  username: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  phone_number: z.string(),
  locale: z.string(),
  organization_id: z.uuid(),
  deletable: z.boolean(),
  last_login_at: moment.nullable(),
  type: z.enum(['owner', 'member']),
  two_factor_enabled: z.boolean(),
  status: z.enum(['activated', 'invitation_pending']),
  mfa: z.boolean(),
  account_root_user_id: z.uuid(),
  tags: z.array(z.string()).readonly(),
  locked: z.boolean(),
  created_at: moment,
  updated_at: moment,
})

function view({ created_at, updated_at, last_login_at, ...user }: User): z.input<typeof UserView> {
  return {
    ...user,
    deletable: user.type !== 'owner',
    last_login_at: microseconds(last_login_at),
    two_factor_enabled: false,
    mfa: false,
    account_root_user_id: user.id,
    created_at: microseconds(created_at),
    updated_at: microseconds(updated_at),
  }
}

const personName = textUpTo(64)
const contact = textUpTo(200)
const password = text
  .min(8)
  .max(128)
  .transform((given): Password => new Secret(given))

type Order = OrderBy<Exclude<UserOrder, 'last_login_at'> | 'last_login'>

/** Scaleway orders by `last_login` what it calls `last_login_at`. */
function columnOrder(order: Order | undefined): OrderBy<UserOrder> | undefined {
  if (order === 'last_login_asc') return 'last_login_at_asc'
  return order === 'last_login_desc' ? 'last_login_at_desc' : order
}

const list = route({
  name: 'ListUsers',
  method: 'GET',
  path: '/iam/v1alpha1/users',
  about: 'List users.',
  needs: ['user:read'],
  query: listQuery(
    { mfa: flag, tag: text.optional(), type: choice(['owner', 'member']), user_ids: several(uuid) },
    ['created_at', 'updated_at', 'email', 'last_login', 'username'],
  ),
  answer: pageOf('users', UserView),
  handle: async ({ services, query }) => {
    const { organization_id, tag, type, mfa } = query
    const { items, total_count } = await services.users.list({
      ...paging(query),
      order_by: columnOrder(query.order_by),
      // Nobody has it.
      filters: { organization_id, tag, type, user_ids: mfa === true ? [] : query.user_ids },
    })
    return { users: items.map(view), total_count }
  },
})

const NewMember = z.strictObject({
  email: text,
  username,
  password: optional(
    z.union([z.literal('').transform(() => undefined), password], { error: 'must have 8 to 128 characters' }),
  ),
  send_password_email: optional(z.boolean()),
  send_welcome_email: optional(z.boolean()),
  first_name: optional(personName),
  last_name: optional(personName),
  phone_number: optional(contact),
  locale: optional(contact),
})

const NewUserBody = z.strictObject({
  organization_id: optional(uuid),
  tags: optional(tags),
  email: optional(text),
  member: optional(NewMember),
})

/** A guest has an address and nothing else; a member may come with a password. */
function newUser({ email, member }: z.output<typeof NewUserBody>): Omit<NewUser, 'organization_id' | 'tags'> {
  if (email !== undefined && member === undefined) return { email }
  if (member === undefined || email !== undefined) {
    throw invalid({
      argument_name: 'email',
      reason: email === undefined ? 'required' : 'constraint',
      help_message: 'give either email or member',
    })
  }
  const { send_password_email, send_welcome_email, ...person } = member
  return person
}

const create = route({
  name: 'CreateUser',
  method: 'POST',
  path: '/iam/v1alpha1/users',
  about:
    'Add a user. Without a password it is invited until one is set; no mail is sent, whatever the flags say.',
  needs: ['user:write'],
  body: NewUserBody,
  answer: UserView,
  prepare: async ({ member, ...body }, hash) => ({
    ...body,
    member: member && { ...member, password: member.password && (await hash(member.password)) },
  }),
  handle: async ({ services, actor, organizationId, body }) =>
    view(
      await services.users.create(actor, {
        ...newUser(body),
        tags: body.tags,
        organization_id: body.organization_id ?? organizationId,
      }),
    ),
})

const get = route({
  name: 'GetUser',
  method: 'GET',
  path: '/iam/v1alpha1/users/{user_id}',
  about: 'Get a user.',
  needs: 'caller',
  answer: UserView,
  handle: async ({ services, params }) => view(await services.users.get(params.user_id)),
})

const update = route({
  name: 'UpdateUser',
  method: 'PATCH',
  path: '/iam/v1alpha1/users/{user_id}',
  about: 'Change a user.',
  needs: ['user:write'],
  body: z.strictObject({
    tags: optional(tags),
    email: optional(text),
    first_name: optional(personName),
    last_name: optional(personName),
    phone_number: optional(contact),
    locale: optional(contact),
  }),
  answer: UserView,
  handle: async ({ services, actor, params, body }) =>
    view(await services.users.update(actor, params.user_id, body)),
})

const remove = route({
  name: 'DeleteUser',
  method: 'DELETE',
  path: '/iam/v1alpha1/users/{user_id}',
  about: 'Delete a user with its keys. Its policies stay, without principal.',
  needs: ['user:write'],
  handle: ({ services, actor, params }) => services.users.delete(actor, params.user_id),
})

const lock = route({
  name: 'LockUser',
  method: 'POST',
  path: '/iam/v1alpha1/users/{user_id}/lock',
  about:
    'Lock a user: its keys and sessions are refused from the next request on. The owner cannot be locked.',
  needs: ['user:write'],
  answer: UserView,
  handle: async ({ services, actor, params }) => view(await services.users.lock(actor, params.user_id)),
})

const unlock = route({
  name: 'UnlockUser',
  method: 'POST',
  path: '/iam/v1alpha1/users/{user_id}/unlock',
  about: 'Undo a lock.',
  needs: ['user:write'],
  answer: UserView,
  handle: async ({ services, actor, params }) => view(await services.users.unlock(actor, params.user_id)),
})

const updatePassword = route({
  name: 'UpdateUserPassword',
  method: 'POST',
  path: '/iam/v1alpha1/users/{user_id}/update-password',
  about: "Set a user's password. It ends the user's sessions.",
  needs: ['user:write'],
  body: z.strictObject({ password }),
  answer: UserView,
  prepare: async (body, hash) => ({ password: await hash(body.password) }),
  handle: async ({ services, actor, params, body }) =>
    view(await services.users.updatePassword(actor, params.user_id, body.password)),
})

const updateUsername = route({
  name: 'UpdateUserUsername',
  method: 'POST',
  path: '/iam/v1alpha1/users/{user_id}/update-username',
  about: "Set a user's username.",
  needs: ['user:write'],
  body: z.strictObject({ username }),
  answer: UserView,
  handle: async ({ services, actor, params, body }) =>
    view(await services.users.updateUsername(actor, params.user_id, body.username)),
})

export const USER_ROUTES: readonly Route[] = [
  list,
  create,
  get,
  update,
  remove,
  lock,
  unlock,
  updatePassword,
  updateUsername,
]
