/**
 * A bucket's configuration that reaches no further than the bucket itself: a tenant's own affair, forwarded.
 */
import { ACL, OWNER, PAYER, SDK_CHECKSUM } from './header-lists.ts'
import { knows, needs, type OperationRow, subresource } from './row.ts'

export const configurationGet = {
  method: 'GET',
  level: 'bucket',
  matching: 'request',
  headers: knows(OWNER),
  body: 'none',
  checksumRequired: false,
  streamingAllowed: false,
  successStatus: 200,
  access: 'admin',
  disposition: 'forward',
} as const

export const configurationPut = {
  ...configurationGet,
  method: 'PUT',
  headers: knows('content-md5', OWNER, SDK_CHECKSUM),
  body: 'xml',
  checksumRequired: true,
} as const

export const configurationDelete = { ...configurationGet, method: 'DELETE', successStatus: 204 } as const

const cors = subresource('cors')
const encryption = subresource('encryption')
const lifecycle = subresource('lifecycle')
const objectLock = subresource('object-lock')
const tagging = subresource('tagging')
const versioning = subresource('versioning')
const acl = subresource('acl')

export const BUCKET_CONFIGURATION_OPERATIONS = {
  GetBucketCors: { ...configurationGet, query: cors, iam: needs('s3:GetBucketCORS', 'bucket') },
  PutBucketCors: { ...configurationPut, query: cors, iam: needs('s3:PutBucketCORS', 'bucket') },
  DeleteBucketCors: { ...configurationDelete, query: cors, iam: needs('s3:PutBucketCORS', 'bucket') },

  // With keys that the store manages; keys of a KMS are the backend's and are refused in the body.
  GetBucketEncryption: {
    ...configurationGet,
    query: encryption,
    iam: needs('s3:GetEncryptionConfiguration', 'bucket'),
  },
  PutBucketEncryption: {
    ...configurationPut,
    query: encryption,
    iam: needs('s3:PutEncryptionConfiguration', 'bucket'),
  },
  DeleteBucketEncryption: {
    ...configurationDelete,
    query: encryption,
    iam: needs('s3:PutEncryptionConfiguration', 'bucket'),
  },

  GetBucketLifecycleConfiguration: {
    ...configurationGet,
    query: lifecycle,
    iam: needs('s3:GetLifecycleConfiguration', 'bucket'),
  },
  PutBucketLifecycleConfiguration: {
    ...configurationPut,
    query: lifecycle,
    headers: knows(OWNER, SDK_CHECKSUM, 'x-amz-transition-default-minimum-object-size'),
    iam: needs('s3:PutLifecycleConfiguration', 'bucket'),
  },
  DeleteBucketLifecycle: {
    ...configurationDelete,
    query: lifecycle,
    iam: needs('s3:PutLifecycleConfiguration', 'bucket'),
  },
  GetBucketLifecycle: {
    ...configurationGet,
    matching: 'alias',
    query: lifecycle,
    iam: needs('s3:GetLifecycleConfiguration', 'bucket'),
  },
  PutBucketLifecycle: {
    ...configurationPut,
    matching: 'alias',
    query: lifecycle,
    iam: needs('s3:PutLifecycleConfiguration', 'bucket'),
  },

  GetObjectLockConfiguration: {
    ...configurationGet,
    query: objectLock,
    iam: needs('s3:GetBucketObjectLockConfiguration', 'bucket'),
  },
  PutObjectLockConfiguration: {
    ...configurationPut,
    query: objectLock,
    headers: knows('content-md5', OWNER, PAYER, SDK_CHECKSUM, 'x-amz-bucket-object-lock-token'),
    iam: needs('s3:PutBucketObjectLockConfiguration', 'bucket'),
  },

  GetBucketTagging: { ...configurationGet, query: tagging, iam: needs('s3:GetBucketTagging', 'bucket') },
  PutBucketTagging: { ...configurationPut, query: tagging, iam: needs('s3:PutBucketTagging', 'bucket') },
  DeleteBucketTagging: {
    ...configurationDelete,
    query: tagging,
    iam: needs('s3:PutBucketTagging', 'bucket'),
  },

  GetBucketVersioning: {
    ...configurationGet,
    query: versioning,
    access: 'read',
    iam: needs('s3:GetBucketVersioning', 'bucket'),
  },
  PutBucketVersioning: {
    ...configurationPut,
    query: versioning,
    headers: knows('content-md5', OWNER, SDK_CHECKSUM, 'x-amz-mfa'),
    iam: needs('s3:PutBucketVersioning', 'bucket'),
  },

  // At the backend every bucket belongs to the gate; the owner to show is the project.
  GetBucketAcl: {
    ...configurationGet,
    query: acl,
    iam: needs('s3:GetBucketAcl', 'bucket'),
    disposition: 'answer',
  },
  // What says no more than "private" passes; anything else only where the operator opened it.
  PutBucketAcl: {
    ...configurationPut,
    query: acl,
    headers: knows('content-md5', ...ACL, OWNER, SDK_CHECKSUM),
    iam: needs('s3:PutBucketAcl', 'bucket'),
  },
} as const satisfies Record<string, OperationRow>
