/** What a caller sent, checked against a route's schemas; every fault names its argument, and all come together. */
import { z } from 'zod'
import type { ArgumentFault } from '../services/errors.ts'
import { invalid } from './errors.ts'
import { uuid } from './fields.ts'

/** What stands in paths, by name. */
export const PATH_PARAMETERS: Readonly<Record<string, z.ZodType<string>>> = {
  access_key: z.string().regex(/^[A-Za-z0-9._-]{3,128}$/, { error: 'must be an access key' }),
  application_id: uuid,
  bucket_name: z.string().min(1).max(255),
  group_id: uuid,
  jti: uuid,
  log_id: uuid,
  organization_id: uuid,
  policy_id: uuid,
  project_id: uuid,
  quotum_name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'must be the name of a quota' }),
  rule_id: uuid,
  ssh_key_id: uuid,
  user_id: uuid,
}

/** @throws ServiceError `invalid_arguments` */
export function parse<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.slice(0, MOST_FAULTS).flatMap((issue) => faultsOf(issue, given))
  throw invalid(...faults.slice(0, MOST_FAULTS))
}

/** How many faults an answer tells of: a small request must not have a large one. */
const MOST_FAULTS = 100
/** What it says of an argument's name, which the caller chose where there is no such argument. */
const MOST_OF_A_NAME = 255

export function parseParameters(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const shape = Object.fromEntries(Object.keys(given).map((name) => [name, PATH_PARAMETERS[name]!]))
  return parse(z.object(shape), given)
}

/** An argument that is repeated becomes a list; an empty one counts as absent. */
export function readQuery(text: string): Readonly<Record<string, unknown>> {
  const given = new Map<string, string | string[]>()
  for (const [key, value] of new URLSearchParams(text)) {
    if (value === '') continue
    const earlier = given.get(key)
    given.set(key, earlier === undefined ? value : [earlier, value].flat())
  }
  return Object.fromEntries(given)
}

/** JSON; no body at all is an empty object. @throws ServiceError `invalid_arguments` */
export function readJson(body: Buffer): unknown {
  if (body.length === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body))
  } catch {
    throw invalid({ argument_name: 'body', reason: 'format', help_message: 'must be JSON in UTF-8' })
  }
  if (isCrowded(value)) {
    const help_message = `must have at most ${MOST_VALUES} values`
    throw invalid({ argument_name: 'body', reason: 'constraint', help_message })
  }
  return value
}

/** Each value may be at fault, and a fault takes a while: a million of them would hold up everybody. */
const MOST_VALUES = 20_000

function isCrowded(value: unknown): boolean {
  let count = 1
  const inner: unknown[] = [value]
  while (inner.length > 0) {
    const one = inner.pop()
    if (typeof one !== 'object' || one === null) continue
    const parts: readonly unknown[] = Object.values(one)
    count += parts.length
    if (count > MOST_VALUES) return true
    for (const part of parts) inner.push(part)
  }
  return false
}

const REASONS: Readonly<Partial<Record<z.core.$ZodIssue['code'], ArgumentFault['reason']>>> = {
  too_big: 'constraint',
  too_small: 'constraint',
  invalid_value: 'unknown',
}

function faultsOf(issue: z.core.$ZodIssue, given: unknown): readonly ArgumentFault[] {
  const place = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MOST_FAULTS).map((key) => ({
      argument_name: [...place, key].join('.').slice(0, MOST_OF_A_NAME),
      reason: 'unknown',
      help_message: 'there is no such argument',
    }))
  }
  const missing = valueAt(given, issue.path) === undefined
  return [
    {
      argument_name: place.join('.') || 'body',
      reason: missing ? 'required' : (REASONS[issue.code] ?? 'format'),
      help_message: missing ? 'is required' : issue.message,
    },
  ]
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let value = given
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}
