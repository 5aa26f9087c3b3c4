import { describe, expect, it } from 'vitest'
import { ACTION_NAMES, type Action } from '../../src/iam/actions.ts'
import {
  type Decision,
  evaluate,
  type Principal,
  type RequestFacts,
  type RequiredAccess,
} from '../../src/iam/evaluate.ts'
import type { Policy, Rule } from '../../src/iam/model.ts'
import { isPermissionSetName, PERMISSION_SET_NAMES, PERMISSION_SETS } from '../../src/iam/permission-sets.ts'
import {
  access,
  facts,
  NOW,
  ORGANIZATION,
  OTHER_ORGANIZATION,
  OTHER_PROJECT,
  PROJECT,
  type PrincipalParts,
  policy,
  principal,
  restrictions,
  rule,
} from './world.ts'

const FULL = ['ObjectStorageFullAccess']
const READS = ['ObjectStorageObjectsRead']

function verdict(decision: Decision): string {
  if (!decision.allowed) return decision.reason
  return 'owner' in decision.by ? 'owner' : `${decision.by.policy_id} ${decision.by.rule_id}`
}

function holding(rules: readonly Rule[], over: Partial<Policy> = {}): PrincipalParts {
  return { policies: [[policy(rules, over)]] }
}

const OBJECT = access('GetObject')
const PREFIX = 'resource.id.startsWith("photos/team-a/")'

describe('a decision', () => {
  it.each<[string, PrincipalParts, RequiredAccess, Partial<RequestFacts>, expected: string]>([
    ['nothing granted', {}, OBJECT, {}, 'no-rule'],
    ['a policy without rules', holding([]), OBJECT, {}, 'no-rule'],
    ['a rule', holding([rule(FULL)]), OBJECT, {}, 'policy rule'],
    ['another set', holding([rule(['ObjectStorageObjectsWrite'])]), OBJECT, {}, 'no-rule'],
    ["another product's set", holding([rule(['InstancesFullAccess', 'IAMManager'])]), OBJECT, {}, 'no-rule'],
    ['an unknown set', holding([rule(['ObjectStorageEverything'])]), OBJECT, {}, 'no-rule'],
    ['a set among others', holding([rule(['IAMManager', ...READS])]), OBJECT, {}, 'policy rule'],
    [
      'the second rule',
      holding([rule(['ObjectStorageBucketsRead'], { id: 'one' }), rule(READS, { id: 'two' })]),
      OBJECT,
      {},
      'policy two',
    ],
    [
      "a group's policy",
      { policies: [[], [policy([rule(READS)], { id: 'group' })]] },
      OBJECT,
      {},
      'group rule',
    ],

    // Scopes.
    ['another project', holding([rule(FULL, { project_ids: [OTHER_PROJECT] })]), OBJECT, {}, 'no-rule'],
    [
      'several projects',
      holding([rule(FULL, { project_ids: [OTHER_PROJECT, PROJECT] })]),
      OBJECT,
      {},
      'policy rule',
    ],
    ['the organization', holding([rule(FULL, { organization_id: ORGANIZATION })]), OBJECT, {}, 'policy rule'],
    [
      'a project made later',
      { ...holding([rule(FULL, { organization_id: ORGANIZATION })]), project: { id: OTHER_PROJECT } },
      access('GetObject', { projectId: OTHER_PROJECT }),
      {},
      'policy rule',
    ],
    [
      'another organization',
      holding([rule(FULL, { organization_id: OTHER_ORGANIZATION })]),
      OBJECT,
      {},
      'no-rule',
    ],
    [
      "a policy of another organization's",
      holding([rule(FULL, { organization_id: OTHER_ORGANIZATION })], { organization_id: OTHER_ORGANIZATION }),
      OBJECT,
      {},
      'no-rule',
    ],
    ['no scope', holding([rule(FULL, { project_ids: null })]), OBJECT, {}, 'no-rule'],

    // Whose the bucket is.
    [
      'a bucket of another project',
      holding([rule(FULL, { organization_id: ORGANIZATION })]),
      access('GetObject', { projectId: OTHER_PROJECT }),
      {},
      'other-project',
    ],
    [
      "the owner, a bucket of another project's",
      { bearer: { owner: true } },
      access('GetObject', { projectId: OTHER_PROJECT }),
      {},
      'other-project',
    ],
    [
      'a project of another organization',
      { ...holding([rule(FULL)]), project: { organization_id: OTHER_ORGANIZATION } },
      OBJECT,
      {},
      'other-organization',
    ],
    [
      'the owner of another organization',
      { bearer: { owner: true, organization_id: OTHER_ORGANIZATION } },
      OBJECT,
      {},
      'other-organization',
    ],

    // Who asks.
    ['the owner', { bearer: { owner: true } }, OBJECT, {}, 'owner'],
    ['the owner, bypassing', { bearer: { owner: true } }, access('BypassGovernanceRetention'), {}, 'owner'],
    ['a locked bearer', { ...holding([rule(FULL)]), bearer: { locked: true } }, OBJECT, {}, 'bearer-locked'],
    ['a locked owner', { bearer: { owner: true, locked: true } }, OBJECT, {}, 'bearer-locked'],
    [
      'an expired key',
      { ...holding([rule(FULL)]), expires_at: new Date(NOW).toISOString() },
      OBJECT,
      {},
      'key-expired',
    ],
    [
      'a key that expires in a millisecond',
      { ...holding([rule(FULL)]), expires_at: new Date(NOW + 1).toISOString() },
      OBJECT,
      {},
      'policy rule',
    ],

    // The key's own restrictions, on top.
    [
      'restricted operations',
      { ...holding([rule(FULL)]), restrictions: restrictions({ operations: ['PutObject'] }) },
      OBJECT,
      {},
      'operation-restricted',
    ],
    [
      'restricted resources',
      {
        ...holding([rule(FULL)]),
        restrictions: restrictions({ resources: [{ bucket: 'docs', prefix: null }] }),
      },
      OBJECT,
      {},
      'resource-restricted',
    ],
    [
      'restricted regions',
      { ...holding([rule(FULL)]), restrictions: restrictions({ regions: ['nl-ams'] }) },
      OBJECT,
      {},
      'region-restricted',
    ],
    [
      'an owner with a restricted key',
      { bearer: { owner: true }, restrictions: restrictions({ operations: ['PutObject'] }) },
      OBJECT,
      {},
      'operation-restricted',
    ],
    [
      'a restriction grants nothing',
      { restrictions: restrictions({ operations: ['GetObject'] }) },
      OBJECT,
      {},
      'no-rule',
    ],
    [
      'a list below the prefix',
      {
        ...holding([rule(FULL)]),
        restrictions: restrictions({ resources: [{ bucket: 'photos', prefix: 'team-a/' }] }),
      },
      access('ListObjectsV2', { key: null }),
      { prefix: 'team-a/' },
      'policy rule',
    ],

    // Conditions.
    ['a condition', holding([rule(READS, { condition: PREFIX })]), OBJECT, {}, 'policy rule'],
    [
      'a condition that fails',
      holding([rule(READS, { condition: PREFIX })]),
      access('GetObject', { key: 'team-b/x' }),
      {},
      'condition-not-met',
    ],
    [
      'the same without a condition, later',
      holding([rule(READS, { condition: PREFIX }), rule(READS, { id: 'free' })]),
      access('GetObject', { key: 'team-b/x' }),
      {},
      'policy free',
    ],
    [
      'a second condition',
      holding([
        rule(READS, { condition: 'resource.name == "docs"' }),
        rule(READS, { id: 'two', condition: 'resource.name == "photos"' }),
      ]),
      OBJECT,
      {},
      'policy two',
    ],
    [
      'a condition on the time',
      holding([rule(READS, { condition: 'request.time < timestamp("2026-07-01T12:00:01Z")' })]),
      OBJECT,
      {},
      'policy rule',
    ],
    [
      'the same, a second later',
      holding([rule(READS, { condition: 'request.time < timestamp("2026-07-01T12:00:01Z")' })]),
      OBJECT,
      { time: NOW + 1000 },
      'condition-not-met',
    ],
    [
      'a condition that does not compile',
      holding([rule(READS, { condition: 'this is not CEL' })]),
      OBJECT,
      {},
      'condition-not-met',
    ],
    [
      'a condition on another action',
      holding([rule(['ObjectStorageObjectsWrite'], { condition: 'true' })]),
      OBJECT,
      {},
      'no-rule',
    ],
    [
      'the region as locality',
      holding([rule(READS, { condition: 'resource.locality == "fr-par"' })]),
      OBJECT,
      {},
      'policy rule',
    ],
  ])('%s', (_, parts, required, over, expected) => {
    expect(verdict(evaluate(principal(parts), facts(over), required))).toBe(expected)
  })

  it('a denial says which conditions could not be evaluated, and why', () => {
    const denied = evaluate(
      principal(
        holding([
          rule(READS, { id: 'false', condition: 'resource.name == "docs"' }),
          rule(READS, { id: 'absent', condition: PREFIX }),
          rule(READS, { id: 'broken', condition: 'nonsense == 1' }),
        ]),
      ),
      facts({ operation: 'ListObjectsV2', prefix: '' }),
      access('ListObjectsV2', { key: null }),
    )
    expect(denied).toEqual({
      allowed: false,
      reason: 'condition-not-met',
      errors: [
        { policy_id: 'policy', rule_id: 'absent', message: 'the request lacks what the condition asks for' },
        { policy_id: 'policy', rule_id: 'broken', message: 'Unknown variable: nonsense' },
      ],
    })
  })

  it.each(PERMISSION_SET_NAMES.filter((name) => PERMISSION_SETS[name].actions.size > 0))(
    '%s allows its actions and no other',
    (name) => {
      const who = principal(holding([rule([name])]))
      const allowed = ACTION_NAMES.filter((action) => evaluate(who, facts(), access(action)).allowed)
      expect(new Set(allowed)).toEqual(PERMISSION_SETS[name].actions)
    },
  )
})

/** Reproducible choices. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('the index of rules', () => {
  const SETS = [
    'ObjectStorageBucketsRead',
    'ObjectStorageObjectsRead',
    'ObjectStorageObjectsWrite',
    'ObjectStorageObjectsDelete',
    'ObjectStorageBucketPolicyFullAccess',
    'ObjectStorageReadOnly',
    'InstancesFullAccess',
    'Unknown',
  ]
  const CONDITIONS: readonly (readonly [
    text: string,
    test: (facts: RequestFacts, required: RequiredAccess) => boolean,
  ])[] = [
    ['', () => true],
    ['resource.name == "photos"', (_, { resource }) => resource.bucket === 'photos'],
    [
      'resource.id.startsWith("photos/team-a/")',
      (_, { resource }) =>
        resource.key !== null && `${resource.bucket}/${resource.key}`.startsWith('photos/team-a/'),
    ],
    [
      'resource.id.startsWith("docs/") || !has(resource.id)',
      (_, { resource }) => resource.key === null || resource.bucket === 'docs',
    ],
    ['inIpRange(request.ip, "10.0.0.0/8")', ({ ip }) => ip.startsWith('10.')],
    ['not CEL', () => false],
  ]
  const PROJECTS = [PROJECT, OTHER_PROJECT]
  const ACTIONS_ASKED: readonly Action[] = [
    'GetObject',
    'HeadObjectVersion',
    'PutObject',
    'DeleteObject',
    'ListObjectsV2',
    'HeadBucket',
    'GetBucketPolicy',
    'PutBucketPolicy',
    'GetBucketEncryption',
    'BypassGovernanceRetention',
  ]

  /** As the model says it, without an index: any rule of any policy that matches grants. */
  function naive(
    policies: readonly Policy[],
    who: Principal,
    asked: RequestFacts,
    required: RequiredAccess,
  ): boolean {
    if (required.resource.projectId !== who.project.id) return false
    return policies.some((one) =>
      one.rules.some(
        (candidate) =>
          (candidate.project_ids?.includes(who.project.id) === true ||
            candidate.organization_id === who.project.organization_id) &&
          candidate.permission_set_names.some(
            (name) => isPermissionSetName(name) && PERMISSION_SETS[name].actions.has(required.action),
          ) &&
          CONDITIONS.find(([text]) => text === candidate.condition)![1](asked, required),
      ),
    )
  }

  it('decides as a reader of the policies would, on random policies and requests', () => {
    const pick = random(4711)
    const one = <Item>(from: readonly Item[]): Item => from[pick(from.length)]!
    const seen = { allowed: 0, denied: 0 }
    for (let round = 0; round < 3000; round++) {
      const policies = Array.from({ length: 1 + pick(4) }, (_, number) =>
        policy(
          Array.from({ length: pick(4) }, (__, index) =>
            rule(
              Array.from({ length: 1 + pick(2) }, () => one(SETS)),
              {
                id: `rule-${index}`,
                condition: one(CONDITIONS)[0],
                ...(pick(4) === 0
                  ? { organization_id: one([ORGANIZATION, OTHER_ORGANIZATION]) }
                  : { project_ids: PROJECTS.filter(() => pick(2) === 0) }),
              },
            ),
          ),
          { id: `policy-${number}` },
        ),
      )
      const split = pick(policies.length + 1)
      const who = principal({
        policies: [policies.slice(0, split), policies.slice(split)],
        project: { id: one(PROJECTS) },
      })
      for (let ask = 0; ask < 5; ask++) {
        const asked = facts({ ip: one(['10.1.2.3', '192.0.2.7', '2001:db8::1']) })
        const required = access(one(ACTIONS_ASKED), {
          bucket: one(['photos', 'docs']),
          key: one([null, 'team-a/x', 'team-b/x']),
          projectId: one(PROJECTS),
        })
        const decision = evaluate(who, asked, required)
        expect([round, ask, decision.allowed]).toEqual([round, ask, naive(policies, who, asked, required)])
        if (decision.allowed && 'policy_id' in decision.by) {
          const { policy_id, rule_id } = decision.by
          const decisive = policies.filter(({ id }) => id === policy_id)
          const only = decisive.map((found) => ({
            ...found,
            rules: found.rules.filter(({ id }) => id === rule_id),
          }))
          expect(naive(only, who, asked, required)).toBe(true)
        }
        seen[decision.allowed ? 'allowed' : 'denied']++
      }
    }
    expect(Math.min(seen.allowed, seen.denied)).toBeGreaterThan(1000)
  })
})
