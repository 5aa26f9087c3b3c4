/**
 * What a condition may not say although CEL would let it: functions outside a closed list, fields that do not exist
 * (`!has(resource.nmae)` would always grant), and constants that could only fail when a request comes.
 */
import { parseSubnet } from '../address.ts'
import { isTextField, TIME_FIELD } from './facts.ts'
import { ConditionRefused, constant } from './language.ts'
import { compilePattern } from './pattern.ts'
import { isClockField, wallClock } from './time-zone.ts'
import { type ASTNode, children, fieldPath, textLiteral } from './tree.ts'

const VARIABLES: ReadonlySet<string> = new Set(['request', 'resource'])

const FUNCTIONS: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'has',
  'inIpRange',
  'int',
  'size',
  'string',
  'timestamp',
  'type',
  'uint',
])

/** `receiver.macro(variable, …)`. */
export const COMPREHENSIONS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

const METHODS: ReadonlySet<string> = new Set([
  ...COMPREHENSIONS,
  'contains',
  'endsWith',
  'indexOf',
  'join',
  'lastIndexOf',
  'lowerAscii',
  'matches',
  'size',
  'split',
  'startsWith',
  'substring',
  'trim',
  'upperAscii',
])

/** RFC 3339. The library would take whatever `Date` makes something of. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** @throws ConditionRefused */
export function vet(node: ASTNode, text: string): void {
  const path = fieldPath(node)
  if (path !== undefined && VARIABLES.has(variableOf(path))) {
    vetField(path, node)
    return
  }

  switch (node.op) {
    case 'id':
      if (VARIABLES.has(node.args)) {
        throw new ConditionRefused(
          `\`${node.args}\` can only be asked for a field, as in \`${node.args}.…\``,
          node.start,
        )
      }
      break
    case 'call':
      vetCall(node, node.args[0], node.args[1], text)
      break
    case 'rcall':
      vetMethod(node, node.args[0], node.args[2])
      break
  }
  for (const child of children(node)) vet(child, text)
}

function variableOf(path: string): string {
  return path.slice(0, path.indexOf('.'))
}

function vetField(path: string, node: ASTNode): void {
  if (!isTextField(path) && path !== TIME_FIELD)
    throw new ConditionRefused(`there is no \`${path}\``, node.start)
}

function vetCall(node: ASTNode, name: string, args: readonly ASTNode[], text: string): void {
  if (!FUNCTIONS.has(name)) throw new ConditionRefused(`there is no function \`${name}\``, node.start)
  if (name === 'has') {
    vetPresence(node, args[0])
    return
  }
  const literal = textLiteral(args[name === 'inIpRange' ? 1 : 0])
  if (literal === undefined) return
  switch (name) {
    case 'inIpRange':
      if (parseSubnet(literal) === undefined) {
        throw new ConditionRefused(
          `\`${literal}\` is not a range of IP addresses, as \`10.0.0.0/8\` is`,
          args[1]!.start,
        )
      }
      break
    case 'timestamp':
      if (!RFC_3339.test(literal)) {
        throw new ConditionRefused(
          `\`${literal}\` is not a time, as \`2026-01-31T12:00:00Z\` is`,
          args[0]!.start,
        )
      }
      evaluateHere(node, text)
      break
    case 'duration':
      evaluateHere(node, text)
      break
  }
}

/** The library answers `has(resource.name.x)` with false for ever. */
function vetPresence(node: ASTNode, asked: ASTNode | undefined): void {
  const path = asked === undefined ? undefined : fieldPath(asked)
  if (path === undefined || !VARIABLES.has(variableOf(path))) {
    throw new ConditionRefused('`has` asks for a field of `request` or `resource`', node.start)
  }
}

function vetMethod(node: ASTNode, name: string, args: readonly ASTNode[]): void {
  if (!METHODS.has(name) && !isClockField(name)) {
    throw new ConditionRefused(`there is no method \`${name}\``, node.start)
  }
  if (COMPREHENSIONS.has(name)) {
    const variable = args[0]
    if (variable?.op === 'id' && VARIABLES.has(variable.args)) {
      throw new ConditionRefused(`\`${variable.args}\` has a meaning already`, variable.start)
    }
    return
  }
  const argument = args[0]
  if (argument === undefined || (name !== 'matches' && !isClockField(name))) return
  const literal = textLiteral(argument)
  if (literal === undefined) {
    throw new ConditionRefused(`the argument of \`${name}\` must be written out as a text`, argument.start)
  }
  try {
    if (name === 'matches') compilePattern(literal)
    else wallClock(literal)
  } catch (error) {
    throw new ConditionRefused(error instanceof Error ? error.message : String(error), argument.start)
  }
}

/** A constant that has no value would only be found out by a request. */
function evaluateHere(node: ASTNode, text: string): void {
  try {
    constant(text.slice(node.start, node.end))
  } catch (error) {
    throw new ConditionRefused(error instanceof Error ? error.message : String(error), node.start)
  }
}
