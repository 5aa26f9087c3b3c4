/**
 * What a deletion takes with it, step by step, so that each step is in the audit log. The schema's foreign keys refuse
 * whatever is forgotten here.
 */
import type { Policy, Rule } from '../iam/model.ts'
import type { Transaction } from '../store/repositories.ts'
import { stillInUse } from './errors.ts'

/** Of a user or application: its keys and sessions go, its groups lose it, its policies stay without principal. */
export async function dropPrincipal(transaction: Transaction, id: string, at: string): Promise<void> {
  for (const key of await transaction.keys.ofBearer(id)) await transaction.keys.delete(key.access_key)
  for (const session of await transaction.sessions.ofUser(id)) await transaction.sessions.delete(session.id)
  for (const group of await transaction.groups.ofMember(id)) {
    await transaction.groups.update({
      ...group,
      user_ids: group.user_ids.filter((member) => member !== id),
      application_ids: group.application_ids.filter((member) => member !== id),
      updated_at: at,
    })
  }
  await dropPolicies(transaction, id, at)
}

/** The policies of a principal stay without one, and so apply to nobody. */
export async function dropPolicies(transaction: Transaction, principalId: string, at: string): Promise<void> {
  for (const policy of await transaction.policies.ofPrincipal(principalId)) {
    await transaction.policies.update({
      ...policy,
      user_id: null,
      group_id: null,
      application_id: null,
      updated_at: at,
    })
  }
}

/**
 * Of a project: keys lose their preference for it, rules their mention of it, its SSH keys go.
 * @throws ServiceError `precondition_failed` while it owns buckets
 */
export async function dropProject(transaction: Transaction, id: string, at: string): Promise<void> {
  const buckets = await transaction.buckets.countOfProject(id)
  if (buckets > 0)
    throw stillInUse(`project \`${id}\` still owns ${buckets} bucket${buckets === 1 ? '' : 's'}`)
  for (const key of await transaction.sshKeys.ofProject(id)) await transaction.sshKeys.delete(key.id)
  for (const key of await transaction.keys.preferringProject(id)) {
    await transaction.keys.update({ ...key, default_project_id: null, updated_at: at })
  }
  for (const policy of await transaction.policies.namingProject(id)) {
    await transaction.policies.update(withoutProject(policy, id, at))
  }
}

/** A rule that named no other project would hold nowhere: it goes. */
function withoutProject(policy: Policy, projectId: string, at: string): Policy {
  const rules = policy.rules.flatMap((rule): readonly Rule[] => {
    if (rule.project_ids === null) return [rule]
    const project_ids = rule.project_ids.filter((id) => id !== projectId)
    return project_ids.length === 0 ? [] : [{ ...rule, project_ids }]
  })
  return { ...policy, rules, updated_at: at }
}
