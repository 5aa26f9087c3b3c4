import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Gate } from '../support/gate.ts'
import { send } from '../support/raw-http.ts'
import { signed } from '../support/s3-request.ts'
import { commandLine } from './cli.ts'

interface Diagnosis {
  readonly subject: string
  readonly check: string
  readonly result: string
  readonly detail: string
}

const of = (text: string, check: string): Diagnosis | undefined =>
  (JSON.parse(text) as Diagnosis[]).find((diagnosis) => diagnosis.check === check)

/** Changes the database behind the program's back. */
function tamper(file: string, sql: string): void {
  const database = new Database(file)
  database.pragma('foreign_keys = OFF')
  database.exec(sql)
  database.close()
}

async function freshStore() {
  const store = commandLine()
  await store.json(['bootstrap'])
  return store
}

describe('doctor, on a store alone', () => {
  it('finds nothing in a new one', async () => {
    const { code, stdout } = await (await freshStore())(['doctor'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).not.toContainEqual(expect.objectContaining({ result: 'failed' }))
  })

  it('makes none where there is none', async () => {
    const { code, stderr } = await commandLine()(['doctor'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is no store')])
  })

  it('ends with 2 where it is used wrongly', async () => {
    expect((await commandLine()(['doctor', '--prob'])).code).toBe(2)
  })

  it.each([
    [
      'a reference to nothing',
      'references between records',
      `UPDATE projects SET backend_id = 'gone'`,
      'projects',
    ],
    ['a moved secret', 'sealed secrets', "UPDATE access_keys SET sealed_secret_key = x'01'", 'SCW'],
  ])('finds %s', async (_what, check, sql, said) => {
    const store = await freshStore()
    tamper(join(store.data, 's3warden.db'), sql)
    const { code, stdout } = await store(['doctor'])
    expect([code, of(stdout, check)]).toEqual([
      1,
      expect.objectContaining({ result: 'failed', detail: expect.stringContaining(said) }),
    ])
  })

  it('finds damaged pages', async () => {
    const store = await freshStore()
    const path = join(store.data, 's3warden.db')
    writeFileSync(path, readFileSync(path).fill(0x5a, 4096 * 8, 4096 * 40))
    const { code, stdout } = await store(['doctor'])
    expect([code, of(stdout, 'integrity of the database')?.result]).toEqual([1, 'failed'])
  })

  it('finds a wrong master key', async () => {
    const store = await freshStore()
    writeFileSync(join(store.data, 'master.key'), '00'.repeat(32))
    const { code, stdout } = await store(['doctor'])
    expect([code, of(stdout, 'master key')?.result]).toEqual([1, 'failed'])
  })

  it('warns of modes and of expired keys', async () => {
    const store = await freshStore()
    chmodSync(join(store.data, 'master.key'), 0o644)
    tamper(join(store.data, 's3warden.db'), `UPDATE access_keys SET expires_at = '2020-01-01T00:00:00.000Z'`)
    const { code, stdout } = await store(['doctor'])
    expect(code).toBe(0)
    expect(of(stdout, 'file modes')).toMatchObject({
      result: 'warning',
      detail: expect.stringContaining('master.key'),
    })
    expect(of(stdout, 'expired keys')).toMatchObject({
      result: 'warning',
      detail: expect.stringContaining('(bootstrap)'),
    })
  })
})

describe('doctor, with a backend', () => {
  let gate: Gate
  beforeAll(async () => {
    gate = await Gate.start()
  }, 60_000)
  afterAll(() => gate.destroy())

  it('looks at reachability, clock, credentials and abilities', async () => {
    const { code, stdout } = await gate.cli(['doctor', '--output', 'json'])
    expect(code).toBe(0)
    for (const check of ['reachable', 'clock', 'credentials', 'conditional writes', 'buckets it lacks']) {
      expect(of(stdout, check)).toMatchObject({ subject: 'default', result: 'ok' })
    }
  })

  it('finds buckets that the backend lacks, and those that nobody owns', async () => {
    tamper(
      join(gate.data, 's3warden.db'),
      `INSERT INTO buckets (name, project_id, backend_id, generation, state, created_at, updated_at)
       SELECT 'lost', projects.id, backends.id, 999, 'active', projects.created_at, projects.created_at FROM projects, backends`,
    )
    const key = ['key', 'create', '--application', 'bootstrap']
    const { access_key, secret_key } = await gate.json<Record<string, string>>(key)
    const credentials = { accessKey: access_key!, secretKey: secret_key! }
    const made = await send(
      gate.port,
      signed(credentials, { method: 'PUT', target: '/nobodys' }, { host: gate.host }),
    )
    expect(made.status).toBe(200)
    await gate.json(['bucket', 'release', 'nobodys', '--yes'])
    const { code, stdout } = await gate.cli(['doctor', '--no-probe', '--output', 'json'])
    expect(code).toBe(1)
    expect(of(stdout, 'buckets it lacks')).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('lost'),
    })
    expect(of(stdout, 'buckets without an owner')).toMatchObject({
      result: 'warning',
      detail: expect.stringContaining('nobodys'),
    })
    expect(of(stdout, 'conditional writes')).toBeUndefined()
  })

  it('finds a backend that is not there', async () => {
    await gate.json(
      [
        'backend',
        'create',
        'away',
        '--endpoint',
        'http://127.0.0.1:9',
        '--access-key',
        'A',
        '--secret-key-file',
        '-',
      ],
      'secret-of-the-backend',
    )
    const { code, stdout } = await gate.cli(['doctor', '--no-probe', '--output', 'json'])
    expect(code).toBe(1)
    const away = (JSON.parse(stdout) as Diagnosis[]).filter(({ subject }) => subject === 'away')
    expect(away).toEqual([expect.objectContaining({ check: 'reachable', result: 'failed' })])
  })
})

describe('health', () => {
  it('is 0 for a gate that is ready, and 1 where none answers', async () => {
    const gate = await Gate.start()
    try {
      const listen = ['--health-listen', `127.0.0.1:${gate.healthPort}`]
      expect(await gate.cli(['health', ...listen])).toMatchObject({ code: 0, stdout: 'ok\n' })
      expect((await gate.cli(['health', ...listen, '--live'])).code).toBe(0)
      gate.signal('SIGTERM')
      await gate.exit()
      const gone = await gate.cli(['health', ...listen])
      expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('no gate answers')])
      expect((await gate.cli(['health'])).code).toBe(2)
    } finally {
      await gate.destroy()
    }
  })
})
