/**
 * The language of conditions: CEL as cel-js implements it, with the two variables `request` and `resource`, and with
 * functions of ours where the library's would not do (backtracking patterns, the process's own time zone).
 * The only module that knows the library. https://github.com/google/cel-spec/blob/master/doc/langdef.md
 */
import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  ParseError,
} from '@marcbachmann/cel-js'
import { contains, parseAddress, parseSubnet } from '../address.ts'
import type { ConditionFacts } from './facts.ts'
import { compilePattern } from './pattern.ts'
import { CLOCK_FIELDS, wallClock } from './time-zone.ts'
import { children } from './tree.ts'

/** Why a text is no condition. `offset` counts UTF-16 units from its beginning. */
export class ConditionRefused extends Error {
  override readonly name = 'ConditionRefused'
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** What a condition came to; an object where it could not be evaluated. */
export type Outcome = boolean | Failure

export interface Failure {
  readonly message: string
}

class RequestVariable {
  readonly ip: string
  readonly time: Date
  readonly user_agent: string
  readonly operation: string
  readonly prefix: string | undefined

  constructor(facts: ConditionFacts) {
    this.ip = facts.ip
    this.time = new Date(facts.time)
    this.user_agent = facts.userAgent
    this.operation = facts.operation
    this.prefix = facts.prefix
  }
}

class ResourceVariable {
  readonly name: string | undefined
  readonly id: string | undefined
  readonly locality: string | undefined

  constructor(facts: ConditionFacts) {
    this.name = facts.name
    this.id = facts.id
    this.locality = facts.locality
  }
}

const TIMESTAMP = 'google.protobuf.Timestamp'
const DURATION = 'google.protobuf.Duration'

const DURATION_FIELDS = ['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'] as const
type DurationValue = Readonly<Record<(typeof DURATION_FIELDS)[number], () => bigint>>

/** The library's own functions that are not to run, and ours that run in their place. */
const REDIRECTED: ReadonlyMap<string, string> = new Map(
  ['matches', 'lowerAscii', 'upperAscii', ...Object.keys(CLOCK_FIELDS)].map((name) => [name, `${name}_`]),
)

const ENVIRONMENT = environment()

function environment(): Environment {
  const made = new Environment({
    limits: { maxAstNodes: 1024, maxDepth: 32, maxListElements: 256, maxMapEntries: 64, maxCallArguments: 3 },
  })
    .registerType('s3warden.Request', {
      ctor: RequestVariable,
      fields: { ip: 'string', time: TIMESTAMP, user_agent: 'string', operation: 'string', prefix: 'string' },
    })
    .registerType('s3warden.Resource', {
      ctor: ResourceVariable,
      fields: { name: 'string', id: 'string', locality: 'string' },
    })
    .registerVariable('request', 's3warden.Request')
    .registerVariable('resource', 's3warden.Resource')
    .registerFunction('inIpRange(string, string): bool', inIpRange)
    .registerFunction('string.matches_(string): bool', (text: string, pattern: string) =>
      compilePattern(pattern)(text),
    )
    .registerFunction('string.lowerAscii_(): string', (text: string) =>
      text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    )
    .registerFunction('string.upperAscii_(): string', (text: string) =>
      text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
    )
    // Conversions of the specification that the library lacks.
    .registerFunction('int(uint): int', (value: { valueOf(): bigint }) => value.valueOf())
    .registerFunction(`int(${TIMESTAMP}): int`, (time: Date) => BigInt(Math.floor(time.getTime() / 1000)))
    .registerFunction(`string(${TIMESTAMP}): string`, (time: Date) =>
      time.toISOString().replace(/\.?0*Z$/, 'Z'),
    )
    .registerFunction(`timestamp(${TIMESTAMP}): ${TIMESTAMP}`, (time: Date) => time)
    .registerFunction(`duration(${DURATION}): ${DURATION}`, (duration: DurationValue) => duration)
  for (const name of DURATION_FIELDS) {
    made.registerFunction(`${DURATION}.${name}_(): int`, (duration: DurationValue) => duration[name]())
  }
  for (const [name, read] of Object.entries(CLOCK_FIELDS)) {
    made
      .registerFunction(`${TIMESTAMP}.${name}_(): int`, (time: Date) => BigInt(read(time.getTime())))
      .registerFunction(`${TIMESTAMP}.${name}_(string): int`, (time: Date, zone: string) =>
        BigInt(read(wallClock(zone)(time.getTime()))),
      )
  }
  return made
}

function inIpRange(ip: string, range: string): boolean {
  const address = parseAddress(ip)
  const subnet = parseSubnet(range)
  if (address === undefined) throw new Error(`\`${ip}\` is not an IP address`)
  if (subnet === undefined) throw new Error(`\`${range}\` is not a range of IP addresses`)
  return contains(subnet, address)
}

/**
 * The tree of a text that parses and whose result is a bool.
 * @throws ConditionRefused
 */
export function parseCondition(text: string): ASTNode {
  const parsed = parse(text)
  const checked = parsed.check()
  if (!checked.valid) throw refusal(checked.error)
  if (checked.type !== 'bool') {
    throw new ConditionRefused(`the result must be a bool, and is of type \`${checked.type}\``, 0)
  }
  return parsed.ast
}

/** The value of a text without variables. @throws ConditionRefused where it has none */
export function constant(text: string): unknown {
  try {
    return ENVIRONMENT.evaluate(text)
  } catch (error) {
    throw refusal(error)
  }
}

/**
 * Runs on the library: any condition that {@link parseCondition} took.
 * @throws ConditionRefused
 */
export function interpret(text: string): (facts: ConditionFacts) => Outcome {
  const parsed = parse(text)
  redirect(parsed.ast)
  const checked = parsed.check()
  if (!checked.valid) throw refusal(checked.error)
  return (facts) => {
    try {
      const value: unknown = parsed({
        request: new RequestVariable(facts),
        resource: new ResourceVariable(facts),
      })
      return typeof value === 'boolean' ? value : { message: 'the result is not a bool' }
    } catch (error) {
      return { message: describe(error) }
    }
  }
}

function parse(text: string): ReturnType<Environment['parse']> {
  try {
    return ENVIRONMENT.parse(text)
  } catch (error) {
    throw refusal(error)
  }
}

/** Points method calls at our functions; the checker, which runs after this, finds them by name. */
function redirect(node: ASTNode): void {
  if (node.op === 'rcall') node.args[0] = REDIRECTED.get(node.args[0]) ?? node.args[0]
  for (const child of children(node)) redirect(child)
}

function refusal(error: unknown): ConditionRefused {
  const at = isCelError(error) ? (error.range?.start ?? 0) : 0
  return new ConditionRefused(describe(error), at)
}

function describe(error: unknown): string {
  if (isCelError(error)) return error.summary
  return error instanceof Error ? error.message : String(error)
}

function isCelError(error: unknown): error is ParseError | CelTypeError | EvaluationError {
  return error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError
}
