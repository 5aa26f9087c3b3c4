/** Policies, as rows; their rules and the projects that those name lie in tables of their own. */
import type { Policy, Rule } from '../../iam/model.ts'
import type { Queries, Statements } from '../database.ts'
import { derivedJson, entityTable, json, text } from '../entity.ts'
import type { PolicyFilters, PolicyOrder } from '../query.ts'
import { anyOf, createReads, equals, type FilterTable, hasTag } from '../reads.ts'
import type { PolicyReads, PolicyWrites } from '../repositories.ts'
import { createWrites, type WriteContext } from '../writes.ts'

// Ordered within, not in the aggregate, which takes three times as long.
const RULE_PROJECTS = `SELECT json_group_array(project_id)
  FROM (SELECT project_id FROM rule_projects WHERE rule_id = r.id ORDER BY position)`

const RULES = `SELECT json_group_array(json_object(
    'id', r.id,
    'permission_set_names', json(r.permission_set_names),
    'project_ids', CASE WHEN r.organization_id IS NULL THEN json((${RULE_PROJECTS})) END,
    'organization_id', r.organization_id,
    'condition', r.condition
  )) FROM (SELECT * FROM rules WHERE policy_id = policies.id ORDER BY position) r`

export const POLICIES = entityTable<Policy>({
  table: 'policies',
  id: 'id',
  tieBreaker: 'id',
  columns: {
    id: text(),
    organization_id: text(),
    name: text(),
    description: text(),
    tags: json(),
    user_id: text(),
    group_id: text(),
    application_id: text(),
    rules: derivedJson(RULES),
    created_at: text(),
    updated_at: text(),
  },
})

const FILTERS: FilterTable<PolicyFilters> = {
  organization_id: equals('organization_id'),
  policy_ids: anyOf('id'),
  user_ids: anyOf('user_id'),
  group_ids: anyOf('group_id'),
  application_ids: anyOf('application_id'),
  no_principal: (none) => ({
    sql: '(user_id IS NULL AND group_id IS NULL AND application_id IS NULL) = ?',
    values: [none ? 1 : 0],
  }),
  name: equals('name'),
  tag: hasTag('tags'),
}
const ORDERS: readonly PolicyOrder[] = ['created_at', 'name']

export function createPolicyReads(queries: Queries): PolicyReads {
  const reads = createReads(queries, POLICIES, FILTERS, ORDERS)
  return {
    ...reads,
    ofPrincipal: (id) => reads.where('user_id = ? OR group_id = ? OR application_id = ?', [id, id, id]),
    namingProject: (projectId) =>
      reads.where(
        'id IN (SELECT policy_id FROM rules JOIN rule_projects ON rule_id = rules.id WHERE project_id = ?)',
        [projectId],
      ),
  }
}

export function createPolicyWrites(context: WriteContext): PolicyWrites {
  const { statements } = context
  const reads = createPolicyReads(statements)
  const writes = createWrites(context, {
    table: POLICIES,
    resourceType: 'policy',
    organizationOf: (policy) => policy.organization_id,
    find: reads.find,
    remarkOn: droppedConditions,
    saveParts(policy) {
      statements.run('DELETE FROM rules WHERE policy_id = ?', [policy.id])
      for (const [position, rule] of policy.rules.entries()) insertRule(statements, policy.id, rule, position)
    },
  })
  return { ...reads, ...writes, insert: (policy) => writes.insert(policy, {}) }
}

function insertRule(statements: Statements, policyId: string, rule: Rule, position: number): void {
  statements.run(
    'INSERT INTO rules (id, policy_id, position, permission_set_names, organization_id, condition) VALUES (?, ?, ?, ?, ?, ?)',
    [
      rule.id,
      policyId,
      position,
      JSON.stringify(rule.permission_set_names),
      rule.organization_id,
      rule.condition,
    ],
  )
  for (const [place, projectId] of (rule.project_ids ?? []).entries()) {
    statements.run('INSERT INTO rule_projects (rule_id, position, project_id) VALUES (?, ?, ?)', [
      rule.id,
      place,
      projectId,
    ])
  }
}

/**
 * Clients that read rules, change one and put all of them back are known to lose every condition on the way. What a rule
 * gave under a condition, or some of it, a new one gives without it: unconditionally, or in place of it.
 */
function droppedConditions(before: Policy, after: Policy): string {
  const added = withoutThose(after.rules, before.rules)
  const dropped = before.rules.filter((rule) => {
    if (rule.condition === '') return false
    const now = added.filter((other) => overlap(rule, other))
    const kept = after.rules.some((other) => other.condition === rule.condition && overlap(rule, other))
    return now.some((other) => other.condition === '') || (now.length > 0 && !kept)
  })
  return dropped.length === 0
    ? ''
    : `condition dropped: ${dropped.map(({ condition }) => `\`${condition}\``).join(', ')}`
}

/** Each of `known` stands for one of its like. */
function withoutThose(rules: readonly Rule[], known: readonly Rule[]): readonly Rule[] {
  const shown = ({ permission_set_names, project_ids, organization_id, condition }: Rule) =>
    JSON.stringify([permission_set_names.toSorted(), project_ids?.toSorted(), organization_id, condition])
  const counts = new Map<string, number>()
  for (const rule of known) counts.set(shown(rule), (counts.get(shown(rule)) ?? 0) + 1)
  return rules.filter((rule) => {
    const count = counts.get(shown(rule)) ?? 0
    counts.set(shown(rule), count - 1)
    return count <= 0
  })
}

/** Both give some permission set in some project. */
function overlap(one: Rule, other: Rule): boolean {
  if (!one.permission_set_names.some((name) => other.permission_set_names.includes(name))) return false
  const { project_ids } = other
  if (one.project_ids === null || project_ids === null) return true
  return one.project_ids.some((id) => project_ids.includes(id))
}
