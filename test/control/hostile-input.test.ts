/** Input that is made to cost much: what is answered is small, and nobody else has to wait for it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseSshPublicKey } from '../../src/services/ssh-public-key.ts'
import { startWorld, type Token, type World } from './support/world.ts'

let world: World
let nobody: Token
beforeAll(async () => {
  world = await startWorld()
  nobody = (await world.application([])).token
})
afterAll(() => world.close())

const fields = (count: number, name: (index: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), 0]))

describe('many faults', () => {
  const LOGIN = '/s3warden/v1/sessions'
  const ORGANIZATIONS = '/s3warden/v1/organizations/list'

  test.each([
    ['unknown fields, from anybody', LOGIN, () => fields(80_000, (index) => `k${index}`)],
    [
      'items of a list, from whoever has a key',
      ORGANIZATIONS,
      () => ({ filters: { organization_ids: Array(500_000).fill(1) } }),
    ],
    ['items within items', ORGANIZATIONS, () => ({ filters: Array(1_000).fill(Array(100).fill(0)) })],
  ])('%s are one', async (_what, path, body) => {
    const answer = await world.call(nobody, 'POST', path, body())
    expect(answer).toMatchObject({
      status: 400,
      body: {
        details: [
          { argument_name: 'body', reason: 'constraint', help_message: 'must have at most 20000 values' },
        ],
      },
    })
    expect(world.alarms).toEqual([])
  })

  test('of a body that is taken are a hundred', async () => {
    const unknown = await world.call(
      nobody,
      'POST',
      LOGIN,
      fields(1_000, (index) => `k${index}`),
    )
    const wrong = await world.call(nobody, 'POST', ORGANIZATIONS, {
      filters: { organization_ids: Array(1_000).fill(1) },
    })
    for (const { status, body } of [unknown, wrong]) {
      expect([status, (body as { details: unknown[] }).details.length]).toEqual([400, 100])
    }
  })

  test('the name of an unknown field is cut', async () => {
    const { body } = await world.call(nobody, 'POST', LOGIN, { ['x'.repeat(100_000)]: 0 })
    expect(JSON.stringify(body).length).toBeLessThan(2_000)
  })
})

describe('a text that a pattern could take for ever on', () => {
  test.each([
    ['a comment of spaces, with a line after it', `ssh-rsa AAAA${' '.repeat(1_000_000)}\nx`],
    ['base64 without an end', `ssh-rsa ${'A'.repeat(1_000_000)}!`],
    ['an algorithm without an end', `${'a'.repeat(1_000_000)}!`],
    ['tabs and spaces', `ssh-rsa${' \t'.repeat(500_000)}!`],
  ])('%s', (_what, publicKey) => {
    expect(parseSshPublicKey(publicKey)).toBeUndefined()
  })
})

describe('times', () => {
  test.each(['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+23:59'])(
    '%s is beyond what a year of four digits can say',
    async (time) => {
      const query = new URLSearchParams({ created_after: time })
      expect(await world.call(world.token, 'GET', `/iam/v1alpha1/logs?${query}`)).toMatchObject({
        status: 400,
        body: { details: [{ argument_name: 'created_after', reason: 'format' }] },
      })
    },
  )
})
