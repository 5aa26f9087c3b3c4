import { describe, expect, test } from 'vitest'
import type { BeginCreate } from '../../src/iam/reader.ts'
import { makeWorld, OPERATOR, type OpenTestStore, openTestStore, type World } from './support/world.ts'

const ACTOR = { bearer_id: 'someone', ip: '192.0.2.1', user_agent: 'aws-cli' } as const
const START = Date.parse('2026-01-31T12:00:00.000Z')
const LATER = '2026-01-31T12:10:00.000Z'

interface Setting extends OpenTestStore {
  readonly world: World
  readonly clock: { now: number }
  begin(name: string, projectId: string): Promise<BeginCreate>
  /** Creates and activates. */
  make(name: string, projectId: string): Promise<number>
  state(name: string): string | undefined
}

async function setUp(): Promise<Setting> {
  const clock = { now: START }
  const opened = await openTestStore(undefined, { bucketsPerProject: 3 }, () => clock.now)
  const world = await makeWorld(opened.services)
  const { bucketWriter, reader } = opened.store
  const begin: Setting['begin'] = (name, project_id) =>
    bucketWriter.beginCreate({ name, project_id, backend_id: world.backend.id, actor: ACTOR })
  return {
    ...opened,
    world,
    clock,
    begin,
    async make(name, projectId) {
      const begun = await begin(name, projectId)
      if (begun.outcome !== 'begun') throw new Error(begun.outcome)
      await bucketWriter.activate(name, begun.bucket.generation)
      return begun.bucket.generation
    },
    state(name) {
      reader.refresh()
      return reader.findBucket(name)?.state
    },
  }
}

test('a name is claimed, activated, deleted and released, each time under a new generation', async () => {
  const { store, world, begin, state } = await setUp()
  const begun = await begin('a-bucket', world.project.id)
  expect(begun).toMatchObject({
    outcome: 'begun',
    bucket: { state: 'creating', project_id: world.project.id },
  })
  const first = begun.outcome === 'begun' ? begun.bucket.generation : 0
  expect(state('a-bucket')).toBe('creating')
  expect(await store.bucketWriter.activate('a-bucket', first)).toBe(true)
  expect(state('a-bucket')).toBe('active')
  const deleting = await store.bucketWriter.beginDelete('a-bucket', first, ACTOR)
  expect(deleting?.generation).toBeGreaterThan(first)
  expect(state('a-bucket')).toBe('deleting')
  await store.bucketWriter.release('a-bucket', deleting!.generation, LATER)
  store.reader.refresh()
  const released = store.reader.findBucket('a-bucket')
  expect(released).toMatchObject({ state: 'released', released_until: LATER })
  expect(released?.generation).toBeGreaterThan(deleting!.generation)
})

describe('beginning to create a name that', () => {
  test("is this project's: it is owned", async () => {
    const { world, begin } = await setUp()
    expect(await begin('first-bucket', world.project.id)).toMatchObject({
      outcome: 'owned',
      bucket: { name: 'first-bucket', state: 'active' },
    })
  })

  test("is another project's: it is taken, in any state", async () => {
    const { store, world, begin, make } = await setUp()
    await begin('in-creation', world.project.id)
    const generation = await make('in-deletion', world.project.id)
    await store.bucketWriter.beginDelete('in-deletion', generation, ACTOR)
    for (const name of ['first-bucket', 'in-creation', 'in-deletion']) {
      expect(await begin(name, world.second.id)).toEqual({ outcome: 'taken' })
    }
  })

  test('was released: its own project has it at once, another after the time', async () => {
    const { store, world, clock, begin } = await setUp()
    for (const name of ['one-bucket', 'two-bucket']) {
      const begun = await begin(name, world.project.id)
      await store.bucketWriter.release(name, begun.outcome === 'begun' ? begun.bucket.generation : 0, LATER)
    }
    expect(await begin('one-bucket', world.second.id)).toEqual({ outcome: 'taken' })
    expect(await begin('one-bucket', world.project.id)).toMatchObject({ outcome: 'begun' })
    clock.now = Date.parse(LATER) - 1
    expect(await begin('two-bucket', world.second.id)).toEqual({ outcome: 'taken' })
    clock.now = Date.parse(LATER)
    expect(await begin('two-bucket', world.second.id)).toMatchObject({
      outcome: 'begun',
      bucket: { project_id: world.second.id, state: 'creating' },
    })
  })

  test('would be one too many: by the default, or by the number of the project', async () => {
    const { services, world, begin, state } = await setUp()
    await begin('second-bucket', world.project.id)
    await begin('third-bucket', world.project.id)
    expect(await begin('fourth-bucket', world.project.id)).toEqual({ outcome: 'too-many' })
    expect(state('fourth-bucket')).toBeUndefined()
    await services.projects.update(OPERATOR, world.second.id, { max_buckets: 0 })
    expect(await begin('fourth-bucket', world.second.id)).toEqual({ outcome: 'too-many' })
  })

  test('is claimed by two at once: one has it', async () => {
    const { world, begin } = await setUp()
    const outcomes = await Promise.all([
      begin('a-bucket', world.project.id),
      begin('a-bucket', world.second.id),
    ])
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['begun', 'taken'])
  })
})

describe('of an old generation', () => {
  test('activate, begin and release change nothing', async () => {
    const { store, world, begin, make, state } = await setUp()
    const generation = await make('a-bucket', world.project.id)
    expect(await store.bucketWriter.activate('a-bucket', generation)).toBe(false)
    expect(await store.bucketWriter.beginDelete('a-bucket', generation - 1, ACTOR)).toBeUndefined()
    await store.bucketWriter.release('a-bucket', generation, LATER)
    expect(state('a-bucket')).toBe('active')
    await begin('another-bucket', world.project.id)
    expect(await store.bucketWriter.activate('another-bucket', generation)).toBe(false)
    expect(state('another-bucket')).toBe('creating')
  })

  test('a cancelled deletion cannot be released any more, and the ownership is the one before', async () => {
    const { store, world, make, state } = await setUp()
    const generation = await make('a-bucket', world.project.id)
    const deleting = await store.bucketWriter.beginDelete('a-bucket', generation, ACTOR)
    await store.bucketWriter.cancelDelete('a-bucket', deleting!.generation)
    expect(state('a-bucket')).toBe('active')
    expect(store.reader.findBucket('a-bucket')?.generation).toBe(generation)
    await store.bucketWriter.release('a-bucket', deleting!.generation, LATER)
    expect(state('a-bucket')).toBe('active')
    const again = await store.bucketWriter.beginDelete('a-bucket', generation, ACTOR)
    expect(again?.generation).toBeGreaterThan(deleting!.generation)
    await store.bucketWriter.cancelDelete('a-bucket', deleting!.generation)
    expect(state('a-bucket')).toBe('deleting')
  })
})

test('a generation is never used twice, also not after the row was pruned', async () => {
  const { store, world, clock, begin, make } = await setUp()
  const generation = await make('a-bucket', world.project.id)
  const deleting = await store.bucketWriter.beginDelete('a-bucket', generation, ACTOR)
  await store.bucketWriter.release('a-bucket', deleting!.generation, LATER)
  clock.now = Date.parse(LATER) + 1
  await begin('another-bucket', world.project.id)
  store.reader.refresh()
  expect(store.reader.findBucket('a-bucket')).toBeUndefined()
  expect(await make('a-bucket', world.second.id)).toBeGreaterThan(deleting!.generation)
})

test('intents that a crash left are found', async () => {
  const { store, world, clock, begin, make } = await setUp()
  await begin('in-creation', world.project.id)
  clock.now += 1
  const generation = await make('in-deletion', world.project.id)
  await store.bucketWriter.beginDelete('in-deletion', generation, ACTOR)
  const pending = await store.repositories.buckets.pending()
  expect(pending.map(({ name, state }) => [name, state])).toEqual([
    ['in-creation', 'creating'],
    ['in-deletion', 'deleting'],
  ])
})

test("every step is logged with who began it, under the project's organization", async () => {
  const { store, services, world, make } = await setUp()
  const generation = await make('a-bucket', world.project.id)
  const deleting = await store.bucketWriter.beginDelete('a-bucket', generation, ACTOR)
  await store.bucketWriter.release('a-bucket', deleting!.generation, LATER)
  const { items } = await services.logs.list({ filters: { search: 'a-bucket' } })
  expect(items.map(({ action }) => action)).toEqual(['created', 'updated', 'updated', 'deleted'])
  for (const entry of items) expect(entry).toMatchObject({ ...ACTOR, organization_id: world.organization_id })
})

describe('the list of a project', () => {
  /** In the order of their bytes. */
  const NAMES = ['a-1', 'a.1', 'a0', 'a1', 'aa', 'b-1', 'b1'] as const

  test.each([
    { page: { prefix: '', after: '', limit: 10 }, expected: NAMES },
    { page: { prefix: '', after: '', limit: 2 }, expected: ['a-1', 'a.1'] },
    { page: { prefix: '', after: 'a.1', limit: 2 }, expected: ['a0', 'a1'] },
    { page: { prefix: 'a', after: 'a0', limit: 10 }, expected: ['a1', 'aa'] },
    { page: { prefix: 'b', after: '', limit: 10 }, expected: ['b-1', 'b1'] },
    { page: { prefix: 'b', after: 'c', limit: 10 }, expected: [] },
    { page: { prefix: 'c', after: '', limit: 10 }, expected: [] },
  ])('with $page', async ({ page, expected }) => {
    const { store, world } = await setUp()
    await store.transaction(OPERATOR, async ({ buckets }) => {
      for (const name of [...NAMES].reverse()) {
        await buckets.adopt({ name, project_id: world.second.id, backend_id: world.backend.id })
      }
    })
    await store.bucketWriter.beginCreate({
      name: 'a-not-yet',
      project_id: world.second.id,
      backend_id: world.backend.id,
      actor: ACTOR,
    })
    expect(store.reader.listBuckets(world.second.id, page).map(({ name }) => name)).toEqual(expected)
  })
})
