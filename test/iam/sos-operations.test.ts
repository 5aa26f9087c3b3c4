import { describe, expect, it } from 'vitest'
import { ACTION_NAMES, ACTIONS, isAction } from '../../src/iam/actions.ts'
import {
  atomsOfOperation,
  atomsOfTag,
  KNOWN_OPERATIONS,
  operationsWithin,
} from '../../src/iam/sos-operations.ts'

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Version variants stand with their base. */
const SOS: Readonly<Record<string, string>> = {
  'list-sos-buckets': 'ListBuckets',
  'create-sos-bucket': 'CreateBucket',
  'delete-sos-bucket': 'DeleteBucket',
  'list-sos-bucket': 'ListObjects ListObjectsV2 HeadBucket',
  'list-sos-bucket-versions': 'ListObjectVersions',
  'list-sos-bucket-multipart-uploads': 'ListMultipartUploads ListParts',
  'get-sos-object':
    'GetObject GetObjectVersion HeadObject HeadObjectVersion GetObjectAttributes GetObjectVersionAttributes',
  'put-sos-object':
    'PutObject PostObject CopyObject CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload',
  'delete-sos-object': 'DeleteObject DeleteObjectVersion',
  'abort-sos-multipart-upload': 'AbortMultipartUpload',
  'get-sos-bucket-acl': 'GetBucketAcl',
  'put-sos-bucket-acl': 'PutBucketAcl',
  'get-sos-bucket-cors': 'GetBucketCors',
  'put-sos-bucket-cors': 'PutBucketCors DeleteBucketCors',
  'get-sos-bucket-versioning': 'GetBucketVersioning',
  'put-sos-bucket-versioning': 'PutBucketVersioning',
  'get-sos-bucket-object-lock-configuration': 'GetObjectLockConfiguration',
  'put-sos-bucket-object-lock-configuration': 'PutObjectLockConfiguration',
  'get-sos-bucket-ownership-controls': 'GetBucketOwnershipControls',
  'put-sos-bucket-ownership-controls': 'PutBucketOwnershipControls DeleteBucketOwnershipControls',
  'get-sos-bucket-location': 'GetBucketLocation',
  'get-sos-object-acl': 'GetObjectAcl GetObjectVersionAcl',
  'put-sos-object-acl': 'PutObjectAcl PutObjectVersionAcl',
  'get-sos-object-legal-hold': 'GetObjectLegalHold',
  'put-sos-object-legal-hold': 'PutObjectLegalHold',
  'get-sos-object-retention': 'GetObjectRetention',
  'put-sos-object-retention': 'PutObjectRetention',
  'by-pass-sos-governance-retention': 'BypassGovernanceRetention',
}

describe('operations that restrict a key', () => {
  it.each(Object.entries(SOS))('%s covers %s', (name, actions) => {
    expect([...(atomsOfOperation(name) ?? [])].sort()).toEqual([...words(actions)].sort())
  })

  it('covers no more actions than those', () => {
    const covered = new Set(Object.values(SOS).flatMap(words))
    expect(ACTION_NAMES.filter((action) => ACTIONS[action][3] !== null).sort()).toEqual([...covered].sort())
  })

  it.each([
    ['GetObject', 'GetObject HeadObject'],
    [
      'PutObject',
      'PutObject PostObject CopyObject CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload',
    ],
    ['DeleteObject', 'DeleteObject'],
    ['DeleteObjects', 'DeleteObject'],
    ['GetObjectVersion', 'GetObjectVersion HeadObjectVersion'],
    ['DeleteObjectVersion', 'DeleteObjectVersion'],
    ['HeadObject', 'HeadObject'],
    ['ListObjects', 'ListObjects'],
    ['ListObjectsV2', 'ListObjectsV2'],
    ['HeadBucket', 'HeadBucket'],
    ['UploadPart', 'UploadPart'],
    ['CopyObject', 'CopyObject'],
    ['PutBucketTagging', 'PutBucketTagging DeleteBucketTagging'],
    ['BypassGovernanceRetention', 'BypassGovernanceRetention'],
  ])('the S3 name %s covers %s', (name, actions) => {
    expect([...(atomsOfOperation(name) ?? [])].sort()).toEqual([...words(actions)].sort())
  })

  it.each(['GetObjekt', 'getobject', 's3:GetObject', 'ListBucket', '', '__proto__', 'get-sos-objects'])(
    '%j is unknown',
    (name) => {
      expect(atomsOfOperation(name)).toBeUndefined()
    },
  )

  it('the tag sos covers all of the object storage, and nothing that has no operation there', () => {
    const atoms = new Set(atomsOfTag('sos'))
    for (const name of Object.keys(SOS))
      for (const atom of atomsOfOperation(name) ?? []) expect(atoms).toContain(atom)
    for (const action of ['GetObjectTagging', 'GetBucketPolicy', 'PutBucketLifecycleConfiguration']) {
      expect(atoms).not.toContain(action)
    }
  })

  it.each(['compute', 'compute-lb', 'dbaas', 'dns', 'iam', 'sks'])(
    'the tag %s covers no S3 action',
    (tag) => {
      const atoms = atomsOfTag(tag) ?? []
      expect(atoms.length).toBeGreaterThan(0)
      expect(atoms.filter(isAction)).toEqual([])
    },
  )

  it('an unknown tag is', () => {
    expect(atomsOfTag('nope')).toBeUndefined()
  })

  it.each([
    'list-zones',
    'list-access-keys',
    'create-access-key',
    'revoke-access-key',
    'list-access-key-operations',
    'get-operation',
    'list-sos-buckets-usage',
    'get-sos-presigned-url',
  ])('%s is known and covers itself', (name) => {
    expect(KNOWN_OPERATIONS.map(({ operation }) => operation)).toContain(name)
    expect(atomsOfOperation(name)).toEqual([name])
  })

  it('names each operation once, in alphabetical order', () => {
    const names = KNOWN_OPERATIONS.map(({ operation }) => operation)
    expect(names).toEqual([...new Set(names)].sort())
  })

  it('shows the operations of which a key has all parts', () => {
    const atoms = new Set(['list-zones', 'ListObjects', 'ListBuckets'])
    expect(operationsWithin(atoms).map(({ operation }) => operation)).toEqual([
      'list-sos-buckets',
      'list-zones',
    ])
  })
})
