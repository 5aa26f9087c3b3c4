import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Gate } from '../support/gate.ts'
import { commandLine } from './cli.ts'

const directory = mkdtempSync(join(tmpdir(), 's3warden-backup-'))
const file = (name: string): string => join(directory, name)

interface Key {
  readonly access_key: string
  readonly secret_key: string
}

let gate: Gate

beforeAll(async () => {
  gate = await Gate.start()
}, 60_000)
afterAll(async () => {
  await gate.destroy()
  rmSync(directory, { recursive: true, force: true })
})

describe('a backup', () => {
  it('is made while the gate serves and others write, and holds one moment', async () => {
    let writing = true
    const made: string[] = []
    const writer = (async () => {
      while (writing) made.push((await gate.json<{ id: string }>(['app', 'create', `app-${made.length}`])).id)
    })()
    const outcome = await gate.cli(['backup', file('live.db'), '--output', 'json'])
    writing = false
    await writer
    expect(outcome.code).toBe(0)
    expect(statSync(file('live.db')).mode & 0o777).toBe(0o600)
    expect(readdirSync(directory)).toEqual(['live.db'])
    const database = new Database(file('live.db'), { readonly: true })
    const { apps, entries } = database
      .prepare(
        `SELECT (SELECT count(*) FROM applications) AS apps, (SELECT count(*) FROM log_entries WHERE resource_type = 'application') AS entries`,
      )
      .get() as { apps: number; entries: number }
    expect(apps).toBe(entries)
    database.close()
  })

  it('never holds the master key', () => {
    const content = readFileSync(file('live.db'))
    const text = readFileSync(join(gate.data, 'master.key'), 'utf8').trim()
    for (const form of [text, Buffer.from(text, 'base64'), Buffer.from(text, 'base64').toString('hex')]) {
      expect(content.includes(form)).toBe(false)
    }
  })

  it('does not replace a file unless told to', async () => {
    const refused = await gate.cli(['backup', file('live.db')])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('exists already')])
    expect((await gate.cli(['backup', file('live.db'), '--overwrite'])).code).toBe(0)
  })

  it('says why it cannot be written, and leaves nothing', async () => {
    const refused = await gate.cli(['backup', file('none/such.db')])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('ENOENT')])
    expect(refused.stderr).not.toContain('    at ')
  })
})

describe('a restore', () => {
  it('onto an empty directory brings everything back, keys with their secrets', async () => {
    const key = await gate.json<Key>(['key', 'create', '--application', 'bootstrap', '--name', 'kept'])
    await gate.json(['backup', file('full.db')])
    const elsewhere = commandLine()
    rmSync(elsewhere.data, { recursive: true })
    const restored = await elsewhere.json(['restore', file('full.db')])
    expect(restored).toMatchObject({ data: elsewhere.data, master_key: 'missing' })
    expect(await elsewhere(['key', 'list'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('master.key'),
    })
    copyFileSync(join(gate.data, 'master.key'), join(elsewhere.data, 'master.key'))
    expect(await elsewhere.json(['key', 'get', key.access_key])).toMatchObject({ name: 'kept' })
    const findings = await elsewhere.json<{ check: string; result: string }[]>(['doctor', '--no-probe'])
    expect(findings).toContainEqual(expect.objectContaining({ check: 'sealed secrets', result: 'ok' }))
    const modes = ['.', 's3warden.db'].map((name) => statSync(join(elsewhere.data, name)).mode & 0o077)
    expect(modes).toEqual([0, 0])
  })

  it('is refused under a running gate', async () => {
    const refused = await gate.cli(['restore', file('full.db'), '--replace', '--yes'])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('stop it first')])
    expect((await gate.cli(['key', 'list'])).code).toBe(0)
  })

  it('replaces a store only when told to', async () => {
    const other = commandLine()
    await other.json(['bootstrap'])
    const refused = await other(['restore', file('full.db')])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('has a store already')])
    const wrong = await other(['restore', file('full.db'), '--replace', '--yes'])
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('master.key')])
    copyFileSync(join(gate.data, 'master.key'), join(other.data, 'master.key'))
    const unsure = await other(['restore', file('full.db'), '--replace'])
    expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('--yes')])
    await other.json(['restore', file('full.db'), '--replace', '--yes'])
    expect(await other.json<unknown[]>(['key', 'list'])).toContainEqual(
      expect.objectContaining({ name: 'kept' }),
    )
  })

  it('knows a given master key', async () => {
    const other = commandLine()
    const masterKey = readFileSync(join(gate.data, 'master.key'), 'utf8').trim()
    const right = await other(['restore', file('full.db')], { env: { S3WARDEN_MASTER_KEY: masterKey } })
    expect(JSON.parse(right.stdout)).toMatchObject({ master_key: 'opens' })
  })

  it.each([
    ['is no database', () => Buffer.from('not a database, though long enough to be read as one')],
    ['is empty', () => Buffer.alloc(0)],
    [
      'is damaged',
      () => {
        const content = readFileSync(file('full.db'))
        return content.fill(0x5a, 8192, content.length - 8192)
      },
    ],
    ['is cut short', () => readFileSync(file('full.db')).subarray(0, 40_960)],
  ])('refuses what %s, and changes nothing', async (_why, content) => {
    writeFileSync(file('bad.db'), content())
    const other = commandLine()
    const refused = await other(['restore', file('bad.db')])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/no backup|damaged/)])
    expect(refused.stderr).not.toContain('    at ')
    expect(readdirSync(other.data)).toEqual(['store.lock'])
  })
})

describe('the master key', () => {
  it('is rotated under a running gate: the old one no longer opens the store', async () => {
    const before = readFileSync(join(gate.data, 'master.key'), 'utf8')
    await gate.json(['master-key', 'rotate'])
    expect(readFileSync(join(gate.data, 'master.key'), 'utf8')).not.toBe(before)
    expect((await gate.cli(['key', 'list'])).code).toBe(0)
    const old = await gate.cli(['key', 'list', '--config', writeConfig(before)])
    expect([old.code, old.stderr]).toEqual([1, expect.stringContaining('master key')])
    expect((await fetch(`http://127.0.0.1:${gate.healthPort}/readyz`)).status).toBe(200)
  })

  it('that is given is replaced by one that is given', async () => {
    const store = commandLine()
    const [first, second] = ['11'.repeat(32), '22'.repeat(32)] as const
    const withKey = (key: string, args: readonly string[], input = '') =>
      store(args, { env: { S3WARDEN_MASTER_KEY: key }, input })
    await withKey(first, ['bootstrap'])
    expect((await withKey(first, ['master-key', 'rotate'])).code).toBe(2)
    expect((await withKey(first, ['master-key', 'rotate', '--next-key-file', '-'], second)).code).toBe(0)
    expect((await withKey(first, ['key', 'list'])).code).toBe(1)
    expect((await withKey(second, ['key', 'list'])).code).toBe(0)
  })

  function writeConfig(masterKey: string): string {
    writeFileSync(file('old.yaml'), `master_key: ${masterKey}`)
    return file('old.yaml')
  }
})
