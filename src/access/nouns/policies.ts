/** Policies of an access file: whole, with all their rules. */
import type { PolicyPrincipal } from '../../iam/model.ts'
import type { NewRule } from '../../services/policies.ts'
import { normalRule, policyEntry } from '../entries.ts'
import type { FilePath } from '../fault.ts'
import { reconcile, settleAll, settleOne } from '../reconcile.ts'
import type { Rosters } from '../rosters.ts'
import type { Run } from '../run.ts'
import type { PolicyEntry, RuleEntry } from '../schema.ts'

export async function applyPolicies(run: Run, rosters: Rosters, organization_id: string): Promise<void> {
  const { services, actor } = run
  const { users, groups, applications, projects, policies } = rosters

  const principalOf = ({ user, group, application }: PolicyEntry): PolicyPrincipal => {
    const of = (kind: 'user' | 'group' | 'application', id: string | undefined) =>
      id === undefined ? undefined : ({ kind, id } as const)
    return (
      of('user', user && users.refer([], user)) ??
      of('group', group && groups.refer([], group)) ??
      of('application', application && applications.refer([], application)) ?? { kind: 'none' }
    )
  }
  const ruleOf = ({ permission_set_names, projects: named, condition }: RuleEntry): NewRule => ({
    permission_set_names,
    scope:
      named === undefined
        ? { kind: 'organization', organization_id }
        : {
            kind: 'projects',
            project_ids: named.flatMap((reference) => projects.refer([], reference) ?? []),
          },
    condition,
  })
  const settleRule = (rule: RuleEntry, at: FilePath): RuleEntry | undefined => {
    if (rule.projects === undefined) return normalRule(rule)
    const named = settleAll(projects, [...at, 'projects'], rule.projects)
    return named === undefined ? undefined : normalRule({ ...rule, projects: named })
  }
  const settle = (entry: PolicyEntry, at: FilePath): PolicyEntry | undefined => {
    const { user, group, application } = entry
    const principal = {
      ...(user === undefined ? {} : { user: settleOne(users, [...at, 'user'], user) }),
      ...(group === undefined ? {} : { group: settleOne(groups, [...at, 'group'], group) }),
      ...(application === undefined
        ? {}
        : { application: settleOne(applications, [...at, 'application'], application) }),
    }
    const rules = entry.rules.map((rule, index) => settleRule(rule, [...at, 'rules', index]))
    const wrong = Object.values(principal).includes(undefined) || rules.includes(undefined)
    return wrong ? undefined : { ...entry, ...principal, rules: rules as RuleEntry[] }
  }

  await reconcile(run, run.document.policies, policies, {
    kind: 'policy',
    nameOf: ({ name }) => name,
    settle,
    present: (policy) => policyEntry(policy, rosters),
    create: (entry) => {
      const { name, description, tags } = entry
      const rules = entry.rules.map(ruleOf)
      const principal = principalOf(entry)
      return services.policies.create(actor, { organization_id, name, description, tags, principal, rules })
    },
    update: async (policy, entry, changed) => {
      let updated = policy
      const { name, description, tags } = entry
      if ([...changed].some((field) => field !== 'rules')) {
        const principal = principalOf(entry)
        updated = await services.policies.update(actor, policy.id, { name, description, tags, principal })
      }
      if (changed.has('rules')) {
        updated = await services.policies.replaceRules(actor, policy.id, entry.rules.map(ruleOf))
      }
      return updated
    },
  })
}
