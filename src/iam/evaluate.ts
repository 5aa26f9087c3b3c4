/**
 * The decision: may this principal do this action on this resource, now? Pure; the gate and `explain` share it.
 *
 * Every step can only deny, but for the last: the bearer and its key, the organization, the project, the key's own
 * restrictions; then the owner of the organization has every right, and anybody else needs one rule that grants.
 */
import type { OperationName } from '../s3/operation.ts'
import type { Action } from './actions.ts'
import { ConditionFacts } from './condition.ts'
import type { CompiledGrants, RuleRef, RulesForAction } from './grants.ts'
import type { Project } from './model.ts'
import type { ResolvedKey } from './reader.ts'
import { type RestrictionKind, refusedBy } from './restrictions.ts'

export interface Principal {
  readonly key: ResolvedKey
  /** The effective project. */
  readonly project: Project
  readonly grants: readonly CompiledGrants[]
}

/** What conditions may ask about the request. */
export interface RequestFacts {
  readonly ip: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly userAgent: string
  readonly operation: OperationName
  /** Of a list, `''` without one; null: not a list. */
  readonly prefix: string | null
}

export interface AccessResource {
  readonly bucket: string | null
  readonly key: string | null
  /** The owner of the bucket; the effective project where there is no bucket. */
  readonly projectId: string
  /** Of the bucket's backend; where there is no bucket, of the one that it would be on. */
  readonly region: string
}

export interface RequiredAccess {
  readonly action: Action
  readonly resource: AccessResource
}

/** The step that denied. */
export type DenialReason =
  | 'bearer-locked'
  | 'key-expired'
  | 'other-organization'
  | 'other-project'
  | `${RestrictionKind}-restricted`
  /** No rule grants this action in this project. */
  | 'no-rule'
  /** Rules would, but none of their conditions holds. */
  | 'condition-not-met'

/** A condition that could not be evaluated, and therefore did not grant. */
export interface ConditionError extends RuleRef {
  readonly message: string
}

export interface Allowed {
  readonly allowed: true
  readonly by: RuleRef | { readonly owner: true }
}

export interface Denied {
  readonly allowed: false
  readonly reason: DenialReason
  readonly errors: readonly ConditionError[]
}

export type Decision = Allowed | Denied

const BY_OWNER: Allowed = { allowed: true, by: { owner: true } }

/** Decides one action on one resource. An operation that needs several is allowed when each of them is. */
export function evaluate(principal: Principal, facts: RequestFacts, required: RequiredAccess): Decision {
  const { key, project } = principal
  const { action, resource } = required
  // Authentication has refused both already; a decision must not depend on that.
  if (key.bearer.locked) return denied('bearer-locked')
  if (key.expiresAt !== null && key.expiresAt <= facts.time) return denied('key-expired')
  if (
    project.organization_id !== key.bearer.organization_id ||
    project.organization_id !== key.record.organization_id
  ) {
    return denied('other-organization')
  }
  if (resource.projectId !== project.id) return denied('other-project')
  if (key.restrictions !== null) {
    const kind = refusedBy(key.restrictions, {
      action,
      bucket: resource.bucket,
      key: resource.key,
      region: resource.region,
      prefix: facts.prefix,
    })
    if (kind !== undefined) return denied(`${kind}-restricted`)
  }
  return key.bearer.owner ? BY_OWNER : askRules(principal, facts, required)
}

function denied(reason: DenialReason): Denied {
  return { allowed: false, reason, errors: [] }
}

/** Rules only allow, and any one that grants is enough: first those that need no condition to be looked at. */
function askRules(principal: Principal, facts: RequestFacts, required: RequiredAccess): Decision {
  const rules = rulesFor(principal, required.action)
  for (const { unconditional } of rules)
    if (unconditional !== null) return { allowed: true, by: unconditional }

  const errors: ConditionError[] = []
  let asked = false
  let input: ConditionFacts | undefined
  for (const { conditional } of rules) {
    for (const { rule, condition } of conditional) {
      asked = true
      input ??= conditionFacts(facts, required.resource)
      const outcome = condition(input)
      if (outcome === true) return { allowed: true, by: rule }
      if (outcome !== false) errors.push({ ...rule, message: outcome.message })
    }
  }
  return { allowed: false, reason: asked ? 'condition-not-met' : 'no-rule', errors }
}

/** Every rule that could grant the action in the effective project. */
export function rulesFor({ grants, project }: Principal, action: Action): readonly RulesForAction[] {
  const rules: RulesForAction[] = []
  for (const compiled of grants) {
    rules.push(
      compiled.forProject(project.id, action),
      compiled.forOrganization(project.organization_id, action),
    )
  }
  return rules
}

/** What a condition is asked about: the request, and this one resource. */
export function conditionFacts(facts: RequestFacts, { bucket, key, region }: AccessResource): ConditionFacts {
  return new ConditionFacts({
    ip: facts.ip,
    time: facts.time,
    userAgent: facts.userAgent,
    operation: facts.operation,
    prefix: facts.prefix,
    name: bucket,
    id: bucket === null || key === null ? null : `${bucket}/${key}`,
    locality: region,
  })
}
