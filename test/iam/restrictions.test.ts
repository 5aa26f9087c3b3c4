import { describe, expect, it } from 'vitest'
import type { Action } from '../../src/iam/actions.ts'
import type { Restrictions } from '../../src/iam/model.ts'
import { compileRestrictions, type RestrictionKind, refusedBy } from '../../src/iam/restrictions.ts'
import { restrictions } from './world.ts'

interface Asked {
  readonly bucket?: string | null
  readonly key?: string | null
  readonly prefix?: string | null
  readonly region?: string
}

function refusal(of: Partial<Restrictions>, action: Action, asked: Asked = {}): RestrictionKind | undefined {
  return refusedBy(compileRestrictions(restrictions(of)), {
    action,
    bucket: 'photos',
    key: null,
    prefix: null,
    region: 'fr-par',
    ...asked,
  })
}

const WHOLE = { resources: [{ bucket: 'photos', prefix: null }] }
const PREFIX = { resources: [{ bucket: 'photos', prefix: 'team-a/' }] }
const BOTH = {
  resources: [
    { bucket: 'photos', prefix: 'team-a/' },
    { bucket: 'photos', prefix: 'shared/' },
    { bucket: 'docs', prefix: null },
  ],
}
const BELOW = { key: 'team-a/cat.jpg' }

describe('restrictions of a key', () => {
  it.each<[of: Partial<Restrictions>, action: Action, asked: Asked, expected: RestrictionKind | undefined]>([
    // Operations and tags.
    [{}, 'DeleteBucket', {}, undefined],
    [{ operations: ['get-sos-object'] }, 'GetObject', BELOW, undefined],
    [{ operations: ['get-sos-object'] }, 'GetObjectVersion', BELOW, undefined],
    [{ operations: ['get-sos-object'] }, 'PutObject', BELOW, 'operation'],
    [{ operations: ['get-sos-object'] }, 'ListObjectsV2', {}, 'operation'],
    [{ operations: ['GetObject'] }, 'HeadObject', BELOW, undefined],
    [{ operations: ['GetObject'] }, 'GetObjectVersion', BELOW, 'operation'],
    [{ operations: ['ListObjects'] }, 'ListObjectsV2', {}, 'operation'],
    [{ operations: ['PutObject'] }, 'UploadPart', BELOW, undefined],
    [{ operations: ['PutObject'] }, 'PutObjectTagging', BELOW, 'operation'],
    [{ tags: ['sos'] }, 'DeleteObject', BELOW, undefined],
    [{ tags: ['sos'] }, 'BypassGovernanceRetention', BELOW, undefined],
    [{ tags: ['sos'] }, 'PutBucketLifecycleConfiguration', {}, 'operation'],
    [{ tags: ['compute'] }, 'GetObject', BELOW, 'operation'],
    [{ tags: ['compute'], operations: ['GetObject'] }, 'GetObject', BELOW, undefined],
    [{ operations: [] }, 'GetObject', BELOW, 'operation'],
    [{ operations: ['no-such-operation'] }, 'GetObject', BELOW, 'operation'],
    [{ operations: ['list-zones'] }, 'ListBuckets', { bucket: null }, 'operation'],

    // A whole bucket.
    [WHOLE, 'GetObject', BELOW, undefined],
    [WHOLE, 'PutBucketAcl', {}, undefined],
    [WHOLE, 'CreateBucket', {}, undefined],
    [WHOLE, 'DeleteBucket', {}, undefined],
    [WHOLE, 'GetObject', { ...BELOW, bucket: 'photos2' }, 'resource'],
    [WHOLE, 'CreateBucket', { bucket: 'photos2' }, 'resource'],
    [WHOLE, 'ListObjectsV2', { prefix: '' }, undefined],

    // Below a prefix.
    [PREFIX, 'GetObject', BELOW, undefined],
    [PREFIX, 'GetObject', { key: 'team-a' }, 'resource'],
    [PREFIX, 'GetObject', { key: 'team-a/' }, undefined],
    [PREFIX, 'GetObject', { key: 'team-b/x' }, 'resource'],
    [PREFIX, 'GetObject', { key: '/team-a/x' }, 'resource'],
    [PREFIX, 'GetObject', { key: null }, 'resource'],
    [PREFIX, 'CopyObject', BELOW, undefined],
    [PREFIX, 'PostObject', BELOW, undefined],
    [PREFIX, 'PostObject', { key: 'x' }, 'resource'],
    [PREFIX, 'AbortMultipartUpload', BELOW, undefined],
    [PREFIX, 'ListParts', BELOW, undefined],
    [PREFIX, 'HeadBucket', {}, undefined],
    [PREFIX, 'GetBucketLocation', {}, undefined],
    ...(['ListObjects', 'ListObjectsV2', 'ListObjectVersions'] as const).flatMap(
      (action): [Partial<Restrictions>, Action, Asked, RestrictionKind | undefined][] => [
        [PREFIX, action, { prefix: 'team-a/' }, undefined],
        [PREFIX, action, { prefix: 'team-a/2026/' }, undefined],
        [PREFIX, action, { prefix: 'team-a' }, 'resource'],
        [PREFIX, action, { prefix: '' }, 'resource'],
        [PREFIX, action, { prefix: null }, 'resource'],
        [PREFIX, action, { prefix: 'team-b/' }, 'resource'],
      ],
    ),
    ...(
      [
        'CreateBucket',
        'DeleteBucket',
        'GetBucketAcl',
        'GetBucketVersioning',
        'GetObjectLockConfiguration',
        'ListMultipartUploads',
        'PutBucketCors',
      ] as const
    ).map((action): [Partial<Restrictions>, Action, Asked, RestrictionKind | undefined] => [
      PREFIX,
      action,
      { prefix: 'team-a/' },
      'resource',
    ]),

    // Several resources.
    [BOTH, 'GetObject', { key: 'shared/x' }, undefined],
    [BOTH, 'GetObject', { key: 'team-b/x' }, 'resource'],
    [BOTH, 'GetBucketAcl', { bucket: 'docs' }, undefined],
    [BOTH, 'GetBucketAcl', {}, 'resource'],

    // Listing buckets is allowed: what it shows is filtered.
    [PREFIX, 'ListBuckets', { bucket: null }, undefined],
    [{ regions: ['nl-ams'] }, 'ListBuckets', { bucket: null }, undefined],

    // Regions are the backend's.
    [{ regions: ['fr-par', 'nl-ams'] }, 'GetObject', BELOW, undefined],
    [{ regions: ['nl-ams'] }, 'GetObject', BELOW, 'region'],
    [{ regions: ['nl-ams'] }, 'CreateBucket', { region: 'nl-ams' }, undefined],
    [{ regions: [] }, 'GetObject', BELOW, 'region'],
  ])('%j: %s of %j is refused by %j', (of, action, asked, expected) => {
    expect(refusal(of, action, asked)).toBe(expected)
  })

  it('names the buckets that a listing may show', () => {
    expect(compileRestrictions(restrictions(BOTH)).permittedBuckets).toEqual(new Set(['photos', 'docs']))
    expect(compileRestrictions(restrictions({ tags: ['sos'] })).permittedBuckets).toBeNull()
  })
})
