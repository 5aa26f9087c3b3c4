/**
 * A decision in sentences: what was asked, what decided, and what would have been needed. The decision itself is
 * {@link evaluate}'s, the same that the gate makes.
 */
import {
  conditionFacts,
  type DenialReason,
  evaluate,
  type Principal,
  type RequestFacts,
  type RequiredAccess,
  rulesFor,
} from './evaluate.ts'
import { PERMISSION_SET_NAMES, PERMISSION_SETS } from './permission-sets.ts'
import { formatResource } from './restriction-input.ts'

/** In the order to be read, each without a full stop. */
export function explainDecision(
  principal: Principal,
  facts: RequestFacts,
  required: RequiredAccess,
): readonly string[] {
  const decision = evaluate(principal, facts, required)
  const asked = `${required.action} on ${describeResource(required)}`
  if (decision.allowed) {
    const by =
      'owner' in decision.by
        ? 'its bearer is the owner of the organization'
        : `rule ${decision.by.rule_id} of policy ${decision.by.policy_id} grants it`
    return [`${asked} is allowed: ${by}`]
  }
  return [
    `${asked} is refused: ${WHY[decision.reason](principal, required)}`,
    ...(decision.reason === 'condition-not-met' ? describeConditions(principal, facts, required) : []),
    ...(decision.reason === 'no-rule' ? [describeSets(required)] : []),
  ]
}

function describeResource({ resource: { bucket, key } }: RequiredAccess): string {
  if (bucket === null) return 'the project'
  return key === null ? `bucket \`${bucket}\`` : `object \`${bucket}/${key}\``
}

const WHY: Readonly<Record<DenialReason, (principal: Principal, required: RequiredAccess) => string>> = {
  'bearer-locked': ({ key }) => `the ${key.bearer.kind} that the key belongs to is locked`,
  'key-expired': ({ key }) => `the key expired at ${key.record.expires_at}`,
  'other-organization': ({ project }) => `project ${project.id} belongs to another organization`,
  'other-project': ({ project }) =>
    `the bucket does not belong to project ${project.id}, which the key works in`,
  'operation-restricted': ({ key }) =>
    `the key is restricted to ${listed([
      ...(key.record.restrictions?.operations ?? []),
      ...(key.record.restrictions?.tags ?? []).map((tag) => `the tag ${tag}`),
    ])}`,
  'resource-restricted': ({ key }) =>
    `the key is restricted to ${listed((key.record.restrictions?.resources ?? []).map(formatResource))}`,
  'region-restricted': ({ key }, { resource }) =>
    `the key is restricted to ${listed(key.record.restrictions?.regions ?? [])}, and this is ${resource.region}`,
  'no-rule': ({ project }) =>
    `no rule of the bearer's policies or its groups' grants it in project ${project.id}`,
  'condition-not-met': () => 'rules grant it, but the condition of none of them holds',
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ')
}

function describeConditions(
  principal: Principal,
  facts: RequestFacts,
  { action, resource }: RequiredAccess,
): readonly string[] {
  const input = conditionFacts(facts, resource)
  return rulesFor(principal, action).flatMap(({ conditional }) =>
    conditional.map(({ rule, text, condition }) => {
      const outcome = condition(input)
      const result =
        typeof outcome === 'boolean' ? 'does not hold' : `could not be evaluated (${outcome.message})`
      return `the condition of rule ${rule.rule_id} of policy ${rule.policy_id} ${result}: ${text}`
    }),
  )
}

function describeSets({ action }: RequiredAccess): string {
  const sets = PERMISSION_SET_NAMES.filter((name) => PERMISSION_SETS[name].actions.has(action))
  return `permission sets with ${action}: ${sets.join(', ')}`
}
