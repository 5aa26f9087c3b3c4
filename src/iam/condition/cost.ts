/**
 * An upper bound on the work a condition can be, found without running it. CEL has no loops but its comprehensions,
 * and those multiply: three of a hundred items each are a million steps in fewer than 2048 characters.
 */
import { isTextField, MAX_FIELD_LENGTH } from './facts.ts'
import { ConditionRefused } from './language.ts'
import { type ASTNode, children, fieldPath } from './tree.ts'
import { COMPREHENSIONS } from './vet.ts'

/** In steps of some 50 ns each. */
const MAX_STEPS = 5000

/** Of any value on the way, in characters and items. */
const MAX_SIZE = 65_536

/** How many characters are looked at in the time of a step. */
const CHARACTERS_PER_STEP = 256

/** Compiling a pattern or a time zone anew, where a condition runs on the library. */
const COMPILING_STEPS = 200

/** What a node may take and what its value may be. */
interface Bound {
  readonly steps: number
  /** How often a comprehension over it goes round. */
  readonly items: number
  /** Characters and items, those within items included. */
  readonly size: number
}

/** A value of no length: a number, a bool. */
const PLAIN_SIZE = 32

type Scope = ReadonlyMap<string, Bound>

/** @throws ConditionRefused */
export function refuseCostly(condition: ASTNode): void {
  if (boundOf(condition, new Map()).steps > MAX_STEPS) throw tooCostly(condition)
}

function boundOf(node: ASTNode, scope: Scope): Bound {
  const bound = boundUnchecked(node, scope)
  if (bound.size > MAX_SIZE) throw tooCostly(node)
  return bound
}

function tooCostly(node: ASTNode): ConditionRefused {
  return new ConditionRefused('this could take too long; use fewer or smaller lists and texts', node.start)
}

function boundUnchecked(node: ASTNode, scope: Scope): Bound {
  const path = fieldPath(node)
  if (path !== undefined && isTextField(path)) return { steps: 1, items: 0, size: MAX_FIELD_LENGTH }

  switch (node.op) {
    case 'value':
      return { steps: 1, items: 0, size: typeof node.args === 'string' ? node.args.length : PLAIN_SIZE }
    case 'id':
      return scope.get(node.args) ?? { steps: 1, items: 0, size: PLAIN_SIZE }
    case 'list':
    case 'map': {
      const parts = total(node, scope)
      return { steps: parts.steps + 1, items: node.args.length, size: parts.size + node.args.length }
    }
    case '+': {
      const parts = total(node, scope)
      return { steps: parts.steps + 1 + reading(parts.size), items: parts.items, size: parts.size }
    }
    case 'rcall':
      return COMPREHENSIONS.has(node.args[0]) ? comprehension(node, scope) : call(node, node.args[0], scope)
    case 'call':
      return call(node, node.args[0], scope)
    case '?:':
    case '.':
    case '[]': {
      const parts = total(node, scope)
      return { ...parts, steps: parts.steps + 1 }
    }
    default: {
      // Operators whose result is a number or a bool, and which may have to read their operands for it.
      const parts = total(node, scope)
      return { steps: parts.steps + 1 + reading(parts.size), items: 0, size: PLAIN_SIZE }
    }
  }
}

function total(node: ASTNode, scope: Scope): Bound {
  let [steps, items, size] = [0, 0, 0]
  for (const child of children(node)) {
    const bound = boundOf(child, scope)
    steps += bound.steps
    items += bound.items
    size += bound.size
  }
  return { steps, items, size }
}

function reading(size: number): number {
  return Math.ceil(size / CHARACTERS_PER_STEP)
}

function call(node: ASTNode, name: string, scope: Scope): Bound {
  const parts = total(node, scope)
  const compiles = name === 'matches' || name.startsWith('get')
  const steps = parts.steps + 1 + reading(parts.size) + (compiles ? COMPILING_STEPS : 0)
  switch (name) {
    case 'split':
      return {
        steps: steps + reading(parts.size * PLAIN_SIZE),
        items: parts.size + 1,
        size: parts.size * 2 + 1,
      }
    case 'join':
      return { steps, items: 0, size: parts.size * (parts.items + 1) }
    case 'bytes':
    case 'string':
      return { steps, items: 0, size: parts.size * 4 + PLAIN_SIZE }
    case 'dyn':
    case 'trim':
    case 'substring':
    case 'lowerAscii':
    case 'upperAscii':
      return { steps, items: parts.items, size: parts.size }
    default:
      return { steps, items: 0, size: PLAIN_SIZE }
  }
}

function comprehension(node: Extract<ASTNode, { op: 'rcall' }>, scope: Scope): Bound {
  const [name, receiver, [variable, ...bodies]] = node.args
  const range = boundOf(receiver, scope)
  const item: Bound = { steps: 1, items: range.size, size: range.size }
  const inner = variable?.op === 'id' ? new Map([...scope, [variable.args, item]]) : scope
  const round = bodies.map((body) => boundOf(body, inner))
  const steps = range.steps + range.items * round.reduce((sum, bound) => sum + bound.steps, 1)
  switch (name) {
    case 'filter':
      return { steps, items: range.items, size: range.size }
    case 'map':
      return { steps, items: range.items, size: range.items * ((round.at(-1)?.size ?? 0) + 1) }
    default:
      return { steps, items: 0, size: PLAIN_SIZE }
  }
}
