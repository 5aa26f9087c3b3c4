/**
 * What a bearer may do on the control plane, and what it may give to others. Pure, as `evaluate.ts` is for S3.
 *
 * Rules only allow; one that grants is enough, and its condition is asked about the present request. Giving is another
 * question: nobody gives what they do not hold. What is given needs the same permission set, in the same or a wider
 * scope, held without a condition or under the identical one. Whoever manages IAM holds every set, under the condition
 * under which they manage it.
 */
import { type ConditionFacts, compileCondition } from './condition.ts'
import type { Policy, Rule } from './model.ts'
import { PERMISSION_SETS, type PermissionSetName } from './permission-sets.ts'
import { MANAGING_SETS, PERMISSIONS_OF_SET, type Permission } from './permissions.ts'

/** Whose authority it is. */
export interface AuthorityHolder {
  readonly organization_id: string
  /** The owner of the organization: every right, no policy needed. */
  readonly owner: boolean
}

/** What a rule gives, without its identity. */
export type Grant = Omit<Rule, 'id'>

/** Where a permission holds: everywhere in the organization, or in these projects. */
export type Reach = 'organization' | ReadonlySet<string>

export interface Authority {
  /** Where it may do this, now. An empty set: nowhere. */
  reach(permission: Permission): Reach
  /** Anywhere at all. */
  may(permission: Permission): boolean
  /** The names of permission sets among `grants` that it may not give to others there and thus. */
  beyond(grants: readonly Grant[]): readonly string[]
  /** Whether it may give anything to anybody: the owner, and whoever manages IAM without a condition. */
  readonly unlimited: boolean
}

/** No rights: of keys that are restricted. */
export const NO_AUTHORITY: Authority = {
  reach: () => new Set(),
  may: () => false,
  beyond: (grants) => grants.flatMap(({ permission_set_names }) => permission_set_names),
  unlimited: false,
}

/** @param policies the bearer's own and those of its groups */
export function createAuthority(
  holder: AuthorityHolder,
  policies: readonly Policy[],
  facts: ConditionFacts,
): Authority {
  const { organization_id } = holder
  // INVARIANT: a policy holds in its own organization only, whatever a rule says.
  const rules = policies
    .filter((policy) => policy.organization_id === organization_id)
    .flatMap((policy) => policy.rules)
    .filter((rule) => rule.organization_id === null || rule.organization_id === organization_id)
  const unlimited = holder.owner || rules.some((rule) => rule.condition === '' && manages(rule))

  const holds = (rule: Rule): boolean =>
    rule.condition === '' || compileCondition(rule.condition)(facts) === true

  const reach = (permission: Permission): Reach => {
    if (holder.owner) return 'organization'
    const projects = new Set<string>()
    for (const rule of rules) {
      if (!gives(rule, permission) || !holds(rule)) continue
      if (rule.project_ids === null) return 'organization'
      for (const id of rule.project_ids) projects.add(id)
    }
    return projects
  }

  return {
    reach,
    may: (permission) => {
      const reached = reach(permission)
      return reached === 'organization' || reached.size > 0
    },
    beyond: (grants) =>
      unlimited
        ? []
        : grants.flatMap((grant) => grant.permission_set_names.filter((set) => !covered(rules, grant, set))),
    unlimited,
  }
}

function gives({ permission_set_names, project_ids }: Rule, permission: Permission): boolean {
  return permission_set_names.some((name) => {
    const set = name as PermissionSetName
    if (PERMISSIONS_OF_SET[set]?.includes(permission) !== true) return false
    return project_ids === null || PERMISSION_SETS[set].scope_type === 'projects'
  })
}

function manages({ permission_set_names, project_ids }: Rule): boolean {
  return project_ids === null && permission_set_names.some((name) => MANAGING_SETS.has(name))
}

/** For several projects, several rules may do it together. */
function covered(held: readonly Rule[], grant: Grant, set: string): boolean {
  const fitting = held.filter(
    (rule) =>
      (rule.condition === '' || rule.condition === grant.condition) &&
      (rule.permission_set_names.includes(set) || manages(rule)),
  )
  if (fitting.some((rule) => rule.project_ids === null)) return true
  if (grant.project_ids === null) return false
  return grant.project_ids.every((id) => fitting.some((rule) => rule.project_ids?.includes(id) === true))
}
