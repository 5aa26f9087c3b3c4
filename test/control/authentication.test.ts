/** Who calls: tokens of both kinds, what makes them worthless, and what failing costs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import { OPERATOR, organizationWide, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const PATH = '/iam/v1alpha1/users'

async function get(headers: Record<string, string>) {
  const response = await fetch(`${world.endpoint}${PATH}`, { headers })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

async function loggedIn(): Promise<{ id: string; token: string; jti: string }> {
  const email = `${crypto.randomUUID()}@example.com`
  const { id } = await world.services.users.create(OPERATOR, {
    organization_id: world.organizationId,
    email,
    password: new Secret('correct horse'),
  })
  await world.services.policies.create(OPERATOR, {
    organization_id: world.organizationId,
    name: 'reads',
    principal: { kind: 'user', id },
    rules: [organizationWide(world, 'IAMReadOnly')],
  })
  const { body } = await world.call(null, 'POST', '/s3warden/v1/sessions', {
    username: email,
    password: 'correct horse',
  })
  const { token, jwt } = body as { token: string; jwt: { jti: string } }
  return { id, token, jti: jwt.jti }
}

describe('what authenticates nobody', () => {
  test.each([
    ['nothing', {}, 'api_key', 'invalid_argument'],
    ['an empty token', { 'X-Auth-Token': '' }, 'api_key', 'invalid_argument'],
    ['no UUID', { 'X-Auth-Token': 'SCWXXXXXXXXXXXXXXXXX' }, 'api_key', 'invalid_argument'],
    ['an unknown secret', { 'X-Auth-Token': '00000000-0000-0000-0000-000000000000' }, 'api_key', 'not_found'],
    ['no token of ours', { 'X-Session-Token': 'nonsense' }, 'jwt', 'invalid_argument'],
    [
      'both at once',
      { 'X-Auth-Token': '00000000-0000-0000-0000-000000000000', 'X-Session-Token': 'x' },
      'api_key',
      'invalid_argument',
    ],
    [
      'a bearer token',
      { Authorization: 'Bearer 00000000-0000-0000-0000-000000000000' },
      'api_key',
      'invalid_argument',
    ],
  ])('%s', async (_what, headers, method, reason) => {
    expect(await get(headers as Record<string, string>)).toMatchObject({
      status: 401,
      body: { type: 'denied_authentication', method, reason },
    })
  })

  test('a token given twice', async () => {
    const headers = new Headers([['X-Auth-Token', world.token.secretKey]])
    headers.append('X-Auth-Token', world.token.secretKey)
    expect((await fetch(`${world.endpoint}${PATH}`, { headers })).status).toBe(401)
  })

  test('a token without a signature, or of another algorithm', async () => {
    const { token } = await loggedIn()
    const [, claims] = token.split('.')
    for (const alg of ['none', 'HS384', 'HS256']) {
      const header = Buffer.from(JSON.stringify({ typ: 'JWT', alg })).toString('base64url')
      for (const forged of [`${header}.${claims}.`, `${header}.${claims}`, `${header}.${claims}.AAAA`]) {
        expect((await get({ 'X-Session-Token': forged })).status).toBe(401)
      }
    }
  })

  test('a token of which any character is another', async () => {
    const { token } = await loggedIn()
    const other = (character: string) => (character === 'A' ? 'B' : 'A')
    for (let at = 0; at < token.length; at += 1) {
      const forged = token.slice(0, at) + other(token[at]!) + token.slice(at + 1)
      expect([at, (await get({ 'X-Session-Token': forged })).status]).toEqual([at, 401])
    }
    expect((await get({ 'X-Session-Token': token })).status).toBe(200)
  })
})

describe('a key', () => {
  test('counts in upper case too, as UUIDs do', async () => {
    expect((await get({ 'X-Auth-Token': world.token.secretKey.toUpperCase() })).status).toBe(200)
  })

  test('is refused from the very next request on', async () => {
    const caller = await world.application([organizationWide(world, 'IAMReadOnly')])
    const token = caller.token.secretKey
    expect((await get({ 'X-Auth-Token': token })).status).toBe(200)
    const policy = (await world.services.policies.list({ filters: { application_ids: [caller.id] } }))
      .items[0]!
    await world.services.policies.delete(OPERATOR, policy.id)
    expect((await get({ 'X-Auth-Token': token })).status).toBe(403)
    await world.services.keys.update(OPERATOR, caller.token.accessKey, {
      expires_at: new Date(world.clock.now + 60_000).toISOString(),
    })
    expect((await get({ 'X-Auth-Token': token })).status).toBe(403)
    world.clock.now += 60_001
    expect(await get({ 'X-Auth-Token': token })).toMatchObject({ status: 401, body: { reason: 'expired' } })
    await world.services.keys.revoke(OPERATOR, caller.token.accessKey)
    expect(await get({ 'X-Auth-Token': token })).toMatchObject({ status: 401, body: { reason: 'not_found' } })
  })

  test('of a locked user is refused', async () => {
    const { id } = await world.services.users.create(OPERATOR, {
      organization_id: world.organizationId,
      email: 'locked@example.com',
    })
    const token = await world.key({ kind: 'user', id })
    expect((await get({ 'X-Auth-Token': token.secretKey })).status).toBe(403)
    await world.services.users.lock(OPERATOR, id)
    expect(await get({ 'X-Auth-Token': token.secretKey })).toMatchObject({
      status: 401,
      body: { type: 'denied_authentication', message: 'the user is locked' },
    })
  })

  test('sees itself and its bearer, whatever it may', async () => {
    const { id, token } = await world.application([])
    const own = await world.call(token, 'GET', `/iam/v1alpha1/api-keys/${token.accessKey}`)
    expect(own).toMatchObject({ status: 200, body: { application_id: id } })
    expect((await world.call(token, 'GET', `/iam/v1alpha1/applications/${id}`)).status).toBe(200)
  })
})

describe('a session', () => {
  test('is its user: what it may, what it sees, how it ends', async () => {
    const { id, token, jti } = await loggedIn()
    const headers = { 'X-Session-Token': token }
    expect((await get(headers)).status).toBe(200)
    const own = await fetch(`${world.endpoint}/iam/v1alpha1/jwts?audience_id=${id}`, { headers })
    expect(await own.json()).toMatchObject({ total_count: 1, jwts: [{ jti }] })
    const out = await fetch(`${world.endpoint}/iam/v1alpha1/jwts/${jti}`, { method: 'DELETE', headers })
    expect(out.status).toBe(204)
    expect(await get(headers)).toMatchObject({ status: 401, body: { method: 'jwt', reason: 'not_found' } })
  })

  test('expires', async () => {
    const { token } = await loggedIn()
    world.clock.now += 12 * 3_600_000 + 1
    expect(await get({ 'X-Session-Token': token })).toMatchObject({
      status: 401,
      body: { reason: 'expired' },
    })
  })

  test('ends with a lock, a new password, and its user', async () => {
    const locked = await loggedIn()
    await world.services.users.lock(OPERATOR, locked.id)
    expect((await get({ 'X-Session-Token': locked.token })).status).toBe(401)
    const renewed = await loggedIn()
    await world.services.users.updatePassword(OPERATOR, renewed.id, new Secret('battery staple'))
    expect((await get({ 'X-Session-Token': renewed.token })).status).toBe(401)
    const gone = await loggedIn()
    await world.services.users.delete(OPERATOR, gone.id)
    expect((await get({ 'X-Session-Token': gone.token })).status).toBe(401)
  })

  test.each([
    ['a wrong password', { username: 'victim', password: 'wrong horse' }],
    ['an unknown user', { username: 'nobody', password: 'correct horse' }],
    ['a user without a password', { username: 'acme@example.com', password: '' }],
    ['another organization', { username: 'victim', password: 'correct horse', organization: 'other' }],
  ])('is not opened with %s', async (_what, { organization, ...login }: Record<string, string>) => {
    await world.services.users
      .create(OPERATOR, {
        organization_id: world.organizationId,
        email: 'victim@example.com',
        username: 'victim',
        password: new Secret('correct horse'),
      })
      .catch(() => undefined)
    const body = {
      ...login,
      password: login.password || 'anything at all',
      organization_id: organization === undefined ? world.organizationId : crypto.randomUUID(),
    }
    expect(await world.call(null, 'POST', '/s3warden/v1/sessions', body)).toMatchObject({
      status: 401,
      body: { method: 'jwt', reason: 'not_found', message: 'username or password is wrong' },
    })
  })
})

describe('failed attempts', () => {
  test('are in the log, with what is known of them', async () => {
    const refused = async () =>
      (
        await world.services.logs.list({
          filters: { action: 'refused' },
          order_by: 'created_at_desc',
          page_size: 1,
        })
      ).items[0]
    await get({ 'X-Auth-Token': crypto.randomUUID() })
    expect(await refused()).toMatchObject({
      ip: '127.0.0.1',
      bearer_id: '',
      organization_id: '',
      remark: 'GET /iam/v1alpha1/users: there is no such key',
    })
    const { id, token } = await world.application([])
    await world.call(token, 'GET', PATH)
    expect(await refused()).toMatchObject({
      bearer_id: id,
      organization_id: world.organizationId,
      resource_type: 'user',
      remark: 'ListUsers: this needs user:read',
    })
    const { body } = await world.call(
      world.token,
      'GET',
      `/iam/v1alpha1/logs?search=${id}&order_by=created_at_desc&page_size=1`,
    )
    expect(body).toMatchObject({
      logs: [{ action: 'unknown_action', remark: 'ListUsers: this needs user:read' }],
    })
  })

  test('are throttled, by source, while valid tokens pass, and forgotten', async () => {
    const throttled = await startWorld({ failedPerMinute: 3 })
    try {
      const wrong = () => throttled.call(crypto.randomUUID(), 'GET', PATH)
      const statuses = []
      for (let attempt = 0; attempt < 5; attempt += 1) statuses.push((await wrong()).status)
      expect(statuses).toEqual([401, 401, 401, 429, 429])
      const refused = await wrong()
      expect(refused.body).toMatchObject({
        type: 'too_many_requests',
        limit: { quota: 3, window_seconds: 60 },
        reset_seconds: 20,
      })
      expect(refused.headers.get('retry-after')).toBe('20')
      expect((await throttled.call(throttled.token, 'GET', PATH)).status).toBe(200)
      const login = { username: 'acme@example.com', password: 'guess' }
      expect((await throttled.call(null, 'POST', '/s3warden/v1/sessions', login)).status).toBe(429)
      const logged = await throttled.services.logs.list({ filters: { action: 'refused' } })
      expect(logged.total_count).toBe(3)
      throttled.clock.now += 20_000
      expect((await wrong()).status).toBe(401)
      expect((await wrong()).status).toBe(429)
    } finally {
      await throttled.close()
    }
  })
})
