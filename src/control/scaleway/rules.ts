/** `/iam/v1alpha1/rules`: what a policy gives. Rules are set all together, and keep the order in which they were set. */
import { z } from 'zod'
import { MAX_CONDITION_LENGTH } from '../../iam/condition.ts'
import type { Rule } from '../../iam/model.ts'
import { isPermissionSetName, PERMISSION_SETS } from '../../iam/permission-sets.ts'
import type { ArgumentFault } from '../../services/errors.ts'
import type { NewRule, RuleScope } from '../../services/policies.ts'
import { invalid } from '../errors.ts'
import { listQuery, optional, pageOf, text, textUpTo, uuid } from '../fields.ts'
import { pageFrom } from '../page.ts'
import { type Route, route } from '../route.ts'

const RuleView = z.object({
  id: z.uuid(),
  permission_set_names: z.array(z.string()).readonly(),
  permission_sets_scope_type: z.enum(['projects', 'organization', 'account_root_user', 'unknown_scope_type']),
  condition: z.string(),
  project_ids: z.array(z.uuid()).readonly().optional(),
  organization_id: z.uuid().optional(),
})

function view({
  id,
  permission_set_names,
  condition,
  project_ids,
  organization_id,
}: Rule): z.input<typeof RuleView> {
  const [first = ''] = permission_set_names
  return {
    id,
    permission_set_names,
    permission_sets_scope_type: isPermissionSetName(first)
      ? PERMISSION_SETS[first].scope_type
      : 'unknown_scope_type',
    condition,
    ...(project_ids === null ? {} : { project_ids }),
    ...(organization_id === null ? {} : { organization_id }),
  }
}

/** A rule as callers write it. */
export const RuleSpecs = z.strictObject({
  permission_set_names: optional(z.array(text)),
  condition: optional(textUpTo(MAX_CONDITION_LENGTH)),
  project_ids: optional(z.array(uuid)),
  organization_id: optional(uuid),
})

/** @throws ServiceError `invalid_arguments` where a rule does not say where it holds */
export function newRules(specs: readonly z.output<typeof RuleSpecs>[]): readonly NewRule[] {
  const faults: ArgumentFault[] = []
  const rules = specs.map((spec, index): NewRule => {
    const { permission_set_names = [], condition, project_ids = [], organization_id } = spec
    if (organization_id === undefined && project_ids.length === 0) {
      faults.push({
        argument_name: `rules.${index}.project_ids`,
        reason: 'required',
        help_message: 'give project_ids or organization_id',
      })
    }
    if (organization_id !== undefined && project_ids.length > 0) {
      faults.push({
        argument_name: `rules.${index}.project_ids`,
        reason: 'constraint',
        help_message: 'give only one of project_ids and organization_id',
      })
    }
    const scope: RuleScope =
      organization_id === undefined
        ? { kind: 'projects', project_ids }
        : { kind: 'organization', organization_id }
    return { permission_set_names, condition, scope }
  })
  if (faults.length > 0) throw invalid(...faults)
  return rules
}

const list = route({
  name: 'ListRules',
  method: 'GET',
  path: '/iam/v1alpha1/rules',
  about: "List a policy's rules, in their own order.",
  needs: ['policy:read'],
  query: listQuery({ policy_id: uuid }, ['created_at']),
  answer: pageOf('rules', RuleView),
  handle: async ({ services, query }) => {
    const { items, total_count } = pageFrom((await services.policies.get(query.policy_id)).rules, query)
    return { rules: items.map(view), total_count }
  },
})

const set = route({
  name: 'SetRules',
  method: 'PUT',
  path: '/iam/v1alpha1/rules',
  about:
    'Set all rules of a policy. A condition that a rule had and no longer has is remarked on in the log.',
  needs: ['policy:write'],
  body: z.strictObject({ policy_id: uuid, rules: z.array(RuleSpecs).nullable() }),
  answer: z.object({ rules: z.array(RuleView).readonly() }),
  handle: async ({ services, actor, body }) => {
    const rules = newRules(body.rules ?? [])
    const policy = await services.policies.replaceRules(actor, body.policy_id, rules)
    return { rules: policy.rules.map(view) }
  },
})

export const RULE_ROUTES: readonly Route[] = [list, set]
