import { describe, expect, it, vi } from 'vitest'
import { commandLine } from './cli.ts'

// Each command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const s3warden = commandLine()
const ID = '00000000-0000-4000-8000-000000000000'

/** Wrong use: exit code 2, nothing on standard output, and a message that names the argument and the fix. */
const WRONG: readonly [args: string[], said: string[]][] = [
  [['proj'], ["unknown command 'proj'", 'Did you mean project?']],
  [
    ['project', 'creat', 'x'],
    ["unknown command 'creat'", 'create'],
  ],
  [['backend', 'create'], ["missing required argument 'name'"]],
  [
    ['project', 'list', '--nmae', 'x'],
    ["unknown option '--nmae'", '--name'],
  ],
  [
    ['project', 'list', '--output', 'yaml'],
    ['--output', 'json, table'],
  ],
  [
    ['project', 'list', '--limit', '0'],
    ['--limit', 'whole number'],
  ],
  [['project', 'update', 'default'], ['nothing to change']],
  [['project', 'create', 'a/b'], ['name']],
  [['org', 'create', 'x'], ['--owner-email']],
  [['key', 'create'], ['--application, --user']],
  [['key', 'create', '--application', 'a', '--user', 'b'], ['either --application or --user']],
  [
    ['key', 'create', '--application', 'bootstrap', '--expires', 'tomorrow'],
    ['--expires', '90d'],
  ],
  [['key', 'create', '--application', 'bootstrap', '--expires', '2020-01-01'], ['--expires']],
  [
    ['key', 'create', '--application', 'bootstrap', '--resource', 'sos/object:x'],
    ['--resource', 'sos/bucket:NAME'],
  ],
  [
    ['key', 'create', '--application', 'bootstrap', '--operation', 'GetObject,get-sos-objet'],
    ['--operation', 'did you mean `get-sos-object`?'],
  ],
  [
    ['key', 'create', '--application', 'bootstrap', '--tag', 'soss'],
    ['--tag', 'did you mean `sos`?'],
  ],
  [['key', 'list-operations', '--mine'], ['AWS_ACCESS_KEY_ID']],
  [
    ['bucket', 'list', '--state', 'active,gone'],
    ['--state', 'creating, active, deleting, released'],
  ],
  [
    ['backend', 'update', 'default', '--open-operation', 'PutBucketPolcy'],
    ['--open-operation', 'did you mean `PutBucketPolicy`?'],
  ],
  [
    ['key', 'create', '--application', 'bootstrap', '--for', 'filezilla'],
    ['--for', 'rclone'],
  ],
  [['key', 'import', 'ABC', '--application', 'bootstrap'], ['--secret-key-file']],
  [
    ['key', 'rotate', 'x', '--grace', '5'],
    ['--grace', '15m'],
  ],
  [['policy', 'create', 'x'], ['--user, --group, --application or --no-principal']],
  [['policy', 'create', 'x', '--user', 'a', '--no-principal'], ['only one of']],
  [['rule', 'create', 'bootstrap', '--project', 'default'], ['--permission-set']],
  [['rule', 'create', 'bootstrap', '--permission-set', 'ObjectStorageFullAccess'], ['--project']],
  [
    ['rule', 'create', 'bootstrap', '--permission-set', 'ObjectStorageFulAccess', '--project', 'default'],
    ['--permission-set', 'did you mean `ObjectStorageFullAccess`?'],
  ],
  [['group', 'add-member', 'x', '--user', 'a', '--application', 'b'], ['either --user or --application']],
  [['bucket', 'adopt', '--project', 'default'], ['--all']],
  [['backend', 'create', 'x', '--access-key', 'a'], ['--endpoint']],
  [
    ['backend', 'create', 'x', '--kind', 'swift'],
    ['--kind', 'ceph'],
  ],
  [['explain', 'SCW1', 'GetObjec', 'a/b'], ['did you mean `GetObject`?']],
  [['explain', 'SCW1', 'GetObject', 'a/b', '--ip', 'localhost'], ['--ip']],
  [
    ['explain', 'SCW1', 'ListObjectsV2', 'a/b'],
    ['about a bucket', '--prefix'],
  ],
  [['explain', 'SCW1', 'DeleteObjects', 'a'], ['BUCKET/KEY']],
  [['explain', 'SCW1', 'GetObject', 'a/'], ['BUCKET/KEY']],
  [['explain', 'SCW1', 'ListBuckets', 'a'], ['about no bucket']],
  [['explain', 'SCW1', 'CopyObject', 'a/b'], ['--source']],
  [['explain', 'SCW1', 'WriteGetObjectResponse'], ['a host of its own']],
  [['completion', 'tcsh'], ['bash, zsh, fish']],
  [
    ['serve', '--listen', 'nowhere'],
    ['--listen', 'HOST:PORT'],
  ],
  [
    ['config', 'check', '--config', '/nowhere'],
    ['/nowhere', 'ENOENT'],
  ],
]

/** What cannot be undone, with arguments that would do it. */
const DESTRUCTIVE: readonly (readonly string[])[] = [
  ['org', 'delete', 'default'],
  ['project', 'delete', 'default'],
  ['user', 'delete', 'owner@localhost'],
  ['app', 'delete', 'bootstrap'],
  ['group', 'delete', 'readers', 'writers'],
  ['policy', 'delete', 'bootstrap'],
  ['rule', 'delete', 'bootstrap', ID],
  ['key', 'revoke', 'bootstrap'],
  ['bucket', 'release', 'photos'],
  ['backend', 'delete', 'default'],
]

/** Refused or failed: exit code 1. */
const FAILED: readonly [args: string[], said: string[]][] = [
  [
    ['project', 'get', 'defualt'],
    ['no project', 'did you mean `default`?'],
  ],
  [['project', 'get', ID], [ID]],
  [['project', 'delete', 'default', '--yes'], []],
  [['key', 'get', 'SCW00000000000000000'], ['SCW00000000000000000']],
  [['permission-set', 'get', 'ObjectStorageFulAccess'], ['did you mean `ObjectStorageFullAccess`?']],
  [['backend', 'delete', 'nope', '--yes'], []],
]

describe('exit codes', () => {
  it('0: bootstrap, twice, and the second time without the secret', async () => {
    const first = await s3warden.json<Record<string, string>>(['bootstrap'])
    expect(Object.keys(first)).toEqual([
      'endpoint',
      'organization_id',
      'project_id',
      'application_id',
      'access_key',
      'secret_key',
    ])
    const { secret_key: _, ...rest } = first
    expect(await s3warden.json(['bootstrap'])).toEqual(rest)
  })

  it.each(WRONG)('2: s3warden %j', async (args, said) => {
    const { code, stdout, stderr } = await s3warden(args)
    expect([code, stdout]).toEqual([2, ''])
    for (const text of said) expect(stderr).toContain(text)
    expect(stderr).not.toContain('    at ')
  })

  it.each(DESTRUCTIVE)('2, in a pipe and without --yes: s3warden %s %s', async (...args) => {
    const { code, stdout, stderr } = await s3warden(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('give --yes')
    for (const named of args.slice(args[0] === 'rule' ? 3 : 2)) expect(stderr).toContain(named)
  })

  it.each(FAILED)('1: s3warden %j', async (args, said) => {
    const { code, stdout, stderr } = await s3warden(args)
    expect(code).toBe(1)
    for (const text of said) expect(stdout + stderr).toContain(text)
    expect(stderr).not.toContain('    at ')
  })

  it('0: help and version', async () => {
    expect(await s3warden(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
    const help = await s3warden(['key', 'create', '--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const text of ['--resource', 'Examples:', 'Exit codes:', '--data <dir>'])
      expect(help.stdout).toContain(text)
  })

  it('2: no command at all, with help', async () => {
    expect(await s3warden([])).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage:') })
  })
})

describe('a wrong configuration', () => {
  it('is reported in full, with exit code 2', async () => {
    const env = { S3WARDEN_WORKERS: 'many', S3WARDEN_BACKEND_SECRET_KEY: 'do not show', S3WARDEN_TYPO: '1' }
    const { code, stderr } = await s3warden(['config', 'check'], { env })
    expect(code).toBe(2)
    for (const text of ['5 faults', 'workers', 'backend.secret_key', 'backend.endpoint', 'S3WARDEN_TYPO']) {
      expect(stderr).toContain(text)
    }
    expect(stderr).not.toContain('do not show')
  })

  it('is OK otherwise', async () => {
    expect(await s3warden(['config', 'check'])).toEqual({ code: 0, stdout: 'OK\n', stderr: '' })
  })
})

describe('a store that cannot be opened', () => {
  it('says that the master key is wrong', async () => {
    const { code, stderr } = await s3warden(['project', 'list'], {
      env: { S3WARDEN_MASTER_KEY: 'ab'.repeat(32) },
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/master key/)
    expect(stderr).not.toContain('    at ')
  })
})
