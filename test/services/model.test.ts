import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import type { Services } from '../../src/services/services.ts'
import { faultOf, OPERATOR, setUp, UNKNOWN, type World, wholeLog } from './support.ts'

describe('an organization', () => {
  test('comes with its owner and its default project', async () => {
    const { services } = await setUp()
    const { organization, owner, project } = await services.organizations.create(OPERATOR, {
      name: 'new',
      owner: { email: 'eve@example.com', password: new Secret('long enough') },
      project_name: 'main',
    })
    expect(await services.organizations.get(organization.id)).toEqual(organization)
    expect(owner).toMatchObject({ type: 'owner', username: 'eve@example.com', status: 'activated' })
    expect(project).toMatchObject({ name: 'main', is_default: true, organization_id: organization.id })
  })

  test('is deleted only when nothing is left in it', async () => {
    const { services, world } = await setUp()
    expect(await faultOf(services.organizations.delete(OPERATOR, world.organization_id))).toMatchObject({
      precondition: 'resource_still_in_use',
    })
    const { organization, owner } = await services.organizations.create(OPERATOR, {
      name: 'new',
      owner: { email: 'eve@example.com' },
    })
    const { key } = await services.keys.create(OPERATOR, { bearer: { kind: 'user', id: owner.id } })
    await services.organizations.delete(OPERATOR, organization.id)
    expect(await faultOf(services.organizations.get(organization.id))).toMatchObject({ type: 'not_found' })
    expect(await faultOf(services.keys.get(key.access_key))).toMatchObject({ type: 'not_found' })
  })
})

interface Refusal {
  readonly title: string
  readonly call: (services: Services, world: World) => Promise<unknown>
  readonly fault: object
}

const inUse = { type: 'precondition_failed', precondition: 'resource_still_in_use' }
const notDeletable = { type: 'precondition_failed', precondition: 'resource_not_deletable' }

const REFUSALS: readonly Refusal[] = [
  {
    title: 'the owner is not deleted',
    call: (services, { owner }) => services.users.delete(OPERATOR, owner.id),
    fault: notDeletable,
  },
  {
    title: 'the default project is not deleted',
    call: (services, { project }) => services.projects.delete(OPERATOR, project.id),
    fault: notDeletable,
  },
  {
    title: 'a backend that holds buckets is not deleted',
    call: (services, { backend }) => services.backends.delete(OPERATOR, backend.id),
    fault: inUse,
  },
  {
    title: 'an address is one user of an organization',
    call: (services, { organization_id }) =>
      services.users.create(OPERATOR, { organization_id, email: 'ada@example.com', username: 'other' }),
    fault: { type: 'already_exists', resource: 'user', help_message: 'another user has the same email' },
  },
  {
    title: 'a username is one user of an organization',
    call: (services, { owner }) => services.users.updateUsername(OPERATOR, owner.id, 'ada@example.com'),
    fault: { type: 'already_exists', help_message: 'another user has the same username' },
  },
  {
    title: 'the name of a group is one group of an organization',
    call: (services, { organization_id }) =>
      services.groups.create(OPERATOR, { organization_id, name: 'writers' }),
    fault: { type: 'already_exists', resource: 'group', resource_id: 'writers' },
  },
  {
    title: 'the name of a backend is one backend',
    call: (services) =>
      services.backends.create(OPERATOR, {
        name: 'default',
        kind: 'ceph',
        endpoints: ['http://127.0.0.1:1'],
        access_key: 'a',
        secret_key: new Secret('b'),
      }),
    fault: { type: 'already_exists', resource: 'backend', resource_id: 'default' },
  },
  {
    title: 'a bucket that has an owner is not adopted',
    call: (services, { second, backend }) =>
      services.buckets.adopt(OPERATOR, {
        name: 'first-bucket',
        project_id: second.id,
        backend_id: backend.id,
      }),
    fault: {
      type: 'already_exists',
      resource: 'bucket',
      resource_id: 'first-bucket',
      help_message: expect.stringMatching(/belongs to project .* release it there first/),
    },
  },
  {
    title: 'an unknown user is no member',
    call: (services, { group }) => services.groups.addMembers(OPERATOR, group.id, { user_ids: [UNKNOWN] }),
    fault: { type: 'not_found', resource: 'user', resource_id: UNKNOWN },
  },
  {
    title: 'who is no member is not removed',
    call: (services, { group, owner }) =>
      services.groups.removeMembers(OPERATOR, group.id, { user_ids: [owner.id] }),
    fault: { type: 'not_found', resource: 'user' },
  },
  {
    title: 'an unknown application bears no key',
    call: (services) => services.keys.create(OPERATOR, { bearer: { kind: 'application', id: UNKNOWN } }),
    fault: { type: 'not_found', resource: 'application', resource_id: UNKNOWN },
  },
  {
    title: 'an unknown project is no preference',
    call: (services, { key }) =>
      services.keys.update(OPERATOR, key.access_key, { default_project_id: UNKNOWN }),
    fault: { type: 'not_found', resource: 'project_id', resource_id: UNKNOWN },
  },
]

describe('refused:', () => {
  test.each(REFUSALS)('$title', async ({ call, fault }) => {
    const { services, world } = await setUp()
    expect(await faultOf(call(services, world))).toMatchObject(fault)
  })
})

describe('what belongs to another organization is not there:', () => {
  const FOREIGN: readonly Refusal[] = [
    {
      title: 'as member of a group',
      call: (services, { group, application }) =>
        services.groups.setMembers(OPERATOR, group.id, { application_ids: [application.id] }),
      fault: { type: 'not_found', resource: 'application' },
    },
    {
      title: 'as principal of a policy',
      call: (services, { organization_id, user }) =>
        services.policies.create(OPERATOR, {
          organization_id,
          name: 'theirs',
          principal: { kind: 'user', id: user.id },
        }),
      fault: { type: 'not_found', resource: 'user' },
    },
    {
      title: 'as scope of a rule',
      call: (services, { policy, project }) =>
        services.policies.addRule(OPERATOR, policy.id, {
          permission_set_names: ['ObjectStorageReadOnly'],
          scope: { kind: 'projects', project_ids: [project.id] },
        }),
      fault: { type: 'invalid_arguments' },
    },
  ]

  test.each(FOREIGN)('$title', async ({ call, fault }) => {
    const { services, world } = await setUp()
    const theirs = await services.organizations.create(OPERATOR, {
      name: 'theirs',
      owner: { email: 'eve@example.com' },
    })
    const organization_id = theirs.organization.id
    const group = await services.groups.create(OPERATOR, { organization_id, name: 'theirs' })
    const policy = await services.policies.create(OPERATOR, {
      organization_id,
      name: 'theirs',
      principal: { kind: 'none' },
    })
    expect(await faultOf(call(services, { ...world, organization_id, group, policy }))).toMatchObject(fault)
  })

  test('as preferred project of a key', async () => {
    const { services, world } = await setUp()
    const { project } = await services.organizations.create(OPERATOR, {
      name: 'theirs',
      owner: { email: 'eve@example.com' },
    })
    const making = services.keys.create(OPERATOR, {
      bearer: { kind: 'application', id: world.application.id },
      default_project_id: project.id,
    })
    expect(await faultOf(making)).toMatchObject({ type: 'not_found', resource: 'project_id' })
  })
})

describe('a deletion takes with it', () => {
  test("of a user: its keys, its memberships, its policies' principal", async () => {
    const { services, world } = await setUp()
    const { id } = world.user
    await services.policies.update(OPERATOR, world.policy.id, { principal: { kind: 'user', id } })
    await services.users.delete(OPERATOR, id)
    expect((await services.keys.list({ filters: { bearer_ids: [id] } })).total_count).toBe(0)
    expect((await services.groups.get(world.group.id)).user_ids).toEqual([])
    expect(await services.policies.get(world.policy.id)).toMatchObject({
      user_id: null,
      group_id: null,
      application_id: null,
      rules: world.policy.rules,
    })
    expect((await services.policies.list({ filters: { no_principal: true } })).total_count).toBe(1)
  })

  test('of an application: the same', async () => {
    const { services, world } = await setUp()
    await services.applications.delete(OPERATOR, world.application.id)
    expect((await services.groups.get(world.group.id)).application_ids).toEqual([])
    expect((await services.policies.get(world.policy.id)).application_id).toBeNull()
    expect(await faultOf(services.keys.get(world.key.access_key))).toMatchObject({ type: 'not_found' })
  })

  test("of a group: its policies' principal", async () => {
    const { services, world } = await setUp()
    await services.groups.delete(OPERATOR, world.group.id)
    expect((await services.policies.get(world.groupPolicy.id)).group_id).toBeNull()
  })

  test("of a project: keys' preference for it, rules' mention of it, rules that named no other", async () => {
    const { services, world } = await setUp()
    const { second, project, policy, key } = world
    await services.keys.update(OPERATOR, key.access_key, { default_project_id: second.id })
    const sets = { permission_set_names: ['ObjectStorageReadOnly'] }
    await services.policies.replaceRules(OPERATOR, policy.id, [
      { ...sets, scope: { kind: 'projects', project_ids: [second.id, project.id] } },
      { ...sets, scope: { kind: 'projects', project_ids: [second.id] } },
      { ...sets, scope: { kind: 'organization', organization_id: world.organization_id } },
    ])
    await services.projects.delete(OPERATOR, second.id)
    expect((await services.keys.get(key.access_key)).default_project_id).toBeNull()
    const { rules } = await services.policies.get(policy.id)
    expect(rules.map(({ project_ids }) => project_ids)).toEqual([[project.id], null])
  })

  test('of a project that owns buckets: nothing, it is refused; released names do not hold it', async () => {
    const { services, world } = await setUp()
    const { second, backend } = world
    await services.buckets.adopt(OPERATOR, {
      name: 'its-bucket',
      project_id: second.id,
      backend_id: backend.id,
    })
    expect(await faultOf(services.projects.delete(OPERATOR, second.id))).toMatchObject(inUse)
    await services.buckets.release(OPERATOR, 'its-bucket', 60_000)
    await services.projects.delete(OPERATOR, second.id)
    expect((await services.buckets.get('its-bucket')).state).toBe('released')
  })
})

describe('users', () => {
  test('are invited until they have a password', async () => {
    const { services, world } = await setUp()
    expect(world.user).toMatchObject({ status: 'invitation_pending', type: 'member', locked: false })
    const { status } = await services.users.updatePassword(OPERATOR, world.user.id, new Secret('long enough'))
    expect(status).toBe('activated')
  })

  test('have one password, and none while they are locked', async () => {
    const { services, world } = await setUp()
    const { id } = world.user
    const password = new Secret('correct horse')
    const proofOf = (user: string, text: string) => services.users.verifyPassword(user, new Secret(text))
    expect(await proofOf(id, 'correct horse')).toBeUndefined()
    await services.users.updatePassword(OPERATOR, id, password)
    const proof = await proofOf(id, 'correct horse')
    expect(await services.users.stillHolds(proof!)).toBe(true)
    expect(await proofOf(id, 'wrong horse')).toBeUndefined()
    expect(await proofOf(UNKNOWN, 'correct horse')).toBeUndefined()
    await services.users.lock(OPERATOR, id)
    expect(await proofOf(id, 'correct horse')).toBeUndefined()
    expect(await services.users.stillHolds(proof!)).toBe(false)
    await services.users.unlock(OPERATOR, id)
    expect(await services.users.stillHolds(proof!)).toBe(true)
    await services.users.updatePassword(OPERATOR, id, new Secret('correct horse'))
    expect(await proofOf(id, 'correct horse')).toBeDefined()
    expect(await services.users.stillHolds(proof!)).toBe(false)
    expect(await wholeLog(services)).not.toMatch(/horse|scrypt/)
  })
})

describe('policies', () => {
  test('keep their rules in order; adding and deleting one leaves the others alone', async () => {
    const { services, world } = await setUp()
    const { policy, project } = world
    const rule = await services.policies.addRule(OPERATOR, policy.id, {
      permission_set_names: ['ObjectStorageObjectsDelete', 'ObjectStorageObjectsDelete'],
      scope: { kind: 'projects', project_ids: [project.id, project.id] },
      condition: 'inIpRange(request.ip, "192.0.2.0/24")',
    })
    expect(rule).toMatchObject({
      permission_set_names: ['ObjectStorageObjectsDelete'],
      project_ids: [project.id],
    })
    expect((await services.policies.get(policy.id)).rules).toEqual([...policy.rules, rule])
    await services.policies.deleteRule(OPERATOR, policy.id, policy.rules[0]!.id)
    expect((await services.policies.get(policy.id)).rules).toEqual([rule])
    expect(await faultOf(services.policies.deleteRule(OPERATOR, policy.id, UNKNOWN))).toMatchObject({
      type: 'not_found',
      resource: 'rule',
    })
  })

  test('all current projects are those of now', async () => {
    const { services, world } = await setUp()
    const { id } = world.policy
    await services.policies.replaceRules(OPERATOR, id, [
      { permission_set_names: ['ObjectStorageReadOnly'], scope: { kind: 'all-current-projects' } },
    ])
    await services.projects.create(OPERATOR, { organization_id: world.organization_id, name: 'third' })
    const { rules } = await services.policies.get(id)
    expect(new Set(rules[0]?.project_ids)).toEqual(new Set([world.project.id, world.second.id]))
  })

  test('a clone has the same rules under ids of its own', async () => {
    const { services, world } = await setUp()
    const clone = await services.policies.clone(OPERATOR, world.policy.id)
    const anonymous = (rules: typeof clone.rules) => rules.map((rule) => ({ ...rule, id: '' }))
    expect(clone).toMatchObject({ name: 'copy of own', application_id: world.application.id })
    expect(anonymous(clone.rules)).toEqual(anonymous(world.policy.rules))
    expect(clone.rules[0]?.id).not.toBe(world.policy.rules[0]?.id)
  })

  test('their permission sets are listed in alphabetical order', async () => {
    const { services } = await setUp()
    const names = services.permissionSets.list().map(({ name }) => name)
    expect(names).toEqual([...names].sort())
    expect(names).toContain('ObjectStorageFullAccess')
  })
})

describe('groups', () => {
  test('keep members when others are added, and lose them when others are set', async () => {
    const { services, world } = await setUp()
    const { group, owner, user, application } = world
    const added = await services.groups.addMembers(OPERATOR, group.id, { user_ids: [owner.id, user.id] })
    expect(added).toMatchObject({ user_ids: [user.id, owner.id], application_ids: [application.id] })
    expect(await services.groups.get(group.id)).toEqual(added)
    const set = await services.groups.setMembers(OPERATOR, group.id, { user_ids: [owner.id] })
    expect(set).toMatchObject({ user_ids: [owner.id], application_ids: [] })
    expect(await services.groups.get(group.id)).toEqual(set)
  })
})
