/** How `policy create` and `rule` write down a rule: what it grants, where, and when. */
import { type Command, Option } from 'commander'
import type { Rule } from '../../iam/model.ts'
import { PERMISSION_SET_NAMES } from '../../iam/permission-sets.ts'
import type { NewRule, RuleScope } from '../../services/policies.ts'
import { UsageError } from '../fault.ts'
import { severalKnownOption, severalOption } from '../options.ts'
import { project } from '../resolve.ts'
import type { ManagingSession } from '../session.ts'

/** Where a rule is to hold, as the options say it. */
export interface ScopeOptions {
  readonly project?: readonly string[]
  readonly allCurrentProjects?: boolean
  /** The organization whose scope is meant. */
  readonly wholeOrganization: string | undefined
}

export const grantOptions = (command: Command): Command =>
  command
    .addOption(
      severalKnownOption(
        '--permission-set <name>',
        'what it grants; see `s3warden permission-set list`',
        new Set(PERMISSION_SET_NAMES),
      ),
    )
    .addOption(severalOption('--project <project>', 'the projects it holds in'))
    .addOption(
      new Option('--all-current-projects', 'all projects that there are now; later ones are not covered'),
    )
    .option('--condition <cel>', 'a CEL expression that must be true of the request')

/** @throws UsageError unless exactly one scope was given */
export async function scopeOf(session: ManagingSession, options: ScopeOptions): Promise<RuleScope> {
  const scopes: RuleScope[] = []
  if (options.project !== undefined) {
    const project_ids: string[] = []
    for (const reference of options.project) project_ids.push((await project(session, reference)).id)
    scopes.push({ kind: 'projects', project_ids })
  }
  if (options.allCurrentProjects === true) scopes.push({ kind: 'all-current-projects' })
  if (options.wholeOrganization !== undefined) {
    scopes.push({ kind: 'organization', organization_id: options.wholeOrganization })
  }
  const [scope] = scopes
  if (scope === undefined || scopes.length > 1) {
    throw new UsageError(
      'say where the rule holds with one of --project, --all-current-projects, or the organization as a whole',
    )
  }
  return scope
}

/** A stored rule as it would be given anew. */
export function asNewRule(rule: Rule): NewRule {
  const scope: RuleScope =
    rule.organization_id === null
      ? { kind: 'projects', project_ids: rule.project_ids ?? [] }
      : { kind: 'organization', organization_id: rule.organization_id }
  return { permission_set_names: rule.permission_set_names, scope, condition: rule.condition }
}
