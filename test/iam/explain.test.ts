import { describe, expect, it } from 'vitest'
import { explainDecision } from '../../src/iam/explain.ts'
import { access, facts, PROJECT, policy, principal, restrictions, rule } from './world.ts'

const READS = ['ObjectStorageObjectsRead']

describe('an explanation', () => {
  it('names the rule that grants', () => {
    const who = principal({ policies: [[policy([rule(READS)])]] })
    expect(explainDecision(who, facts(), access('GetObject'))).toEqual([
      'GetObject on object `photos/team-a/cat.jpg` is allowed: rule rule of policy policy grants it',
    ])
  })

  it('names the sets that would grant', () => {
    expect(explainDecision(principal(), facts(), access('DeleteBucket', { key: null }))).toEqual([
      `DeleteBucket on bucket \`photos\` is refused: no rule of the bearer's policies or its groups' grants it in project ${PROJECT}`,
      'permission sets with DeleteBucket: AllProductsFullAccess, ObjectStorageBucketsDelete, ObjectStorageFullAccess',
    ])
  })

  it('shows each condition that did not hold, and each that could not be evaluated', () => {
    const who = principal({
      policies: [
        [
          policy([
            rule(READS, { id: 'one', condition: 'resource.name == "docs"' }),
            rule(READS, { id: 'two', condition: 'resource.id == "photos/x"' }),
          ]),
        ],
      ],
    })
    expect(explainDecision(who, facts({ prefix: '' }), access('ListObjectsV2', { key: null }))).toEqual([
      'ListObjectsV2 on bucket `photos` is refused: rules grant it, but the condition of none of them holds',
      'the condition of rule one of policy policy does not hold: resource.name == "docs"',
      'the condition of rule two of policy policy could not be evaluated (the request lacks what the condition asks for): resource.id == "photos/x"',
    ])
  })

  it.each([
    [
      principal({ restrictions: restrictions({ operations: ['put-sos-object'], tags: ['compute'] }) }),
      /restricted to put-sos-object, the tag compute/,
    ],
    [
      principal({ restrictions: restrictions({ resources: [{ bucket: 'photos', prefix: 'team-b/' }] }) }),
      /restricted to sos\/bucket:photos\/team-b\/\*/,
    ],
    [
      principal({ restrictions: restrictions({ regions: ['nl-ams'] }) }),
      /restricted to nl-ams, and this is fr-par/,
    ],
    [principal({ bearer: { locked: true } }), /the application that the key belongs to is locked/],
    [principal({ expires_at: '2026-01-01T00:00:00.000Z' }), /the key expired at 2026-01-01/],
    [principal({ project: { organization_id: 'other' } }), /belongs to another organization/],
    [principal({ project: { id: 'other' } }), /does not belong to project other/],
    [principal({ bearer: { owner: true } }), /is allowed: its bearer is the owner/],
  ])('case %#', (who, sentence) => {
    expect(explainDecision(who, facts(), access('GetObject'))[0]).toMatch(sentence)
  })
})
