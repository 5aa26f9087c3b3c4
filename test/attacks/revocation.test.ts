/**
 * 23: what was taken away is refused for the very next request, on a connection that is open already, when another
 * process (the command line) took it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import type { Operator } from '../support/operator.ts'
import { Connection } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const EVERYTHING = ['ObjectStorageFullAccess']

/** Makes a key that works, and says how to take that away. */
interface Grant {
  readonly credentials: Credentials
  readonly takeAway: () => Promise<unknown>
}

type Case = readonly [title: string, refusal: string, grant: (operator: Operator) => Promise<Grant>]

const inProject = (operator: Operator) => [{ sets: EVERYTHING, projects: [operator.projectId] }]

const CASES: readonly Case[] = [
  [
    'the key is revoked',
    '403 InvalidAccessKeyId',
    async (operator) => {
      const credentials = await operator.tenant('revoked', EVERYTHING)
      const takeAway = () => operator.gate.json(['key', 'revoke', credentials.accessKey, '--yes'])
      return { credentials, takeAway }
    },
  ],
  [
    'the key expires',
    '403 AccessDenied',
    async (operator) => {
      const credentials = await operator.tenant('expired', EVERYTHING)
      const takeAway = async () => {
        await operator.gate.json(['key', 'update', credentials.accessKey, '--expires', '1s'])
        await new Promise((resolve) => setTimeout(resolve, 1100))
      }
      return { credentials, takeAway }
    },
  ],
  [
    'the user is locked',
    '403 AccessDenied',
    async (operator) => {
      const user = await operator.user('locked')
      await operator.policy({ user }, inProject(operator))
      const credentials = await operator.key({ user })
      return { credentials, takeAway: () => operator.gate.json(['user', 'lock', user]) }
    },
  ],
  [
    'the user is deleted',
    '403 InvalidAccessKeyId',
    async (operator) => {
      const user = await operator.user('deleted')
      await operator.policy({ user }, inProject(operator))
      const credentials = await operator.key({ user })
      return { credentials, takeAway: () => operator.gate.json(['user', 'delete', user, '--yes']) }
    },
  ],
  [
    'the application is deleted',
    '403 InvalidAccessKeyId',
    async (operator) => {
      const application = await operator.application('deleted')
      await operator.policy({ application }, inProject(operator))
      const credentials = await operator.key({ application })
      return { credentials, takeAway: () => operator.gate.json(['app', 'delete', application, '--yes']) }
    },
  ],
  [
    'the bearer leaves the group',
    '403 AccessDenied',
    async (operator) => {
      const [group, application] = [await operator.group('left'), await operator.application('leaver')]
      await operator.policy({ group }, inProject(operator))
      await operator.gate.json(['group', 'add-member', group, '--application', application])
      const credentials = await operator.key({ application })
      const takeAway = () =>
        operator.gate.json(['group', 'remove-member', group, '--application', application])
      return { credentials, takeAway }
    },
  ],
  [
    'the group is deleted',
    '403 AccessDenied',
    async (operator) => {
      const [group, application] = [await operator.group('gone'), await operator.application('member')]
      await operator.policy({ group }, inProject(operator))
      await operator.gate.json(['group', 'add-member', group, '--application', application])
      const credentials = await operator.key({ application })
      return { credentials, takeAway: () => operator.gate.json(['group', 'delete', group, '--yes']) }
    },
  ],
  [
    'the policy is deleted',
    '403 AccessDenied',
    async (operator) => {
      const application = await operator.application('without-policy')
      const policy = await operator.policy({ application }, inProject(operator))
      const credentials = await operator.key({ application })
      return { credentials, takeAway: () => operator.gate.json(['policy', 'delete', policy, '--yes']) }
    },
  ],
  [
    'the policy is about somebody else now',
    '403 AccessDenied',
    async (operator) => {
      const [application, other] = [await operator.application('before'), await operator.application('after')]
      const policy = await operator.policy({ application }, inProject(operator))
      const credentials = await operator.key({ application })
      const takeAway = () => operator.gate.json(['policy', 'update', policy, '--application', other])
      return { credentials, takeAway }
    },
  ],
  [
    'the rule is deleted',
    '403 AccessDenied',
    async (operator) => {
      const application = await operator.application('without-rule')
      const policy = await operator.policy({ application }, [])
      const [rule] = [await operator.rule(policy, inProject(operator)[0]!)]
      const credentials = await operator.key({ application })
      const takeAway = () => operator.gate.json(['rule', 'delete', policy, rule, '--yes'])
      return { credentials, takeAway }
    },
  ],
  [
    'the preferred project is another',
    '403 AccessDenied',
    async (operator) => {
      const credentials = await operator.tenant('moved', EVERYTHING)
      const project = await operator.project('elsewhere')
      const takeAway = () =>
        operator.gate.json(['key', 'update', credentials.accessKey, '--project', project])
      return { credentials, takeAway }
    },
  ],
]

describe('23: the very next request', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await raise()
    const owner = await stage.operator.tenant('owner', EVERYTHING)
    const connection = await Connection.open(stage.gate.port)
    for (const target of ['/ours', '/ours/object']) {
      const request = signed(owner, { method: 'PUT', target }, { host: stage.gate.host })
      expect((await connection.exchange(request)).status).toBe(200)
    }
    connection.close()
  })
  afterAll(() => lower(stage))

  test.for(CASES)('is refused when %s', async ([, refusal, grant]) => {
    const { gate, backend, operator } = stage
    const { credentials, takeAway } = await grant(operator)
    const connection = await Connection.open(gate.port)
    const get = () =>
      connection.exchange(signed(credentials, { method: 'GET', target: '/ours/object' }, { host: gate.host }))
    expect((await get()).status).toBe(200)
    expect((await get()).status).toBe(200)
    await takeAway()
    backend.clear()
    expect(verdict(await get())).toBe(refusal)
    expect(backend.received).toEqual([])
    connection.close()
  })

  test('is allowed when a rule was added, and when a user is unlocked', async () => {
    const { gate, operator } = stage
    const user = await operator.user('promoted')
    const credentials = await operator.key({ user })
    const connection = await Connection.open(gate.port)
    const get = async () =>
      verdict(
        await connection.exchange(
          signed(credentials, { method: 'GET', target: '/ours/object' }, { host: gate.host }),
        ),
      )
    expect(await get()).toBe('403 AccessDenied')
    await operator.policy({ user }, inProject(operator))
    expect(await get()).toBe('200')
    await gate.json(['user', 'lock', user])
    expect(await get()).toBe('403 AccessDenied')
    await gate.json(['user', 'unlock', user])
    expect(await get()).toBe('200')
    connection.close()
  })
})
