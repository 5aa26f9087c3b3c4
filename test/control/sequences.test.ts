/**
 * Nobody gains by any sequence of calls: callers that may change much, but do not manage IAM, make thousands of calls by
 * chance, with all that they get hold of on the way. Whom they can act as in the end may, all together, do no more than
 * the caller could at first; and of another organization nothing has changed.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { policiesOf } from '../../src/control/caller.ts'
import { type Authority, createAuthority } from '../../src/iam/authority.ts'
import { ConditionFacts } from '../../src/iam/condition.ts'
import type { KeyBearer } from '../../src/services/keys.ts'
import type { NewRule } from '../../src/services/policies.ts'
import { createChance } from './support/random.ts'
import { makeTargets } from './support/targets.ts'
import {
  inProject,
  OPERATOR,
  organizationWide,
  startWorld,
  type Tenant,
  type Token,
  type World,
} from './support/world.ts'

const CALLS = 500
const C = 'request.ip == "127.0.0.1"'
const D = 'request.ip == "10.0.0.1"'

let world: World
let strangers: Tenant
beforeEach(async () => {
  world = await startWorld()
  strangers = await world.tenant('strangers')
  await makeTargets(world.services, strangers)
})
afterEach(() => world.close())

const chance = createChance(20300102)
const { pick } = chance

/** Everything that calls may name, of both organizations. */
interface Pools {
  readonly users: string[]
  readonly applications: string[]
  readonly groups: string[]
  readonly policies: string[]
  readonly projects: string[]
  readonly keys: string[]
}

type Selves = ReadonlyMap<string, KeyBearer>

/** Every other time it is one of these. */
function favouring(all: readonly string[], favourites: readonly string[]): string[] {
  if (favourites.length === 0) return [...all]
  return [...all, ...all.map((_, index) => favourites[index % favourites.length]!)]
}

/** @param kept a policy that is left alone */
async function poolsOf(selves: Selves, kept: string): Promise<Pools> {
  const { users, applications, groups, policies, projects, keys } = world.services
  const all = { page_size: 1000 }
  const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id)
  const mine = (items: readonly string[]) => items.filter((id) => selves.has(id))
  const everyUser = ids((await users.list(all)).items)
  const everyApplication = ids((await applications.list(all)).items)
  const everyPolicy = (await policies.list(all)).items.filter(({ id }) => id !== kept)
  const ofSelves = everyPolicy.filter(({ user_id, application_id }) =>
    selves.has(user_id ?? application_id ?? ''),
  )
  return {
    users: favouring(everyUser, mine(everyUser)),
    applications: favouring(everyApplication, mine(everyApplication)),
    groups: favouring(
      ids((await groups.list(all)).items),
      everyPolicy.flatMap(({ group_id }) => group_id ?? []),
    ),
    policies: favouring(ids(everyPolicy), ids(ofSelves)),
    projects: ids((await projects.list(all)).items),
    keys: (await keys.list(all)).items.map(({ access_key }) => access_key),
  }
}

/** Those who may much: alone, by a group, under a condition, and about IAM. */
async function makeTheStrong(): Promise<void> {
  const { services, organizationId: organization_id } = world
  const full = inProject(world.projectId, 'ObjectStorageFullAccess')
  await world.application([full])
  await world.application([{ ...full, condition: C }, organizationWide(world, 'ObjectStorageReadOnly')])
  await world.application([organizationWide(world, 'IAMManager')])
  const member = await world.application([])
  const group = await services.groups.create(OPERATOR, {
    organization_id,
    name: `strong-${crypto.randomUUID().slice(0, 8)}`,
    application_ids: [member.id],
  })
  const user = await services.users.create(OPERATOR, { organization_id, email: `${group.id}@example.com` })
  const principals = [
    { kind: 'group', id: group.id },
    { kind: 'user', id: user.id },
    { kind: 'none' },
  ] as const
  for (const principal of principals) {
    await services.policies.create(OPERATOR, { organization_id, name: 'strong', principal, rules: [full] })
  }
}

interface Request {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  /** Whom the caller can act as, where it succeeds. */
  readonly actsAs?: KeyBearer
}

const name = () => `n-${Math.floor(chance.number() * 1e9)}`
const some = (ids: readonly string[]) =>
  Array.from({ length: 1 + Math.floor(chance.number() * 2) }, () => pick(ids))

function anyRule(pools: Pools): object {
  const management = chance.of(0.3)
  const sets = management
    ? ['IAMManager', 'OrganizationManager', 'IAMPolicyManager', 'IAMUserManager', 'IAMReadOnly']
    : ['ObjectStorageFullAccess', 'ObjectStorageReadOnly', 'ObjectStorageObjectsRead']
  const everywhere = management || chance.of(0.3)
  return {
    permission_set_names: some(sets),
    condition: pick(['', '', C, D]),
    ...(everywhere ? { organization_id: world.organizationId } : { project_ids: some(pools.projects) }),
  }
}

/** Rules that are there, some of them changed a little, and some that are not. */
async function tamperedRules(policyId: string, pools: Pools): Promise<readonly object[]> {
  const { rules } = await world.services.policies.get(policyId)
  const kept = rules
    .filter(() => chance.of(0.9))
    .map(({ permission_set_names, project_ids, organization_id, condition }) => ({
      permission_set_names,
      condition: chance.of(0.5) ? pick(['', C, D]) : condition,
      ...(project_ids === null || chance.of(0.1)
        ? { organization_id: organization_id ?? world.organizationId }
        : { project_ids: chance.of(0.2) ? [...project_ids, pick(pools.projects)] : project_ids }),
    }))
  return chance.of(0.4) ? [...kept, anyRule(pools)] : kept
}

function anyPrincipal(pools: Pools): object {
  return pick([
    { application_id: pick(pools.applications) },
    { user_id: pick(pools.users) },
    { group_id: pick(pools.groups) },
    { no_principal: true },
  ])
}

const IAM = '/iam/v1alpha1'
const NATIVE = '/s3warden/v1'

/** What may be called, each as often as it is worth. */
const CHOICES: readonly ((pools: Pools) => Promise<Request> | Request)[] = [
  (pools) => ({
    method: 'POST',
    path: `${IAM}/policies`,
    body: { name: name(), ...anyPrincipal(pools), rules: chance.of(0.8) ? [anyRule(pools)] : [] },
  }),
  (pools) => ({
    method: 'PATCH',
    path: `${IAM}/policies/${pick(pools.policies)}`,
    body: anyPrincipal(pools),
  }),
  (pools) => ({ method: 'POST', path: `${IAM}/policies/${pick(pools.policies)}/clone`, body: {} }),
  async (pools) => {
    const policy_id = pick(pools.policies)
    return {
      method: 'PUT',
      path: `${IAM}/rules`,
      body: { policy_id, rules: await tamperedRules(policy_id, pools) },
    }
  },
  (pools) => ({
    method: 'POST',
    path: `${IAM}/groups`,
    body: { name: name(), tags: some(pools.groups).slice(1) },
  }),
  (pools) => ({
    method: 'POST',
    path: `${IAM}/groups/${pick(pools.groups)}/add-member`,
    body: chance.of(0.5) ? { application_id: pick(pools.applications) } : { user_id: pick(pools.users) },
  }),
  (pools) => ({
    method: 'PUT',
    path: `${IAM}/groups/${pick(pools.groups)}/members`,
    body: { application_ids: some(pools.applications), user_ids: chance.of(0.5) ? some(pools.users) : [] },
  }),
  () =>
    pick([
      { method: 'POST', path: `${IAM}/applications`, body: { name: name() } },
      { method: 'POST', path: `${IAM}/users`, body: { email: `${name()}@example.com` } },
      { method: 'POST', path: '/account/v3/projects', body: { name: name() } },
    ]),
  (pools) => {
    const id = pick(pools.applications)
    return {
      method: 'POST',
      path: `${IAM}/api-keys`,
      body: { application_id: id },
      actsAs: { kind: 'application', id },
    }
  },
  (pools) => {
    const id = pick(pools.users)
    return { method: 'POST', path: `${IAM}/api-keys`, body: { user_id: id }, actsAs: { kind: 'user', id } }
  },
  async (pools) => {
    const access_key = pick(pools.keys)
    const actsAs = await bearerOf(access_key)
    const grace = { access_key, grace_ms: 1_000_000 }
    return pick([
      { method: 'POST', path: `${NATIVE}/keys/rotate`, body: grace, actsAs },
      { method: 'POST', path: `${NATIVE}/keys/create`, body: { template: access_key }, actsAs },
      { method: 'POST', path: `${NATIVE}/keys/create`, body: { through: access_key }, actsAs },
    ])
  },
  (pools) => {
    const id = pick(pools.users)
    const actsAs = { kind: 'user', id } as const
    const path = `${IAM}/users/${id}/update-password`
    return { method: 'POST', path, body: { password: 'chosen here' }, actsAs }
  },
  (pools) =>
    pick([
      { method: 'DELETE', path: `${IAM}/policies/${pick(pools.policies)}` },
      { method: 'DELETE', path: `${IAM}/groups/${pick(pools.groups)}` },
      { method: 'DELETE', path: `/account/v3/projects/${pick(pools.projects)}` },
    ]),
]

async function bearerOf(accessKey: string): Promise<KeyBearer> {
  const { user_id, application_id } = await world.services.keys.get(accessKey)
  return user_id === null
    ? { kind: 'application', id: String(application_id) }
    : { kind: 'user', id: user_id }
}

async function strangersLog(): Promise<number> {
  const filters = { organization_id: strangers.organizationId }
  return (await world.services.logs.list({ filters })).total_count
}

/** Of the other organization, who is in a group of this one, or has a policy of it. */
async function strangersWithin(): Promise<readonly string[]> {
  const { users, applications, groups, policies } = world.services
  const theirs = { filters: { organization_id: strangers.organizationId }, page_size: 1000 }
  const ours = { filters: { organization_id: world.organizationId }, page_size: 1000 }
  const named = new Set([
    ...(await groups.list(ours)).items.flatMap((group) => [...group.user_ids, ...group.application_ids]),
    ...(await policies.list(ours)).items.flatMap((policy) => policy.user_id ?? policy.application_id ?? []),
  ])
  const all = [...(await users.list(theirs)).items, ...(await applications.list(theirs)).items]
  return all.map(({ id }) => id).filter((id) => named.has(id))
}

/** What `bearer` may do now that `authority` could not give. */
async function gained(authority: Authority, bearer: KeyBearer): Promise<readonly string[]> {
  return authority.beyond((await policiesOf(world.services, bearer)).flatMap(({ rules }) => rules))
}

const ALL = [
  'IAMPolicyManager',
  'IAMGroupManager',
  'IAMApplicationManager',
  'IAMUserManager',
  'ProjectManager',
]

test.each<[string, () => NewRule[]]>([
  ['nothing', () => []],
  ['to read in one project', () => [inProject(world.projectId, 'ObjectStorageReadOnly')]],
  [
    'everything under a condition',
    () => [{ ...organizationWide(world, 'ObjectStorageFullAccess'), condition: C }],
  ],
  ['to manage IAM under a condition', () => [{ ...organizationWide(world, 'IAMManager'), condition: D }]],
])(
  'who may change everything about IAM without managing it, and beside that %s',
  async (_what, rules) => {
    await makeTheStrong()
    const caller = await world.application([organizationWide(world, ...ALL), ...rules()])
    // What it has stays, or it would soon have taken it from itself; the same once more may be changed.
    const { items: kept } = await world.services.policies.list({ filters: { application_ids: [caller.id] } })
    await world.services.policies.create(OPERATOR, {
      organization_id: world.organizationId,
      name: 'beside',
      principal: { kind: 'application', id: caller.id },
      rules: rules(),
    })
    const facts = { ip: '127.0.0.1', time: world.clock.now, userAgent: '', operation: '' }
    const authority = createAuthority(
      { organization_id: world.organizationId, owner: false },
      await policiesOf(world.services, { kind: 'application', id: caller.id }),
      new ConditionFacts({ ...facts, prefix: null, name: null, id: null, locality: null }),
    )
    const untouched = await strangersLog()
    const tokens: (Token | string)[] = [caller.token]
    const selves = new Map<string, KeyBearer>([[caller.id, { kind: 'application', id: caller.id }]])
    const seen = { done: 0, refused: 0 }

    for (let count = 0; count < CALLS; count += 1) {
      const { method, path, body, actsAs } = await pick(CHOICES)(await poolsOf(selves, kept[0]!.id))
      const answer = await world.call(pick(tokens), method, path, body)
      const shown = `${method} ${path} ${JSON.stringify(body)}`
      expect(world.alarms, shown).toEqual([])
      if (answer.status === 403) seen.refused += 1
      if (answer.status >= 300) continue
      seen.done += 1
      if (actsAs !== undefined) selves.set(actsAs.id, actsAs)
      const [, secret] = /"secret_key":"([^"]+)"/.exec(JSON.stringify(answer.body)) ?? []
      if (secret !== undefined) tokens.push(secret)
      for (const self of selves.values()) expect([shown, await gained(authority, self)]).toEqual([shown, []])
    }
    expect([...selves.keys()]).not.toContain(world.ownerId)
    expect(await strangersLog()).toBe(untouched)
    expect(await strangersWithin()).toEqual([])
    // It got far enough to mean something.
    expect(selves.size).toBeGreaterThan(3)
    expect(Math.min(seen.done, seen.refused)).toBeGreaterThan(50)
  },
  120_000,
)
