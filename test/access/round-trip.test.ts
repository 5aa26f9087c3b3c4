import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { accessFile, renderJsonSchema } from '../../src/access/schema.ts'
import { ACTOR, createWorld, type World } from './support.ts'

const EXAMPLE = readFileSync('config/access.example.yaml', 'utf8')

/** A store with something of everything. */
async function fullWorld(): Promise<World> {
  const world = await createWorld()
  Object.assign(world.environment, {
    GATE_BACKEND_SECRET: 'backend-secret-1',
    ANNS_SECRET_KEY: 'anns-secret-1',
  })
  await world.apply(EXAMPLE)
  const { services } = world
  const application = (await services.applications.list({ filters: { name: 'red-app' } })).items[0]!
  const bearer = { kind: 'application', id: application.id } as const
  const parent = await services.keys.create(ACTOR, {
    bearer,
    name: 'parent/1',
    format: 'exoscale',
    restrictions: { operations: ['get-sos-object'], tags: null, resources: null, regions: ['us-east-1'] },
  })
  await services.keys.create(ACTOR, { through: parent.key.access_key, name: 'child', format: 'keystone' })
  await services.policies.create(ACTOR, {
    organization_id: application.organization_id,
    name: 'nobody',
    description: 'line one: "quoted" # no comment\nline two',
    tags: ['a', 'yes', '12'],
    principal: { kind: 'none' },
  })
  return world
}

describe('an export', () => {
  it('is what an empty store becomes by it', async () => {
    const first = await fullWorld()
    const text = await first.export()
    const second = await createWorld()
    mkdirSync(join(second.directory, 'secrets'))
    writeFileSync(join(second.directory, 'secrets/ANNS0KEY'), 'anns-secret-1\n')
    writeFileSync(join(second.directory, 'secrets/backend-default'), 'backend-secret-1\n')
    await second.apply(text)
    expect(await second.export()).toBe(text)
    expect(await second.steps(text, { prune: 'delete' })).toEqual([])
  })

  it('applied to its own store changes nothing, without any secret at hand', async () => {
    const world = await fullWorld()
    for (const name of Object.keys(world.environment)) delete world.environment[name]
    expect(await world.steps(await world.export(), { prune: 'delete' })).toEqual([])
  })

  it('holds no secret', async () => {
    const world = await fullWorld()
    const text = await world.export()
    world.store.reader.refresh()
    const { items } = await world.services.keys.list({ page_size: 100 })
    expect(items.length).toBeGreaterThan(4)
    for (const { access_key } of items) {
      expect(text).not.toContain(world.store.reader.findKey(access_key)!.secret.reveal())
    }
    expect(text).not.toContain('backend-secret-1')
  })

  it('names by id what has no name of its own, and brings unnamed keys along', async () => {
    const world = await fullWorld()
    const application = (await world.services.applications.list({ filters: { name: 'red-app' } })).items[0]!
    const { organization_id, id } = application
    const twin = await world.services.applications.create(ACTOR, { organization_id, name: 'red-app' })
    const unnamed = await world.services.keys.create(ACTOR, { bearer: { kind: 'application', id } })
    const text = await world.export()
    const file = accessFile.parse(parse(text))
    expect(file.applications?.filter(({ name }) => name === 'red-app').map((entry) => entry.id)).toEqual([
      id,
      twin.id,
    ])
    expect(file.policies?.find(({ name }) => name === 'red-app')?.application).toBe(id)
    expect(file.keys).toContainEqual({
      access_key: unnamed.key.access_key,
      application: id,
      default_project: 'default',
      secret_key: { file: `secrets/${unnamed.key.access_key}` },
    })
    expect(await world.steps(text, { prune: 'delete' })).toEqual([])
  })
})

describe('the published JSON Schema', () => {
  it('is up to date (write it anew with `s3warden config access-schema`)', () => {
    expect(JSON.parse(readFileSync('config/access.schema.json', 'utf8'))).toEqual(
      JSON.parse(renderJsonSchema()),
    )
  })

  it('is named by the example, and describes every list', () => {
    expect(EXAMPLE).toContain('$schema=./access.schema.json')
    const { properties } = JSON.parse(renderJsonSchema()) as { properties: Record<string, object> }
    expect(Object.keys(properties)).toEqual(Object.keys(accessFile.shape))
  })
})
