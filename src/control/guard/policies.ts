/**
 * Policies of the caller's organization. Each change is done first, and then looked at: what it gives that was not
 * given before, the caller must be able to give; what is thrown undoes it.
 */
import type { Policy, Rule } from '../../iam/model.ts'
import type { Policies } from '../../services/policies.ts'
import type { Rights } from './rights.ts'

export function guardPolicies(policies: Policies, rights: Rights): Policies {
  const own = async (id: string) => rights.ours(await policies.get(id), 'policy', id)
  const change = async (id: string, work: () => Promise<Policy>): Promise<Policy> => {
    const before = await own(id)
    const after = await work()
    rights.requireGrantable(givenBy(before, after))
    return after
  }
  return {
    async create(actor, input) {
      rights.here(input.organization_id)
      const policy = await policies.create(actor, input)
      rights.requireGrantable(policy.rules)
      return policy
    },
    get: own,
    list: async (input) => policies.list(rights.within(input)),
    update: (actor, id, input) => change(id, () => policies.update(actor, id, input)),
    async delete(actor, id) {
      await own(id)
      await policies.delete(actor, id)
    },
    /** The copy outlives what happens to the original. */
    async clone(actor, id) {
      await own(id)
      const copy = await policies.clone(actor, id)
      rights.requireGrantable(copy.rules)
      return copy
    },
    replaceRules: (actor, id, rules) => change(id, () => policies.replaceRules(actor, id, rules)),
    async addRule(actor, id, rule) {
      await own(id)
      const added = await policies.addRule(actor, id, rule)
      rights.requireGrantable([added])
      return added
    },
    deleteRule: (actor, id, ruleId) => change(id, () => policies.deleteRule(actor, id, ruleId)),
  }
}

/** All rules where they are for somebody else now; otherwise those that were not there. */
function givenBy(before: Policy, after: Policy): readonly Rule[] {
  const samePrincipal = principalOf(before) === principalOf(after)
  const known = new Set(samePrincipal ? before.rules.map(shown) : [])
  return after.rules.filter((rule) => !known.has(shown(rule)))
}

function principalOf({ user_id, group_id, application_id }: Policy): string | null {
  return user_id ?? group_id ?? application_id
}

function shown({ permission_set_names, project_ids, organization_id, condition }: Rule): string {
  return JSON.stringify([
    [...permission_set_names].sort(),
    project_ids === null ? null : [...project_ids].sort(),
    organization_id,
    condition,
  ])
}
