/** The audit log: every change that a route makes, by whom, from where, before and after, and never a secret. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LogEntry } from '../../src/iam/model.ts'
import { everyEntity } from '../../src/services/lists.ts'
import type { NewRule } from '../../src/services/policies.ts'
import { makeTargets, requestOf } from './support/targets.ts'
import { inProject, OPERATOR, organizationWide, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** The latest first. */
async function entries(search?: string): Promise<readonly LogEntry[]> {
  const all: LogEntry[] = []
  const input = { filters: { search }, order_by: 'created_at_desc' } as const
  for await (const entry of everyEntity(world.services.logs.list, input)) all.push(entry)
  return all
}

/** What the requests for these name is not there, so that nothing changes. */
const NOTHING_THERE: ReadonlySet<string> = new Set(['RemoveGroupMember', 'policies.deleteRule'])

test('every route that changes something is in it, with its caller, and no secret', async () => {
  const secrets = [world.token.secretKey, 'a new password', 'a secret of theirs', 'scrypt$']
  const routes = world.router.routes.filter(
    ({ effect, needs, name }) =>
      effect === 'changes' && needs !== 'nobody-in-particular' && !NOTHING_THERE.has(name),
  )
  for (const route of routes) {
    const targets = await makeTargets(world.services, world)
    const before = (await entries(world.ownerId)).length
    const { path, body } = requestOf(route, targets, world)
    const answer = await world.call(world.token, route.method, path, body)
    expect([route.name, answer.status]).toEqual([route.name, route.answer === null ? 204 : 200])
    const [, secret] = /"secret_key":"([^"]+)"/.exec(JSON.stringify(answer.body)) ?? []
    if (secret !== undefined) secrets.push(secret)

    const all = await entries(world.ownerId)
    const logged = all.slice(0, all.length - before)
    expect([route.name, logged.length > 0]).toEqual([route.name, true])
    for (const entry of logged) {
      expect(entry).toMatchObject({
        bearer_id: world.ownerId,
        organization_id: world.organizationId,
        ip: '127.0.0.1',
        before: entry.action === 'created' ? null : expect.any(Object),
        after: entry.action === 'deleted' ? null : expect.any(Object),
      })
    }
  }
  // A key each: of Scaleway's dialect, of the gate's own, and rotated.
  expect(secrets).toHaveLength(4 + 3)
  const everything = JSON.stringify(await entries())
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([])
})

test('what is undone is not in it, but for the attempt', async () => {
  const caller = await world.application([organizationWide(world, 'IAMPolicyManager')])
  const rules = [{ permission_set_names: ['ObjectStorageFullAccess'], project_ids: [world.projectId] }]
  const body = { name: 'beyond', application_id: caller.id, rules }
  expect((await world.call(caller.token, 'POST', '/iam/v1alpha1/policies', body)).status).toBe(403)
  const [attempt, ...earlier] = await entries(caller.id)
  expect(attempt).toMatchObject({
    action: 'refused',
    bearer_id: caller.id,
    organization_id: world.organizationId,
    resource_type: 'permission_set',
    remark: expect.stringMatching(
      /^CreatePolicy: nobody gives what they do not hold: ObjectStorageFullAccess/,
    ),
  })
  expect(earlier.filter(({ bearer_id }) => bearer_id === caller.id)).toEqual([])
  const { total_count } = await world.services.policies.list({ filters: { name: 'beyond' } })
  expect(total_count).toBe(0)
})

describe('rules put without their conditions', () => {
  const C = 'request.ip == "10.0.0.1"'
  const D = 'request.ip == "10.0.0.2"'
  const READ = 'ObjectStorageReadOnly'
  const WRITE = 'ObjectStorageObjectsWrite'
  const here = (condition: string, ...sets: string[]): NewRule => ({
    ...inProject(world.projectId, ...sets),
    condition,
  })
  const everywhere = (condition: string, ...sets: string[]): NewRule => ({
    ...organizationWide(world, ...sets),
    condition,
  })

  const CASES: readonly [string, () => NewRule[], () => NewRule[], remark: boolean][] = [
    ['as they were', () => [here(C, READ)], () => [here(C, READ)], false],
    ['without it', () => [here(C, READ)], () => [here('', READ)], true],
    ['without it, in parts', () => [here(C, READ, WRITE)], () => [here('', READ), here('', WRITE)], true],
    ['without it, in a part', () => [here(C, READ, WRITE)], () => [here('', READ)], true],
    ['without it, in a wider scope', () => [here(C, READ)], () => [everywhere('', READ)], true],
    ['without it, among others', () => [here(C, READ)], () => [here('', WRITE, READ)], true],
    ['with it, and once more without', () => [here(C, READ)], () => [here(C, READ), here('', READ)], true],
    ['twice without', () => [here(C, READ), here('', READ)], () => [here('', READ), here('', READ)], true],
    ['under another', () => [here(C, READ)], () => [here(D, READ)], true],
    ['with it, and under another', () => [here(C, READ)], () => [here(C, READ), here(D, READ)], false],
    ['in another order', () => [here(C, READ), here(D, READ)], () => [here(D, READ), here(C, READ)], false],
    ['one less', () => [here(C, READ), here(D, READ)], () => [here(D, READ)], false],
    ['none', () => [here(C, READ)], () => [], false],
    ['something else', () => [here(C, READ)], () => [here('', WRITE)], false],
  ]

  test.each(CASES)('%s', async (_what, before, after, remark) => {
    const { id } = await world.services.policies.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'conditional',
      principal: { kind: 'none' },
      rules: before(),
    })
    await world.services.policies.replaceRules(OPERATOR, id, after())
    const [put] = await entries(id)
    expect(put!.remark).toBe(remark ? `condition dropped: \`${C}\`` : '')
  })
})
