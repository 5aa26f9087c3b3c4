/** The decision: may this principal do this action on this resource, now? Pure; the gate and `explain` share it. */
import type { Action } from './actions.ts'
import type { CompiledGrants } from './grants.ts'
import type { Project } from './model.ts'
import type { ResolvedKey } from './reader.ts'

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
  readonly operation: string
  /** Of a list, `''` without one; null: not a list. */
  readonly prefix: string | null
}

export interface AccessResource {
  readonly bucket: string | null
  readonly key: string | null
  /** The owner of the bucket; the effective project where there is no bucket. */
  readonly projectId: string
  readonly region: string
}

export interface RequiredAccess {
  readonly action: Action
  readonly resource: AccessResource
}

export type DenialReason =
  | 'bearer-locked'
  | 'key-expired'
  | 'other-organization'
  | 'other-project'
  | 'operation-restricted'
  | 'resource-restricted'
  | 'region-restricted'
  | 'no-rule'
  | 'condition-not-met'

/** A condition that could not be evaluated, and therefore did not grant. */
export interface ConditionError {
  readonly policy_id: string
  readonly rule_id: string
  readonly message: string
}

export type Decision =
  | {
      readonly allowed: true
      readonly by: { readonly policy_id: string; readonly rule_id: string } | { readonly owner: true }
    }
  | { readonly allowed: false; readonly reason: DenialReason; readonly errors: readonly ConditionError[] }

export function evaluate(_principal: Principal, _facts: RequestFacts, _required: RequiredAccess): Decision {
  return { allowed: false, reason: 'no-rule', errors: [] }
}
