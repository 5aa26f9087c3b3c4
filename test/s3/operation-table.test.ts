import { describe, expect, test } from 'vitest'
import {
  type IamConditional,
  OPERATION_NAMES,
  OPERATIONS,
  type OperationName,
  type OperationRow,
  type When,
} from '../../src/s3/operation.ts'
import model from '../data/s3-operations.json' with { type: 'json' }
import { match, refusal } from './requests.ts'

interface ModelRow {
  readonly name: string
  readonly method: string
  readonly level: string
  readonly query: { readonly required: Record<string, string>; readonly optional: string[] }
  readonly headers: { readonly required: string[]; readonly forbidden: string[]; readonly known: string[] }
  readonly body: string
  readonly checksumRequired: boolean
  readonly streamingAllowed: boolean
  readonly successStatus: number
  readonly access: string
  readonly matchable: boolean
  readonly iam: {
    readonly required: { action: string; resource: string }[]
    readonly conditional: ModelCondition[]
  }
}

interface ModelCondition {
  readonly when: Record<string, unknown>
  readonly effect: string
  readonly action: string | null
  readonly resource: string
}

const rows = model.operations as unknown as readonly ModelRow[]

const row = (name: string): OperationRow => OPERATIONS[name as OperationName]

const BODIES: Record<string, string> = { 'multipart/form-data': 'form', 'text(policy JSON)': 'json' }
const RESOURCES: Record<string, string> = {
  '*': 'service',
  'each body Object/Key': 'eachKey',
  'object: form field key': 'object',
}
const ACL_HEADERS = [
  'x-amz-acl',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write',
  'x-amz-grant-write-acp',
]
/** A form's fields stand for headers. */
const FIELD_HEADERS: Record<string, string> = { acl: 'x-amz-acl', tagging: 'x-amz-tagging' }
const BODY_FACTS: Record<string, string> = {
  'CreateBucketConfiguration/Tags': 'bucketTags',
  'Object/VersionId': 'objectVersionId',
  'Object/ETag': 'objectEtag',
  Role: 'role',
}

/** Parameters that clients send, that mean nothing, and that AWS takes. */
const BESIDE_THE_MODEL: Readonly<Record<string, readonly string[]>> = { ListBuckets: ['delimiter'] }

/** The model's condition in our words; undefined where it asks for the backend's state. */
function whenOf(when: Record<string, unknown>): When | undefined {
  if ('and' in when) return undefined
  if (typeof when.query === 'string') return { kind: 'query', name: when.query }
  if (typeof when.copySourceHas === 'string') return { kind: 'copySourceVersion' }
  if (typeof when.headerIsEtag === 'string') return { kind: 'headerIsEtag', name: when.headerIsEtag }
  if (typeof when.xmlBody === 'string') {
    return { kind: 'body', has: BODY_FACTS[when.xmlBody] as 'role' }
  }
  if ('headerEquals' in when) {
    const [[name, value]] = Object.entries(when.headerEquals as Record<string, string>) as [[string, string]]
    return { kind: 'headerEquals', name, value }
  }
  const names = (when.anyHeader ?? when.anyFormField) as string[]
  const headers = names.map((name) => FIELD_HEADERS[name] ?? name)
  return 'unless' in when || 'unlessOnly' in when
    ? { kind: 'aclBeyondPrivate' }
    : { kind: 'anyHeader', names: headers }
}

function conditionalOf(condition: ModelCondition): IamConditional[] {
  const when = whenOf(condition.when)
  if (when === undefined) return []
  const resource = (RESOURCES[condition.resource] ?? condition.resource) as 'object'
  const action = condition.action ?? ''
  if (condition.effect === 'add' && action.startsWith('s3:'))
    return [{ when, effect: 'add', action, resource }]
  if (condition.effect.startsWith('replace:')) {
    return [
      { when, effect: 'replace', replaces: condition.effect.slice('replace:'.length), action, resource },
    ]
  }
  return [{ when, effect: 'refuse' }]
}

test('every operation of the model has its row, and there is no other', () => {
  expect([...OPERATION_NAMES].sort()).toEqual(rows.map((operation) => operation.name).sort())
  expect(OPERATION_NAMES).toHaveLength(119)
  expect(OPERATION_NAMES.filter((name) => OPERATIONS[name].matching === 'request')).toHaveLength(113)
})

describe.each(rows)('$name', (operation) => {
  test('says what the model says', () => {
    const ours = row(operation.name)
    expect({
      method: ours.method,
      level: ours.level,
      matchable: ours.matching === 'request',
      required: ours.query.required,
      optional: [...ours.query.optional].sort(),
      headersRequired: [...ours.headers.required].sort(),
      forbidden: ours.headers.forbidden,
      known: [...ours.headers.known].sort(),
      body: ours.body,
      checksumRequired: ours.checksumRequired,
      streamingAllowed: ours.streamingAllowed,
      successStatus: ours.successStatus,
      access: ours.access,
    }).toEqual({
      method: operation.method,
      level: operation.level,
      matchable: operation.matchable,
      required: Object.fromEntries(
        Object.entries(operation.query.required).map(([name, value]) => [name, expectedOf(value)]),
      ),
      optional: [...operation.query.optional, ...(BESIDE_THE_MODEL[operation.name] ?? [])].sort(),
      headersRequired: operation.headers.required.map((name) => name.split(':')[0]).sort(),
      forbidden: operation.headers.forbidden,
      // What only a host name tells is never forwarded, and its headers never read.
      known: ours.matching === 'host' ? [] : [...operation.headers.known].sort(),
      body: BODIES[operation.body] ?? operation.body,
      checksumRequired: operation.checksumRequired,
      streamingAllowed: operation.streamingAllowed,
      successStatus: operation.successStatus,
      access: operation.access,
    })
  })

  test('needs what the model says', () => {
    const ours = row(operation.name)
    expect(ours.iam.required).toEqual(
      operation.iam.required.map(({ action, resource }) => ({
        action,
        resource: RESOURCES[resource] ?? resource,
      })),
    )
    const expected = operation.iam.conditional.flatMap(conditionalOf)
    // A form can ask for an event hold as a header can; no permission covers either.
    const extra = ours.iam.conditional.filter(
      (condition) => operation.name === 'PostObject' && condition.effect === 'refuse',
    )
    const normal = (conditions: readonly IamConditional[]) =>
      conditions.map((condition) => JSON.stringify(condition)).sort()
    expect(normal(ours.iam.conditional)).toEqual(normal([...expected, ...extra]))
  })

  test('is what its request matches, alone', () => {
    const { method, level, query, headers } = operation
    const parameters = Object.entries(query.required).map(([name, value]) => [name, sample(value)] as const)
    const optional = query.optional
      .filter((name) => name !== '*')
      .map((name) => [name, 'some value'] as const)
    const sent = Object.fromEntries(headers.required.map(headerSample))
    const run = (all: readonly (readonly [string, string])[]) =>
      match(
        method,
        level as 'object',
        all.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'),
        sent,
      )
    if (!operation.matchable) {
      const name = operation.name
      if (method === 'POST') expect(refusal(() => run(parameters)).code).toBe('MethodNotAllowed')
      else expect(run(parameters).name).not.toBe(name)
      return
    }
    expect(run(parameters).name).toBe(operation.name)
    const full = run([...parameters, ...optional, ['x-id', 'Anything'], ['X-Amz-Signature', 'a']])
    expect(full.name).toBe(operation.name)
    expect(full.params.map(([name]) => name)).toEqual([...parameters, ...optional].map(([name]) => name))
  })

  test('takes no parameter that it does not know for anything, and refuses any of its own twice', () => {
    if (!operation.matchable || operation.method === 'OPTIONS') return
    const { method, level, query, headers } = operation
    const sent = Object.fromEntries(headers.required.map(headerSample))
    const parameters = Object.entries(query.required).map(([name, value]) => `${name}=${sample(value)}`)
    const matched = (extra: string) =>
      match(method, level as 'object', [...parameters, extra].join('&'), sent)
    const run = (extra: string) => refusal(() => matched(extra))
    for (const idle of method === 'GET' || method === 'HEAD' ? ['unknown', 'x-note'] : ['x-note']) {
      const { name, params, idle: found } = matched(`${idle}=1&${idle}=2`)
      expect([name, found]).toEqual([operation.name, [idle, idle]])
      expect(params).toEqual(matched('').params)
    }
    if (method !== 'GET' && method !== 'HEAD') expect(run('unknown').code).toBe('NotImplemented')
    for (const never of ['versionID', 'response-EXPIRES', 'ACL', 'signature', 'list-type=1']) {
      expect(run(never).code).toMatch(/^(NotImplemented|InvalidArgument)$/)
    }
    for (const name of [...Object.keys(query.required), ...query.optional]) {
      const value = sample(query.required[name] ?? '')
      const once = name in query.required ? [] : [`${name}=${value}`]
      expect(run([...once, `${name}=${value}`].join('&')).code).toBe('InvalidArgument')
    }
  })
})

test('known headers are lower-case and distinct', () => {
  for (const name of OPERATION_NAMES) {
    const { known } = row(name).headers
    expect(new Set(known).size).toBe(known.length)
    expect(known.map((header) => header.toLowerCase())).toEqual(known)
  }
})

test('headers that stand for an ACL are those of the model', () => {
  const known = new Set(OPERATION_NAMES.flatMap((name) => [...row(name).headers.known]))
  const acl = [...known].filter((name) => name === 'x-amz-acl' || name.startsWith('x-amz-grant-'))
  expect(new Set(acl)).toEqual(new Set(ACL_HEADERS))
})

function expectedOf(value: string): string {
  if (value === '') return 'any'
  return value === '<non-empty>' ? 'non-empty' : `=${value}`
}

function sample(value: string): string {
  return value === '<non-empty>' ? '1' : value
}

function headerSample(header: string): [string, string] {
  const [name, value] = header.split(': ') as [string, string | undefined]
  return [name, value === undefined ? 'bucket/key' : `${value}; boundary=x`]
}
