/** Policies: what a principal was given, as ordered rules. */

import type { Policy, PolicyPrincipal, Rule } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Page, PolicyFilters, PolicyOrder } from '../store/query.ts'
import type { Transaction } from '../store/repositories.ts'
import { type ChangeOf, mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found } from './errors.ts'
import type { ListInput } from './lists.ts'
import { listQuery } from './lists.ts'
import { checkCount, checkQuota } from './quotas.ts'
import { buildRules } from './rules.ts'
import { createChecks } from './validate.ts'

/** Where a rule holds. */
export type RuleScope =
  | { readonly kind: 'projects'; readonly project_ids: readonly string[] }
  /** The projects that the organization has now, as a list: later ones are not covered. */
  | { readonly kind: 'all-current-projects' }
  /** All projects, later ones included; also what sets that are about the organization need. */
  | { readonly kind: 'organization'; readonly organization_id: string }

export interface NewRule {
  /** All of them project-scoped, or all organization-scoped. */
  readonly permission_set_names: readonly string[]
  readonly scope: RuleScope
  /** CEL; absent or `''`: unconditional. */
  readonly condition?: string | undefined
}

export interface NewPolicy {
  readonly organization_id: string
  readonly name: string
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly principal: PolicyPrincipal
  readonly rules?: readonly NewRule[] | undefined
}

export type PolicyChange = ChangeOf<Pick<NewPolicy, 'name' | 'description' | 'tags' | 'principal'>>

export interface Policies {
  create(actor: Actor, input: NewPolicy): Promise<Policy>
  get(id: string): Promise<Policy>
  list(input: ListInput<PolicyFilters, PolicyOrder>): Promise<Page<Policy>>
  update(actor: Actor, id: string, change: PolicyChange): Promise<Policy>
  delete(actor: Actor, id: string): Promise<void>
  /** The same rules for the same principal under a new id. */
  clone(actor: Actor, id: string): Promise<Policy>
  /** In the given order, with new ids. */
  replaceRules(actor: Actor, policyId: string, rules: readonly NewRule[]): Promise<Policy>
  /** Appends; existing rules keep their ids, order and conditions. */
  addRule(actor: Actor, policyId: string, rule: NewRule): Promise<Rule>
  deleteRule(actor: Actor, policyId: string, ruleId: string): Promise<Policy>
}

const MAX_NAME = 64

export function createPolicies(deps: ServiceDeps): Policies {
  const { policies } = deps.store.repositories
  const checkRoom = async (transaction: Transaction, { organization_id, rules }: Policy): Promise<void> => {
    checkCount(deps, 'iam_rules_per_policy', rules.length)
    await checkQuota(deps, 'iam_policies', () =>
      transaction.policies.list(listQuery({ filters: { organization_id } })),
    )
  }
  const edit = (
    actor: Actor,
    id: string,
    changed: (policy: Policy, transaction: Transaction) => Promise<Partial<Policy>>,
  ): Promise<Policy> =>
    mutate(deps, actor, { resource: 'policy', id }, async (transaction) => {
      const before = found(await transaction.policies.find(id), 'policy', id)
      const after: Policy = {
        ...before,
        ...(await changed(before, transaction)),
        updated_at: timestamp(deps.now()),
      }
      if (after.rules.length > before.rules.length) {
        checkCount(deps, 'iam_rules_per_policy', after.rules.length)
      }
      await transaction.policies.update(after)
      return after
    })

  return {
    async create(actor, input) {
      check(input)
      return mutate(deps, actor, { resource: 'policy', id: input.name }, async (transaction) => {
        const { organization_id, principal } = input
        found(await transaction.organizations.find(organization_id), 'organization', organization_id)
        const at = timestamp(deps.now())
        const policy: Policy = {
          id: deps.random.uuid(),
          organization_id,
          name: input.name,
          description: input.description ?? '',
          tags: input.tags ?? [],
          ...(await principalColumns(transaction, organization_id, principal)),
          rules: await buildRules(transaction, organization_id, input.rules ?? [], deps.random),
          created_at: at,
          updated_at: at,
        }
        await checkRoom(transaction, policy)
        await transaction.policies.insert(policy)
        return policy
      })
    },

    get: async (id) => found(await policies.find(id), 'policy', id),
    list: async (input) => policies.list(listQuery(input)),

    async update(actor, id, change) {
      check(change)
      return edit(actor, id, async (policy, transaction) => ({
        name: change.name ?? policy.name,
        description: change.description ?? policy.description,
        tags: change.tags ?? policy.tags,
        ...(change.principal === undefined
          ? {}
          : await principalColumns(transaction, policy.organization_id, change.principal)),
      }))
    },

    delete: (actor, id) =>
      mutate(deps, actor, { resource: 'policy', id }, async (transaction) => {
        found(await transaction.policies.find(id), 'policy', id)
        await transaction.policies.delete(id)
      }),

    clone: (actor, id) =>
      mutate(deps, actor, { resource: 'policy', id }, async (transaction) => {
        const original = found(await transaction.policies.find(id), 'policy', id)
        const at = timestamp(deps.now())
        const clone: Policy = {
          ...original,
          id: deps.random.uuid(),
          name: `copy of ${original.name}`.slice(0, MAX_NAME),
          rules: original.rules.map((rule) => ({ ...rule, id: deps.random.uuid() })),
          created_at: at,
          updated_at: at,
        }
        await checkRoom(transaction, clone)
        await transaction.policies.insert(clone)
        return clone
      }),

    replaceRules: (actor, policyId, rules) =>
      edit(actor, policyId, async (policy, transaction) => ({
        rules: await buildRules(transaction, policy.organization_id, rules, deps.random),
      })),

    async addRule(actor, policyId, rule) {
      const policy = await edit(actor, policyId, async ({ organization_id, rules }, transaction) => ({
        rules: [...rules, ...(await buildRules(transaction, organization_id, [rule], deps.random))],
      }))
      return found(policy.rules.at(-1), 'rule', policyId)
    },

    deleteRule: (actor, policyId, ruleId) =>
      edit(actor, policyId, async ({ rules }) => {
        found(
          rules.find((rule) => rule.id === ruleId),
          'rule',
          ruleId,
        )
        return { rules: rules.filter((rule) => rule.id !== ruleId) }
      }),
  }
}

function check(input: PolicyChange): void {
  const checks = createChecks()
  checks.name('name', input.name)
  checks.description('description', input.description)
  checks.tags('tags', input.tags)
  checks.done()
}

type PrincipalColumns = Pick<Policy, 'user_id' | 'group_id' | 'application_id'>

const NO_PRINCIPAL: PrincipalColumns = { user_id: null, group_id: null, application_id: null }

/** One of another organization is not there. @throws ServiceError `not_found` */
async function principalColumns(
  transaction: Transaction,
  organizationId: string,
  principal: PolicyPrincipal,
): Promise<PrincipalColumns> {
  const here = <E extends { readonly organization_id: string }>(entity: E | undefined) =>
    entity?.organization_id === organizationId ? entity : undefined
  switch (principal.kind) {
    case 'none':
      return NO_PRINCIPAL
    case 'user':
      found(here(await transaction.users.find(principal.id)), 'user', principal.id)
      return { ...NO_PRINCIPAL, user_id: principal.id }
    case 'group':
      found(here(await transaction.groups.find(principal.id)), 'group', principal.id)
      return { ...NO_PRINCIPAL, group_id: principal.id }
    case 'application':
      found(here(await transaction.applications.find(principal.id)), 'application', principal.id)
      return { ...NO_PRINCIPAL, application_id: principal.id }
  }
}
