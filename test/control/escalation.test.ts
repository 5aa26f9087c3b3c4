/** Nobody gives, through any sequence of calls, what they do not hold; unless they manage IAM. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewRule } from '../../src/services/policies.ts'
import { inProject, OPERATOR, organizationWide, startWorld, type Token, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const CONDITION = 'request.ip == "127.0.0.1"'
const under = (rule: NewRule, condition: string): NewRule => ({ ...rule, condition })

/** As the control plane takes it. */
const wire = ({ permission_set_names, scope, condition }: NewRule) => ({
  permission_set_names,
  ...(scope.kind === 'projects' ? { project_ids: scope.project_ids } : {}),
  ...(scope.kind === 'organization' ? { organization_id: scope.organization_id } : {}),
  ...(condition === undefined ? {} : { condition }),
})

const fullAccess = () => inProject(world.projectId, 'ObjectStorageFullAccess')

/** An application that has something the callers below do not have. */
async function strongApplication(): Promise<string> {
  return (await world.application([fullAccess()])).id
}

/** A group whose policy gives what the callers below do not have. */
async function strongGroup(): Promise<string> {
  const { id } = await world.services.groups.create(OPERATOR, {
    organization_id: world.organizationId,
    name: `strong-${crypto.randomUUID().slice(0, 8)}`,
  })
  await world.services.policies.create(OPERATOR, {
    organization_id: world.organizationId,
    name: 'strong',
    principal: { kind: 'group', id },
    rules: [fullAccess()],
  })
  return id
}

async function strongUser(): Promise<string> {
  const { id } = await world.services.users.create(OPERATOR, {
    organization_id: world.organizationId,
    email: `${crypto.randomUUID()}@example.com`,
  })
  await world.services.policies.create(OPERATOR, {
    organization_id: world.organizationId,
    name: 'strong',
    principal: { kind: 'user', id },
    rules: [fullAccess()],
  })
  return id
}

async function expectBeyond(token: Token, method: string, path: string, body?: unknown): Promise<void> {
  const { status, body: answer } = await world.call(token, method, path, body)
  expect([status, answer]).toEqual([403, expect.objectContaining({ type: 'permissions_denied' })])
}

async function expectDone(token: Token, method: string, path: string, body?: unknown): Promise<unknown> {
  const { status, body: answer } = await world.call(token, method, path, body)
  expect([status, answer]).toEqual([method === 'DELETE' ? 204 : 200, answer])
  return answer
}

describe('rules', () => {
  /** What the caller holds beside IAMPolicyManager; what it tries to give; whether it may. */
  const CASES: readonly [what: string, held: () => NewRule[], given: () => NewRule, may: boolean][] = [
    ['nothing held', () => [], fullAccess, false],
    ['the same', () => [fullAccess()], fullAccess, true],
    [
      'the same in the whole organization',
      () => [organizationWide(world, 'ObjectStorageFullAccess')],
      fullAccess,
      true,
    ],
    [
      'a wider scope than held',
      () => [fullAccess()],
      () => organizationWide(world, 'ObjectStorageFullAccess'),
      false,
    ],
    ['another set', () => [inProject(world.projectId, 'ObjectStorageReadOnly')], fullAccess, false],
    ['held under a condition, given without', () => [under(fullAccess(), CONDITION)], fullAccess, false],
    [
      'held under a condition, given under it',
      () => [under(fullAccess(), CONDITION)],
      () => under(fullAccess(), CONDITION),
      true,
    ],
    [
      'held under a condition, given under another',
      () => [under(fullAccess(), CONDITION)],
      () => under(fullAccess(), 'true'),
      false,
    ],
    [
      'held without a condition, given under one',
      () => [fullAccess()],
      () => under(fullAccess(), CONDITION),
      true,
    ],
    ['IAMManager', () => [], () => organizationWide(world, 'IAMManager'), false],
    ['OrganizationManager', () => [], () => organizationWide(world, 'OrganizationManager'), false],
    ['what lets one give: itself', () => [], () => organizationWide(world, 'IAMPolicyManager'), true],
    ['IAMManager, by a manager', () => [organizationWide(world, 'IAMManager')], fullAccess, true],
    [
      'IAMManager, by a manager under a condition, without it',
      () => [under(organizationWide(world, 'IAMManager'), CONDITION)],
      fullAccess,
      false,
    ],
    [
      'anything by a manager under a condition, under it',
      () => [under(organizationWide(world, 'IAMManager'), CONDITION)],
      () => under(fullAccess(), CONDITION),
      true,
    ],
  ]

  test.each(CASES)('%s', async (_what, held, given, may) => {
    const caller = await world.application([organizationWide(world, 'IAMPolicyManager'), ...held()])
    const expectation = may ? expectDone : expectBeyond
    const rules = [wire(given())]
    // In a policy of its own making, for itself.
    const policy = { name: 'mine', application_id: caller.id, rules }
    await expectation(caller.token, 'POST', '/iam/v1alpha1/policies', policy)
    // Into one that is there, and has nothing.
    const made = await expectDone(caller.token, 'POST', '/iam/v1alpha1/policies', {
      name: 'empty',
      application_id: caller.id,
    })
    const policy_id = (made as { id: string }).id
    await expectation(caller.token, 'PUT', '/iam/v1alpha1/rules', { policy_id, rules })
    // By the gate's own dialect.
    await expectation(caller.token, 'POST', '/s3warden/v1/policies/addRule', { id: policy_id, rule: given() })
  })

  test('several projects need each to be covered', async () => {
    const second = await world.services.projects.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'second',
    })
    const both = { ...wire(fullAccess()), project_ids: [world.projectId, second.id] }
    const one = await world.application([organizationWide(world, 'IAMPolicyManager'), fullAccess()])
    await expectBeyond(one.token, 'POST', '/iam/v1alpha1/policies', {
      name: 'x',
      no_principal: true,
      rules: [both],
    })
    const two = await world.application([
      organizationWide(world, 'IAMPolicyManager'),
      fullAccess(),
      inProject(second.id, 'ObjectStorageFullAccess'),
    ])
    await expectDone(two.token, 'POST', '/iam/v1alpha1/policies', {
      name: 'x',
      no_principal: true,
      rules: [both],
    })
    const all = { permission_set_names: ['ObjectStorageFullAccess'], scope: { kind: 'all-current-projects' } }
    const native = {
      organization_id: world.organizationId,
      name: 'x',
      principal: { kind: 'none' },
      rules: [all],
    }
    await expectBeyond(one.token, 'POST', '/s3warden/v1/policies/create', native)
    await expectDone(two.token, 'POST', '/s3warden/v1/policies/create', native)
  })

  test('what a policy gives already may stay in it, without its condition it may not', async () => {
    const caller = await world.application([organizationWide(world, 'IAMPolicyManager')])
    const policy = await world.services.policies.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'theirs',
      principal: { kind: 'application', id: await strongApplication() },
      rules: [under(fullAccess(), CONDITION)],
    })
    const own = wire(organizationWide(world, 'IAMPolicyManager'))
    const kept = { policy_id: policy.id, rules: [own, wire(under(fullAccess(), CONDITION))] }
    await expectDone(caller.token, 'PUT', '/iam/v1alpha1/rules', kept)
    const dropped = { policy_id: policy.id, rules: [own, wire(fullAccess())] }
    await expectBeyond(caller.token, 'PUT', '/iam/v1alpha1/rules', dropped)
    expect((await world.services.policies.get(policy.id)).rules[1]?.condition).toBe(CONDITION)
  })

  test('a policy of others cannot be turned to oneself, nor cloned, nor filled in two steps', async () => {
    const caller = await world.application([organizationWide(world, 'IAMPolicyManager')])
    const policy = await world.services.policies.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'theirs',
      principal: { kind: 'none' },
      rules: [fullAccess()],
    })
    const path = `/iam/v1alpha1/policies/${policy.id}`
    await expectDone(caller.token, 'PATCH', path, { description: 'harmless' })
    await expectBeyond(caller.token, 'PATCH', path, { application_id: caller.id })
    await expectBeyond(caller.token, 'POST', `${path}/clone`, {})
    // Emptied, turned to oneself, and filled again.
    await expectDone(caller.token, 'PUT', '/iam/v1alpha1/rules', { policy_id: policy.id, rules: [] })
    await expectDone(caller.token, 'PATCH', path, { application_id: caller.id })
    await expectBeyond(caller.token, 'PUT', '/iam/v1alpha1/rules', {
      policy_id: policy.id,
      rules: [wire(fullAccess())],
    })
  })
})

describe('group membership', () => {
  const routes = (group: string, application: string): readonly [string, string, unknown][] => [
    ['POST', `/iam/v1alpha1/groups/${group}/add-member`, { application_id: application }],
    ['POST', `/iam/v1alpha1/groups/${group}/add-members`, { application_ids: [application] }],
    ['PUT', `/iam/v1alpha1/groups/${group}/members`, { application_ids: [application] }],
    ['POST', '/s3warden/v1/groups/addMembers', { id: group, members: { application_ids: [application] } }],
    ['POST', '/s3warden/v1/groups/setMembers', { id: group, members: { application_ids: [application] } }],
  ]

  test('of a group that may more is not to be had', async () => {
    const group = await strongGroup()
    const caller = await world.application([organizationWide(world, 'IAMGroupManager')])
    for (const [method, path, body] of routes(group, caller.id))
      await expectBeyond(caller.token, method, path, body)
    expect((await world.services.groups.get(group)).application_ids).toEqual([])
  })

  test('of a group that may the same is', async () => {
    const caller = await world.application([organizationWide(world, 'IAMGroupManager'), fullAccess()])
    for (const [method, path, body] of routes(await strongGroup(), caller.id)) {
      await expectDone(caller.token, method, path, body)
    }
  })

  test('first join, then have the policy pointed there', async () => {
    const caller = await world.application([organizationWide(world, 'IAMGroupManager', 'IAMPolicyManager')])
    const made = await expectDone(caller.token, 'POST', '/iam/v1alpha1/groups', { name: 'trojan' })
    const group_id = (made as { id: string }).id
    await expectDone(caller.token, 'POST', `/iam/v1alpha1/groups/${group_id}/add-member`, {
      application_id: caller.id,
    })
    const theirs = await world.services.policies.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'theirs',
      principal: { kind: 'group', id: await strongGroup() },
      rules: [fullAccess()],
    })
    await expectBeyond(caller.token, 'PATCH', `/iam/v1alpha1/policies/${theirs.id}`, { group_id })
  })

  test('those who are in may stay when others leave', async () => {
    const group = await strongGroup()
    const first = await world.application([])
    const second = await world.application([])
    await world.services.groups.setMembers(OPERATOR, group, { application_ids: [first.id, second.id] })
    const caller = await world.application([organizationWide(world, 'IAMGroupManager')])
    await expectDone(caller.token, 'PUT', `/iam/v1alpha1/groups/${group}/members`, {
      application_ids: [first.id],
    })
    await expectBeyond(caller.token, 'PUT', `/iam/v1alpha1/groups/${group}/members`, {
      application_ids: [first.id, second.id],
    })
  })
})

describe('keys', () => {
  test('of an application that may more', async () => {
    const application_id = await strongApplication()
    const caller = await world.application([organizationWide(world, 'IAMApplicationManager')])
    await expectBeyond(caller.token, 'POST', '/iam/v1alpha1/api-keys', { application_id })
    const bearer = { kind: 'application', id: application_id }
    await expectBeyond(caller.token, 'POST', '/s3warden/v1/keys/create', { bearer })
    await expectBeyond(caller.token, 'POST', '/s3warden/v1/keys/import', {
      bearer,
      access_key: 'THEIRS',
      secret_key: 'chosen by the caller',
    })
    const { key } = await world.services.keys.create(OPERATOR, {
      bearer: { kind: 'application', id: application_id },
    })
    const { access_key } = key
    await expectBeyond(caller.token, 'POST', '/s3warden/v1/keys/rotate', { access_key, grace_ms: 0 })
    await expectBeyond(caller.token, 'POST', '/s3warden/v1/keys/create', { template: access_key })
    await expectBeyond(caller.token, 'POST', '/s3warden/v1/keys/create', { through: access_key })
    const path = `/iam/v1alpha1/api-keys/${access_key}`
    await expectBeyond(caller.token, 'PATCH', path, { expires_at: '2040-01-01T00:00:00Z' })
    // Its new buckets would be where the caller may read.
    const { id: default_project_id } = await world.services.projects.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'elsewhere',
    })
    await expectBeyond(caller.token, 'PATCH', path, { default_project_id })
    const change = { access_key, change: { default_project_id } }
    await expectBeyond(caller.token, 'POST', '/s3warden/v1/keys/update', change)
    await expectDone(caller.token, 'PATCH', path, { description: 'harmless' })
    expect((await world.services.keys.list({ filters: { bearer_ids: [application_id] } })).total_count).toBe(
      2,
    )
  })

  test.each(['2041-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '9999-12-31T23:59:59-23:59'])(
    'that would outlive the one it is made through: %s',
    async (expires_at) => {
      const caller = await world.application([organizationWide(world, 'IAMApplicationManager')])
      const { key } = await world.services.keys.create(OPERATOR, {
        bearer: { kind: 'application', id: caller.id },
        restrictions: { operations: ['GetObject'], tags: null, resources: null, regions: null },
        expires_at: '2040-01-01T00:00:00Z',
      })
      const create = '/s3warden/v1/keys/create'
      const asked = { through: key.access_key, expires_at }
      expect((await world.call(caller.token, 'POST', create, asked)).status).toBeGreaterThanOrEqual(400)
      const child = await expectDone(caller.token, 'POST', create, { through: key.access_key })
      const { access_key } = (child as { result: { key: { access_key: string } } }).result.key
      const update = { access_key, change: { expires_at } }
      const changed = await world.call(caller.token, 'POST', '/s3warden/v1/keys/update', update)
      expect(changed.status).toBeGreaterThanOrEqual(400)
      const { items } = await world.services.keys.list({
        filters: { bearer_ids: [caller.id], restricted: true },
      })
      expect(items.map((each) => each.expires_at)).toEqual(Array(2).fill('2040-01-01T00:00:00.000Z'))
    },
  )

  test('of an application that is in a group that may more', async () => {
    const member = await world.application([])
    await world.services.groups.addMembers(OPERATOR, await strongGroup(), { application_ids: [member.id] })
    const caller = await world.application([organizationWide(world, 'IAMApplicationManager')])
    await expectBeyond(caller.token, 'POST', '/iam/v1alpha1/api-keys', { application_id: member.id })
  })

  test('of one that may no more, and of oneself', async () => {
    const weak = await world.application([])
    const caller = await world.application([organizationWide(world, 'IAMApplicationManager')])
    await expectDone(caller.token, 'POST', '/iam/v1alpha1/api-keys', { application_id: weak.id })
    await expectDone(caller.token, 'POST', '/iam/v1alpha1/api-keys', { application_id: caller.id })
  })

  test('of the owner are for managers only', async () => {
    const userManager = await world.application([organizationWide(world, 'IAMUserManager')])
    const conditional = await world.application([under(organizationWide(world, 'IAMManager'), CONDITION)])
    for (const { token } of [userManager, conditional]) {
      await expectBeyond(token, 'POST', '/iam/v1alpha1/api-keys', { user_id: world.ownerId })
    }
    const manager = await world.application([organizationWide(world, 'IAMManager')])
    await expectDone(manager.token, 'POST', '/iam/v1alpha1/api-keys', { user_id: world.ownerId })
  })

  test('of users are not for who manages applications, and the reverse', async () => {
    const [user, application] = [await strongUser(), (await world.application([])).id]
    const applications = await world.application([organizationWide(world, 'IAMApplicationManager')])
    await expectBeyond(applications.token, 'POST', '/iam/v1alpha1/api-keys', { user_id: user })
    const users = await world.application([organizationWide(world, 'IAMUserManager')])
    await expectBeyond(users.token, 'POST', '/iam/v1alpha1/api-keys', { application_id: application })
    const { body } = await world.call(users.token, 'GET', '/iam/v1alpha1/api-keys?page_size=100')
    expect((body as { api_keys: object[] }).api_keys.every((key) => 'user_id' in key)).toBe(true)
    const none = await world.call(users.token, 'GET', '/iam/v1alpha1/api-keys?bearer_type=application')
    expect(none.body).toMatchObject({ total_count: 0 })
  })
})

describe('acting as a user', () => {
  test.each([
    ['update-password', { password: 'chosen by the caller' }],
    ['update-username', { username: 'taken-over' }],
    ['unlock', {}],
  ])('%s of one that may more', async (verb, body) => {
    const user = await strongUser()
    await world.services.users.lock(OPERATOR, user)
    const caller = await world.application([organizationWide(world, 'IAMUserManager')])
    await expectBeyond(caller.token, 'POST', `/iam/v1alpha1/users/${user}/${verb}`, body)
    await expectBeyond(caller.token, 'POST', `/iam/v1alpha1/users/${world.ownerId}/${verb}`, body)
    expect(await world.services.users.get(user)).toMatchObject({ locked: true, status: 'invitation_pending' })
    const equal = await world.application([organizationWide(world, 'IAMUserManager'), fullAccess()])
    await expectDone(equal.token, 'POST', `/iam/v1alpha1/users/${user}/${verb}`, body)
  })

  test('its address is one of its names', async () => {
    const caller = await world.application([organizationWide(world, 'IAMUserManager')])
    const path = `/iam/v1alpha1/users/${await strongUser()}`
    await expectBeyond(caller.token, 'PATCH', path, { email: 'mine@example.com' })
    await expectDone(caller.token, 'PATCH', path, { first_name: 'harmless' })
  })
})

describe('a name to log in by', () => {
  test("is nobody else's, neither as username nor as address", async () => {
    const { services, organizationId: organization_id } = world
    const victim = { organization_id, email: 'victim@example.com', username: 'victim@home' }
    await services.users.create(OPERATOR, victim)
    const caller = await world.application([organizationWide(world, 'IAMUserManager')])
    const own = await expectDone(caller.token, 'POST', '/iam/v1alpha1/users', { email: 'own@example.com' })
    const path = `/iam/v1alpha1/users/${(own as { id: string }).id}`
    const attempts: readonly [string, string, object][] = [
      ['POST', `${path}/update-username`, { username: 'victim@example.com' }],
      ['PATCH', path, { email: 'victim@home' }],
      ['POST', '/iam/v1alpha1/users', { email: 'victim@home' }],
      ['POST', '/iam/v1alpha1/users', { member: { email: 'x@example.com', username: 'victim@example.com' } }],
    ]
    for (const [method, target, body] of attempts) {
      const answer = await world.call(caller.token, method, target, body)
      expect([target, answer.status]).toEqual([target, 409])
    }
    await expectDone(caller.token, 'PATCH', path, { email: 'other@example.com' })
    await expectDone(caller.token, 'POST', `${path}/update-username`, { username: 'other@example.com' })
  })
})

describe('cascades give nothing', () => {
  test('a deleted project takes its rules along, rather than widening them', async () => {
    const project = await world.services.projects.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'short-lived',
    })
    const holder = await world.application([inProject(project.id, 'ObjectStorageFullAccess')])
    const manager = await world.application([organizationWide(world, 'ProjectManager')])
    await expectDone(manager.token, 'DELETE', `/account/v3/projects/${project.id}`)
    const { items } = await world.services.policies.list({ filters: { application_ids: [holder.id] } })
    expect(items[0]?.rules).toEqual([])
  })

  test('the policy of a deleted principal is for nobody, and does not pass to the next', async () => {
    const user = await strongUser()
    const { items } = await world.services.policies.list({ filters: { user_ids: [user] } })
    const caller = await world.application([organizationWide(world, 'IAMUserManager', 'IAMPolicyManager')])
    await expectDone(caller.token, 'DELETE', `/iam/v1alpha1/users/${user}`)
    const made = await expectDone(caller.token, 'POST', '/iam/v1alpha1/users', { email: 'next@example.com' })
    const user_id = (made as { id: string }).id
    await expectBeyond(caller.token, 'PATCH', `/iam/v1alpha1/policies/${items[0]!.id}`, { user_id })
    await expectDone(caller.token, 'POST', '/iam/v1alpha1/api-keys', { user_id })
  })

  test('a project made by oneself gives no rights in it', async () => {
    const caller = await world.application([organizationWide(world, 'ProjectManager', 'IAMPolicyManager')])
    const made = await expectDone(caller.token, 'POST', '/account/v3/projects', { name: 'mine' })
    const rule = wire(inProject((made as { id: string }).id, 'ObjectStorageFullAccess'))
    const policy = { name: 'x', application_id: caller.id, rules: [rule] }
    await expectBeyond(caller.token, 'POST', '/iam/v1alpha1/policies', policy)
  })

  test("where its buckets lie is not the tenant's to choose", async () => {
    const { id } = await world.services.projects.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'placed',
    })
    await expectBeyond(world.token, 'POST', '/s3warden/v1/projects/update', {
      id,
      change: { backend_id: null },
    })
    await expectBeyond(world.token, 'POST', '/s3warden/v1/projects/update', {
      id,
      change: { max_buckets: 1 },
    })
  })
})

describe('SSH keys are a right in a project', () => {
  test('elsewhere they are not there', async () => {
    const second = await world.services.projects.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'ssh',
    })
    const public_key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFMBYVpdfYXqVx2x5lW0cFLiJqgVqcWbSnQX7Nf4gUzN'
    const theirs = await world.services.sshKeys.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'theirs',
      public_key,
    })
    const { token } = await world.application([inProject(second.id, 'SSHKeysFullAccess')])
    const path = `/iam/v1alpha1/ssh-keys/${theirs.id}`
    expect(await world.call(token, 'GET', path)).toMatchObject({ status: 404 })
    expect(await world.call(token, 'DELETE', path)).toMatchObject({ status: 404 })
    await expectBeyond(token, 'POST', '/iam/v1alpha1/ssh-keys', { public_key, project_id: world.projectId })
    await expectDone(token, 'POST', '/iam/v1alpha1/ssh-keys', { public_key, project_id: second.id })
    const { body } = await world.call(token, 'GET', '/iam/v1alpha1/ssh-keys')
    expect(body).toMatchObject({ total_count: 1, ssh_keys: [{ project_id: second.id }] })
  })
})

describe('conditions count here too', () => {
  test.each([
    ["an address that is the caller's", 'request.ip == "127.0.0.1"', 200],
    ['an address that is not', 'request.ip == "10.1.2.3"', 403],
    ['a time that has passed', 'request.time < timestamp("2029-01-01T00:00:00Z")', 403],
    ['a user agent', 'request.user_agent.startsWith("Mozilla")', 403],
    ['what there is not on the control plane', 'resource.name == "bucket"', 403],
  ])('%s', async (_what, condition, status) => {
    const caller = await world.application([under(organizationWide(world, 'IAMReadOnly'), condition)])
    expect((await world.call(caller.token, 'GET', '/iam/v1alpha1/users')).status).toBe(status)
  })
})
