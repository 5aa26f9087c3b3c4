import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Gate } from '../support/gate.ts'
import { send } from '../support/raw-http.ts'
import { RecordingBackend } from '../support/recording-backend.ts'
import { signed } from '../support/s3-request.ts'
import { commandLine } from './cli.ts'

const directory = (): string => mkdtempSync(join(tmpdir(), 's3warden-apply-'))

function written(text: string, where = directory()): string {
  const file = join(where, 'access.yaml')
  writeFileSync(file, text)
  return file
}

const APPS = `version: 1
organization: { name: Example }
applications: [{ name: one }, { name: two }]
`

describe('apply', () => {
  it('shows the plan first, then does it, and then has nothing to do', async () => {
    const s3warden = commandLine()
    const file = written(APPS)
    const dry = await s3warden(['apply', '-f', file, '--dry-run'])
    expect([dry.code, dry.stderr.split('\n')]).toEqual([
      0,
      expect.arrayContaining(['+ application one', '+ application two']),
    ])
    expect(JSON.parse(dry.stdout)).toMatchObject({ applied: false })
    expect(await s3warden.json(['app', 'list'])).toEqual([])
    const done = await s3warden(['apply', '-f', file, '--output', 'table'])
    expect([done.code, done.stdout]).toEqual([
      0,
      '3 created, 0 updated, 0 replaced, 0 deleted, 0 unchanged\n',
    ])
    expect(await s3warden.json(['apply', '-f', file])).toEqual({ applied: true, steps: [], unchanged: 3 })
  })

  it('ends with 2 and every fault where the file is wrong', async () => {
    const s3warden = commandLine()
    const file = written(`${APPS}users: [{ email: ann }]\nprojcts: []\n`)
    const { code, stdout, stderr } = await s3warden(['apply', '-f', file])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`${file}:4: users[0].email: must be an e-mail address`)
    expect(stderr).toContain(`${file}:5: projcts: there is no such key here (did you mean \`projects\`?)`)
  })

  it('deletes only when told to, and not without a yes', async () => {
    const s3warden = commandLine()
    await s3warden.json(['apply', '-f', written(APPS)])
    const less = written(APPS.replace(', { name: two }', ''))
    expect(await s3warden.json(['apply', '-f', less])).toMatchObject({ steps: [] })
    const unsure = await s3warden(['apply', '-f', less, '--prune'])
    expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringMatching(/^- application two$/m)])
    expect(unsure.stderr).toContain('--yes')
    expect(await s3warden.json<unknown[]>(['app', 'list'])).toHaveLength(2)
    expect(await s3warden.json(['apply', '-f', less, '--prune', '--yes'])).toMatchObject({
      applied: true,
      steps: [{ action: 'delete', kind: 'application', name: 'two' }],
    })
    expect(await s3warden.json<unknown[]>(['app', 'list'])).toHaveLength(1)
  })

  it('takes what export gives, from standard input', async () => {
    const s3warden = commandLine()
    await s3warden.json(['bootstrap'])
    const exported = await s3warden(['export'])
    expect(exported).toMatchObject({ code: 0, stderr: '' })
    expect(await s3warden.json(['apply', '-f', '-', '--prune'], exported.stdout)).toMatchObject({ steps: [] })
  })

  it('says that a file cannot be read', async () => {
    const { code, stderr } = await commandLine()(['apply', '-f', '/nowhere'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('ENOENT')])
  })
})

describe('serve --access', () => {
  const SETUP = (endpoint: string, more = ''): string => `version: 1
organization: { name: Example }
backends:
  - { name: default, endpoints: ['${endpoint}'], access_key: GATE, secret_key: { env: BACKEND_SECRET } }
projects:
  - { name: red }
  - { name: blue }
applications: [{ name: red }, { name: blue }]
policies:
  - name: red
    application: red
    rules: [{ permission_set_names: [ObjectStorageFullAccess], projects: [red] }]
keys:
  - { access_key: REDKEY, secret_key: { env: RED_SECRET }, application: red, default_project: red }
  - { access_key: BLUEKEY, secret_key: { env: BLUE_SECRET }, application: blue, default_project: blue }
${more}`
  const BLUE = `  - name: blue
    application: blue
    rules: [{ permission_set_names: [ObjectStorageFullAccess], projects: [blue] }]
`

  it('is the whole set-up: backend, tenants, keys; SIGHUP takes a new file over, and no wrong one', {
    timeout: 90_000,
  }, async () => {
    const backend = await RecordingBackend.start()
    const file = written(SETUP(backend.endpoint))
    const env = {
      S3WARDEN_ACCESS: file,
      S3WARDEN_ACCESS_PRUNE: 'true',
      BACKEND_SECRET: 'backend-secret-1',
      RED_SECRET: 'red-secret-1',
      BLUE_SECRET: 'blue-secret-1',
    }
    const gate = await Gate.start({ env })
    try {
      const make = async (color: string): Promise<number> => {
        const credentials = { accessKey: `${color.toUpperCase()}KEY`, secretKey: `${color}-secret-1` }
        const request = { method: 'PUT', target: `/${color}-bucket` }
        return (await send(gate.port, signed(credentials, request, { host: gate.host }))).status
      }
      const applied = (count: number) => async (): Promise<boolean> =>
        gate.log.filter(({ event }) => event === 'access file applied').length >= count
      expect(gate.log.some(({ event }) => event === 'access changed')).toBe(true)
      expect(await gate.json(['key', 'list'])).toHaveLength(2)
      expect([await make('red'), await make('blue')]).toEqual([200, 403])

      writeFileSync(file, SETUP(backend.endpoint).replace('keys:', `${BLUE}keys:`))
      gate.signal('SIGHUP')
      await until(applied(2))
      expect(await make('blue')).toBe(200)

      writeFileSync(file, SETUP(backend.endpoint).replace('[red]', '[reed]'))
      gate.signal('SIGHUP')
      await until(async () => gate.log.some(({ event }) => event === 'the access file was not applied'))
      expect(gate.output).toContain(`${file}:12: policies[0].rules[0].projects[0]: there is no project`)
      expect(gate.output).not.toMatch(/(red|blue|backend)-secret-1/)

      writeFileSync(file, SETUP(backend.endpoint).replace(/ {2}- \{ access_key: RED.*\n/, ''))
      gate.signal('SIGHUP')
      await until(applied(3))
      expect(await make('red')).toBe(403)
    } finally {
      await gate.destroy()
      await backend.stop()
    }
  })

  it('makes keys and writes them where the file says; nothing is bootstrapped', async () => {
    const file = written(
      'version: 1\norganization: { name: Example }\napplications: [{ name: a }]\nkeys: [{ name: k, application: a, write_to: out/k.json }]\n',
    )
    const gate = await Gate.start({ env: { S3WARDEN_ACCESS: file } })
    try {
      const path = join(file, '../out/k.json')
      expect(statSync(path).mode & 0o777).toBe(0o600)
      const { access_key, secret_key } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>
      expect(await gate.json(['key', 'list'])).toMatchObject([{ access_key, name: 'k' }])
      expect(gate.output).not.toContain(secret_key)
      expect(await gate.json(['app', 'list'])).toMatchObject([{ name: 'a' }])
    } finally {
      await gate.destroy()
    }
  })

  it('does not start with a wrong file', async () => {
    const file = written('version: 1\norganization: { nme: Example }\n')
    const { code, stderr } = await commandLine()(['serve', '--access', file, '--listen', '127.0.0.1:0'])
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${file}:2: organization.nme`)])
    const none = await commandLine()(['serve', '--access', '/nowhere.yaml', '--listen', '127.0.0.1:0'])
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('ENOENT')])
  })
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it never came to be')
}
