import { describe, expect, it } from 'vitest'
import { ACTION_NAMES, ACTIONS, type Action, VERSION_ACTION } from '../../src/iam/actions.ts'
import { isPermissionSetName, PERMISSION_SET_NAMES, PERMISSION_SETS } from '../../src/iam/permission-sets.ts'
import { OPERATIONS } from '../../src/s3/operation.ts'

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const BUCKETS_READ = words(`GetBucketAcl GetBucketCors GetBucketLifecycleConfiguration GetBucketLocation
  GetBucketTagging GetBucketVersioning GetBucketWebsite HeadBucket ListBuckets`)
const OBJECTS_READ =
  words(`GetObject GetObjectAcl GetObjectLegalHold GetObjectLockConfiguration GetObjectRetention
  GetObjectTagging HeadObject ListObjects ListObjectsV2 ListObjectVersions ListMultipartUploads ListParts`)

/** The vendor's table; DeleteObjects is DeleteObject for each key. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  ObjectStorageBucketsRead: BUCKETS_READ,
  ObjectStorageBucketsWrite: words(`CreateBucket PutBucketAcl PutBucketCors PutBucketLifecycleConfiguration
    PutBucketTagging PutBucketVersioning PutBucketWebsite DeleteBucketCors DeleteBucketLifecycle DeleteBucketTagging
    DeleteBucketWebsite`),
  ObjectStorageBucketsDelete: ['DeleteBucket'],
  ObjectStorageObjectsRead: OBJECTS_READ,
  ObjectStorageObjectsWrite:
    words(`PutObject PostObject CopyObject CreateMultipartUpload UploadPart UploadPartCopy
    CompleteMultipartUpload PutObjectAcl PutObjectLegalHold PutObjectLockConfiguration PutObjectRetention
    PutObjectTagging DeleteObjectTagging RestoreObject`),
  ObjectStorageObjectsDelete: ['DeleteObject', 'AbortMultipartUpload'],
  ObjectStorageBucketPolicyFullAccess: words(
    'GetBucketPolicy PutBucketPolicy DeleteBucketPolicy GetBucketPolicyStatus',
  ),
  ObjectStorageReadOnly: [...BUCKETS_READ, ...OBJECTS_READ, 'GetBucketPolicy', 'GetBucketPolicyStatus'],
  AllProductsReadOnly: [...BUCKETS_READ, ...OBJECTS_READ, 'GetBucketPolicy', 'GetBucketPolicyStatus'],
  ObjectStorageFullAccess: ACTION_NAMES,
  AllProductsFullAccess: ACTION_NAMES,
}

/** What a version variant is a variant of. */
function baseOf(action: Action): string {
  return Object.entries(VERSION_ACTION).find(([, variant]) => variant === action)?.[0] ?? action
}

describe('permission sets', () => {
  it.each(Object.entries(TABLE))(
    '%s holds exactly its actions, versions with their base',
    (name, expected) => {
      if (!isPermissionSetName(name)) throw new Error(`no permission set ${name}`)
      const actual = PERMISSION_SETS[name].actions
      const wanted = ACTION_NAMES.filter(
        (action) => expected.includes(action) || expected.includes(baseOf(action)),
      )
      expect(actual).toEqual(new Set(wanted))
    },
  )

  it('every set but those of object storage and of all products grants nothing on S3', () => {
    const granting = PERMISSION_SET_NAMES.filter((name) => PERMISSION_SETS[name].actions.size > 0)
    expect(new Set(granting)).toEqual(new Set(Object.keys(TABLE)))
  })

  it('bypassing governance retention is in the full sets only', () => {
    const holding = PERMISSION_SET_NAMES.filter((name) =>
      PERMISSION_SETS[name].actions.has('BypassGovernanceRetention'),
    )
    expect(holding).toEqual(['AllProductsFullAccess', 'ObjectStorageFullAccess'])
  })

  it.each([
    ['IAMManager', 'organization'],
    ['IAMReadOnly', 'organization'],
    ['IAMApplicationManager', 'organization'],
    ['IAMApplicationReadOnly', 'organization'],
    ['IAMUserManager', 'organization'],
    ['IAMUserReadOnly', 'organization'],
    ['IAMGroupManager', 'organization'],
    ['IAMGroupReadOnly', 'organization'],
    ['IAMPolicyManager', 'organization'],
    ['IAMPolicyReadOnly', 'organization'],
    ['ProjectManager', 'organization'],
    ['ProjectReadOnly', 'organization'],
    ['OrganizationManager', 'organization'],
    ['OrganizationReadOnly', 'organization'],
    ['BillingManager', 'organization'],
    ['BillingReadOnly', 'organization'],
    ['AllProductsFullAccess', 'projects'],
    ['ObjectStorageReadOnly', 'projects'],
    ['SSHKeysFullAccess', 'projects'],
    ['SSHKeysReadOnly', 'projects'],
    ['InstancesFullAccess', 'projects'],
    ['InstancesReadOnly', 'projects'],
    ['RelationalDatabasesFullAccess', 'projects'],
    ['KubernetesSystemMastersGroupAccess', 'projects'],
    ['SecretManagerSecretAccess', 'projects'],
  ] as const)('%s is about %s', (name, scope) => {
    if (!isPermissionSetName(name)) throw new Error(`no permission set ${name}`)
    const set = PERMISSION_SETS[name]
    expect(set.scope_type).toBe(scope)
    expect(set.description).not.toBe('')
    expect(set.categories).not.toEqual([])
  })

  it.each(['ObjectStorageEverything', 'constructor', '__proto__', 'toString', '', 'instancesreadonly'])(
    'there is no set %j',
    (name) => {
      expect(isPermissionSetName(name)).toBe(false)
    },
  )

  it('lists names in alphabetical order', () => {
    expect(PERMISSION_SET_NAMES).toEqual([...PERMISSION_SET_NAMES].sort())
  })

  it('an action about an operation has its level, but for a form, which names its key itself', () => {
    for (const [name, row] of Object.entries(OPERATIONS)) {
      if (!ACTION_NAMES.includes(name as Action)) continue
      const level = name === 'PostObject' ? 'object' : row.level
      expect([name, ACTIONS[name as Action][1]]).toEqual([name, level])
    }
  })
})
