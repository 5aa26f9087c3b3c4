/**
 * Conditions of rules: CEL expressions over the request and the resource, checked for syntax, types and cost when they
 * are written, and compiled once. The language is described in README.md, "Conditions".
 */
import { closureOf, type Test } from './condition/closures.ts'
import { refuseCostly } from './condition/cost.ts'
import type { ConditionFacts } from './condition/facts.ts'
import {
  ConditionRefused,
  type Failure,
  interpret,
  type Outcome,
  parseCondition,
} from './condition/language.ts'
import type { ASTNode } from './condition/tree.ts'
import { vet } from './condition/vet.ts'

export { ConditionFacts, type ConditionInput } from './condition/facts.ts'
export type { Failure, Outcome } from './condition/language.ts'

/** In UTF-16 units. */
export const MAX_CONDITION_LENGTH = 2048

/** Where and why a condition is not acceptable. Line and column count from 1, the column in UTF-16 units. */
export interface ConditionFault {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** Never throws. */
export type CompiledCondition = (facts: ConditionFacts) => Outcome

const ABSENT: Failure = { message: 'the request lacks what the condition asks for' }

const UNBOUND: ReadonlyMap<string, ASTNode> = new Map()

/** What keeps a condition from being accepted: at most its first fault. `''` has none: it means "unconditional". */
export function checkCondition(text: string): readonly ConditionFault[] {
  if (text === '') return []
  try {
    accept(text)
    return []
  } catch (error) {
    if (!(error instanceof ConditionRefused)) throw error
    return [{ ...position(text, error.offset), message: error.message }]
  }
}

/** A condition as a function. One that would be refused never holds: its outcome is the reason. */
export function compileCondition(text: string): CompiledCondition {
  try {
    const tree = accept(text)
    // Where nothing of it is of a kind that closures know, the library runs it whole and can say what fails.
    const otherwise = (node: ASTNode): Test | undefined =>
      node === tree ? undefined : interpretPart(text, node)
    const closure = closureOf(tree, { bound: UNBOUND, otherwise })
    return closure === undefined ? interpret(text) : (facts) => closure(facts) ?? ABSENT
  } catch (error) {
    if (!(error instanceof ConditionRefused)) throw error
    const failure: Failure = { message: error.message }
    return () => failure
  }
}

/** A part of a condition on the library; undefined where its text, without the parentheses around, does not stand alone. */
function interpretPart(text: string, { start, end }: ASTNode): Test | undefined {
  try {
    const part = interpret(text.slice(start, end))
    return (facts) => {
      const outcome = part(facts)
      return typeof outcome === 'boolean' ? outcome : undefined
    }
  } catch (error) {
    if (!(error instanceof ConditionRefused)) throw error
    return undefined
  }
}

/** @throws ConditionRefused */
function accept(text: string): ASTNode {
  if (text.length > MAX_CONDITION_LENGTH) {
    throw new ConditionRefused(
      `a condition has at most ${MAX_CONDITION_LENGTH} characters`,
      MAX_CONDITION_LENGTH,
    )
  }
  const tree = parseCondition(text)
  vet(tree, text)
  refuseCostly(tree)
  return tree
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}
