import { describe, expect, it, vi } from 'vitest'
import { commandLine } from './cli.ts'

// Each command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const s3warden = commandLine()

interface Record_ {
  readonly id: string
  readonly [field: string]: unknown
}

/** One after the other, on one store: each noun's whole life. */
describe('an operator', () => {
  it('makes organizations, projects and their defaults', async () => {
    const org = await s3warden.json<Record_>([
      'org',
      'create',
      'Example',
      '--owner-email',
      'owner@example.org',
    ])
    expect(org).toMatchObject({ name: 'Example', owner_id: expect.any(String) })
    expect(await s3warden.json(['project', 'list'])).toMatchObject([
      { id: org.default_project_id, name: 'default', is_default: true },
    ])
    const project = await s3warden.json<Record_>(['project', 'create', 'media', '--max-buckets', '3'])
    expect(project).toMatchObject({ name: 'media', max_buckets: 3, organization_id: org.id })
    const changed = ['project', 'update', 'media', '--max-buckets', 'default', '--description', 'films']
    expect(await s3warden.json(changed)).toMatchObject({
      max_buckets: null,
      description: 'films',
      id: project.id,
    })
    expect(await s3warden.json(['project', 'get', project.id])).toMatchObject({ name: 'media' })
    expect(await s3warden.json(['project', 'get', 'media', 'default'])).toMatchObject([
      { name: 'media' },
      { name: 'default' },
    ])
  })

  it('manages users', async () => {
    const ada = await s3warden.json<Record_>([
      ...['user', 'create', 'ada@example.org', '--username', 'ada', '--tag', 'a,b', '--tag', 'c'],
    ])
    expect(ada).toMatchObject({ type: 'member', status: 'invitation_pending', tags: ['a', 'b', 'c'] })
    expect(
      await s3warden.json(['user', 'lock', 'ada', 'nobody']).catch((error: Error) => error.message),
    ).toContain('exit code 1')
    expect(await s3warden.json(['user', 'get', 'ada@example.org'])).toMatchObject({
      locked: true,
      id: ada.id,
    })
    expect(await s3warden.json(['user', 'unlock', ada.id])).toEqual([{ id: ada.id, result: 'unlocked' }])
    const password = await s3warden.json(
      ['user', 'update-password', 'ada', '--password-file', '-'],
      'correct horse battery\n',
    )
    expect(password).toMatchObject({ status: 'activated' })
    expect(JSON.stringify(password)).not.toContain('horse')
    expect(await s3warden.json(['user', 'update-username', 'ada', 'lovelace'])).toMatchObject({
      username: 'lovelace',
    })
  })

  it('manages applications and groups', async () => {
    const app = await s3warden.json<Record_>(['app', 'create', 'backup', '--description', 'nightly'])
    const ada = await s3warden.json<Record_>(['user', 'get', 'lovelace'])
    await s3warden.json(['group', 'create', 'readers'])
    expect(await s3warden.json(['group', 'add-member', 'readers', '--user', 'lovelace'])).toMatchObject({
      user_ids: [ada.id],
      application_ids: [],
    })
    const both = await s3warden.json(['group', 'add-members', 'readers', '--application', 'backup'])
    expect(both).toMatchObject({ user_ids: [ada.id], application_ids: [app.id] })
    const fewer = await s3warden.json(['group', 'remove-member', 'readers', '--user', ada.id])
    expect(fewer).toMatchObject({ user_ids: [], application_ids: [app.id] })
    const none = await s3warden.json(['group', 'set-members', 'readers'])
    expect(none).toMatchObject({ user_ids: [], application_ids: [] })
  })

  it('manages policies and their rules', async () => {
    const policy = await s3warden.json<Record_ & { rules: Record_[] }>([
      ...['policy', 'create', 'reading', '--group', 'readers', '--permission-set', 'ObjectStorageReadOnly'],
      ...['--project', 'media', '--condition', 'request.ip == "192.0.2.1"'],
    ])
    expect(policy.rules).toMatchObject([
      { permission_set_names: ['ObjectStorageReadOnly'], condition: 'request.ip == "192.0.2.1"' },
    ])
    const added = await s3warden.json<Record_>([
      ...[
        'rule',
        'create',
        'reading',
        '--permission-set',
        'ObjectStorageBucketsRead',
        '--all-current-projects',
      ],
    ])
    expect(added.project_ids).toHaveLength(2)
    const whole = await s3warden.json<Record_>([
      ...['rule', 'create', 'reading', '--permission-set', 'IAMReadOnly', '--organization'],
    ])
    expect(whole).toMatchObject({ project_ids: null, organization_id: policy.organization_id })
    const changed = await s3warden.json<Record_>([
      'rule',
      'update',
      'reading',
      added.id,
      '--project',
      'media',
    ])
    expect(changed).toMatchObject({ permission_set_names: ['ObjectStorageBucketsRead'], condition: '' })
    const rules = await s3warden.json<Record_[]>(['rule', 'list', 'reading'])
    expect(rules.map((rule) => rule.condition)).toEqual(['request.ip == "192.0.2.1"', '', ''])
    const last = rules[2]?.id ?? ''
    expect(await s3warden.json(['rule', 'delete', 'reading', last, '--yes'])).toEqual([
      { id: last, result: 'deleted' },
    ])
    const clone = await s3warden.json<Record_ & { rules: unknown[] }>(['policy', 'clone', policy.id])
    expect(clone.rules).toHaveLength(2)
    const moved = ['policy', 'update', clone.id, '--application', 'backup', '--name', 'copy']
    expect(await s3warden.json(moved)).toMatchObject({ group_id: null, application_id: expect.any(String) })
    expect(await s3warden.json(['policy', 'list', '--group', 'readers'])).toMatchObject([{ name: 'reading' }])
    expect(await s3warden.json(['policy', 'list', '--no-principal'])).toEqual([])
  })

  it('refuses a condition that is none, and says where', async () => {
    const wrong = [
      'rule',
      'create',
      'reading',
      '--permission-set',
      'ObjectStorageReadOnly',
      '--project',
      'media',
    ]
    const { code, stderr } = await s3warden([...wrong, '--condition', 'request.ip =='])
    expect(code).toBe(2)
    expect(stderr).toContain('condition')
  })

  it('lists what can be granted', async () => {
    const sets = await s3warden.json<{ name: string }[]>(['permission-set', 'list'])
    expect(sets.map(({ name }) => name)).toContain('ObjectStorageFullAccess')
    expect(await s3warden.json(['permission-set', 'get', 'ObjectStorageBucketsDelete'])).toMatchObject({
      scope_type: 'projects',
      actions: ['DeleteBucket'],
    })
  })

  it('deletes several at once, and reports each', async () => {
    await s3warden.json(['app', 'create', 'one'])
    await s3warden.json(['app', 'create', 'two'])
    const { code, stdout } = await s3warden(['app', 'delete', 'one', 'three', 'two', '--yes'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual([
      { id: 'one', result: 'deleted' },
      { id: 'three', error: expect.stringContaining('no application') },
      { id: 'two', result: 'deleted' },
    ])
  })

  it('must say which of two that have one name', async () => {
    await s3warden.json(['org', 'create', 'Other', '--owner-email', 'other@example.org'])
    const unclear = await s3warden(['project', 'get', 'default'])
    expect(unclear.code).toBe(1)
    expect(unclear.stderr).toContain('more than one project is called `default`')
    const owner = await s3warden(['app', 'create', 'x'])
    expect([owner.code, owner.stderr]).toEqual([2, expect.stringContaining('--organization')])
    expect(await s3warden.json(['project', 'list', '--organization', 'Other'])).toHaveLength(1)
    expect(await s3warden.json(['org', 'delete', 'Other', '--yes'])).toEqual([
      { id: 'Other', result: 'deleted' },
    ])
  })

  it('manages backends', async () => {
    const made = await s3warden.json<Record_>(
      [
        ...['backend', 'create', 'archive', '--endpoint', 'http://127.0.0.1:9,http://127.0.0.1:10'],
        ...[
          '--kind',
          'ceph',
          '--access-key',
          'GATE',
          '--secret-key-file',
          '-',
          '--open-operation',
          'PutBucketPolicy',
        ],
      ],
      'backend-secret\n',
    )
    expect(made).toMatchObject({
      kind: 'ceph',
      endpoints: ['http://127.0.0.1:9', 'http://127.0.0.1:10'],
      opened_operations: ['PutBucketPolicy'],
    })
    expect(JSON.stringify(made)).not.toContain('backend-secret')
    const update = ['backend', 'update', 'archive', '--endpoint', 'http://127.0.0.1:9']
    expect(await s3warden.json(update)).toMatchObject({ endpoints: ['http://127.0.0.1:9'], kind: 'ceph' })
    expect(await s3warden.json(['project', 'update', 'media', '--backend', 'archive'])).toMatchObject({
      backend_id: made.id,
    })
    const check = await s3warden(['backend', 'check', 'archive'])
    expect(check.code).toBe(1)
    expect(JSON.parse(check.stdout)).toMatchObject([
      { backend: 'archive', check: 'reachable', result: 'failed' },
    ])
    const several = await s3warden(['backend', 'check', 'nowhere', 'archive', '--output', 'table'])
    expect(several.stderr).toContain('no backend has the id or name `nowhere`')
    expect([several.code, several.stdout]).toEqual([
      1,
      expect.stringMatching(/^archive .* reachable +failed/m),
    ])
    expect((await s3warden(['backend', 'delete', 'archive', '--yes'])).code).toBe(1)
    await s3warden.json(['project', 'update', 'media', '--backend', 'default'])
    expect(await s3warden.json(['backend', 'delete', 'archive', '--yes'])).toEqual([
      { id: 'archive', result: 'deleted' },
    ])
  })

  it('finds every change in the log, without secrets', async () => {
    const changes = await s3warden.json<Record_[]>(['log', 'list', '--resource-type', 'backend'])
    expect(changes.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['created', 'updated', 'deleted']),
    )
    expect(JSON.stringify(await s3warden.json(['log', 'list']))).not.toMatch(/backend-secret|correct horse/)
    expect(await s3warden.json(['log', 'list', '--since', '1h', '--limit', '2'])).toHaveLength(2)
    expect(await s3warden.json(['log', 'list', '--until', '2020-01-01'])).toEqual([])
    const id = changes[0]?.id ?? ''
    expect(await s3warden.json(['log', 'get', id])).toMatchObject({ id, before: null })
  })

  it('reads tables where they ask for them', async () => {
    const { stdout } = await s3warden(['project', 'list', '--output', 'table'])
    const [heading, ...rows] = stdout.trimEnd().split('\n')
    expect(heading).toMatch(/^ID +NAME +IS_DEFAULT/)
    expect(rows).toHaveLength(2)
    expect(stdout).not.toContain('\u001b')
  })

  it('may leave names to the gate', async () => {
    const create = async (...args: string[]) => (await s3warden.json<{ name: string }>(args)).name
    expect(await create('project', 'create')).toMatch(/^proj-[0-9a-f]{8}$/)
    expect(await create('app', 'create')).toMatch(/^app-[0-9a-f]{8}$/)
    expect(await create('group', 'create')).toMatch(/^grp-[0-9a-f]{8}$/)
    expect(await create('policy', 'create', '--no-principal')).toMatch(/^pol-[0-9a-f]{8}$/)
  })
})
