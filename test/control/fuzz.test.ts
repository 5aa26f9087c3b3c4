/**
 * Thousands of requests made up from the OpenAPI document: right ones, nearly right ones, and nonsense. None is a defect,
 * every answer is of a documented kind, and every success is of the documented shape.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChance } from './support/random.ts'
import { makeTargets } from './support/targets.ts'
import { startWorld, type World } from './support/world.ts'

const REQUESTS = 2_500
const SEED = 20300101

type Schema = Readonly<Record<string, unknown>>

interface Operation {
  readonly operationId: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: 'path' | 'query'
    readonly required: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } }
}

const { number: random, of: chance, pick } = createChance(SEED)

const NONSENSE: readonly unknown[] = [
  null,
  0,
  -1,
  1e308,
  '',
  ' ',
  '\0',
  '\ud800',
  "' OR 1=1 --",
  '../../etc/passwd',
  '%00',
  '💥'.repeat(70),
  'x'.repeat(3_000),
  true,
  [],
  {},
  [[[[]]]],
  { __proto__: null, constructor: 'x', toString: 1 },
  '2020-13-45T99:99:99Z',
  '9999-12-31T23:59:59.999999999Z',
  '-271821-04-20T00:00:00Z',
  'request.ip == "1.2.3.4" || true',
  'size(request.user_agent.matches("(a+)+$")',
  'SCWXXXXXXXXXXXXXXXXX',
]

/** Words that mean something here, so that some requests get far. */
const WORDS = [
  'ObjectStorageReadOnly',
  'IAMManager',
  'name',
  'tag',
  'user@example.com',
  'request.ip == "1.2.3.4"',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFMBYVpdfYXqVx2x5lW0cFLiJqgVqcWbSnQX7Nf4gUzN',
]

function value(schema: Schema, ids: readonly string[]): unknown {
  if (chance(0.06)) return pick(NONSENSE)
  if (Array.isArray(schema.anyOf)) return value(pick(schema.anyOf as Schema[]), ids)
  if (Array.isArray(schema.oneOf)) return value(pick(schema.oneOf as Schema[]), ids)
  if (Array.isArray(schema.enum)) return pick(schema.enum)
  if ('const' in schema) return schema.const
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
      const required = (schema.required ?? []) as readonly string[]
      const given = properties.filter(([name]) => (required.includes(name) ? chance(0.97) : chance(0.4)))
      const made = Object.fromEntries(given.map(([name, inner]) => [name, value(inner, ids)]))
      return chance(0.03) ? { ...made, unexpected: pick(NONSENSE) } : made
    }
    case 'array':
      return Array.from({ length: Math.floor(random() * 4) }, () => value(schema.items as Schema, ids))
    case 'integer':
    case 'number':
      return Math.floor(random() * 200) - 20
    case 'boolean':
      return chance(0.5)
    case 'null':
      return null
    case 'string':
      if (schema.format === 'uuid') return chance(0.8) ? pick(ids) : crypto.randomUUID()
      if (schema.format === 'date-time') return pick(['2031-01-01T00:00:00Z', '2001-01-01T00:00:00+02:00'])
      if (schema.pattern === '^unknown_') return 'unknown_thing'
      return chance(0.5) ? pick(WORDS) : `made-${Math.floor(random() * 1e9)}`
    default:
      return pick(NONSENSE)
  }
}

function request(path: string, operation: Operation, ids: readonly string[], accessKeys: readonly string[]) {
  let filled = path
  const query = new URLSearchParams()
  for (const parameter of operation.parameters) {
    if (parameter.in === 'path') {
      const made = parameter.name === 'access_key' ? pick(accessKeys) : value(parameter.schema, ids)
      filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(safe(made)))
    } else if (parameter.required || chance(0.3)) {
      for (const made of [value(parameter.schema, ids)].flat()) query.append(parameter.name, safe(made))
    }
  }
  const schema = operation.requestBody?.content['application/json'].schema
  return {
    path: query.size === 0 ? filled : `${filled}?${query}`,
    body: schema === undefined ? undefined : value(schema, ids),
  }
}

/** What a client could put into a URL at all. */
function safe(made: unknown): string {
  const text = typeof made === 'string' ? made : JSON.stringify(made)
  return text.toWellFormed().slice(0, 500)
}

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

test('no request is a defect', { timeout: 180_000 }, async () => {
  const { body } = await world.call(null, 'GET', '/openapi.json')
  const { paths } = body as { readonly paths: Record<string, Record<string, Operation>> }
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  expect(operations.length).toBe(world.router.routes.length)
  const targets = await makeTargets(world.services, world)
  const ids = [...Object.values(targets.params), world.organizationId, world.projectId, world.ownerId]
  const accessKeys = [targets.params.access_key!, 'SCWXXXXXXXXXXXXXXXXX', 'nonsense']
  const seen = new Map<number, number>()
  // Logging in costs by design, and is not what is looked for.
  const cheap = operations.filter(({ operation }) => operation.operationId !== 'OpenSession')

  for (let count = 0; count < REQUESTS; count += 1) {
    const { path, method, operation } = pick(cheap)
    const made = request(path, operation, ids, accessKeys)
    const shown = `${method} ${made.path} ${JSON.stringify(made.body)}`
    const answer = await world.call(world.token, method, made.path, made.body)
    seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
    expect(world.alarms, shown).toEqual([])
    expect(answer.status, shown).toBeLessThan(500)
    expect([401, 429], shown).not.toContain(answer.status)
    if (answer.status === 200) {
      const route = world.router.routes.find(({ name }) => name === operation.operationId)!
      expect(route.answer!.safeParse(answer.body).error, shown).toBeUndefined()
      const { id } = answer.body as { id?: string }
      if (id !== undefined && ids.length < 60) ids.push(id)
    } else if (answer.status !== 204) {
      expect(answer.body, shown).toMatchObject({ type: expect.any(String), message: expect.any(String) })
    }
  }
  // It got far enough to mean something.
  for (const status of [200, 400, 404]) expect(seen.get(status) ?? 0, String(status)).toBeGreaterThan(100)
  expect(seen.get(204)).toBeGreaterThan(0)
})
