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

/** Clients that read rules, change one and put all of them back are known to lose every condition on the way. */
function droppedConditions(before: Policy, after: Policy): string {
  const grant = ({ permission_set_names, project_ids, organization_id }: Rule) =>
    JSON.stringify([[...permission_set_names].sort(), [...(project_ids ?? [])].sort(), organization_id])
  const dropped = before.rules.filter((rule) => {
    if (rule.condition === '') return false
    const now = after.rules.filter((other) => grant(other) === grant(rule))
    return now.length > 0 && !now.some((other) => other.condition === rule.condition)
  })
  return dropped.length === 0
    ? ''
    : `condition dropped: ${dropped.map(({ condition }) => `\`${condition}\``).join(', ')}`
}
