/** What ends while a call is on its way ends the call: nothing is decided by who the caller was a moment ago. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ControlRequest, createDispatch, type Dispatch } from '../../src/control/dispatch.ts'
import { createAttemptThrottle } from '../../src/control/throttle.ts'
import { Secret } from '../../src/iam/secret.ts'
import { SYSTEM_RANDOM } from '../../src/services/deps.ts'
import { createServices } from '../../src/services/index.ts'
import { UNLIMITED } from '../../src/services/quotas.ts'
import type { Services } from '../../src/services/services.ts'
import { makeTargets, requestOf } from './support/targets.ts'
import { OPERATOR, organizationWide, startWorld, type Token, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const now = () => world.clock.now++

function dispatchTo(services: Services): Dispatch {
  const throttle = createAttemptThrottle({ perMinute: 1_000, sources: 16 }, now)
  return createDispatch({
    router: world.router,
    services,
    quotas: UNLIMITED,
    throttle,
    random: SYSTEM_RANDOM,
    now,
  })
}

function request(path: string, body: () => Promise<object>, token?: Token): ControlRequest {
  return {
    method: 'POST',
    path,
    query: '',
    authToken: token?.secretKey,
    sessionToken: undefined,
    ip: '192.0.2.1',
    userAgent: 'test',
    body: async () => Buffer.from(JSON.stringify(await body())),
  }
}

async function faultOf(answer: Promise<unknown>): Promise<unknown> {
  const outcome = await answer.then(
    () => 'done',
    (error: { readonly fault: unknown }) => error.fault,
  )
  return outcome
}

async function refusals(): Promise<readonly string[]> {
  const { items } = await world.services.logs.list({ filters: { action: 'refused' }, page_size: 1000 })
  return items.map(({ remark }) => remark)
}

describe('while the body is awaited', () => {
  type Caller = Awaited<ReturnType<World['application']>>
  const ENDS: readonly [string, (caller: Caller) => Promise<unknown>, object][] = [
    [
      'the key is revoked',
      ({ token }) => world.services.keys.revoke(OPERATOR, token.accessKey),
      { type: 'denied_authentication', reason: 'not_found' },
    ],
    [
      'the key expires',
      async ({ token }) => {
        const expires_at = new Date(world.clock.now + 1_000).toISOString()
        await world.services.keys.update(OPERATOR, token.accessKey, { expires_at })
        world.clock.now += 1_001
      },
      { type: 'denied_authentication', reason: 'expired' },
    ],
    [
      'the application is deleted',
      ({ id }) => world.services.applications.delete(OPERATOR, id),
      { type: 'denied_authentication', reason: 'not_found' },
    ],
    [
      'its right is taken away',
      async ({ id }) => {
        const { items } = await world.services.policies.list({ filters: { application_ids: [id] } })
        await world.services.policies.delete(OPERATOR, items[0]!.id)
      },
      { type: 'permissions_denied' },
    ],
  ]
  const CALLS: readonly [string, string, () => object][] = [
    ['a change', '/iam/v1alpha1/applications', () => ({ name: 'too-late' })],
    ['a read', '/s3warden/v1/applications/list', () => ({})],
  ]

  test.each(CALLS.flatMap((call) => ENDS.map((end) => [call[0], end[0], call, end] as const)))(
    '%s is refused: %s',
    async (_what, _why, [, path, body], [, end, fault]) => {
      const caller = await world.application([organizationWide(world, 'IAMApplicationManager')])
      const before = (await refusals()).length
      const answer = dispatchTo(world.services)(
        request(
          path,
          async () => {
            await end(caller)
            return body()
          },
          caller.token,
        ),
      )
      expect(await faultOf(answer)).toMatchObject(fault)
      expect(await refusals()).toHaveLength(before + 1)
      const made = await world.services.applications.list({ filters: { name: 'too-late' } })
      expect(made.total_count).toBe(0)
    },
  )
})

test('while the store is held for a change, nothing but the store is waited for', async () => {
  const { store } = world
  let waited = false
  const services = createServices({
    store: {
      repositories: store.repositories,
      signToken: store.signToken,
      transaction: (actor, work) =>
        store.transaction(actor, async (transaction) => {
          // Comes about only where the work leaves the event loop to others.
          const others = setImmediate(() => {
            waited = true
          })
          try {
            return await work(transaction)
          } finally {
            clearImmediate(others)
          }
        }),
    },
    now,
    random: SYSTEM_RANDOM,
  })
  const dispatch = dispatchTo(services)
  const member = { email: 'm@example.com', username: 'member', password: 'correct horse' }
  const native = { email: 'n@example.com', organization_id: world.organizationId, password: 'correct horse' }
  const more = [
    ['CreateUser', { member }],
    ['users.create', native],
  ] as const
  const changing = world.router.routes.filter(
    ({ effect, handle }) => effect === 'changes' && handle.kind === 'guarded',
  )
  const calls = [
    ...changing.map((route) => [route, null] as const),
    ...more.map(([name, body]) => [changing.find((route) => route.name === name)!, body] as const),
  ]
  for (const [route, body] of calls) {
    const made = requestOf(route, await makeTargets(world.services, world), world)
    const [path = '', query = ''] = made.path.split('?')
    const sent = request(path, async () => body ?? (made.body as object), world.token)
    const outcome = await faultOf(dispatch({ ...sent, method: route.method, query }))
    expect([route.name, waited]).toEqual([route.name, false])
    expect(outcome).toSatisfy((fault) => fault === 'done' || (fault as { type: string }).type === 'not_found')
  }
})

describe('while a password is compared', () => {
  const login = (username: string) =>
    request('/s3warden/v1/sessions', async () => ({ username, password: 'correct horse' }))

  /** Something happens when the comparison is done, and before the session is opened. */
  function interrupted(happening: () => Promise<unknown>): Dispatch {
    let left: (() => Promise<unknown>) | null = happening
    const { store } = world
    const services = createServices({
      store: {
        repositories: store.repositories,
        signToken: store.signToken,
        async transaction(actor, work) {
          const happens = left
          left = null
          await happens?.()
          return store.transaction(actor, work)
        },
      },
      now,
      random: SYSTEM_RANDOM,
    })
    return dispatchTo(services)
  }

  test.each([
    [
      'the password is changed',
      (id: string) => world.services.users.updatePassword(OPERATOR, id, new Secret('battery staple')),
    ],
    ['the user is locked', (id: string) => world.services.users.lock(OPERATOR, id)],
    ['the user is deleted', (id: string) => world.services.users.delete(OPERATOR, id)],
    ['nothing happens', null],
  ])('%s', async (_what, happens) => {
    const username = crypto.randomUUID()
    const { id } = await world.services.users.create(OPERATOR, {
      organization_id: world.organizationId,
      email: `${username}@example.com`,
      username,
      password: new Secret('correct horse'),
    })
    const answer = interrupted(async () => happens?.(id))(login(username))
    const outcome = await faultOf(answer)
    const opened = (await world.services.sessions.list({ filters: { user_id: id } })).total_count
    if (happens === null) expect([outcome, opened]).toEqual(['done', 1])
    else {
      expect(outcome).toMatchObject({
        type: 'denied_authentication',
        message: 'username or password is wrong',
      })
      expect(opened).toBe(0)
    }
  })
})
