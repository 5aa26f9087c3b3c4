/** Rules as callers write them, checked and made into records. */
import { checkCondition } from '../iam/condition.ts'
import type { Rule } from '../iam/model.ts'
import { isPermissionSetName, PERMISSION_SETS } from '../iam/permission-sets.ts'
import type { Transaction } from '../store/repositories.ts'
import type { Random } from './deps.ts'
import type { NewRule } from './policies.ts'
import { type Checks, createChecks } from './validate.ts'

/**
 * Checks all rules of a policy and gives each an id.
 * @throws ServiceError `invalid_arguments` with every fault, named by its place: `rules.0.condition`
 */
export async function buildRules(
  transaction: Transaction,
  organizationId: string,
  rules: readonly NewRule[],
  random: Random,
): Promise<readonly Rule[]> {
  const checks = createChecks()
  for (const [index, rule] of rules.entries()) {
    checkSets(checks, `rules.${index}`, rule)
    checkText(checks, `rules.${index}`, rule)
    await checkScope(checks, `rules.${index}`, rule, organizationId, transaction)
  }
  checks.done()
  const built: Rule[] = []
  for (const rule of rules) {
    built.push({
      id: random.uuid(),
      permission_set_names: [...new Set(rule.permission_set_names)],
      project_ids: await projectsOf(rule, organizationId, transaction),
      organization_id: rule.scope.kind === 'organization' ? rule.scope.organization_id : null,
      condition: rule.condition ?? '',
    })
  }
  return built
}

function checkSets(checks: Checks, place: string, { permission_set_names, scope }: NewRule): void {
  const argument = `${place}.permission_set_names`
  if (permission_set_names.length === 0) {
    checks.fault(argument, 'required', 'must name at least one permission set')
  }
  const scopes = new Set<string>()
  for (const name of permission_set_names) {
    if (isPermissionSetName(name)) scopes.add(PERMISSION_SETS[name].scope_type)
    else checks.fault(argument, 'unknown', `there is no permission set \`${name}\``)
  }
  if (scopes.size > 1) {
    checks.fault(
      argument,
      'constraint',
      'must be sets about projects only, or sets about the organization only',
    )
  } else if (scopes.has('organization') && scope.kind !== 'organization') {
    checks.fault(argument, 'constraint', 'sets about the organization need the organization as scope')
  }
}

function checkText(checks: Checks, place: string, { condition = '' }: NewRule): void {
  for (const { line, column, message } of checkCondition(condition)) {
    checks.fault(`${place}.condition`, 'format', `line ${line}, column ${column}: ${message}`)
  }
}

async function checkScope(
  checks: Checks,
  place: string,
  { scope }: NewRule,
  organizationId: string,
  transaction: Transaction,
): Promise<void> {
  switch (scope.kind) {
    case 'organization':
      if (scope.organization_id !== organizationId) {
        checks.fault(`${place}.organization_id`, 'constraint', 'must be the organization of the policy')
      }
      return
    case 'projects':
      if (scope.project_ids.length === 0) {
        checks.fault(`${place}.project_ids`, 'required', 'must name at least one project')
      }
      for (const id of scope.project_ids) {
        const project = await transaction.projects.find(id)
        if (project?.organization_id !== organizationId) {
          checks.fault(`${place}.project_ids`, 'unknown', `there is no project \`${id}\` in the organization`)
        }
      }
      return
    case 'all-current-projects':
      return
  }
}

async function projectsOf(
  { scope }: NewRule,
  organizationId: string,
  transaction: Transaction,
): Promise<readonly string[] | null> {
  switch (scope.kind) {
    case 'organization':
      return null
    case 'projects':
      return [...new Set(scope.project_ids)]
    case 'all-current-projects':
      return (await transaction.projects.ofOrganization(organizationId)).map((project) => project.id)
  }
}
