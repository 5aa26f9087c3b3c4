import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ACTOR, createWorld, type World } from './support.ts'

const EXAMPLE = readFileSync('config/access.example.yaml', 'utf8')
const SECRETS = { GATE_BACKEND_SECRET: 'backend-secret-1', ANNS_SECRET_KEY: 'anns-secret-1' }

async function exampleWorld(): Promise<World> {
  const world = await createWorld()
  Object.assign(world.environment, SECRETS)
  return world
}

/** The least there can be around `rest`. */
const file = (rest: string): string => `version: 1\norganization: { name: Example }\n${rest}`

const APPS = file('applications: [{ name: one }, { name: two }]')

describe('the documented example', () => {
  it('is applied, and a second time changes nothing, not even the log', async () => {
    const world = await exampleWorld()
    const steps = await world.steps(EXAMPLE)
    expect(steps).toContain('+ key red-app: written to keys/red-app.json')
    expect(steps).toContain('+ bucket blue-archive: of project blue, on backend default')
    const before = (await world.services.logs.list({})).total_count
    expect(await world.steps(EXAMPLE)).toEqual([])
    expect((await world.services.logs.list({})).total_count).toBe(before)
  })

  it('makes what it says', async () => {
    const world = await exampleWorld()
    await world.apply(EXAMPLE)
    const { keys, applications, projects, policies, buckets, backends } = world.services
    const key = (await keys.list({ filters: { name: 'blue-backup' } })).items[0]!
    const application = (await applications.list({ filters: { name: 'blue-backup' } })).items[0]!
    const blue = (await projects.list({ filters: { name: 'blue' } })).items[0]!
    expect(key).toMatchObject({
      application_id: application.id,
      default_project_id: blue.id,
      expires_at: '2035-01-01T00:00:00.000Z',
      imported: false,
      restrictions: {
        operations: ['GetObject', 'HeadObject', 'ListObjectsV2'],
        resources: [{ bucket: 'blue-archive', prefix: '2034/' }],
        tags: null,
        regions: null,
      },
    })
    const readers = (await policies.list({ filters: { name: 'readers' } })).items[0]!
    expect(readers.rules).toMatchObject([{ organization_id: blue.organization_id, project_ids: null }])
    const backend = await backends.get('default')
    expect(await buckets.get('blue-archive')).toMatchObject({
      state: 'active',
      project_id: blue.id,
      backend_id: backend.id,
    })
    expect((await keys.get('ANNS0KEY')).imported).toBe(true)
  })

  it('writes each key that it makes once, for its owner only', async () => {
    const world = await exampleWorld()
    await world.apply(EXAMPLE)
    const path = join(world.directory, 'keys/red-app.json')
    const made = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>
    expect(statSync(path).mode & 0o777).toBe(0o600)
    world.store.reader.refresh()
    const key = world.store.reader.findKey(made.access_key!)
    expect(key?.secret.reveal()).toBe(made.secret_key)
    expect(readFileSync(join(world.directory, 'keys/blue-app.env'), 'utf8')).toMatch(
      /^AWS_ACCESS_KEY_ID=SCW\w{17}\nAWS_SECRET_ACCESS_KEY=[0-9a-f-]{36}\n$/,
    )
  })

  it('changes nothing in a dry run, and promises what applying does', async () => {
    const world = await exampleWorld()
    const promised = await world.apply(EXAMPLE, { mode: 'dry-run' })
    expect((await world.services.organizations.list({})).total_count).toBe(0)
    expect(existsSync(join(world.directory, 'keys'))).toBe(false)
    expect(await world.apply(EXAMPLE)).toEqual(promised)
  })
})

describe('a plan that was agreed to', () => {
  it('is not carried out where the store has changed meanwhile', async () => {
    const world = await createWorld()
    await world.apply(APPS)
    const more = file('applications: [{ name: one, description: first }, { name: three }]')
    const agreed = await world.apply(more, { mode: 'dry-run' })
    const one = (await world.services.applications.list({ filters: { name: 'one' } })).items[0]!
    await world.services.applications.update(ACTOR, one.id, { description: 'another' })
    await expect(world.apply(more, { agreed })).rejects.toThrow('changed since the plan was made')
    expect((await world.services.applications.list({ filters: { name: 'three' } })).items).toEqual([])
  })
})

describe('changes', () => {
  it.each([
    [
      'a description',
      'applications: [{ name: one, description: first }]',
      ['~ application one: description "" → "first"'],
    ],
    ['nothing, where a field is left out', 'applications: [{ name: one }]', []],
  ])('of %s', async (_what, rest, steps) => {
    const world = await createWorld()
    await world.apply(APPS)
    expect(await world.steps(file(rest))).toEqual(steps)
  })

  it('of the owner', async () => {
    const world = await createWorld()
    await world.apply(APPS)
    const owned = 'version: 1\norganization: { name: Example, owner: { email: boss@example.org } }'
    expect(await world.steps(owned)).toEqual([
      '~ owner boss@example.org: email "owner@localhost" → "boss@example.org"',
    ])
  })

  it('of members and rules are exact: what the file no longer says is gone', async () => {
    const world = await createWorld()
    const grants = (members: string, rules: string) =>
      file(
        `applications: [{ name: one }, { name: two }]\ngroups: [{ name: all, applications: ${members} }]\npolicies: [{ name: p, group: all, rules: ${rules} }]`,
      )
    const rule = '{ permission_set_names: [ObjectStorageReadOnly], projects: [default] }'
    await world.apply(grants('[one, two]', `[${rule}]`))
    expect(await world.steps(grants('[two]', '[]'))).toEqual([
      '~ group all: applications ["one","two"] → ["two"]',
      expect.stringMatching(/^~ policy p: rules \[\{.*\}\] → \[\]$/),
    ])
  })

  it('of a name need the id', async () => {
    const world = await createWorld()
    await world.apply(APPS)
    const one = (await world.services.applications.list({ filters: { name: 'one' } })).items[0]!
    const renamed = file(`applications: [{ id: ${one.id}, name: uno }]`)
    expect(await world.steps(renamed)).toEqual(['~ application uno: name "one" → "uno"'])
    expect((await world.services.applications.get(one.id)).name).toBe('uno')
  })

  it('of the default project keep it the default one', async () => {
    const world = await createWorld()
    await world.apply(file(''))
    const main = file('projects: [{ name: main, default: true }]')
    expect(await world.steps(main)).toEqual(['~ project main: name "default" → "main"'])
    expect(await world.steps(main)).toEqual([])
  })

  it('of a locked user or an expiry that the file does not name are left alone', async () => {
    const world = await createWorld()
    const text = file(
      'users: [{ email: ann@example.org }]\nkeys: [{ name: k, user: ann@example.org, write_to: k.json }]',
    )
    await world.apply(text)
    const ann = (await world.services.users.list({ filters: { email: 'ann@example.org' } })).items[0]!
    await world.services.users.lock(ACTOR, ann.id)
    const key = (await world.services.keys.list({})).items[0]!
    await world.services.keys.update(ACTOR, key.access_key, { expires_at: '2099-01-01T00:00:00Z' })
    expect(await world.steps(text)).toEqual([])
    expect((await world.services.users.get(ann.id)).locked).toBe(true)
  })
})

describe('identity', () => {
  it('that two records have stops the apply, and says which', async () => {
    const world = await createWorld()
    await world.apply(APPS)
    const [organization] = (await world.services.organizations.list({})).items
    const input = { organization_id: organization!.id, name: 'one' }
    const other = await world.services.applications.create(ACTOR, input)
    const text = file('applications:\n  - name: one\n    description: x')
    const [fault] = await world.faults(text)
    expect(fault).toMatch(/^4 applications\.0: the store has 2 applications called `one`: .*`id`$/)
    expect(fault).toContain(other.id)
    const decided = file(`applications: [{ id: ${other.id}, name: one, description: x }]`)
    expect(await world.steps(decided)).toEqual(['~ application one: description "" → "x"'])
    const referred = file('policies:\n  - name: p\n    application: one')
    expect(await world.faults(referred)).toEqual([
      expect.stringMatching(
        /^5 policies\.0\.application: the store has 2 applications called `one`.*put the id/,
      ),
    ])
    const settled = file(`policies: [{ name: p, application: ${other.id} }]`)
    expect(await world.steps(settled)).toEqual(['+ policy p'])
    expect(await world.steps(settled)).toEqual([])
  })

  it('is the name within the organization of the file', async () => {
    const world = await createWorld()
    await world.apply(APPS)
    const elsewhere = 'version: 1\norganization: { name: Other }\napplications: [{ name: one }]'
    expect(await world.steps(elsewhere)).toContain('+ application one')
    const stolen = (await world.services.applications.list({ filters: { name: 'two' } })).items[0]!
    const text = `version: 1\norganization: { name: Other }\napplications: [{ id: ${stolen.id}, name: two }]`
    expect(await world.faults(text)).toEqual([expect.stringContaining('has no application of this id')])
  })

  it('of a rotated key is its successor', async () => {
    const world = await createWorld()
    const text = file(
      'applications: [{ name: one }]\nkeys: [{ name: k, application: one, write_to: k.json }]',
    )
    await world.apply(text)
    const old = (await world.services.keys.list({})).items[0]!
    await new Promise((resolve) => setTimeout(resolve, 5))
    const { key } = await world.services.keys.rotate(ACTOR, old.access_key, 3_600_000)
    expect(await world.steps(text, { prune: 'delete' })).toEqual([])
    const renewed = text.replace('write_to: k.json', 'write_to: k.json, description: new')
    expect(await world.steps(renewed)).toEqual(['~ key k: description "" → "new"'])
    expect((await world.services.keys.get(key.access_key)).description).toBe('new')
  })
})

describe('prune', () => {
  const FULL = file(`projects: [{ name: default, default: true }, { name: red }]
users: [{ email: ann@example.org }]
applications: [{ name: one }, { name: two }]
groups: [{ name: g, users: [ann@example.org] }]
policies: [{ name: p, application: one }, { name: q, application: two }]
keys: [{ name: k, application: one, write_to: k.json }, { name: l, application: two, write_to: l.json }]`)

  it('deletes what the lists no longer have, and says so', async () => {
    const world = await createWorld()
    await world.apply(FULL)
    const less = file(`projects: []
users: []
applications: [{ name: one }]
groups: []
policies: [{ name: p, application: one }]
keys: [{ name: k, application: one }]`)
    expect(await world.steps(less)).toEqual([])
    expect(await world.steps(less, { prune: 'delete' })).toEqual([
      expect.stringMatching(/^- key SCW\w{17} \(l\)$/),
      '- policy q',
      '- group g',
      '- application two',
      '- user ann@example.org',
      '- project red',
    ])
    expect((await world.services.users.list({})).items.map(({ type }) => type)).toEqual(['owner'])
    expect(await world.steps(less, { prune: 'delete' })).toEqual([])
  })

  it('leaves kinds alone that the file has no list of, and says what goes with a principal', async () => {
    const world = await createWorld()
    await world.apply(FULL)
    const [step] = await world.steps(file('applications: [{ name: one }]'), { prune: 'delete' })
    expect(step).toMatch(/^- application two: and its keys SCW\w{17}; policies lose their principal: q$/)
    expect((await world.services.projects.list({})).total_count).toBe(2)
  })

  it('refuses to delete a project that owns buckets, and then deletes nothing', async () => {
    const world = await exampleWorld()
    await world.apply(EXAMPLE)
    const text = EXAMPLE.replace(/ {2}- name: blue\n {4}description: tenant Blue\n {4}buckets:\n.*\n/, '')
      .replace(
        / {2}- name: blue-app\n {4}application: blue-app\n {4}rules:[\s\S]*?(?= {2}- name: readers)/,
        '',
      )
      .replaceAll(/^ {4}default_project: blue\n/gm, '')
    const faults = await world.faults(text, { prune: 'delete' })
    expect(faults).toEqual([expect.stringContaining('still owns 1 bucket')])
    expect((await world.services.policies.list({ filters: { name: 'blue-app' } })).total_count).toBe(1)
  })
})

describe('keys', () => {
  const brought = (rest: string): string =>
    file(
      `applications: [{ name: one }, { name: two }]\nkeys:\n  - { access_key: BROUGHT, application: one, ${rest} }`,
    )

  it.each([
    ['its restrictions', 'secret_key: { env: S }, restrictions: { operations: [GetObject] }', 'S1secret'],
    ['its secret', 'secret_key: { env: S }', 'S2secret'],
  ])('that were brought along are replaced with %s', async (_what, rest, secret) => {
    const world = await createWorld()
    world.environment.S = 'S1secret'
    await world.apply(brought('secret_key: { env: S }'))
    world.environment.S = secret
    expect(await world.steps(brought(rest))).toEqual([expect.stringMatching(/^± key BROUGHT/)])
    world.store.reader.refresh()
    expect(world.store.reader.findKey('BROUGHT')?.secret.reveal()).toBe(secret)
    expect(await world.steps(brought(rest))).toEqual([])
  })

  it('keep their secret where its source is missing', async () => {
    const world = await createWorld()
    world.environment.S = 'S1secret'
    await world.apply(brought('secret_key: { env: S }'))
    delete world.environment.S
    expect(await world.steps(brought('secret_key: { env: S }, description: x'))).toEqual([
      '~ key BROUGHT: description "" → "x"',
    ])
  })

  it('that are made here never change in what limits them', async () => {
    const world = await createWorld()
    const made = (rest: string): string =>
      file(
        `applications: [{ name: one }, { name: two }]\nkeys:\n  - name: k\n    write_to: k.json\n    ${rest}`,
      )
    await world.apply(made('application: one'))
    expect(await world.faults(made('application: two'))).toEqual([
      expect.stringMatching(/^7 keys\.0\.application: .*never changes: .*another name/),
    ])
    const limited = made('application: one\n    restrictions: { regions: [fr-par] }')
    expect(await world.faults(limited)).toEqual([expect.stringMatching(/^8 keys\.0\.restrictions: .*never/)])
  })

  it('are made through others that stand later in the file', async () => {
    const world = await createWorld()
    const text = file(`applications: [{ name: one }]
keys:
  - { name: child, application: one, through: parent, write_to: child.json, restrictions: { operations: [GetObject] } }
  - { name: parent, application: one, write_to: parent.json, restrictions: { operations: [GetObject, PutObject] } }`)
    expect(await world.steps(text)).toEqual([
      '+ organization Example: with owner owner@localhost and default project default',
      '+ application one',
      '+ key parent: written to parent.json',
      '+ key child: written to child.json',
    ])
    expect(await world.steps(text)).toEqual([])
    const [child] = (await world.services.keys.list({ filters: { name: 'child' } })).items
    expect(child?.parent_access_key).not.toBeNull()
  })

  it('are never written over another file, and nothing else is done then', async () => {
    const world = await createWorld()
    writeFileSync(join(world.directory, 'k.json'), 'precious')
    const text = file(
      'applications: [{ name: one }]\nkeys: [{ name: k, application: one, write_to: k.json }]',
    )
    expect(await world.faults(text)).toEqual([expect.stringMatching(/keys\.0\.write_to: `k\.json` exists/)])
    expect(readFileSync(join(world.directory, 'k.json'), 'utf8')).toBe('precious')
    expect((await world.services.organizations.list({})).total_count).toBe(0)
  })

  it('leave no file behind where the apply fails', async () => {
    const world = await createWorld()
    const text = file(
      'applications: [{ name: one }]\nkeys: [{ name: k, application: one, write_to: k.json }]',
    )
    await expect(world.apply(text, { agreed: { steps: [], unchanged: 0 } })).rejects.toThrow('changed since')
    expect(existsSync(join(world.directory, 'k.json'))).toBe(false)
  })
})

describe('backends', () => {
  const backend = (endpoint: string): string =>
    file(
      `backends: [{ name: default, endpoints: ['${endpoint}'], access_key: A, secret_key: { file: secret } }]\nprojects: [{ name: default, default: true, buckets: [photos] }]`,
    )

  it('that own buckets do not move by a file', async () => {
    const world = await createWorld()
    mkdirSync(world.directory, { recursive: true })
    writeFileSync(join(world.directory, 'secret'), 'backend-secret\n')
    await world.apply(backend('http://127.0.0.1:9000'))
    expect(
      (
        await world.store.repositories.backends.secretKey((await world.services.backends.get('default')).id)
      )?.reveal(),
    ).toBe('backend-secret')
    expect(await world.faults(backend('http://127.0.0.1:9999'))).toEqual([
      expect.stringContaining('s3warden backend update default'),
    ])
    writeFileSync(join(world.directory, 'secret'), 'another-secret')
    expect(await world.steps(backend('http://127.0.0.1:9000'))).toEqual([
      '~ backend default: another secret key',
    ])
  })

  it('called default are refused where the gate has one of its own', async () => {
    const world = await createWorld('configured')
    writeFileSync(join(world.directory, 'secret'), 'backend-secret')
    expect(await world.faults(backend('http://127.0.0.1:9000'))).toContainEqual(
      expect.stringMatching(/backends\.0\.name: the gate has a `default` of its own/),
    )
  })
})
