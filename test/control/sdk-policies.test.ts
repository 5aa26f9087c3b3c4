/** Scaleway's SDK manages policies, rules and projects. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from './support/world.ts'

let world: World
let iam: ReturnType<World['sdk']>['iam']
let account: ReturnType<World['sdk']>['account']
beforeAll(async () => {
  world = await startWorld()
  const sdk = world.sdk(world.token)
  iam = sdk.iam
  account = sdk.account
})
afterAll(() => world.close())

describe('projects', () => {
  test('are made, changed, listed and deleted', async () => {
    const made = await account.createProject({ name: 'media', description: 'pictures' })
    expect(made).toMatchObject({
      name: 'media',
      description: 'pictures',
      organizationId: world.organizationId,
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
    })
    const changed = await account.updateProject({ projectId: made.id, name: 'films' })
    expect(changed).toMatchObject({ name: 'films', description: 'pictures' })
    expect(await account.getProject({ projectId: made.id })).toEqual(changed)
    expect(await account.getProject()).toMatchObject({ id: world.projectId, name: 'default' })
    await account.deleteProject({ projectId: made.id })
    await expect(account.getProject({ projectId: made.id })).rejects.toMatchObject({ resource: 'project_id' })
  })

  test('filters, orders, pages', async () => {
    const made = [
      await account.createProject({ name: 'b', description: '' }),
      await account.createProject({ name: 'a', description: '' }),
    ]
    const names = async (request: Parameters<typeof account.listProjects>[0]) =>
      (await account.listProjects(request).all()).map(({ name }) => name).join(' ')
    expect(await names({})).toBe('default b a')
    expect(await names({ pageSize: 1 })).toBe('default b a')
    expect(await names({ orderBy: 'created_at_desc' })).toBe('a b default')
    expect(await names({ orderBy: 'name_asc' })).toBe('a b default')
    expect(await names({ orderBy: 'name_desc' })).toBe('default b a')
    expect(await names({ name: 'a' })).toBe('a')
    expect(await names({ projectIds: [world.projectId, made[0]!.id] })).toBe('default b')
    for (const { id } of made) await account.deleteProject({ projectId: id })
  })

  test('the default one stays, and so does one that owns buckets', async () => {
    await expect(account.deleteProject({ projectId: world.projectId })).rejects.toMatchObject({
      status: 412,
      name: 'PreconditionFailedError',
    })
  })
})

describe('policies', () => {
  let user: string
  let group: string
  let application: string
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    user = (await iam.createUser({ email: 'u@example.com' })).id
    group = (await iam.createGroup({ name: 'g', description: '' })).id
    application = (await iam.createApplication({ name: 'a', description: '' })).id
    const rules = [
      {
        permissionSetNames: ['ObjectStorageReadOnly', 'ObjectStorageObjectsWrite'],
        condition: 'request.ip == "10.0.0.1"',
        projectIds: [world.projectId],
      },
      { permissionSetNames: ['IAMReadOnly'], condition: '', organizationId: world.organizationId },
    ]
    const principals = {
      mine: { userId: user },
      ours: { groupId: group },
      its: { applicationId: application },
      nobodys: { noPrincipal: true },
    }
    for (const [name, principal] of Object.entries(principals)) {
      const tags = name === 'its' ? ['robot'] : []
      ids[name] = (await iam.createPolicy({ name, description: `${name}.`, tags, rules, ...principal })).id
    }
  })

  test('count what is in them, and have exactly one principal', async () => {
    const policy = await iam.getPolicy({ policyId: ids.mine! })
    expect(policy).toEqual({
      id: ids.mine,
      name: 'mine',
      description: 'mine.',
      organizationId: world.organizationId,
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
      editable: true,
      deletable: true,
      managed: false,
      nbRules: 2,
      nbScopes: 2,
      nbPermissionSets: 3,
      tags: [],
      userId: user,
      groupId: undefined,
      applicationId: undefined,
      noPrincipal: undefined,
    })
    expect(await iam.getPolicy({ policyId: ids.nobodys! })).toMatchObject({ noPrincipal: true })
  })

  test.each([
    ['created_at_asc', 'mine ours its nobodys'],
    ['created_at_desc', 'nobodys its ours mine'],
    ['policy_name_asc', 'its mine nobodys ours'],
    ['policy_name_desc', 'ours nobodys mine its'],
  ] as const)('ordered by %s', async (orderBy, expected) => {
    const policies = await iam.listPolicies({ orderBy, pageSize: 3 }).all()
    expect(policies.map(({ name }) => name).join(' ')).toBe(expected)
  })

  test('filtered by principal, name, tag, id', async () => {
    const names = async (request: Parameters<typeof iam.listPolicies>[0]) =>
      (await iam.listPolicies(request).all()).map(({ name }) => name).join(' ')
    expect(await names({ userIds: [user] })).toBe('mine')
    expect(await names({ groupIds: [group] })).toBe('ours')
    expect(await names({ applicationIds: [application] })).toBe('its')
    expect(await names({ noPrincipal: true })).toBe('nobodys')
    expect(await names({ noPrincipal: false })).toBe('mine ours its')
    expect(await names({ policyName: 'its' })).toBe('its')
    expect(await names({ tag: 'robot' })).toBe('its')
    expect(await names({ policyIds: [ids.ours!, ids.its!] })).toBe('ours its')
    expect(await names({ editable: true })).toBe('mine ours its nobodys')
    expect(await names({ editable: false })).toBe('')
  })

  test('change their words and their principal', async () => {
    const policyId = ids.nobodys!
    expect(await iam.updatePolicy({ policyId, description: 'changed' })).toMatchObject({ noPrincipal: true })
    expect(await iam.updatePolicy({ policyId, groupId: group })).toMatchObject({ groupId: group })
    expect(await iam.updatePolicy({ policyId, noPrincipal: true })).toMatchObject({
      description: 'changed',
      noPrincipal: true,
      groupId: undefined,
    })
  })

  test('are cloned and deleted', async () => {
    const clone = await iam.clonePolicy({ policyId: ids.mine! })
    expect(clone).toMatchObject({ name: 'copy of mine', userId: user, nbRules: 2 })
    await iam.deletePolicy({ policyId: clone.id })
    await expect(iam.getPolicy({ policyId: clone.id })).rejects.toMatchObject({ resource: 'policy' })
  })

  test('have one principal, neither none nor two', async () => {
    for (const principal of [{}, { user_id: user, group_id: group }, { user_id: user, no_principal: true }]) {
      const answer = await world.call(world.token, 'POST', '/iam/v1alpha1/policies', {
        name: 'x',
        ...principal,
      })
      expect(answer).toMatchObject({ status: 400, body: { details: [{ argument_name: 'user_id' }] } })
    }
  })

  describe('rules', () => {
    test('keep the order in which they were put, page by page', async () => {
      const sets = ['ObjectStorageObjectsRead', 'InstancesFullAccess', 'ObjectStorageBucketsRead']
      const { rules } = await iam.setRules({
        policyId: ids.its!,
        rules: sets.map((set) => ({
          permissionSetNames: [set],
          condition: '',
          projectIds: [world.projectId],
        })),
      })
      expect(rules.map(({ permissionSetNames }) => permissionSetNames?.[0])).toEqual(sets)
      const listed = await iam.listRules({ policyId: ids.its!, pageSize: 1 }).all()
      expect(listed).toEqual(rules)
      expect((await iam.listRules({ policyId: ids.its!, page: 2, pageSize: 2 })).totalCount).toBe(3)
    })

    test('say what their sets are about', async () => {
      const { rules } = await iam.listRules({ policyId: ids.mine! })
      expect(
        rules.map((rule) => [rule.permissionSetsScopeType, rule.projectIds, rule.organizationId]),
      ).toEqual([
        ['projects', [world.projectId], undefined],
        ['organization', undefined, world.organizationId],
      ])
    })

    test('tolerate an order', async () => {
      const path = `/iam/v1alpha1/rules?policy_id=${ids.mine}&order_by=created_at_asc`
      expect(await world.call(world.token, 'GET', path)).toMatchObject({ status: 200 })
    })

    test('a condition that a client drops is remarked on in the log', async () => {
      const policyId = ids.ours!
      const { rules } = await iam.listRules({ policyId })
      const without = rules.map(({ permissionSetNames = [], projectIds, organizationId }) => ({
        permissionSetNames,
        condition: '',
        ...(projectIds === undefined ? {} : { projectIds }),
        ...(organizationId === undefined ? {} : { organizationId }),
      }))
      await iam.setRules({ policyId, rules: without })
      const path = `/iam/v1alpha1/logs?search=${policyId}&order_by=created_at_desc&page_size=1`
      const { body } = await world.call(world.token, 'GET', path)
      expect(body).toMatchObject({
        logs: [{ action: 'updated', remark: 'condition dropped: `request.ip == "10.0.0.1"`' }],
      })
    })

    test.each([
      ['no permission set', { permission_set_names: [] }, 'rules.0.permission_set_names', 'required'],
      ['an unknown one', { permission_set_names: ['Nonsense'] }, 'rules.0.permission_set_names', 'unknown'],
      [
        'sets of both kinds',
        {
          permission_set_names: ['IAMManager', 'ObjectStorageReadOnly'],
          project_ids: undefined,
          organization: true,
        },
        'rules.0.permission_set_names',
        'constraint',
      ],
      [
        'an organization set in a project',
        { permission_set_names: ['IAMManager'] },
        'rules.0.permission_set_names',
        'constraint',
      ],
      ['no scope', { project_ids: null }, 'rules.0.project_ids', 'required'],
      ['two scopes', { organization: true }, 'rules.0.project_ids', 'constraint'],
      ['a syntax error', { condition: 'request.ip ==' }, 'rules.0.condition', 'format'],
      ['a type error', { condition: 'request.ip' }, 'rules.0.condition', 'format'],
      ['an endless condition', { condition: 'x'.repeat(2049) }, 'rules.0.condition', 'constraint'],
      [
        'a deep condition',
        { condition: `${'('.repeat(900)}true${')'.repeat(900)}` },
        'rules.0.condition',
        'format',
      ],
      ['an unknown field', { conditions: '' }, 'rules.0.conditions', 'unknown'],
    ])('refuse %s', async (_what, { organization, ...given }: Record<string, unknown>, argument, reason) => {
      const rule = {
        permission_set_names: ['ObjectStorageReadOnly'],
        project_ids: [world.projectId],
        ...(organization === true ? { organization_id: world.organizationId } : {}),
        ...given,
      }
      const before = await iam.listRules({ policyId: ids.mine! }).all()
      const answer = await world.call(world.token, 'PUT', '/iam/v1alpha1/rules', {
        policy_id: ids.mine,
        rules: [rule],
      })
      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({ details: [{ argument_name: argument, reason }] })
      expect(await iam.listRules({ policyId: ids.mine! }).all()).toEqual(before)
    })

    test('say where a condition is at fault', async () => {
      const rules = [
        {
          permission_set_names: ['ObjectStorageReadOnly'],
          project_ids: [world.projectId],
          condition: 'true &&\n ?',
        },
      ]
      const { body } = await world.call(world.token, 'PUT', '/iam/v1alpha1/rules', {
        policy_id: ids.mine,
        rules,
      })
      expect((body as { details: { help_message: string }[] }).details[0]!.help_message).toMatch(
        /^line 2, column \d+: /,
      )
    })
  })
})
