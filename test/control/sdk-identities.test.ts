/** Scaleway's SDK manages applications, groups and users: every endpoint, filter, order and page. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from './support/world.ts'

let world: World
let iam: ReturnType<World['sdk']>['iam']
beforeAll(async () => {
  world = await startWorld()
  iam = world.sdk(world.token).iam
})
afterAll(() => world.close())

const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name)

describe('applications', () => {
  const ids: string[] = []
  beforeAll(async () => {
    for (const name of ['delta', 'alpha', 'echo', 'bravo', 'charlie']) {
      const tags = name < 'c' ? ['early'] : []
      ids.push((await iam.createApplication({ name, description: `the ${name}`, tags })).id)
    }
    // Brings it to the end of the order of updates.
    await iam.updateApplication({ applicationId: ids[0]!, description: 'changed' })
  })

  test('come back as they were made', async () => {
    const made = await iam.getApplication({ applicationId: ids[1]! })
    expect(made).toEqual({
      id: ids[1],
      name: 'alpha',
      description: 'the alpha',
      organizationId: world.organizationId,
      editable: true,
      deletable: true,
      managed: false,
      nbApiKeys: 0,
      tags: ['early'],
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
    })
  })

  test('are counted with their keys', async () => {
    const key = await iam.createAPIKey({ applicationId: ids[2]!, description: '' })
    expect((await iam.getApplication({ applicationId: ids[2]! })).nbApiKeys).toBe(1)
    await iam.deleteAPIKey({ accessKey: key.accessKey })
    expect((await iam.getApplication({ applicationId: ids[2]! })).nbApiKeys).toBe(0)
  })

  test.each([
    ['created_at_asc', 'delta alpha echo bravo charlie'],
    ['created_at_desc', 'charlie bravo echo alpha delta'],
    ['updated_at_asc', 'alpha echo bravo charlie delta'],
    ['updated_at_desc', 'delta charlie bravo echo alpha'],
    ['name_asc', 'alpha bravo charlie delta echo'],
    ['name_desc', 'echo delta charlie bravo alpha'],
    [undefined, 'delta alpha echo bravo charlie'],
  ] as const)('ordered by %s', async (orderBy, expected) => {
    const { applications } = await iam.listApplications(orderBy === undefined ? {} : { orderBy })
    expect(names(applications).join(' ')).toBe(expected)
  })

  test.each([
    ['by name', { name: 'echo' }, ['echo']],
    ['by tag', { tag: 'early' }, ['alpha', 'bravo']],
    ['that can be edited', { editable: true }, ['delta', 'alpha', 'echo', 'bravo', 'charlie']],
    ['that cannot be edited', { editable: false }, []],
    ['of a name that nobody has', { name: 'foxtrot' }, []],
  ] as const)('filtered: %s', async (_what, filter, expected) => {
    const { applications, totalCount } = await iam.listApplications(filter)
    expect(names(applications)).toEqual(expected)
    expect(totalCount).toBe(expected.length)
  })

  test('filtered by several ids, each a repeated argument', async () => {
    const { applications } = await iam.listApplications({ applicationIds: [ids[0]!, ids[4]!] })
    expect(names(applications)).toEqual(['delta', 'charlie'])
  })

  test('all of them, two a page', async () => {
    const all = await iam.listApplications({ pageSize: 2, orderBy: 'name_asc' }).all()
    expect(names(all)).toEqual(['alpha', 'bravo', 'charlie', 'delta', 'echo'])
    const last = await iam.listApplications({ pageSize: 2, page: 3, orderBy: 'name_asc' })
    expect([names(last.applications), last.totalCount]).toEqual([['echo'], 5])
    expect((await iam.listApplications({ page: 9 })).applications).toEqual([])
  })

  test('change, and go with their keys while their policies stay', async () => {
    const { id } = await iam.createApplication({ name: 'gone', description: '' })
    const changed = await iam.updateApplication({ applicationId: id, name: 'going', tags: ['x'] })
    expect(changed).toMatchObject({ name: 'going', description: '', tags: ['x'] })
    const key = await iam.createAPIKey({ applicationId: id, description: '' })
    const policy = await iam.createPolicy({ name: 'p', description: '', applicationId: id })
    await iam.deleteApplication({ applicationId: id })
    await expect(iam.getAPIKey({ accessKey: key.accessKey })).rejects.toMatchObject({ status: 404 })
    expect(await iam.getPolicy({ policyId: policy.id })).toMatchObject({ noPrincipal: true })
  })
})

describe('groups', () => {
  let user: string
  let application: string
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    user = (await iam.createUser({ email: 'member@example.com' })).id
    application = (await iam.createApplication({ name: 'member', description: '' })).id
    for (const name of ['two', 'one', 'three']) {
      ids[name] = (await iam.createGroup({ name, description: name, tags: [name] })).id
    }
  })

  test('members: one by one, several, all', async () => {
    const groupId = ids.one!
    expect(await iam.addGroupMember({ groupId, userId: user })).toMatchObject({
      userIds: [user],
      applicationIds: [],
    })
    expect(await iam.addGroupMember({ groupId, applicationId: application })).toMatchObject({
      userIds: [user],
      applicationIds: [application],
    })
    expect(await iam.removeGroupMember({ groupId, userId: user })).toMatchObject({ userIds: [] })
    expect(await iam.addGroupMembers({ groupId, userIds: [user] })).toMatchObject({
      userIds: [user],
      applicationIds: [application],
    })
    expect(await iam.setGroupMembers({ groupId, userIds: [user], applicationIds: [] })).toMatchObject({
      userIds: [user],
      applicationIds: [],
    })
    await expect(iam.removeGroupMember({ groupId, applicationId: application })).rejects.toMatchObject({
      status: 404,
      resource: 'application',
    })
  })

  test('a list of members that is missing or null is an empty one', async () => {
    const path = `/iam/v1alpha1/groups/${ids.two}/members`
    await iam.addGroupMembers({ groupId: ids.two!, userIds: [user], applicationIds: [application] })
    const { body } = await world.call(world.token, 'PUT', path, { user_ids: null })
    expect(body).toMatchObject({ user_ids: [], application_ids: [] })
  })

  test('one member is a user or an application, not both', async () => {
    const path = `/iam/v1alpha1/groups/${ids.two}/add-member`
    const both = await world.call(world.token, 'POST', path, { user_id: user, application_id: application })
    expect(both).toMatchObject({ status: 400, body: { details: [{ argument_name: 'user_id' }] } })
    const none = await world.call(world.token, 'POST', path, {})
    expect(none).toMatchObject({ status: 400, body: { details: [{ reason: 'required' }] } })
  })

  test.each([
    ['created_at_asc', 'two one three'],
    ['created_at_desc', 'three one two'],
    ['updated_at_desc', 'two one three'],
    ['updated_at_asc', 'three one two'],
    ['name_asc', 'one three two'],
    ['name_desc', 'two three one'],
  ] as const)('ordered by %s', async (orderBy, expected) => {
    await iam.updateGroup({ groupId: ids.one!, description: 'changed' })
    await iam.updateGroup({ groupId: ids.two!, description: `changed for ${orderBy}` })
    expect(names(await iam.listGroups({ orderBy }).all()).join(' ')).toBe(expected)
  })

  test('filtered by name, tag, id and member', async () => {
    await iam.setGroupMembers({ groupId: ids.three!, userIds: [user], applicationIds: [application] })
    await iam.setGroupMembers({ groupId: ids.one!, userIds: [user], applicationIds: [] })
    expect(names(await iam.listGroups({ name: 'one' }).all())).toEqual(['one'])
    expect(names(await iam.listGroups({ tag: 'three' }).all())).toEqual(['three'])
    expect(names(await iam.listGroups({ groupIds: [ids.two!] }).all())).toEqual(['two'])
    expect(names(await iam.listGroups({ userIds: [user] }).all())).toEqual(['one', 'three'])
    expect(names(await iam.listGroups({ applicationIds: [application] }).all())).toEqual(['three'])
  })

  test('have names of their own in the organization, and in no other', async () => {
    await expect(iam.createGroup({ name: 'one', description: '' })).rejects.toMatchObject({ status: 409 })
    const other = await world.tenant('groups')
    const group = await world.sdk(other.token, other).iam.createGroup({ name: 'one', description: '' })
    expect(group.organizationId).toBe(other.organizationId)
  })

  test('are got and deleted', async () => {
    const { id } = await iam.createGroup({ name: 'four', description: 'x' })
    expect(await iam.getGroup({ groupId: id })).toMatchObject({
      name: 'four',
      editable: true,
      managed: false,
    })
    await iam.deleteGroup({ groupId: id })
    await expect(iam.getGroup({ groupId: id })).rejects.toMatchObject({ resource: 'group', resourceId: id })
  })
})

describe('users', () => {
  let guest: string
  let member: string
  beforeAll(async () => {
    guest = (await iam.createUser({ email: 'guest@example.com', tags: ['guest'] })).id
    const made = await iam.createUser({
      member: {
        email: 'ada@example.com',
        username: 'ada',
        password: 'correct horse',
        sendPasswordEmail: true,
        sendWelcomeEmail: true,
        firstName: 'Ada',
        lastName: 'Lovelace',
        phoneNumber: '+44',
        locale: 'en_GB',
      },
    })
    member = made.id
  })

  test('a guest is invited, a member with a password is activated', async () => {
    expect(await iam.getUser({ userId: guest })).toMatchObject({
      email: 'guest@example.com',
      username: 'guest@example.com',
      status: 'invitation_pending',
      type: 'member',
      tags: ['guest'],
    })
    expect(await iam.getUser({ userId: member })).toEqual({
      id: member,
      email: 'ada@example.com',
      username: 'ada',
      firstName: 'Ada',
      lastName: 'Lovelace',
      phoneNumber: '+44',
      locale: 'en_GB',
      organizationId: world.organizationId,
      deletable: true,
      lastLoginAt: undefined,
      type: 'member',
      twoFactorEnabled: false,
      status: 'activated',
      mfa: false,
      accountRootUserId: member,
      tags: [],
      locked: false,
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
    })
  })

  test('a member whose password is empty, as Go sends it, is invited', async () => {
    const body = { member: { email: 'go@example.com', username: 'go', password: '', first_name: '' } }
    const made = await world.call(world.token, 'POST', '/iam/v1alpha1/users', body)
    expect(made).toMatchObject({ status: 200, body: { status: 'invitation_pending' } })
    await iam.deleteUser({ userId: (made.body as { id: string }).id })
  })

  test('change, are locked and unlocked', async () => {
    expect(await iam.updateUser({ userId: member, firstName: 'A.', tags: ['maths'] })).toMatchObject({
      firstName: 'A.',
      lastName: 'Lovelace',
      tags: ['maths'],
    })
    expect(await iam.lockUser({ userId: member })).toMatchObject({ locked: true })
    expect(await iam.unlockUser({ userId: member })).toMatchObject({ locked: false })
    expect(await iam.updateUserUsername({ userId: member, username: 'ada.l' })).toMatchObject({
      username: 'ada.l',
    })
  })

  test('a password ends an invitation', async () => {
    expect(await iam.updateUserPassword({ userId: guest, password: 'battery staple' })).toMatchObject({
      status: 'activated',
    })
  })

  test.each([
    ['created_at_asc', 'acme member guest ada'],
    ['created_at_desc', 'ada guest member acme'],
    ['email_asc', 'acme ada guest member'],
    ['email_desc', 'member guest ada acme'],
    ['username_asc', 'acme ada guest member'],
    ['username_desc', 'member guest ada acme'],
    ['updated_at_asc', 'acme member ada guest'],
    ['updated_at_desc', 'guest ada member acme'],
    ['last_login_desc', 'ada'],
    ['last_login_asc', undefined],
  ] as const)('ordered by %s', async (orderBy, expected) => {
    await world.services.sessions.open({ bearer_id: member, ip: '', user_agent: '' }, member)
    const users = await iam.listUsers({ orderBy }).all()
    const order = users.map(({ email }) => email.split('@')[0]).join(' ')
    expect(expected === undefined ? order.endsWith('ada') : order.startsWith(expected), order).toBe(true)
  })

  test('filtered by tag, type, id and second factor', async () => {
    const emails = async (filter: Parameters<typeof iam.listUsers>[0]) =>
      (await iam.listUsers(filter).all()).map(({ email }) => email)
    expect(await emails({ tag: 'guest' })).toEqual(['guest@example.com'])
    expect(await emails({ type: 'owner' })).toEqual(['acme@example.com'])
    expect(await emails({ type: 'member' })).toHaveLength(3)
    expect(await emails({ type: 'unknown_type' })).toHaveLength(4)
    expect(await emails({ userIds: [member] })).toEqual(['ada@example.com'])
    expect(await emails({ mfa: true })).toEqual([])
    expect(await emails({ mfa: false })).toHaveLength(4)
  })

  test('the owner stays, unlocked', async () => {
    await expect(iam.deleteUser({ userId: world.ownerId })).rejects.toMatchObject({ status: 412 })
    await expect(iam.lockUser({ userId: world.ownerId })).rejects.toMatchObject({
      status: 412,
      precondition: 'owner_not_lockable',
    })
    expect(await iam.getUser({ userId: world.ownerId })).toMatchObject({ type: 'owner', deletable: false })
  })

  test('take exactly one of email and member', async () => {
    for (const body of [{}, { email: 'x@example.com', member: { email: 'x@example.com', username: 'xy' } }]) {
      const answer = await world.call(world.token, 'POST', '/iam/v1alpha1/users', body)
      expect(answer).toMatchObject({ status: 400, body: { details: [{ argument_name: 'email' }] } })
    }
  })

  test('have no grace periods', async () => {
    expect(await iam.listGracePeriods({ userId: member })).toEqual({ gracePeriods: [] })
    expect(await iam.listGracePeriods({})).toEqual({ gracePeriods: [] })
  })
})
