import { expect, test } from 'vitest'
import { openTestStore } from '../store/support/world.ts'
import { OPERATOR } from './support.ts'

test('makes what a newcomer needs, and shows the secret once', async () => {
  const { services, store } = await openTestStore()
  expect(await services.bootstrap.storeIsEmpty()).toBe(true)
  const made = await services.bootstrap.run(OPERATOR)
  expect(await services.bootstrap.storeIsEmpty()).toBe(false)
  store.reader.refresh()
  const key = store.reader.findKey(made.access_key)!
  expect(made.secret_key?.reveal()).toBe(key.secret.reveal())
  expect(key.record.default_project_id).toBe(made.project_id)
  const [grants] = store.reader.grants(key.bearer)
  expect(grants?.forProject(made.project_id, 'PutObject').unconditional).not.toBeNull()
  expect(await services.bootstrap.run(OPERATOR)).toEqual({ ...made, secret_key: null })
})

test('makes again only what is missing', async () => {
  const { services } = await openTestStore()
  const first = await services.bootstrap.run(OPERATOR)
  await services.keys.revoke(OPERATOR, first.access_key)
  const second = await services.bootstrap.run(OPERATOR)
  expect(second).toMatchObject({ ...first, access_key: second.access_key, secret_key: expect.anything() })
  expect(second.access_key).not.toBe(first.access_key)
  await services.applications.delete(OPERATOR, first.application_id)
  const third = await services.bootstrap.run(OPERATOR)
  expect(third.application_id).not.toBe(first.application_id)
  expect(third.project_id).toBe(first.project_id)
})

test('by two processes at once makes one of everything', async () => {
  const { dataDir, services } = await openTestStore()
  const { services: others } = await openTestStore(dataDir)
  const [one, two] = await Promise.all([services.bootstrap.run(OPERATOR), others.bootstrap.run(OPERATOR)])
  expect(two.access_key).toBe(one.access_key)
  expect([one.secret_key, two.secret_key].filter((secret) => secret !== null)).toHaveLength(1)
  expect((await services.organizations.list({})).total_count).toBe(1)
})
