/** The command line at a distance: the same commands and the same output as beside the store. */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { freePorts } from '../support/ports.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type Outcome, run } from '../support/run.ts'

let gate: Gate
let operator: Operator
let control: string
let owner: Credentials
beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  gate = await Gate.start({ env: { S3WARDEN_CONTROL_LISTEN: `127.0.0.1:${port}` } })
  control = `http://127.0.0.1:${port}`
  operator = await Operator.of(gate)
  const [user] = await gate.json<{ id: string }[]>(['user', 'list'])
  owner = await operator.key({ user: user!.id })
})
afterAll(() => gate.destroy())

/** Knows nothing of the store. */
function remote(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Outcome> {
  return run(resolve('node_modules/.bin/node'), [resolve('src/s3warden.js'), ...args], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: gate.data,
      S3WARDEN_ENDPOINT: control,
      S3WARDEN_TOKEN: owner.secretKey,
      ...env,
    },
    cwd: gate.data,
    input,
  })
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await remote([...args, '--output', 'json'])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as T
}

describe('what is shown is the same', () => {
  test.each([
    [['org', 'list']],
    [['project', 'list']],
    [['user', 'list']],
    [['app', 'list']],
    [['app', 'get', 'bootstrap']],
    [['group', 'list']],
    [['policy', 'get', 'bootstrap']],
    [['rule', 'list', 'bootstrap']],
    [['key', 'list']],
    [['permission-set', 'list']],
    [['bucket', 'list']],
  ])('%s', async (args) => {
    // A table where one is enough to tell, JSON with all fields otherwise.
    const format = args.join(' ') === 'app list' ? 'table' : 'json'
    const here = await gate.cli([...args, '--output', format])
    const there = await remote([...args, '--output', format])
    expect(there).toEqual(here)
    expect(there.code).toBe(0)
  })
})

describe('what is done', () => {
  interface Made {
    readonly id: string
    readonly access_key: string
    readonly secret_key: string
  }

  test('an application, its policy, its rules, its keys', async () => {
    const application = await json<Made>('app', 'create', 'far', '--tag', 'remote')
    await json('policy', 'create', 'far', '--application', 'far')
    await json(
      ...[
        'rule',
        'create',
        'far',
        '--permission-set',
        'ObjectStorageReadOnly',
        '--project',
        operator.projectId,
      ],
      ...['--condition', 'request.ip == "10.0.0.1"'],
    )
    const key = await json<Made>(
      ...[
        'key',
        'create',
        '--application',
        'far',
        '--operation',
        'GetObject',
        '--resource',
        'sos/bucket:media/p*',
      ],
    )
    expect(key.secret_key).toMatch(/^[0-9a-f-]{36}$/)
    const rotated = await json<Made>('key', 'rotate', key.access_key)
    expect(await json('key', 'get', rotated.access_key)).toMatchObject({
      application_id: application.id,
      restrictions: { operations: ['GetObject'], resources: [{ bucket: 'media', prefix: 'p' }] },
      creation_ip: '127.0.0.1',
    })
    const [first] = await json<{ bearer_id: string; ip: string }[]>('log', 'list', '--search', application.id)
    expect(first).toMatchObject({ ip: '127.0.0.1', user_agent: expect.stringContaining('s3warden/') })
    await json('key', 'revoke', key.access_key, '--yes')
    await json('app', 'delete', 'far', '--yes')
    expect(await json('app', 'list', '--tag', 'remote')).toEqual([])
  })

  test('users, groups and projects', async () => {
    await writeFile(join(gate.data, 'password'), 'correct horse')
    await json('user', 'create', 'ada@example.com', '--username', 'ada', '--password-file', 'password')
    await json('user', 'lock', 'ada')
    expect(await json('user', 'get', 'ada')).toMatchObject({ locked: true, status: 'activated' })
    await json('user', 'unlock', 'ada')
    await json('group', 'create', 'crew')
    await json('group', 'add-member', 'crew', '--user', 'ada')
    await json('project', 'create', 'second', '--description', 'another')
    await json(
      'policy',
      'create',
      'all',
      '--group',
      'crew',
      '--permission-set',
      'IAMReadOnly',
      '--organization-scope',
    )

    // As the user herself, with the token of a session.
    const login = await fetch(`${control}/s3warden/v1/sessions`, {
      method: 'POST',
      body: JSON.stringify({ username: 'ada', password: 'correct horse' }),
    })
    const { token } = (await login.json()) as { token: string }
    await writeFile(join(gate.data, 'token'), `${token}\n`)
    const session = { S3WARDEN_TOKEN: '' }
    const list = ['app', 'list', '--output', 'json']
    expect((await remote([...list, '--token-file', 'token'], session)).code).toBe(0)
    expect((await remote([...list, '--token-file', '-'], session, token)).code).toBe(0)
    expect((await remote(list, { ...session, S3WARDEN_TOKEN_FILE: join(gate.data, 'token') })).code).toBe(0)
    const refused = await remote(['app', 'create', 'hers', '--token-file', 'token'], session)
    expect(refused).toMatchObject({ code: 1, stderr: 'error: this needs application:write\n' })
  })
})

describe('what goes wrong', () => {
  test.each([
    ['a wrong name', ['app', 'create', 'no/slash'], {}, 2, /^error: name: must have 1 to 64/],
    [
      'somebody who is not there',
      ['app', 'get', 'nobody'],
      {},
      1,
      /no application has the id or name `nobody`/,
    ],
    ['a wrong token', ['app', 'list'], { S3WARDEN_TOKEN: 'nonsense' }, 1, /no token of this gate/],
    ['no token', ['app', 'list'], { S3WARDEN_TOKEN: '' }, 2, /--token-file/],
    [
      'a token of two lines, of which none is told',
      ['app', 'list'],
      { S3WARDEN_TOKEN: 'one-half\nother-half' },
      2,
      /^error: the token must be (?!.*half)/s,
    ],
    ['no URL', ['app', 'list', '--endpoint', 'nonsense'], {}, 2, /is no URL/],
    [
      'a URL with a password, which is not told',
      ['app', 'list', '--endpoint', 'http://me:confidential@127.0.0.1:9'],
      {},
      2,
      /^error: --endpoint: (?!.*confidential)/s,
    ],
    ['nobody there', ['app', 'list', '--endpoint', 'http://127.0.0.1:9'], {}, 1, /does not answer/],
    [
      "what is the operator's",
      ['org', 'create', 'x', '--owner-email', 'x@example.com'],
      {},
      1,
      /for the operator/,
    ],
  ])('%s', async (_what, args, env, code, message) => {
    const outcome = await remote(args, env as Record<string, string>)
    expect(outcome.stderr).toMatch(message)
    expect(outcome.code).toBe(code)
    expect(outcome.stderr).not.toContain(owner.secretKey)
  })

  test('an S3 listener is no control plane', async () => {
    const outcome = await remote(['app', 'list', '--endpoint', gate.endpoint])
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('is no control plane') })
  })
})
