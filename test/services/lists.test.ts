import { describe, expect, test } from 'vitest'
import { everyEntity } from '../../src/services/lists.ts'
import type { Services } from '../../src/services/services.ts'
import { OPERATOR, setUp, type World } from './support.ts'

interface Case {
  readonly title: string
  readonly list: (
    services: Services,
    world: World,
  ) => Promise<{ readonly total_count: number; readonly items: readonly object[] }>
  /** Names, or access keys, in order. */
  readonly expected: (world: World) => readonly string[]
}

const label = (item: object): string => {
  for (const property of ['access_key', 'email', 'name']) {
    if (property in item) return String(item[property as keyof typeof item])
  }
  return ''
}

const CASES: readonly Case[] = [
  {
    title: 'projects by name, descending',
    list: ({ projects }) => projects.list({ order_by: 'name_desc' }),
    expected: () => ['second', 'default'],
  },
  {
    title: 'the default project',
    list: ({ projects }, { organization_id }) =>
      projects.list({ filters: { organization_id, is_default: true } }),
    expected: () => ['default'],
  },
  {
    title: 'projects by id',
    list: ({ projects }, { second }) => projects.list({ filters: { project_ids: [second.id, 'none'] } }),
    expected: () => ['second'],
  },
  {
    title: 'no project out of an empty list',
    list: ({ projects }) => projects.list({ filters: { project_ids: [] } }),
    expected: () => [],
  },
  {
    title: 'members by address',
    list: ({ users }) => users.list({ filters: { type: 'member' }, order_by: 'email_asc' }),
    expected: () => ['ada@example.com'],
  },
  {
    title: 'users by tag',
    list: ({ users }) => users.list({ filters: { tag: 'admin' } }),
    expected: () => ['owner@example.com'],
  },
  {
    title: 'a tag is not a part of a tag',
    list: ({ users }) => users.list({ filters: { tag: 'adm' } }),
    expected: () => [],
  },
  {
    title: 'groups of a user',
    list: ({ groups }, { user }) => groups.list({ filters: { user_ids: [user.id] } }),
    expected: () => ['writers'],
  },
  {
    title: 'groups of somebody who is in none',
    list: ({ groups }, { owner }) => groups.list({ filters: { user_ids: [owner.id] } }),
    expected: () => [],
  },
  {
    title: 'policies of a group',
    list: ({ policies }, { group }) => policies.list({ filters: { group_ids: [group.id] } }),
    expected: () => ['of the group'],
  },
  {
    title: 'policies with a principal',
    list: ({ policies }) => policies.list({ filters: { no_principal: false }, order_by: 'name_asc' }),
    expected: () => ['of the group', 'own'],
  },
  {
    title: 'keys of users',
    list: ({ keys }) => keys.list({ filters: { bearer_type: 'user' } }),
    expected: ({ userKey }) => [userKey.access_key],
  },
  {
    title: 'keys of a bearer',
    list: ({ keys }, { application }) => keys.list({ filters: { bearer_ids: [application.id] } }),
    expected: ({ key }) => [key.access_key],
  },
  {
    title: 'expired keys',
    list: ({ keys }) => keys.list({ filters: { expiry: { expired: true, at: '2026-06-01T00:00:00.000Z' } } }),
    expected: ({ userKey }) => [userKey.access_key],
  },
  {
    title: 'keys that have not expired',
    list: ({ keys }) =>
      keys.list({ filters: { expiry: { expired: false, at: '2026-06-01T00:00:00.000Z' } } }),
    expected: ({ key }) => [key.access_key],
  },
  {
    title: 'buckets of a project in a state',
    list: ({ buckets }, { project }) =>
      buckets.list({ filters: { project_id: project.id, states: ['active'] } }),
    expected: () => ['first-bucket'],
  },
]

describe('lists', () => {
  test.each(CASES)('$title', async ({ list, expected }) => {
    const { services, world } = await setUp()
    await services.users.update(OPERATOR, world.owner.id, { tags: ['admin', 'on call'] })
    await services.keys.update(OPERATOR, world.userKey.access_key, { expires_at: '2026-03-01T00:00:00Z' })
    const { items, total_count } = await list(services, world)
    expect(items.map(label)).toEqual(expected(world))
    expect(total_count).toBe(items.length)
  })
})

test('pages are parts of the whole, and the total is that of the whole', async () => {
  const { services, world, clock } = await setUp()
  for (let count = 0; count < 5; count++) {
    clock.now += 1
    await services.applications.create(OPERATOR, {
      organization_id: world.organization_id,
      name: `app ${count}`,
    })
  }
  const pages = await Promise.all(
    [1, 2, 3, 4].map((page) => services.applications.list({ page, page_size: 2 })),
  )
  expect(pages.map(({ total_count }) => total_count)).toEqual([6, 6, 6, 6])
  expect(pages.map(({ items }) => items.map(({ name }) => name))).toEqual([
    ['backup', 'app 0'],
    ['app 1', 'app 2'],
    ['app 3', 'app 4'],
    [],
  ])
  const all: string[] = []
  for await (const { name } of everyEntity(services.applications.list, { order_by: 'name_asc' }))
    all.push(name)
  expect(all).toEqual(['app 0', 'app 1', 'app 2', 'app 3', 'app 4', 'backup'])
})

describe('the log', () => {
  test('tells who changed what, from where, before and after', async () => {
    const { services, world, clock } = await setUp()
    clock.now += 1000
    const actor = { bearer_id: world.owner.id, ip: '192.0.2.1', user_agent: 'curl' }
    await services.applications.update(actor, world.application.id, { description: 'new' })
    const { items } = await services.logs.list({ order_by: 'created_at_desc', page_size: 1 })
    const [entry] = items
    expect(entry).toMatchObject({
      ...actor,
      created_at: new Date(clock.now).toISOString(),
      action: 'updated',
      organization_id: world.organization_id,
      resource_type: 'application',
      resource_id: world.application.id,
      before: world.application,
      after: { ...world.application, description: 'new', updated_at: new Date(clock.now).toISOString() },
    })
    expect(await services.logs.get(entry!.id)).toEqual(entry)
  })

  test('is searched by time, action, type, bearer and resource', async () => {
    const { services, world, clock } = await setUp()
    const at = new Date(clock.now).toISOString()
    clock.now += 1000
    const actor = { bearer_id: world.owner.id, ip: '', user_agent: '' }
    await services.groups.delete(actor, world.group.id)
    const count = async (filters: object) => (await services.logs.list({ filters })).total_count
    expect(await count({ created_after: at })).toBe(2)
    expect(await count({ created_before: new Date(clock.now).toISOString() })).toBe((await count({})) - 2)
    expect(await count({ action: 'deleted' })).toBe(1)
    expect(await count({ action: 'deleted', resource_type: 'policy' })).toBe(0)
    expect(await count({ search: world.owner.id })).toBe(3)
    expect(await count({ search: world.group.id })).toBe(2)
    expect(await count({ organization_id: 'another' })).toBe(0)
  })
})

test('several calls in one transaction happen together or not at all', async () => {
  const { services, world } = await setUp()
  const { organization_id } = world
  const failing = services.inTransaction(OPERATOR, async (inner) => {
    const { id } = await inner.applications.create(OPERATOR, { organization_id, name: 'inner' })
    await inner.keys.create(OPERATOR, { bearer: { kind: 'application', id } })
    await inner.projects.delete(OPERATOR, world.project.id)
  })
  await expect(failing).rejects.toMatchObject({ fault: { precondition: 'resource_not_deletable' } })
  expect((await services.applications.list({ filters: { name: 'inner' } })).total_count).toBe(0)
  const made = await services.inTransaction(OPERATOR, async (inner) => {
    const { id } = await inner.applications.create(OPERATOR, { organization_id, name: 'inner' })
    return inner.keys.create(OPERATOR, { bearer: { kind: 'application', id } })
  })
  expect(await services.keys.get(made.key.access_key)).toEqual(made.key)
})
