/** Policies: what a principal was given, as ordered rules. */
import type { Policy, PolicyPrincipal, Rule } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Page, PolicyFilters, PolicyOrder } from '../store/query.ts'
import type { ListInput } from './lists.ts'

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

export type PolicyChange = Partial<Pick<NewPolicy, 'name' | 'description' | 'tags' | 'principal'>>

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
