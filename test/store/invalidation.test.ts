import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IamReader } from '../../src/iam/reader.ts'
import { StoreUnavailable } from '../../src/iam/reader.ts'
import { type OtherProcess, startOtherProcess } from './support/other-process.ts'
import { makeWorld, OPERATOR, openTestStore, type World } from './support/world.ts'

interface Case {
  readonly title: string
  /** A call of the services, with its arguments. */
  readonly change: (world: World) => readonly [string, ...unknown[]]
  /** What the data path sees of it. */
  readonly see: (reader: IamReader, world: World) => unknown
  readonly atFirst: (world: World) => unknown
  readonly inTheEnd: (world: World) => unknown
}

const NEVER = '2100-01-01T00:00:00.000Z'

function mayRead(reader: IamReader, world: World): boolean {
  const key = reader.findKey(world.key.access_key)!
  return reader
    .grants(key.bearer)
    .some((grants) => grants.forProject(world.project.id, 'GetObject').unconditional !== null)
}

function mayWrite(reader: IamReader, world: World): boolean {
  const key = reader.findKey(world.key.access_key)!
  return reader
    .grants(key.bearer)
    .some((grants) => grants.forProject(world.project.id, 'PutObject').unconditional !== null)
}

const CASES: readonly Case[] = [
  {
    title: 'a revoked key is gone',
    change: ({ key }) => ['keys.revoke', key.access_key],
    see: (reader, { key }) => reader.findKey(key.access_key)?.record.access_key,
    atFirst: ({ key }) => key.access_key,
    inTheEnd: () => undefined,
  },
  {
    title: "a key's expiry is the new one",
    change: ({ key }) => ['keys.update', key.access_key, { expires_at: NEVER }],
    see: (reader, { key }) => reader.findKey(key.access_key)?.expiresAt,
    atFirst: () => null,
    inTheEnd: () => Date.parse(NEVER),
  },
  {
    title: "a key's preferred project is the new one",
    change: ({ key, second }) => ['keys.update', key.access_key, { default_project_id: second.id }],
    see: (reader, { key }) => reader.findKey(key.access_key)?.record.default_project_id,
    atFirst: ({ project }) => project.id,
    inTheEnd: ({ second }) => second.id,
  },
  {
    title: 'a locked user is locked',
    change: ({ user }) => ['users.lock', user.id],
    see: (reader, { userKey }) => reader.findKey(userKey.access_key)?.bearer.locked,
    atFirst: () => false,
    inTheEnd: () => true,
  },
  {
    title: "a deleted user's key is gone",
    change: ({ user }) => ['users.delete', user.id],
    see: (reader, { userKey }) => reader.findKey(userKey.access_key) === undefined,
    atFirst: () => false,
    inTheEnd: () => true,
  },
  {
    title: "a deleted application's key is gone",
    change: ({ application }) => ['applications.delete', application.id],
    see: (reader, { key }) => reader.findKey(key.access_key) === undefined,
    atFirst: () => false,
    inTheEnd: () => true,
  },
  {
    title: 'who left a group has lost its grants',
    change: ({ group, application }) => [
      'groups.removeMembers',
      group.id,
      { application_ids: [application.id] },
    ],
    see: mayWrite,
    atFirst: () => true,
    inTheEnd: () => false,
  },
  {
    title: "a deleted group's grants are lost",
    change: ({ group }) => ['groups.delete', group.id],
    see: mayWrite,
    atFirst: () => true,
    inTheEnd: () => false,
  },
  {
    title: "a deleted policy's grants are lost",
    change: ({ policy }) => ['policies.delete', policy.id],
    see: mayRead,
    atFirst: () => true,
    inTheEnd: () => false,
  },
  {
    title: "a group's policy that changes its principal grants the group nothing",
    change: ({ groupPolicy }) => ['policies.update', groupPolicy.id, { principal: { kind: 'none' } }],
    see: mayWrite,
    atFirst: () => true,
    inTheEnd: () => false,
  },
  {
    title: 'replaced rules grant what the new ones say',
    change: ({ policy, project }) => [
      'policies.replaceRules',
      policy.id,
      [
        {
          permission_set_names: ['ObjectStorageBucketsRead'],
          scope: { kind: 'projects', project_ids: [project.id] },
        },
      ],
    ],
    see: mayRead,
    atFirst: () => true,
    inTheEnd: () => false,
  },
  {
    title: 'a deleted project is gone',
    change: ({ second }) => ['projects.delete', second.id],
    see: (reader, { second }) => reader.findProject(second.id)?.name,
    atFirst: () => 'second',
    inTheEnd: () => undefined,
  },
  {
    title: "a project's own backend is the new one",
    change: ({ second, backend }) => ['projects.update', second.id, { backend_id: backend.id }],
    see: (reader, { second }) => reader.findProject(second.id)?.backend_id,
    atFirst: () => null,
    inTheEnd: ({ backend }) => backend.id,
  },
  {
    title: 'a released bucket is released',
    change: () => ['buckets.release', 'first-bucket', 1000],
    see: (reader) => reader.findBucket('first-bucket')?.state,
    atFirst: () => 'active',
    inTheEnd: () => 'released',
  },
  {
    title: "a backend's endpoints are the new ones",
    change: ({ backend }) => ['backends.update', backend.id, { endpoints: ['http://127.0.0.1:7481'] }],
    see: (reader, { backend }) => reader.findBackend(backend.id)?.record.endpoints,
    atFirst: () => ['http://127.0.0.1:7480'],
    inTheEnd: () => ['http://127.0.0.1:7481'],
  },
  {
    title: 'the default backend is the one of that name',
    change: ({ backend }) => ['backends.update', backend.id, { name: 'other' }],
    see: (reader) => reader.defaultBackend()?.record.name,
    atFirst: () => 'default',
    inTheEnd: () => undefined,
  },
  {
    title: "the regions are the backends' present ones",
    change: ({ backend }) => ['backends.update', backend.id, { region: 'moved' }],
    see: (reader) => [...reader.backendRegions()],
    atFirst: ({ backend }) => [backend.region],
    inTheEnd: () => ['moved'],
  },
]

let other: OtherProcess
beforeAll(async () => {
  other = await startOtherProcess()
})
afterAll(() => other.kill())

describe('after refresh, a change made by', () => {
  test.each(CASES)('another process is seen: $title', async ({ change, see, atFirst, inTheEnd }) => {
    const { dataDir, store, services } = await openTestStore()
    const world = await makeWorld(services)
    store.reader.refresh()
    expect(see(store.reader, world)).toEqual(atFirst(world))
    const [method, ...args] = change(world)
    await other.call(dataDir, method, ...args)
    store.reader.refresh()
    expect(see(store.reader, world)).toEqual(inTheEnd(world))
  })

  test.each(CASES)('this process is seen: $title', async ({ change, see, atFirst, inTheEnd }) => {
    const { store, services } = await openTestStore()
    const world = await makeWorld(services)
    store.reader.refresh()
    expect(see(store.reader, world)).toEqual(atFirst(world))
    const [path, ...args] = change(world)
    const [noun = '', method = ''] = path.split('.')
    const service = services[noun as 'keys'] as unknown as Record<string, (...args: unknown[]) => unknown>
    await service[method]!(OPERATOR, ...args)
    store.reader.refresh()
    expect(see(store.reader, world)).toEqual(inTheEnd(world))
  })
})

test('what a change does not touch stays in the cache', async () => {
  const { store, services } = await openTestStore()
  const world = await makeWorld(services)
  store.reader.refresh()
  const key = store.reader.findKey(world.key.access_key)!
  const userKey = store.reader.findKey(world.userKey.access_key)!
  const grants = store.reader.grants(key.bearer)
  const bucket = store.reader.findBucket('first-bucket')
  await services.users.lock(OPERATOR, world.user.id)
  await services.policies.update(OPERATOR, world.policy.id, { description: 'changed' })
  store.reader.refresh()
  expect(store.reader.findKey(world.key.access_key)).toBe(key)
  expect(store.reader.findKey(world.userKey.access_key)).not.toBe(userKey)
  expect(store.reader.grants(key.bearer)[0]).not.toBe(grants[0])
  expect(store.reader.grants(key.bearer)[1]).toBe(grants[1])
  expect(store.reader.findBucket('first-bucket')).toBe(bucket)
})

test('without refresh a reader goes on with what it has', async () => {
  const { store, services } = await openTestStore()
  const { key } = await makeWorld(services)
  store.reader.refresh()
  const cached = store.reader.findKey(key.access_key)
  await services.keys.revoke(OPERATOR, key.access_key)
  expect(store.reader.findKey(key.access_key)).toBe(cached)
})

test('a reader that is further behind than changes are kept starts over', async () => {
  const { dataDir, store, services } = await openTestStore(undefined, { changesKept: 5 })
  const { key, second } = await makeWorld(services)
  const { services: writing } = await openTestStore(dataDir, { changesKept: 5 })
  store.reader.refresh()
  expect(store.reader.findKey(key.access_key)).toBeDefined()
  await writing.keys.revoke(OPERATOR, key.access_key)
  for (let round = 0; round < 20; round++) {
    await writing.projects.update(OPERATOR, second.id, { description: `round ${round}` })
  }
  store.reader.refresh()
  expect(store.reader.findKey(key.access_key)).toBeUndefined()
})

test('caches are bounded, and what was dropped is read again', async () => {
  const { store, services } = await openTestStore(undefined, { cachedKeys: 2 })
  const { application } = await makeWorld(services)
  const accessKeys: string[] = []
  for (let count = 0; count < 4; count++) {
    const { key } = await services.keys.create(OPERATOR, {
      bearer: { kind: 'application', id: application.id },
    })
    accessKeys.push(key.access_key)
  }
  store.reader.refresh()
  const first = store.reader.findKey(accessKeys[0]!)
  expect(store.reader.findKey(accessKeys[0]!)).toBe(first)
  for (const accessKey of accessKeys) expect(store.reader.findKey(accessKey)).toBeDefined()
  const again = store.reader.findKey(accessKeys[0]!)
  expect(again).toEqual(first)
  expect(again).not.toBe(first)
})

test('a closed store is unavailable, not empty', async () => {
  const { store, services } = await openTestStore()
  const { key, project, backend } = await makeWorld(services)
  store.close()
  const { reader } = store
  const bearer = { kind: 'application', id: 'x', organization_id: 'x', owner: false, locked: false } as const
  const reads: readonly (() => unknown)[] = [
    () => reader.refresh(),
    () => reader.findKey(key.access_key),
    () => reader.grants(bearer),
    () => reader.findProject(project.id),
    () => reader.findBucket('first-bucket'),
    () => reader.listBuckets(project.id, { prefix: '', after: '', limit: 10 }),
    () => reader.findBackend(backend.id),
    () => reader.defaultBackend(),
  ]
  for (const read of reads) expect(read).toThrow(StoreUnavailable)
})
