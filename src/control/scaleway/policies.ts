/** `/iam/v1alpha1/policies`. Their rules are in `rules.ts`. */
import { z } from 'zod'
import type { Policy, PolicyPrincipal } from '../../iam/model.ts'
import type { OrderBy, PolicyOrder } from '../../store/query.ts'
import { invalid } from '../errors.ts'
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
import { type Route, route } from '../route.ts'
import { allEditable } from './editable.ts'
import { newRules, RuleSpecs } from './rules.ts'

const PolicyView = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  organization_id: z.uuid(),
  editable: z.boolean(),
  deletable: z.boolean(),
  managed: z.boolean(),
  nb_rules: z.int(),
  nb_scopes: z.int(),
  nb_permission_sets: z.int(),
  tags: z.array(z.string()).readonly(),
  user_id: z.uuid().optional(),
  group_id: z.uuid().optional(),
  application_id: z.uuid().optional(),
  no_principal: z.literal(true).optional(),
  created_at: moment,
  updated_at: moment,
})

function view(policy: Policy): z.input<typeof PolicyView> {
  const { rules, created_at, updated_at, user_id, group_id, application_id, ...rest } = policy
  return {
    ...rest,
    editable: true,
    deletable: true,
    managed: false,
    nb_rules: rules.length,
    nb_scopes: new Set(rules.flatMap((rule) => rule.project_ids ?? [String(rule.organization_id)])).size,
    nb_permission_sets: new Set(rules.flatMap((rule) => rule.permission_set_names)).size,
    ...principalView({ user_id, group_id, application_id }),
    created_at: microseconds(created_at),
    updated_at: microseconds(updated_at),
  }
}

function principalView({
  user_id,
  group_id,
  application_id,
}: Pick<Policy, 'user_id' | 'group_id' | 'application_id'>) {
  if (user_id !== null) return { user_id }
  if (group_id !== null) return { group_id }
  return application_id === null ? { no_principal: true as const } : { application_id }
}

const PRINCIPAL = {
  user_id: optional(uuid),
  group_id: optional(uuid),
  application_id: optional(uuid),
  no_principal: optional(z.boolean()),
}

type GivenPrincipal = { readonly [Field in keyof typeof PRINCIPAL]: z.output<(typeof PRINCIPAL)[Field]> }

/** Undefined where nothing is said. */
function principalOf({
  user_id,
  group_id,
  application_id,
  no_principal,
}: GivenPrincipal): PolicyPrincipal | undefined {
  const given: readonly (PolicyPrincipal | undefined)[] = [
    user_id === undefined ? undefined : { kind: 'user', id: user_id },
    group_id === undefined ? undefined : { kind: 'group', id: group_id },
    application_id === undefined ? undefined : { kind: 'application', id: application_id },
    no_principal === true ? { kind: 'none' } : undefined,
  ]
  const [principal, ...others] = given.filter((one) => one !== undefined)
  if (others.length === 0) return principal
  throw invalid({
    argument_name: 'user_id',
    reason: 'constraint',
    help_message: 'give only one of user_id, group_id, application_id and no_principal',
  })
}

type Order = OrderBy<'policy_name' | 'created_at'>

const ORDERS: Readonly<Record<Order, OrderBy<PolicyOrder>>> = {
  created_at_asc: 'created_at_asc',
  created_at_desc: 'created_at_desc',
  policy_name_asc: 'name_asc',
  policy_name_desc: 'name_desc',
}

const list = route({
  name: 'ListPolicies',
  method: 'GET',
  path: '/iam/v1alpha1/policies',
  about: 'List policies.',
  needs: ['policy:read'],
  query: listQuery(
    {
      application_ids: several(uuid),
      group_ids: several(uuid),
      user_ids: several(uuid),
      policy_ids: several(uuid),
      editable: flag,
      no_principal: flag,
      policy_name: text.optional(),
      tag: text.optional(),
    },
    ['policy_name', 'created_at'],
  ),
  answer: pageOf('policies', PolicyView),
  handle: async ({ services, query }) => {
    const { page, page_size, order_by, editable, policy_name, policy_ids, ...filters } = query
    const { items, total_count } = await services.policies.list({
      ...paging(query),
      order_by: order_by && ORDERS[order_by],
      filters: { ...filters, name: policy_name, policy_ids: allEditable(editable, policy_ids) },
    })
    return { policies: items.map(view), total_count }
  },
})

const create = route({
  name: 'CreatePolicy',
  method: 'POST',
  path: '/iam/v1alpha1/policies',
  about: 'Create a policy for one principal, or for none.',
  needs: ['policy:write'],
  body: z.strictObject({
    name,
    description: optional(description),
    organization_id: optional(uuid),
    tags: optional(tags),
    rules: optional(z.array(RuleSpecs)),
    ...PRINCIPAL,
  }),
  answer: PolicyView,
  handle: async ({ services, actor, organizationId, body }) => {
    const { name, description, tags, rules = [] } = body
    const principal = principalOf(body)
    if (principal === undefined) {
      throw invalid({
        argument_name: 'user_id',
        reason: 'required',
        help_message: 'give one of user_id, group_id, application_id and no_principal',
      })
    }
    const organization_id = body.organization_id ?? organizationId
    const input = { organization_id, name, description, tags, principal, rules: newRules(rules) }
    return view(await services.policies.create(actor, input))
  },
})

const get = route({
  name: 'GetPolicy',
  method: 'GET',
  path: '/iam/v1alpha1/policies/{policy_id}',
  about: 'Get a policy.',
  needs: ['policy:read'],
  answer: PolicyView,
  handle: async ({ services, params }) => view(await services.policies.get(params.policy_id)),
})

const update = route({
  name: 'UpdatePolicy',
  method: 'PATCH',
  path: '/iam/v1alpha1/policies/{policy_id}',
  about: 'Change a policy, or whom it is for.',
  needs: ['policy:write'],
  body: z.strictObject({
    name: optional(name),
    description: optional(description),
    tags: optional(tags),
    ...PRINCIPAL,
  }),
  answer: PolicyView,
  handle: async ({ services, actor, params, body }) => {
    const { name, description, tags } = body
    const change = { name, description, tags, principal: principalOf(body) }
    return view(await services.policies.update(actor, params.policy_id, change))
  },
})

const remove = route({
  name: 'DeletePolicy',
  method: 'DELETE',
  path: '/iam/v1alpha1/policies/{policy_id}',
  about: 'Delete a policy.',
  needs: ['policy:write'],
  handle: ({ services, actor, params }) => services.policies.delete(actor, params.policy_id),
})

const clone = route({
  name: 'ClonePolicy',
  method: 'POST',
  path: '/iam/v1alpha1/policies/{policy_id}/clone',
  about: 'Make a policy with the same rules for the same principal.',
  needs: ['policy:write'],
  answer: PolicyView,
  handle: async ({ services, actor, params }) => view(await services.policies.clone(actor, params.policy_id)),
})

export const POLICY_ROUTES: readonly Route[] = [list, create, get, update, remove, clone]
