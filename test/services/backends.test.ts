import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import type { NewBackend } from '../../src/services/backends.ts'
import { faultOf, OPERATOR, setUp, wholeLog } from './support.ts'

const CONFIGURED: NewBackend = {
  name: 'default',
  kind: 'ceph',
  endpoints: ['http://127.0.0.1:7480'],
  region: 'fr-par',
  access_key: 'backend-key',
  secret_key: new Secret('backend-secret'),
}

test('a configured backend is made where it is missing, and left alone where nothing changed', async () => {
  const { services } = await setUp()
  const configured = { ...CONFIGURED, name: 'second' }
  const made = await services.backends.syncConfigured(OPERATOR, configured)
  const entries = (await services.logs.list({})).total_count
  expect(await services.backends.syncConfigured(OPERATOR, configured)).toEqual(made)
  expect((await services.logs.list({})).total_count).toBe(entries)
  expect(await services.backends.get('second')).toEqual(made)
  expect(await services.backends.get(made.id)).toEqual(made)
})

test('a changed credential and region are taken over, and the secret is in no log', async () => {
  const { services, store, world } = await setUp()
  const secret_key = new Secret('another backend secret')
  await services.backends.syncConfigured(OPERATOR, {
    ...CONFIGURED,
    region: 'nl-ams',
    access_key: 'another-key',
    secret_key,
  })
  store.reader.refresh()
  const backend = store.reader.findBackend(world.backend.id)
  expect(backend?.record).toMatchObject({ region: 'nl-ams', access_key: 'another-key' })
  expect(backend?.secretKey.reveal()).toBe('another backend secret')
  expect(await wholeLog(services)).not.toMatch(/backend.secret/)
})

describe('the endpoint of a backend that owns buckets', () => {
  test.each([
    { title: 'another port', endpoints: ['http://127.0.0.1:7481'] },
    { title: 'one more', endpoints: ['http://127.0.0.1:7480', 'http://127.0.0.2:7480'] },
    { title: 'https', endpoints: ['https://127.0.0.1:7480'] },
  ])('does not change unnoticed: $title', async ({ endpoints }) => {
    const { services, world } = await setUp()
    const syncing = services.backends.syncConfigured(OPERATOR, { ...CONFIGURED, endpoints })
    expect(await faultOf(syncing)).toMatchObject({ precondition: 'endpoint_changed' })
    expect((await services.backends.get(world.backend.id)).endpoints).toEqual(world.backend.endpoints)

    await services.backends.update(OPERATOR, world.backend.id, { endpoints })
    const synced = await services.backends.syncConfigured(OPERATOR, { ...CONFIGURED, endpoints })
    expect(synced.endpoints).toEqual(endpoints)
  })

  test('is not taken over by the embedded backend', async () => {
    const { services, world } = await setUp()
    const embedded: NewBackend = { ...CONFIGURED, kind: 'embedded', endpoints: ['http://127.0.0.1:1'] }
    expect(await faultOf(services.backends.syncConfigured(OPERATOR, embedded))).toMatchObject({
      precondition: 'endpoint_changed',
      help_message: expect.stringContaining('S3WARDEN_BACKEND_ENDPOINT'),
    })
    expect(await services.backends.get(world.backend.id)).toMatchObject({ kind: 'ceph' })
  })

  test('may be written differently', async () => {
    const { services } = await setUp()
    const endpoints = ['http://127.0.0.1:7480/']
    const synced = await services.backends.syncConfigured(OPERATOR, { ...CONFIGURED, endpoints })
    expect(synced.endpoints).toEqual(endpoints)
  })

  test('of the embedded one is new at every start; another store in its place is noticed', async () => {
    const { services, world } = await setUp()
    const embedded: NewBackend = {
      ...CONFIGURED,
      name: 'here',
      kind: 'embedded',
      endpoints: ['http://127.0.0.1:1'],
    }
    const { id } = await services.backends.syncConfigured(OPERATOR, embedded)
    await services.buckets.adopt(OPERATOR, {
      name: 'its-bucket',
      project_id: world.project.id,
      backend_id: id,
    })
    const moved = { ...embedded, endpoints: ['http://127.0.0.1:2'] }
    expect((await services.backends.syncConfigured(OPERATOR, moved)).endpoints).toEqual(moved.endpoints)
    const replaced: NewBackend = { ...embedded, kind: 'ceph', endpoints: ['http://127.0.0.1:3'] }
    expect(await faultOf(services.backends.syncConfigured(OPERATOR, replaced))).toMatchObject({
      precondition: 'endpoint_changed',
    })
  })
})

test('the endpoint of a backend without buckets changes freely, and it can be deleted', async () => {
  const { services } = await setUp()
  const { id } = await services.backends.create(OPERATOR, { ...CONFIGURED, name: 'second' })
  const moved = { ...CONFIGURED, name: 'second', endpoints: ['http://127.0.0.1:9'] }
  expect((await services.backends.syncConfigured(OPERATOR, moved)).endpoints).toEqual(moved.endpoints)
  await services.backends.delete(OPERATOR, id)
  expect(await faultOf(services.backends.get(id))).toMatchObject({ type: 'not_found', resource: 'backend' })
})

test("a project's own backend is not deleted", async () => {
  const { services, world } = await setUp()
  const { id } = await services.backends.create(OPERATOR, { ...CONFIGURED, name: 'second' })
  await services.projects.update(OPERATOR, world.second.id, { backend_id: id })
  expect(await faultOf(services.backends.delete(OPERATOR, id))).toMatchObject({
    precondition: 'resource_still_in_use',
  })
})
