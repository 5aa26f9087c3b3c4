/** Every route × every strength of key: who is not allowed is refused, and nothing changes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { controlRouter } from '../../src/control/routes.ts'
import { PERMISSION_SETS, type PermissionSetName } from '../../src/iam/permission-sets.ts'
import { PERMISSIONS_OF_SET, type Permission } from '../../src/iam/permissions.ts'
import { makeTargets, requestOf, type Targets } from './support/targets.ts'
import {
  inProject,
  OPERATOR,
  organizationWide,
  startWorld,
  type Tenant,
  type Token,
  type World,
} from './support/world.ts'

const ROUTES = controlRouter('0.0.0').routes
const GUARDED = ROUTES.filter((route) => route.needs !== 'nobody-in-particular')
const NEEDING = GUARDED.filter((route) => route.needs !== 'caller')
const byName = (routes: typeof ROUTES) => routes.map((route) => [route.name, route] as const)

let world: World
let targets: Targets
beforeAll(async () => {
  world = await startWorld()
  targets = await makeTargets(world.services, world)
})
afterAll(() => world.close())

/** What would show a change: the audit log, but for refused attempts. */
async function changes(): Promise<number> {
  const all = await world.services.logs.list({ filters: {} })
  const refused = await world.services.logs.list({ filters: { action: 'refused' } })
  return all.total_count - refused.total_count
}

async function expectRefused(token: Token | string | null, name: string, status: number): Promise<void> {
  const route = ROUTES.find((candidate) => candidate.name === name)!
  const { path, body } = requestOf(route, targets, world)
  const before = await changes()
  const answer = await world.call(token, route.method, path, body)
  expect([name, answer.status]).toEqual([name, status])
  expect(await changes()).toBe(before)
}

test('every endpoint of the contract is there', () => {
  expect(byName(GUARDED).length).toBeGreaterThan(100)
})

test('what asks for no more than a caller, or for nobody, is what it is', () => {
  const named = (need: string) => ROUTES.filter(({ needs }) => needs === need).map(({ name }) => name)
  // Their guards let through what is the caller's own, its organization among it.
  expect(named('caller').toSorted()).toEqual([
    'DeleteJWT',
    'GetAPIKey',
    'GetApplication',
    'GetJWT',
    'GetUser',
    'ListGracePeriods',
    'ListJWTs',
    'applications.get',
    'keys.get',
    'organizations.get',
    'organizations.list',
    'users.get',
  ])
  expect(named('nobody-in-particular').toSorted()).toEqual(['GetMetadata', 'GetOpenAPI', 'OpenSession'])
})

test.each(byName(GUARDED))('%s: no token is 401', (name) => expectRefused(null, name, 401))
test.each(byName(GUARDED))('%s: a wrong secret is 401', (name) =>
  expectRefused(crypto.randomUUID(), name, 401),
)

describe('a key without any policy', () => {
  let token: Token
  beforeAll(async () => {
    token = (await world.application([])).token
  })
  test.each(byName(NEEDING))('%s is 403', (name) => expectRefused(token, name, 403))

  test.each([
    'GetAPIKey',
    'GetUser',
    'GetApplication',
    'GetJWT',
    'DeleteJWT',
    'ListJWTs',
    'ListGracePeriods',
    'keys.get',
    'users.get',
    'applications.get',
  ])('%s of another is 403', (name) => expectRefused(token, name, 403))
})

describe('a key with everything on Object Storage, and nothing else', () => {
  let token: Token
  beforeAll(async () => {
    token = (await world.application([organizationWide(world, 'ObjectStorageFullAccess')])).token
  })
  test.each(byName(NEEDING))('%s is 403', (name) => expectRefused(token, name, 403))
})

describe('a restricted key of the owner', () => {
  let token: Token
  beforeAll(async () => {
    const { key, secret_key } = await world.services.keys.create(OPERATOR, {
      bearer: { kind: 'user', id: world.ownerId },
      restrictions: { operations: ['GetObject'], tags: null, resources: null, regions: null },
    })
    token = { accessKey: key.access_key, secretKey: secret_key.reveal() }
  })
  test.each(byName(GUARDED))('%s is 403', (name) => expectRefused(token, name, 403))
})

test('an imported key is for S3 alone', async () => {
  const { Secret } = await import('../../src/iam/secret.ts')
  const secret = crypto.randomUUID()
  await world.services.keys.import(OPERATOR, {
    bearer: { kind: 'user', id: world.ownerId },
    access_key: 'SCWIMPORTED000000000',
    secret_key: new Secret(secret),
  })
  for (const { name } of GUARDED) await expectRefused(secret, name, 401)
})

describe("the owner of another organization does not see this one's things", () => {
  let other: Tenant
  beforeAll(async () => {
    other = await world.tenant('strangers')
  })
  const about = GUARDED.filter(
    ({ path, name }) =>
      (/\{(?!quotum_name)/.test(path) && !path.startsWith('/s3warden')) ||
      /\.(get|update|delete|lock|unlock|clone|rotate|revoke)|Rules?$|Members$|Password$|Username$/.test(name),
  )
  test.each(byName(about))('%s is 404', async (_name, route) => {
    const { path, body } = requestOf(route, targets, world)
    const before = await changes()
    const answer = await world.call(other.token, route.method, path, body)
    expect(answer).toMatchObject({ status: 404, body: { type: 'not_found' } })
    expect(await changes()).toBe(before)
  })

  test.each(byName(ROUTES.filter(({ name }) => /^List(?!Rules|JWTs|GracePeriods)/.test(name))))(
    '%s of this organization is 404',
    async (_name, route) => {
      const path = `${route.path}?organization_id=${world.organizationId}`
      expect(await world.call(other.token, route.method, path)).toMatchObject({
        status: 404,
        body: { resource: 'organization' },
      })
    },
  )

  const LISTS = ROUTES.filter(({ name }) => /^List(?!Rules|JWTs|GracePeriods)|\.list$/.test(name))
  const listed = async (route: (typeof ROUTES)[number], filters: Readonly<Record<string, unknown>>) => {
    const native = route.method === 'POST'
    const query = new URLSearchParams({ page_size: '100' })
    for (const [name, value] of Object.entries(filters)) {
      for (const one of [value].flat()) query.append(name, String(one))
    }
    const path = native ? route.path : `${route.path}?${query}`
    const { body } = await world.call(
      other.token,
      route.method,
      path,
      native ? { filters, page_size: 100 } : undefined,
    )
    return ((body as { result?: unknown }).result ?? body) as { total_count: number }
  }

  test.each(byName(LISTS))('%s shows, and counts, their own', async (_name, route) => {
    const page = await listed(route, {})
    const [items] = Object.values(page).filter((value) => Array.isArray(value))
    expect(items).toHaveLength(Math.min(100, page.total_count))
    const shown = JSON.stringify(page)
    const { quotum_name, ...ids } = targets.params
    for (const id of [...Object.values(ids), world.organizationId, world.ownerId, world.projectId]) {
      expect(shown).not.toContain(id)
    }
  })

  /** Filters that name things: here, of this organization. */
  const NAMING: readonly [route: string, filter: string, param: string][] = [
    ['ListAPIKeys', 'access_key', 'access_key'],
    ['ListAPIKeys', 'access_keys', 'access_key'],
    ['ListAPIKeys', 'bearer_id', 'application_id'],
    ['ListAPIKeys', 'application_id', 'application_id'],
    ['ListAPIKeys', 'user_id', 'user_id'],
    ['ListApplications', 'application_ids', 'application_id'],
    ['ListGroups', 'group_ids', 'group_id'],
    ['ListGroups', 'user_ids', 'user_id'],
    ['ListGroups', 'application_ids', 'application_id'],
    ['ListUsers', 'user_ids', 'user_id'],
    ['ListPolicies', 'policy_ids', 'policy_id'],
    ['ListPolicies', 'user_ids', 'user_id'],
    ['ListPolicies', 'group_ids', 'group_id'],
    ['ListPolicies', 'application_ids', 'application_id'],
    ['ListLogs', 'search', 'user_id'],
    ['ListProjects', 'project_ids', 'project_id'],
  ]
  const NATIVE: readonly [route: string, filter: string, param: string][] = [
    ['keys.list', 'access_keys', 'access_key'],
    ['keys.list', 'bearer_ids', 'application_id'],
    ['applications.list', 'application_ids', 'application_id'],
    ['groups.list', 'group_ids', 'group_id'],
    ['groups.list', 'user_ids', 'user_id'],
    ['users.list', 'user_ids', 'user_id'],
    ['policies.list', 'policy_ids', 'policy_id'],
    ['policies.list', 'application_ids', 'application_id'],
    ['projects.list', 'project_ids', 'project_id'],
    ['buckets.list', 'project_ids', 'project_id'],
  ]
  test.each([...NAMING, ...NATIVE])('%s by %s finds nothing', async (name, filter, param) => {
    const route = ROUTES.find((candidate) => candidate.name === name)!
    const value = targets.params[param]
    const filters = { [filter]: route.method === 'POST' ? [value] : value }
    expect(await listed(route, filters)).toMatchObject({ total_count: 0 })
  })

  test.each(byName(ROUTES.filter(({ name }) => /^(?!organizations|buckets)\w+\.list$/.test(name))))(
    '%s of this organization is 404',
    async (_name, route) => {
      const filters = { organization_id: world.organizationId }
      expect(await world.call(other.token, 'POST', route.path, { filters })).toMatchObject({
        status: 404,
        body: { resource: 'organization' },
      })
    },
  )

  test('its organization is the only one', async () => {
    const { path } = ROUTES.find(({ name }) => name === 'organizations.list')!
    const asked = { filters: { organization_ids: [world.organizationId] } }
    const { body } = await world.call(other.token, 'POST', path, asked)
    expect(body).toMatchObject({ result: { items: [], total_count: 0 } })
  })

  test.each([
    ['/iam/v1alpha1/applications', { name: 'x' }],
    ['/iam/v1alpha1/groups', { name: 'x' }],
    ['/iam/v1alpha1/users', { email: 'x@example.com' }],
    ['/iam/v1alpha1/policies', { name: 'x', no_principal: true }],
    ['/account/v3/projects', { name: 'x' }],
  ])('POST %s into this organization is 404', async (path, body) => {
    const given = { ...body, organization_id: world.organizationId }
    expect(await world.call(other.token, 'POST', path, given)).toMatchObject({ status: 404 })
  })

  test('its ids do not get into theirs', async () => {
    const { user_id, application_id, project_id } = targets.params
    const sdk = world.sdk(other.token, other).iam
    const group = await sdk.createGroup({ name: 'ours', description: '' })
    const policy = await sdk.createPolicy({ name: 'ours', description: '', groupId: group.id })
    const rule = { permissionSetNames: ['ObjectStorageReadOnly'], condition: '' }
    for (const attempt of [
      sdk.addGroupMember({ groupId: group.id, userId: user_id! }),
      sdk.addGroupMember({ groupId: group.id, applicationId: application_id! }),
      sdk.createAPIKey({ applicationId: application_id!, description: '' }),
      sdk.createPolicy({ name: 'theirs', description: '', userId: user_id! }),
      sdk.updatePolicy({ policyId: policy.id, applicationId: application_id! }),
    ]) {
      await expect(attempt).rejects.toMatchObject({ status: 404 })
    }
    await expect(
      sdk.setRules({ policyId: policy.id, rules: [{ ...rule, projectIds: [project_id!] }] }),
    ).rejects.toMatchObject({ details: [{ argumentName: 'rules.0.project_ids', reason: 'unknown' }] })
    await expect(
      sdk.setRules({ policyId: policy.id, rules: [{ ...rule, organizationId: world.organizationId }] }),
    ).rejects.toMatchObject({ details: [{ argumentName: 'rules.0.organization_id' }] })
  })
})

describe.each(Object.keys(PERMISSIONS_OF_SET) as PermissionSetName[])('a key with %s', (set) => {
  const held: readonly Permission[] = PERMISSIONS_OF_SET[set] ?? []
  let token: Token
  beforeAll(async () => {
    const scope = PERMISSION_SETS[set].scope_type
    const rule = scope === 'organization' ? organizationWide(world, set) : inProject(world.projectId, set)
    token = (await world.application([rule])).token
  })

  test('is refused exactly what it does not hold', async () => {
    const verdicts: [string, boolean][] = []
    const expected: [string, boolean][] = []
    for (const route of NEEDING) {
      const passes = mayPass(route.needs as readonly Permission[], held, route.name)
      expected.push([route.name, passes])
      // What may be used up is made anew.
      const fresh = passes && route.effect === 'changes' ? await makeTargets(world.services, world) : targets
      const { path, body } = requestOf(route, fresh, world)
      const { status, body: answer } = await world.call(token, route.method, path, body)
      const details = (answer as { details?: { resource: string }[] } | null)?.details
      // Refused for what it would give, rather than for what it would do: the escalation tests look at that.
      const beyond = status === 403 && details?.[0]?.resource === 'permission_set'
      verdicts.push([route.name, status !== 403 || beyond])
    }
    expect(verdicts).toEqual(expected)
  })
})

/** The targets' key is an application's. */
function mayPass(needs: readonly Permission[], held: readonly Permission[], name: string): boolean {
  const aboutOneKey = needs.includes('application_key:write') && needs.includes('user_key:write')
  if (aboutOneKey || name === 'keys.update') return held.includes('application_key:write')
  return needs.some((permission) => held.includes(permission))
}
