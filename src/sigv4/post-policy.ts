/**
 * The policy document of a browser upload, parsed into closed conditions.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
import { S3Error } from '../s3/error.ts'

export interface PostPolicy {
  /** Milliseconds since the epoch. */
  readonly expiration: number
  /** In the order of the document. */
  readonly conditions: readonly PostCondition[]
}

export type PostCondition =
  | {
      readonly kind: 'eq' | 'starts-with'
      /** Lower-case name of the form field; null where the document forgot the `$`: it never holds. */
      readonly field: string | null
      readonly value: string
      /** As an error shows it. */
      readonly text: string
    }
  | {
      readonly kind: 'content-length-range'
      /** Null where the bounds are no numbers: it never holds. */
      readonly range: LengthRange | null
      readonly text: string
    }

/** Both ends included, in bytes. */
export interface LengthRange {
  readonly min: number
  readonly max: number
}

/**
 * @param base64 the field `policy`; its signature was verified
 * @throws S3Error `InvalidPolicyDocument` with AWS's message
 */
export function parsePostPolicy(base64: string): PostPolicy {
  const document = parseJson(decodeBase64(base64))
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw invalidJson()
  let expiration: unknown
  let conditions: unknown
  for (const [name, value] of Object.entries(document)) {
    if (name.toLowerCase() === 'expiration') expiration = value
    else if (name.toLowerCase() === 'conditions') conditions = value
    else throw invalidPolicy(`Unexpected: '${name.toLowerCase()}'`)
  }
  if (expiration === undefined) throw invalidPolicy('Policy missing expiration.')
  if (conditions === undefined) throw invalidPolicy('Policy missing conditions.')
  if (!Array.isArray(conditions)) throw invalidPolicy("Invalid 'conditions' value: must be a List.")
  return { expiration: parseExpiration(expiration), conditions: conditions.map(parseCondition) }
}

const EXPIRATION = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/

/** ISO 8601 in UTC, with or without a fraction of a second. */
function parseExpiration(value: unknown): number {
  const time = typeof value === 'string' && EXPIRATION.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(time)) {
    throw invalidPolicy(
      `Invalid 'expiration' value: '${typeof value === 'string' ? value : JSON.stringify(value)}'`,
    )
  }
  return time
}

function parseCondition(condition: unknown): PostCondition {
  if (Array.isArray(condition)) return parseList(condition)
  if (typeof condition === 'object' && condition !== null) return parseSimple(condition)
  throw invalidPolicy('Invalid condition test: must be a List or Object.')
}

/** `{"acl": "private"}`: the short form of `["eq", "$acl", "private"]`. */
function parseSimple(condition: object): PostCondition {
  const [entry, ...others] = Object.entries(condition) as [string, unknown][]
  if (entry === undefined || others.length > 0) {
    throw invalidPolicy(
      'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    )
  }
  const [name, value] = entry
  if (typeof value !== 'string') throw invalidPolicy('Invalid Simple-Condition: value must be a string.')
  return { kind: 'eq', field: name.toLowerCase(), value, text: showList(['eq', `$${name}`, value]) }
}

function parseList(condition: readonly unknown[]): PostCondition {
  const [operator, first, second] = condition
  if (typeof operator !== 'string') throw invalidPolicy('Invalid Condition: missing operation identifier.')
  const kind = operator.toLowerCase()
  const text = showList(condition)
  switch (kind) {
    case 'eq':
    case 'starts-with': {
      requireOperands(condition, operator)
      if (typeof first !== 'string' || typeof second !== 'string') throw invalidJson()
      const field = first.startsWith('$') ? first.slice(1).toLowerCase() : null
      return { kind, field, value: second, text }
    }
    case 'content-length-range': {
      requireOperands(condition, operator)
      const min = parseBound(first)
      const max = parseBound(second)
      return { kind, range: min === null || max === null ? null : { min, max }, text }
    }
    default:
      throw invalidPolicy(`Invalid Condition: unknown operation '${operator}'.`)
  }
}

function requireOperands(condition: readonly unknown[], operator: string): void {
  if (condition.length !== 3) throw invalidPolicy(`Invalid ${operator}: wrong number of arguments.`)
}

/** A number of bytes, which may be written as a string; null where it is none. @throws S3Error for a fraction */
function parseBound(value: unknown): number | null {
  if (typeof value === 'string') {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : null
    return number
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalidJson()
  return value
}

/** `["eq", "$key", "a"]`, spaced as AWS does. */
function showList(values: readonly unknown[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(', ')}]`
}

/** Line breaks are allowed, as encoders of mail put them in; anything else that is not base64 is refused. */
function decodeBase64(text: string): string {
  const packed = text.replaceAll(/[\r\n]/g, '')
  const bytes = Buffer.from(packed, 'base64')
  if (bytes.toString('base64').replace(/=+$/, '') !== packed.replace(/=+$/, '')) {
    throw invalidPolicy('invalid Base64 encoding.')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalidJson()
  }
}

function parseJson(text: string): unknown {
  if (text.trim() === '') throw invalidPolicy("Expecting '{' but found End-of-Input")
  try {
    return JSON.parse(text)
  } catch {
    throw invalidJson()
  }
}

function invalidJson(): S3Error {
  return invalidPolicy('Invalid JSON.')
}

function invalidPolicy(message: string): S3Error {
  return new S3Error('InvalidPolicyDocument', { message: `Invalid Policy: ${message}` })
}
