/** Conditions of rules: CEL expressions, checked when written, compiled once, bounded in cost. */

/** Where and why a condition is not acceptable. Line and column count from 1. */
export interface ConditionFault {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** Everything wrong with a condition; empty where it is acceptable. `''` is: it means "unconditional". */
export function checkCondition(_text: string): readonly ConditionFault[] {
  return []
}
