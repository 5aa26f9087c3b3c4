/** What a key itself is limited to, compiled. */
import type { Action } from './actions.ts'
import type { Restrictions } from './model.ts'

export interface CompiledRestrictions {
  /** Null: every action. */
  readonly actions: ReadonlySet<Action> | null
  readonly source: Restrictions
}

/** Throws nothing: a stored name that is not known adds no action. */
export function compileRestrictions(restrictions: Restrictions): CompiledRestrictions {
  return { actions: new Set(), source: restrictions }
}
