/** Scaleway's SDK manages API keys, SSH keys, sessions, and reads quotas, permission sets and the log. */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PERMISSION_SET_NAMES } from '../../src/iam/permission-sets.ts'
import { Secret } from '../../src/iam/secret.ts'
import { OPERATOR, startWorld, type World } from './support/world.ts'

let world: World
let iam: ReturnType<World['sdk']>['iam']
beforeAll(async () => {
  world = await startWorld({ quotas: { iam_users: 50 } })
  iam = world.sdk(world.token).iam
})
afterAll(() => world.close())

describe('API keys', () => {
  let application: string
  let user: string
  let first: string
  beforeAll(async () => {
    application = (await iam.createApplication({ name: 'keys', description: '' })).id
    user = (await iam.createUser({ email: 'keys@example.com' })).id
  })

  test('show their secret once', async () => {
    const made = await iam.createAPIKey({ applicationId: application, description: 'first' })
    first = made.accessKey
    expect(made).toEqual({
      accessKey: expect.stringMatching(/^SCW[A-Z0-9]{17}$/),
      secretKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
      applicationId: application,
      userId: undefined,
      description: 'first',
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
      expiresAt: undefined,
      defaultProjectId: world.projectId,
      editable: true,
      deletable: true,
      managed: false,
      creationIp: '127.0.0.1',
    })
    expect(await iam.getAPIKey({ accessKey: first })).toEqual({ ...made, secretKey: null })
  })

  test('belong to a user or an application, not both, not neither', async () => {
    for (const body of [{}, { user_id: user, application_id: application }]) {
      const answer = await world.call(world.token, 'POST', '/iam/v1alpha1/api-keys', body)
      expect(answer).toMatchObject({ status: 400, body: { details: [{ argument_name: 'application_id' }] } })
    }
  })

  test('expire in the future only', async () => {
    const expiresAt = new Date('2020-01-01T00:00:00Z')
    await expect(
      iam.createAPIKey({ applicationId: application, description: '', expiresAt }),
    ).rejects.toMatchObject({
      name: 'InvalidArgumentsError',
      details: [{ argumentName: 'expires_at', reason: 'constraint' }],
    })
  })

  test('null stands for absent, as Go sends it', async () => {
    const made = await world.call(world.token, 'POST', '/iam/v1alpha1/api-keys', {
      user_id: user,
      expires_at: null,
      default_project_id: null,
      description: '',
    })
    expect(made).toMatchObject({ status: 200, body: { user_id: user, expires_at: null } })
    expect(made.body).not.toHaveProperty('application_id')
    await iam.deleteAPIKey({ accessKey: (made.body as { access_key: string }).access_key })
  })

  test('change', async () => {
    const expiresAt = new Date('2031-01-01T00:00:00Z')
    const changed = await iam.updateAPIKey({ accessKey: first, description: 'changed', expiresAt })
    expect(changed).toMatchObject({ description: 'changed', expiresAt, defaultProjectId: world.projectId })
    const { body } = await world.call(world.token, 'GET', `/iam/v1alpha1/api-keys/${first}`)
    expect(body).toMatchObject({ expires_at: '2031-01-01T00:00:00.000000Z', secret_key: null })
  })

  test('filters and orders', async () => {
    const second = await iam.createAPIKey({ userId: user, description: 'second' })
    const keys = async (request: Parameters<typeof iam.listAPIKeys>[0]) =>
      (await iam.listAPIKeys({ pageSize: 1, ...request }).all()).map(({ accessKey }) => accessKey)
    const owner = world.token.accessKey
    const all = [owner, first, second.accessKey]
    expect(await keys({})).toEqual(all)
    expect(await keys({ orderBy: 'created_at_desc' })).toEqual(all.toReversed())
    expect(await keys({ orderBy: 'access_key_asc' })).toEqual(all.toSorted((a, b) => (a < b ? -1 : 1)))
    expect((await keys({ orderBy: 'updated_at_asc' }))[0]).toBe(owner)
    expect((await keys({ orderBy: 'expires_at_desc' }))[0]).toBe(first)
    expect(await keys({ accessKey: first })).toEqual([first])
    expect(await keys({ accessKeys: [first, owner] })).toEqual([owner, first])
    expect(await keys({ applicationId: application })).toEqual([first])
    expect(await keys({ userId: user })).toEqual([second.accessKey])
    expect(await keys({ bearerId: application })).toEqual([first])
    expect(await keys({ bearerType: 'user' })).toEqual([owner, second.accessKey])
    expect(await keys({ bearerType: 'application' })).toEqual([first])
    expect(await keys({ bearerType: 'unknown_bearer_type' })).toEqual(all)
    expect(await keys({ description: 'second' })).toEqual([second.accessKey])
    expect(await keys({ expired: true })).toEqual([])
    expect(await keys({ expired: false })).toEqual(all)
    expect(await keys({ editable: false })).toEqual([])
    expect(await keys({ applicationId: application, bearerId: user })).toEqual([])
    await iam.deleteAPIKey({ accessKey: second.accessKey })
  })

  test('of other dialects show here; restricted ones cannot be edited, but deleted', async () => {
    const { key } = await world.services.keys.create(OPERATOR, {
      bearer: { kind: 'application', id: application },
      format: 'exoscale',
      restrictions: { operations: ['GetObject'], tags: null, resources: null, regions: null },
    })
    const accessKey = key.access_key
    expect(await iam.getAPIKey({ accessKey })).toMatchObject({ editable: false })
    expect((await iam.listAPIKeys({ editable: false })).totalCount).toBe(1)
    await expect(iam.updateAPIKey({ accessKey, description: 'x' })).rejects.toMatchObject({
      precondition: 'resource_not_editable',
    })
    await iam.deleteAPIKey({ accessKey })
    await expect(iam.getAPIKey({ accessKey })).rejects.toMatchObject({ resource: 'access_key' })
  })
})

describe('SSH keys', () => {
  const field = (value: Buffer | string) => {
    const bytes = Buffer.from(value)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const ed25519 = () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
    return `ssh-ed25519 ${Buffer.concat([field('ssh-ed25519'), field(raw)]).toString('base64')}`
  }

  test('are kept, listed, disabled, renamed and deleted', async () => {
    const text = `${ed25519()} me@laptop`
    const made = await iam.createSSHKey({ name: 'laptop', publicKey: text })
    expect(made).toMatchObject({
      name: 'laptop',
      publicKey: text,
      fingerprint: expect.stringMatching(/^256 SHA256:[A-Za-z0-9+/]{43} me@laptop \(ssh-ed25519\)$/),
      projectId: world.projectId,
      organizationId: world.organizationId,
      disabled: false,
    })
    const other = await iam.createSSHKey({ name: 'desk', publicKey: ed25519() })
    expect(await iam.updateSSHKey({ sshKeyId: made.id, disabled: true })).toMatchObject({ disabled: true })
    expect(await iam.updateSSHKey({ sshKeyId: made.id, name: 'old laptop' })).toMatchObject({
      disabled: true,
    })
    const names = async (request: Parameters<typeof iam.listSSHKeys>[0]) =>
      (await iam.listSSHKeys({ pageSize: 1, ...request }).all()).map(({ name }) => name).join(', ')
    expect(await names({})).toBe('old laptop, desk')
    expect(await names({ orderBy: 'name_asc' })).toBe('desk, old laptop')
    expect(await names({ orderBy: 'updated_at_desc' })).toBe('old laptop, desk')
    expect(await names({ disabled: true })).toBe('old laptop')
    expect(await names({ disabled: false })).toBe('desk')
    expect(await names({ name: 'desk' })).toBe('desk')
    expect(await names({ projectId: world.projectId })).toBe('old laptop, desk')
    for (const { id } of [made, other]) await iam.deleteSSHKey({ sshKeyId: id })
    await expect(iam.getSSHKey({ sshKeyId: made.id })).rejects.toMatchObject({ resource: 'ssh_key' })
  })

  test('go with their project', async () => {
    const { account } = world.sdk(world.token)
    const project = await account.createProject({ name: 'short', description: '' })
    const key = await iam.createSSHKey({ name: 'k', publicKey: ed25519(), projectId: project.id })
    await account.deleteProject({ projectId: project.id })
    await expect(iam.getSSHKey({ sshKeyId: key.id })).rejects.toMatchObject({ status: 404 })
  })

  test.each([
    ['nonsense', 'nonsense'],
    ['another algorithm', 'ssh-foo AAAA'],
    ['a blob of another algorithm', `ssh-rsa ${field('ssh-ed25519').toString('base64')}`],
    ['a truncated blob', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA'],
    ['two lines', 'ssh-ed25519 AAAA\nssh-ed25519 AAAA'],
  ])('refuse %s', async (_what, publicKey) => {
    await expect(iam.createSSHKey({ name: 'x', publicKey })).rejects.toMatchObject({
      details: [{ argumentName: 'public_key', reason: 'format' }],
    })
  })
})

describe('permission sets', () => {
  test('are all listed, in order', async () => {
    const all = await iam.listPermissionSets({ pageSize: 50 }).all()
    expect(all.map(({ name }) => name)).toEqual(PERMISSION_SET_NAMES)
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    const { permissionSets } = await iam.listPermissionSets({ orderBy: 'name_desc', pageSize: 1 })
    expect(permissionSets[0]?.name).toBe(PERMISSION_SET_NAMES.at(-1))
    expect(all.find(({ name }) => name === 'IAMManager')).toMatchObject({ scopeType: 'organization' })
  })
})

describe('quotas', () => {
  test('say what the configuration says', async () => {
    expect(await iam.getQuotum({ quotumName: 'iam_users' })).toMatchObject({
      name: 'iam_users',
      limit: 50,
      localityType: 'global',
      limits: [{ global: true, limit: 50 }],
    })
    expect(await iam.getQuotum({ quotumName: 'iam_groups' })).toMatchObject({ unlimited: true })
    const all = await iam.listQuota({ pageSize: 3 }).all()
    expect(all.length).toBe(10)
    const some = await iam.listQuota({ quotumNames: ['iam_users', 'projects'], orderBy: 'name_desc' })
    expect(some.quota.map(({ name }) => name)).toEqual(['projects', 'iam_users'])
    await expect(iam.getQuotum({ quotumName: 'nonsense' })).rejects.toMatchObject({ resource: 'quotum' })
  })
})

describe('sessions', () => {
  test('are opened with a password, listed, and ended', async () => {
    const user = await iam.createUser({
      member: {
        email: 'login@example.com',
        username: 'login',
        password: 'correct horse',
        sendPasswordEmail: false,
        sendWelcomeEmail: false,
        firstName: '',
        lastName: '',
        phoneNumber: '',
        locale: '',
      },
    })
    const opened = await world.call(null, 'POST', '/s3warden/v1/sessions', {
      username: 'login',
      password: 'correct horse',
    })
    expect(opened).toMatchObject({ status: 200, body: { jwt: { audience_id: user.id, ip: '127.0.0.1' } } })
    const { jti } = (opened.body as { jwt: { jti: string } }).jwt
    expect(await iam.getJWT({ jti })).toMatchObject({ jti, audienceId: user.id, expiresAt: expect.any(Date) })
    await world.services.sessions.open(OPERATOR, user.id)
    const all = await iam.listJWTs({ audienceId: user.id, pageSize: 1, orderBy: 'created_at_desc' }).all()
    expect(all.map((jwt) => jwt.jti)[1]).toBe(jti)
    expect((await iam.listJWTs({ audienceId: user.id, expired: true })).totalCount).toBe(0)
    expect((await iam.listJWTs({ audienceId: user.id, expired: false })).totalCount).toBe(2)
    expect((await iam.getUser({ userId: user.id })).lastLoginAt).toBeInstanceOf(Date)
    await iam.deleteJWT({ jti })
    await expect(iam.getJWT({ jti })).rejects.toMatchObject({ resource: 'jwt' })
    await world.services.users.updatePassword(OPERATOR, user.id, new Secret('another password'))
    expect((await iam.listJWTs({ audienceId: user.id })).totalCount).toBe(0)
  })
})

describe('the log', () => {
  test('tells who changed what, before and after', async () => {
    const after = new Date(world.clock.now)
    const { id } = await iam.createApplication({ name: 'logged', description: '' })
    await iam.updateApplication({ applicationId: id, description: 'changed' })
    await iam.deleteApplication({ applicationId: id })
    const logs = await iam.listLogs({ search: id, pageSize: 1 }).all()
    expect(logs.map(({ action }) => action)).toEqual(['created', 'updated', 'deleted'])
    expect(logs[1]).toMatchObject({
      bearerId: world.ownerId,
      ip: '127.0.0.1',
      userAgent: expect.stringContaining('scaleway-sdk-js'),
      resourceType: 'application',
      resourceId: id,
      organizationId: world.organizationId,
    })
    const { body } = await world.call(world.token, 'GET', `/iam/v1alpha1/logs/${logs[1]!.id}`)
    expect(body).toMatchObject({ before: { description: '' }, after: { description: 'changed' }, remark: '' })
    expect(await iam.getLog({ logId: logs[1]!.id })).toEqual(logs[1])
    const count = async (request: Parameters<typeof iam.listLogs>[0]) =>
      (await iam.listLogs({ ...request, createdAfter: after })).totalCount
    expect(await count({ action: 'created' })).toBe(1)
    expect(await count({ resourceType: 'application' })).toBe(3)
    expect(await count({ resourceType: 'user' })).toBe(0)
    expect(await count({ action: 'unknown_action', resourceType: 'unknown_resource_type' })).toBe(3)
    expect((await iam.listLogs({ createdBefore: new Date('2029-01-01') })).totalCount).toBe(0)
    const [newest] = (await iam.listLogs({ orderBy: 'created_at_desc', pageSize: 1 })).logs
    expect(newest?.action).toBe('deleted')
  })

  test('never holds a secret', async () => {
    const { id } = await iam.createApplication({ name: 'secretive', description: '' })
    const { secretKey } = await iam.createAPIKey({ applicationId: id, description: '' })
    const { body } = await world.call(
      world.token,
      'GET',
      '/iam/v1alpha1/logs?page_size=100&order_by=created_at_desc',
    )
    expect(JSON.stringify(body)).not.toContain(secretKey)
    expect(JSON.stringify(body)).not.toContain('correct horse')
  })
})
