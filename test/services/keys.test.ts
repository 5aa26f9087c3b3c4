import { describe, expect, test } from 'vitest'
import type { Restrictions } from '../../src/iam/model.ts'
import { Secret } from '../../src/iam/secret.ts'
import type { KeyFormat } from '../../src/services/keys.ts'
import { faultOf, OPERATOR, type Setting, START, setUp, wholeLog } from './support.ts'

const NONE: Restrictions = { operations: null, tags: null, resources: null, regions: null }
const DAY = 86_400_000
const inDays = (days: number) => new Date(START + days * DAY).toISOString()

const bearerOf = ({ world }: Setting) => ({ kind: 'application', id: world.application.id }) as const

describe('a new key', () => {
  test.each<[KeyFormat, RegExp, RegExp]>([
    [
      'scaleway',
      /^SCW[A-Z0-9]{17}$/,
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ],
    ['exoscale', /^EXO[0-9a-f]{24}$/, /^[A-Za-z0-9_-]{43}$/],
    ['keystone', /^[0-9a-f]{32}$/, /^[0-9a-f]{32}$/],
  ])('in the form of %s, which its successor keeps', async (format, accessKey, secret) => {
    const setting = await setUp()
    const { key, secret_key } = await setting.services.keys.create(OPERATOR, {
      bearer: bearerOf(setting),
      format,
    })
    const rotated = await setting.services.keys.rotate(OPERATOR, key.access_key, 0)
    for (const made of [key.access_key, rotated.key.access_key]) expect(made).toMatch(accessKey)
    for (const made of [secret_key, rotated.secret_key]) expect(made.reveal()).toMatch(secret)
    setting.store.reader.refresh()
    expect(setting.store.reader.findKey(key.access_key)?.secret.reveal()).toBe(secret_key.reveal())
  })

  test('works in the default project, for ever, without limits, unless it is told otherwise', async () => {
    const setting = await setUp()
    const { world, services } = setting
    const { key } = await services.keys.create(
      { ...OPERATOR, ip: '192.0.2.1' },
      { bearer: bearerOf(setting) },
    )
    expect(key).toMatchObject({
      application_id: world.application.id,
      user_id: null,
      organization_id: world.organization_id,
      default_project_id: world.project.id,
      restrictions: null,
      expires_at: null,
      imported: false,
      creation_ip: '192.0.2.1',
    })
    expect(await services.keys.get(key.access_key)).toEqual(key)
  })

  test('takes what it is not told from a template', async () => {
    const setting = await setUp()
    const { services, world } = setting
    const restrictions: Restrictions = { ...NONE, operations: ['GetObject'] }
    const { key: template } = await services.keys.create(OPERATOR, {
      bearer: bearerOf(setting),
      description: 'nightly',
      default_project_id: world.second.id,
      restrictions,
      expires_at: '2027-01-31T13:00:00+01:00',
    })
    const { key } = await services.keys.create(OPERATOR, {
      template: template.access_key,
      description: 'daily',
    })
    expect(key).toMatchObject({
      application_id: world.application.id,
      description: 'daily',
      default_project_id: world.second.id,
      restrictions,
      expires_at: '2027-01-31T12:00:00.000Z',
    })
    const { key: open } = await services.keys.create(OPERATOR, {
      template: template.access_key,
      restrictions: null,
    })
    expect(open.restrictions).toBeNull()
  })

  test('is found by its secret', async () => {
    const setting = await setUp()
    const { key, secret_key } = await setting.services.keys.create(OPERATOR, { bearer: bearerOf(setting) })
    expect(await setting.services.keys.findBySecret(secret_key)).toEqual(key)
    expect(await setting.services.keys.findBySecret(new Secret('another'))).toBeUndefined()
  })

  test('shows its secret nowhere else', async () => {
    const setting = await setUp()
    const { secret_key } = await setting.services.keys.create(OPERATOR, { bearer: bearerOf(setting) })
    expect(await wholeLog(setting.services)).not.toContain(secret_key.reveal())
    expect(JSON.stringify(await setting.services.keys.list({}))).not.toContain(secret_key.reveal())
  })
})

describe('an imported key', () => {
  const imported = (setting: Setting, access_key: string, secret = 'a secret in use') =>
    setting.services.keys.import(OPERATOR, {
      bearer: bearerOf(setting),
      access_key,
      secret_key: new Secret(secret),
    })

  test('keeps its form and its secret, and is not found by it', async () => {
    const setting = await setUp()
    const key = await imported(setting, 'AKIA.old_key-1')
    expect(key).toMatchObject({ access_key: 'AKIA.old_key-1', imported: true })
    setting.store.reader.refresh()
    expect(setting.store.reader.findKey('AKIA.old_key-1')?.secret.reveal()).toBe('a secret in use')
    expect(await setting.services.keys.findBySecret(new Secret('a secret in use'))).toBeUndefined()
  })

  test('may share its secret with another, but not its access key', async () => {
    const setting = await setUp()
    await imported(setting, 'AKIA1')
    await imported(setting, 'AKIA2')
    expect(await faultOf(imported(setting, 'AKIA1', 'another secret'))).toEqual({
      type: 'already_exists',
      resource: 'access_key',
      resource_id: 'AKIA1',
      help_message: 'another access_key has the same access_key',
    })
    expect(setting.store.reader.findKey('AKIA1')?.secret.reveal()).toBe('a secret in use')
  })
})

describe('a key made through a restricted one', () => {
  const PARENT: Restrictions = {
    operations: ['GetObject', 'list-sos-bucket'],
    tags: null,
    resources: [
      { bucket: 'media', prefix: 'team-a/' },
      { bucket: 'backups', prefix: null },
    ],
    regions: ['fr-par'],
  }

  const parentOf = async (setting: Setting, change: object = {}) => {
    const { key } = await setting.services.keys.create(OPERATOR, {
      bearer: bearerOf(setting),
      restrictions: PARENT,
      ...change,
    })
    return key
  }

  test.each<{ title: string; wanted: Partial<Restrictions>; expected: Partial<Restrictions> }>([
    { title: 'nothing said: all', wanted: {}, expected: {} },
    { title: 'an operation', wanted: { operations: ['GetObject'] }, expected: { operations: ['GetObject'] } },
    {
      title: 'an operation that another name covers',
      wanted: { operations: ['ListObjectsV2'] },
      expected: { operations: ['ListObjectsV2'] },
    },
    {
      title: 'a longer prefix',
      wanted: { resources: [{ bucket: 'media', prefix: 'team-a/public/' }] },
      expected: { resources: [{ bucket: 'media', prefix: 'team-a/public/' }] },
    },
    {
      title: 'a part of a whole bucket',
      wanted: { resources: [{ bucket: 'backups', prefix: '2026/' }] },
      expected: { resources: [{ bucket: 'backups', prefix: '2026/' }] },
    },
  ])('inherits what it leaves open: $title', async ({ wanted, expected }) => {
    const setting = await setUp()
    const parent = await parentOf(setting)
    const { key } = await setting.services.keys.create(OPERATOR, {
      through: parent.access_key,
      restrictions: { ...NONE, ...wanted },
    })
    expect(key.restrictions).toEqual({ ...PARENT, ...expected })
    expect(key).toMatchObject({
      parent_access_key: parent.access_key,
      application_id: setting.world.application.id,
    })
  })

  test.each<{ title: string; wanted: Partial<Restrictions> }>([
    { title: 'another operation', wanted: { operations: ['GetObject', 'PutObject'] } },
    { title: 'a tag with more operations', wanted: { tags: ['sos'] } },
    { title: 'another bucket', wanted: { resources: [{ bucket: 'other', prefix: null }] } },
    { title: 'the whole of a bucket', wanted: { resources: [{ bucket: 'media', prefix: null }] } },
    { title: 'a shorter prefix', wanted: { resources: [{ bucket: 'media', prefix: 'team-' }] } },
    { title: 'another prefix', wanted: { resources: [{ bucket: 'media', prefix: 'team-b/' }] } },
    { title: 'another region', wanted: { regions: ['fr-par', 'nl-ams'] } },
  ])('never exceeds it: $title', async ({ wanted }) => {
    const setting = await setUp()
    const parent = await parentOf(setting)
    const making = setting.services.keys.create(OPERATOR, {
      through: parent.access_key,
      restrictions: { ...NONE, ...wanted },
    })
    expect(await faultOf(making)).toMatchObject({ type: 'permissions_denied' })
  })

  test('has its bearer', async () => {
    const setting = await setUp()
    const parent = await parentOf(setting)
    const making = setting.services.keys.create(OPERATOR, {
      through: parent.access_key,
      bearer: { kind: 'user', id: setting.world.owner.id },
    })
    expect(await faultOf(making)).toMatchObject({ type: 'permissions_denied' })
  })

  test('does not outlive it: not when made, not when changed, not when the other is shortened', async () => {
    const setting = await setUp()
    const { keys } = setting.services
    const parent = await parentOf(setting, { expires_at: inDays(10) })
    const through = parent.access_key
    expect(await faultOf(keys.create(OPERATOR, { through, expires_at: inDays(11) }))).toMatchObject({
      type: 'permissions_denied',
    })
    const { key: child } = await keys.create(OPERATOR, { through })
    expect(child.expires_at).toBe(inDays(10))
    const { key: grandchild } = await keys.create(OPERATOR, { through: child.access_key })
    for (const expires_at of [inDays(11), null]) {
      expect(await faultOf(keys.update(OPERATOR, child.access_key, { expires_at }))).toMatchObject({
        type: 'permissions_denied',
      })
    }
    await keys.update(OPERATOR, parent.access_key, { expires_at: inDays(5) })
    expect((await keys.get(child.access_key)).expires_at).toBe(inDays(5))
    expect((await keys.get(grandchild.access_key)).expires_at).toBe(inDays(5))
  })

  test('goes with it when it is revoked, and moves on to its successor', async () => {
    const setting = await setUp()
    const { keys } = setting.services
    const parent = await parentOf(setting)
    const { key: child } = await keys.create(OPERATOR, { through: parent.access_key })
    const { key: grandchild } = await keys.create(OPERATOR, { through: child.access_key })
    const { key: successor } = await keys.rotate(OPERATOR, parent.access_key, 0)
    expect(await keys.revoke(OPERATOR, parent.access_key)).toHaveLength(1)
    const revoked = await keys.revoke(OPERATOR, successor.access_key)
    expect(revoked.map(({ access_key }) => access_key)).toEqual([
      successor.access_key,
      child.access_key,
      grandchild.access_key,
    ])
    expect(await faultOf(keys.get(grandchild.access_key))).toMatchObject({ type: 'not_found' })
  })

  test('is not limited where that one is not', async () => {
    const setting = await setUp()
    const { key } = await setting.services.keys.create(OPERATOR, { through: setting.world.key.access_key })
    expect(key).toMatchObject({ restrictions: null, parent_access_key: null })
  })
})

describe('rotation', () => {
  test('gives a successor with the same settings; the old one expires after the grace', async () => {
    const setting = await setUp()
    const { keys } = setting.services
    const { key: old, secret_key } = await keys.create(OPERATOR, {
      bearer: bearerOf(setting),
      name: 'nightly',
      description: 'of the cluster',
      restrictions: { ...NONE, operations: ['PutObject'] },
      expires_at: inDays(30),
    })
    setting.clock.now += 1000
    const { key, secret_key: next } = await keys.rotate(OPERATOR, old.access_key, DAY)
    const at = new Date(setting.clock.now).toISOString()
    expect(key).toEqual({ ...old, access_key: key.access_key, created_at: at, updated_at: at })
    expect(next.reveal()).not.toBe(secret_key.reveal())
    expect((await keys.get(old.access_key)).expires_at).toBe(new Date(setting.clock.now + DAY).toISOString())
  })

  test('never lengthens the life of the old one, and is refused when that is over', async () => {
    const setting = await setUp()
    const { keys } = setting.services
    const { key } = await keys.create(OPERATOR, { bearer: bearerOf(setting), expires_at: inDays(1) })
    await keys.rotate(OPERATOR, key.access_key, 7 * DAY)
    expect((await keys.get(key.access_key)).expires_at).toBe(inDays(1))
    setting.clock.now += DAY
    expect(await faultOf(keys.rotate(OPERATOR, key.access_key, 0))).toMatchObject({
      type: 'invalid_arguments',
    })
  })

  test('of an imported key gives a generated one', async () => {
    const setting = await setUp()
    const { keys } = setting.services
    await keys.import(OPERATOR, {
      bearer: bearerOf(setting),
      access_key: 'AKIA1',
      secret_key: new Secret('a secret in use'),
    })
    const { key, secret_key } = await keys.rotate(OPERATOR, 'AKIA1', 0)
    expect(key).toMatchObject({ imported: false, access_key: expect.stringMatching(/^SCW/) })
    expect(await keys.findBySecret(secret_key)).toEqual(key)
  })
})

test('a change keeps what it does not name, restrictions always', async () => {
  const setting = await setUp()
  const { keys } = setting.services
  const { key } = await keys.create(OPERATOR, {
    bearer: bearerOf(setting),
    name: 'nightly',
    restrictions: { ...NONE, operations: ['PutObject'] },
    expires_at: inDays(1),
  })
  setting.clock.now += 1000
  const updated_at = new Date(setting.clock.now).toISOString()
  const changed = await keys.update(OPERATOR, key.access_key, { description: 'new', expires_at: null })
  expect(changed).toEqual({ ...key, description: 'new', expires_at: null, updated_at })
  expect(await keys.get(key.access_key)).toEqual(changed)
})
