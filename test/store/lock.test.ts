import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/iam/reader.ts'
import { type OtherProcess, startOtherProcess } from './support/other-process.ts'
import { makeWorld, OPERATOR, openTestStore } from './support/world.ts'

let other: OtherProcess
beforeAll(async () => {
  other = await startOtherProcess()
})
afterAll(() => other.kill())

describe('while another process holds the write lock', () => {
  test('reads flow, the event loop turns, and a write succeeds afterwards', async () => {
    const { dataDir, store, services } = await openTestStore()
    const { project, backend, key } = await makeWorld(services)
    await other.holdWriteLock(dataDir, 2_000)
    let turns = 0
    let written = false
    const write = store.bucketWriter
      .beginCreate({ name: 'second-bucket', project_id: project.id, backend_id: backend.id, actor: OPERATOR })
      .finally(() => {
        written = true
      })
    while (!written) {
      store.reader.refresh()
      expect(store.reader.findKey(key.access_key)).toBeDefined()
      expect(store.reader.findBucket('no-such-bucket')).toBeUndefined()
      turns += 1
      await new Promise((next) => setImmediate(next))
    }
    expect(await write).toMatchObject({ outcome: 'begun' })
    // A blocked loop would have turned a handful of times.
    expect(turns).toBeGreaterThan(100)
    store.reader.refresh()
    expect(store.reader.findBucket('second-bucket')?.state).toBe('creating')
  })

  test('a write fails as unavailable after its time-out, and changes nothing', async () => {
    const { dataDir, store, services } = await openTestStore(undefined, { writeTimeoutMs: 100 })
    const { project, backend } = await makeWorld(services)
    await other.holdWriteLock(dataDir, 1_000)
    const claim = { name: 'second-bucket', project_id: project.id, backend_id: backend.id, actor: OPERATOR }
    await expect(store.bucketWriter.beginCreate(claim)).rejects.toThrow(StoreUnavailable)
    await expect(services.projects.delete(OPERATOR, project.id)).rejects.toThrow(StoreUnavailable)
    expect(store.reader.findBucket('second-bucket')).toBeUndefined()
  })
})

test('transactions of one process wait for each other, and a failed one leaves no trace', async () => {
  const { store, services } = await openTestStore()
  const { organization_id } = await makeWorld(services)
  const create = (name: string) => services.applications.create(OPERATOR, { organization_id, name })
  const failing = store.transaction(OPERATOR, async (transaction) => {
    const [application] = (
      await transaction.applications.list({
        filters: { name: 'backup' },
        order_by: 'created_at_asc',
        page: 1,
        page_size: 1,
      })
    ).items
    await transaction.applications.update({ ...application!, name: 'changed' })
    throw new Error('on second thoughts')
  })
  const others = Promise.all(['one', 'two', 'three'].map(create))
  await expect(failing).rejects.toThrow('on second thoughts')
  await others
  const { items } = await services.applications.list({ order_by: 'name_asc' })
  expect(items.map(({ name }) => name)).toEqual(['backup', 'one', 'three', 'two'])
  const logged = await services.logs.list({ filters: { action: 'updated', resource_type: 'application' } })
  expect(logged.total_count).toBe(0)
})

test('a transaction cannot be used after its end', async () => {
  const { store, services } = await openTestStore()
  const { application } = await makeWorld(services)
  const late = await store.transaction(OPERATOR, async (transaction) => transaction)
  await expect(late.applications.delete(application.id)).rejects.toThrow('the transaction is over')
  expect(await services.applications.get(application.id)).toEqual(application)
})
