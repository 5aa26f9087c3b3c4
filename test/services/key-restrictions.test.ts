import { describe, expect, it } from 'vitest'
import type { Restrictions } from '../../src/iam/model.ts'
import { ServiceError } from '../../src/services/errors.ts'
import { inherit } from '../../src/services/key-restrictions.ts'

function restrictions(over: Partial<Restrictions> = {}): Restrictions {
  return { operations: null, tags: null, resources: null, regions: null, ...over }
}

const PARENT = restrictions({
  operations: ['get-sos-object', 'list-sos-bucket', 'list-zones'],
  resources: [
    { bucket: 'photos', prefix: 'team-a/' },
    { bucket: 'docs', prefix: null },
  ],
  regions: ['fr-par', 'nl-ams'],
})

const SOS = restrictions({ tags: ['sos'] })

/** In what it would go beyond, as the fault names it. */
function beyond(parent: Restrictions, wanted: Restrictions): readonly string[] {
  try {
    inherit(parent, wanted)
    return []
  } catch (error) {
    if (!(error instanceof ServiceError) || error.fault.type !== 'permissions_denied') throw error
    return error.fault.details.map(({ action }) => action.replace('create with wider ', ''))
  }
}

describe('a key made through a restricted one', () => {
  it.each<[parent: Restrictions, wanted: Partial<Restrictions>, expected: readonly string[]]>([
    [PARENT, {}, []],
    [PARENT, { operations: ['get-sos-object'] }, []],
    [PARENT, { operations: ['GetObject', 'HeadBucket', 'ListObjectsV2', 'list-zones'] }, []],
    [PARENT, { operations: ['put-sos-object', 'GetObject'] }, ['operations']],
    [PARENT, { operations: ['GetObjectTagging'] }, ['operations']],
    [PARENT, { operations: ['list-templates'] }, ['operations']],
    [PARENT, { tags: ['sos'] }, ['operations']],
    [PARENT, { tags: ['compute'] }, ['operations']],
    [PARENT, { operations: ['GetObject'], tags: ['sos'] }, ['operations']],
    [PARENT, { resources: [{ bucket: 'photos', prefix: 'team-a/' }] }, []],
    [PARENT, { resources: [{ bucket: 'photos', prefix: 'team-a/2026/' }] }, []],
    [PARENT, { resources: [{ bucket: 'docs', prefix: 'x' }] }, []],
    [PARENT, { resources: [{ bucket: 'photos', prefix: null }] }, ['resources']],
    [PARENT, { resources: [{ bucket: 'photos', prefix: 'team' }] }, ['resources']],
    [PARENT, { resources: [{ bucket: 'other', prefix: null }] }, ['resources']],
    [PARENT, { regions: ['nl-ams'] }, []],
    [PARENT, { regions: ['nl-ams', 'pl-waw'] }, ['regions']],
    [PARENT, { operations: ['create-sos-bucket'], regions: ['x'] }, ['operations', 'regions']],
    // A tag covers operations under either name, and nothing that has no operation of that tag.
    [SOS, { operations: ['GetObject', 'get-sos-object', 'list-sos-buckets-usage'] }, []],
    [SOS, { operations: ['list-zones'] }, ['operations']],
    [SOS, { operations: ['PutBucketTagging'] }, ['operations']],
    [SOS, { resources: [{ bucket: 'photos', prefix: null }] }, []],
    [
      restrictions({ operations: ['GetObject', 'HeadObject'] }),
      { operations: ['get-sos-object'] },
      ['operations'],
    ],
  ])('through %j with %j goes beyond in %j', (parent, wanted, expected) => {
    expect(beyond(parent, restrictions(wanted))).toEqual(expected)
  })

  it('inherits what it leaves open, operations and tags as one', () => {
    expect(inherit(PARENT, null)).toEqual(PARENT)
    expect(inherit(PARENT, restrictions({ operations: ['GetObject'] }))).toEqual({
      ...PARENT,
      operations: ['GetObject'],
    })
    expect(inherit(SOS, restrictions({ operations: ['GetObject'] }))).toEqual(
      restrictions({ operations: ['GetObject'] }),
    )
  })
})
