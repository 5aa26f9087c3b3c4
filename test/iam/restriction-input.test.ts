import { describe, expect, it } from 'vitest'
import type { Restrictions } from '../../src/iam/model.ts'
import {
  checkRestrictions,
  exceeds,
  formatResource,
  InvalidResource,
  inheritLimits,
  type KeyLimits,
  parseResource,
} from '../../src/iam/restriction-input.ts'
import { restrictions } from './world.ts'

describe('resources as they are given', () => {
  it.each([
    ['sos/bucket:photos', { bucket: 'photos', prefix: null }],
    ['sos/bucket:photos/team-a/*', { bucket: 'photos', prefix: 'team-a/' }],
    ['sos/bucket:photos/team*', { bucket: 'photos', prefix: 'team' }],
    ['sos/bucket:photos/*', { bucket: 'photos', prefix: '' }],
    ['sos/bucket:photos//a b/ü*', { bucket: 'photos', prefix: '/a b/ü' }],
  ])('%s', (text, resource) => {
    expect(parseResource(text)).toEqual(resource)
    expect(formatResource(resource)).toBe(text)
  })

  it.each([
    ['photos', /sos\/bucket:NAME/],
    ['', /sos\/bucket:NAME/],
    ['sos/object:photos', /the only one there is/],
    ['compute/instance:x', /the only one there is/],
    ['sos/bucket:', /no bucket name/],
    ['sos/bucket:*', /no bucket name/],
    ['sos/bucket:Photos', /no bucket name/],
    ['sos/bucket:tenant:photos', /no bucket name/],
    ['sos/bucket:photos/team-a/', /ends with `\*`, as in `sos\/bucket:photos\/team-a\/\*`/],
    ['sos/bucket:photos/', /ends with/],
    ['sos/bucket:photos/*/x*', /at the end of a prefix only/],
  ])('%j is refused', (text, message) => {
    expect(() => parseResource(text)).toThrow(InvalidResource)
    expect(() => parseResource(text)).toThrow(message)
  })
})

describe('restrictions as they are given', () => {
  it('all faults are reported together', () => {
    const faults = checkRestrictions({
      operations: ['GetObject', 'FetchObject'],
      tags: ['sos', 'nope'],
      resources: [{ bucket: 'Bad', prefix: null }],
      regions: [''],
    })
    expect(faults.map(({ argument, value }) => [argument, value])).toEqual([
      ['operations', 'FetchObject'],
      ['tags', 'nope'],
      ['resources', 'sos/bucket:Bad'],
      ['regions', ''],
    ])
  })

  it.each(['operations', 'tags', 'resources', 'regions'] as const)(
    'an empty list of %s is a fault',
    (argument) => {
      expect(checkRestrictions(restrictions({ [argument]: [] }))).toEqual([
        { argument, value: '', message: expect.stringContaining('empty list') },
      ])
    },
  )

  it('what is in order has none', () => {
    expect(
      checkRestrictions({
        operations: ['get-sos-object', 'ListObjectsV2', 'list-zones'],
        tags: ['compute'],
        resources: [{ bucket: 'photos', prefix: 'a/' }],
        regions: ['fr-par'],
      }),
    ).toEqual([])
  })
})

function limits(of: Partial<Restrictions> | null, expires_at: string | null = null): KeyLimits {
  return { restrictions: of === null ? null : restrictions(of), expires_at }
}

const PARENT = limits(
  {
    operations: ['get-sos-object', 'list-sos-bucket', 'list-zones'],
    resources: [
      { bucket: 'photos', prefix: 'team-a/' },
      { bucket: 'docs', prefix: null },
    ],
    regions: ['fr-par', 'nl-ams'],
  },
  '2026-12-31T00:00:00.000Z',
)

describe('a key made through another', () => {
  it.each<[child: KeyLimits, expected: readonly string[]]>([
    [limits(null), []],
    [limits({}), []],
    [limits({ operations: ['get-sos-object'] }), []],
    [limits({ operations: ['GetObject', 'HeadBucket', 'ListObjectsV2', 'list-zones'] }), []],
    [limits({ operations: ['put-sos-object', 'GetObject'] }), ['operations put-sos-object']],
    [limits({ operations: ['GetObjectTagging'] }), ['operations GetObjectTagging']],
    [limits({ operations: ['list-templates'] }), ['operations list-templates']],
    [limits({ operations: ['unknown'] }), ['operations unknown']],
    [limits({ tags: ['sos'] }), ['tags sos']],
    [limits({ tags: ['compute'] }), ['tags compute']],
    [limits({ resources: [{ bucket: 'photos', prefix: 'team-a/' }] }), []],
    [limits({ resources: [{ bucket: 'photos', prefix: 'team-a/2026/' }] }), []],
    [limits({ resources: [{ bucket: 'docs', prefix: 'x' }] }), []],
    [limits({ resources: [{ bucket: 'photos', prefix: null }] }), ['resources sos/bucket:photos']],
    [limits({ resources: [{ bucket: 'photos', prefix: '' }] }), ['resources sos/bucket:photos/*']],
    [limits({ resources: [{ bucket: 'photos', prefix: 'team' }] }), ['resources sos/bucket:photos/team*']],
    [limits({ resources: [{ bucket: 'other', prefix: null }] }), ['resources sos/bucket:other']],
    [limits({ regions: ['nl-ams'] }), []],
    [limits({ regions: ['nl-ams', 'pl-waw'] }), ['regions pl-waw']],
    [limits(null, '2026-12-31T00:00:00.000Z'), []],
    [limits(null, '2026-06-30T00:00:00.000Z'), []],
    [limits(null, '2026-12-31T01:00:00.000+01:00'), []],
    [limits(null, '2027-01-01T00:00:00.000Z'), ['expires_at 2027-01-01T00:00:00.000Z']],
    [
      limits({ operations: ['create-sos-bucket'], regions: ['x'] }, '2030-01-01T00:00:00.000Z'),
      ['operations create-sos-bucket', 'regions x', 'expires_at 2030-01-01T00:00:00.000Z'],
    ],
  ])('%j exceeds it in %j', (child, expected) => {
    const faults = exceeds(inheritLimits(child, PARENT), PARENT)
    expect(faults.map(({ argument, value }) => `${argument} ${value}`)).toEqual(expected)
  })

  it('inherits what it leaves open, operations and tags as one', () => {
    expect(inheritLimits(limits({ operations: ['GetObject'] }), PARENT)).toEqual(
      limits({ ...PARENT.restrictions, operations: ['GetObject'] }, PARENT.expires_at),
    )
    const tagged = limits({ tags: ['sos'] })
    expect(inheritLimits(limits({ operations: ['GetObject'] }), tagged)).toEqual(
      limits({ operations: ['GetObject'], tags: null }),
    )
    expect(inheritLimits(limits(null), limits(null))).toEqual(limits(null))
  })

  it('a limit that is left open goes beyond one that is set', () => {
    expect(exceeds(limits(null), PARENT).map(({ argument }) => argument)).toEqual([
      'operations',
      'resources',
      'regions',
      'expires_at',
    ])
  })

  it('a tag of the parent covers operations of the child and no others', () => {
    const parent = limits({ tags: ['sos'] })
    expect(
      exceeds(limits({ operations: ['GetObject', 'get-sos-object', 'list-sos-buckets-usage'] }), parent),
    ).toEqual([])
    expect(exceeds(limits({ operations: ['list-zones'] }), parent)).toHaveLength(1)
    expect(exceeds(limits({ operations: ['PutBucketTagging'] }), parent)).toHaveLength(1)
  })
})
