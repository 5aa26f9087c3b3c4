/** Buckets themselves: making, deleting, finding and listing them. */
import { ACL, OWNER, PAYER } from './header-lists.ts'
import { knows, NO_QUERY, needs, type OperationRow, subresource } from './row.ts'

const bucket = {
  level: 'bucket',
  matching: 'request',
  query: NO_QUERY,
  headers: knows(OWNER),
  body: 'none',
  checksumRequired: false,
  streamingAllowed: false,
  successStatus: 200,
  disposition: 'forward',
} as const

const list = {
  ...bucket,
  method: 'GET',
  headers: knows(OWNER, PAYER, 'x-amz-optional-object-attributes'),
  access: 'list',
} as const

/** A preflight carries the query of the request that it asks about, hence any parameter. */
const preflight = {
  ...bucket,
  method: 'OPTIONS',
  query: { required: {}, optional: ['*'] },
  headers: { required: ['origin', 'access-control-request-method'], forbidden: [], known: [] },
  access: 'read',
  iam: { required: [], conditional: [] },
  // Preflights are never signed, and there is no anonymous access: the gate answers 403.
  disposition: 'answer',
} as const

export const BUCKET_OPERATIONS = {
  CreateBucket: {
    ...bucket,
    method: 'PUT',
    headers: knows(
      ...ACL,
      'x-amz-bucket-namespace',
      'x-amz-bucket-object-lock-enabled',
      'x-amz-object-ownership',
    ),
    body: 'xml',
    access: 'admin',
    iam: {
      required: [{ action: 's3:CreateBucket', resource: 'bucket' }],
      conditional: [
        { when: { kind: 'aclBeyondPrivate' }, effect: 'add', action: 's3:PutBucketAcl', resource: 'bucket' },
        {
          when: { kind: 'headerEquals', name: 'x-amz-bucket-object-lock-enabled', value: 'true' },
          effect: 'add',
          action: 's3:PutBucketObjectLockConfiguration',
          resource: 'bucket',
        },
        {
          when: { kind: 'headerEquals', name: 'x-amz-bucket-object-lock-enabled', value: 'true' },
          effect: 'add',
          action: 's3:PutBucketVersioning',
          resource: 'bucket',
        },
        {
          when: { kind: 'anyHeader', names: ['x-amz-object-ownership'] },
          effect: 'add',
          action: 's3:PutBucketOwnershipControls',
          resource: 'bucket',
        },
        {
          when: { kind: 'body', has: 'bucketTags' },
          effect: 'add',
          action: 's3:TagResource',
          resource: 'bucket',
        },
      ],
    },
  },
  DeleteBucket: {
    ...bucket,
    method: 'DELETE',
    successStatus: 204,
    access: 'admin',
    iam: needs('s3:DeleteBucket', 'bucket'),
  },
  HeadBucket: { ...bucket, method: 'HEAD', access: 'list', iam: needs('s3:ListBucket', 'bucket') },
  // The region is the gate's to tell; clients ask before anything else.
  GetBucketLocation: {
    ...bucket,
    method: 'GET',
    query: subresource('location'),
    access: 'read',
    iam: needs('s3:GetBucketLocation', 'bucket'),
    disposition: 'answer',
  },
  ListObjects: {
    ...list,
    query: { required: {}, optional: ['delimiter', 'encoding-type', 'marker', 'max-keys', 'prefix'] },
    iam: needs('s3:ListBucket', 'bucket'),
  },
  ListObjectsV2: {
    ...list,
    query: {
      required: { 'list-type': '=2' },
      optional: [
        'continuation-token',
        'delimiter',
        'encoding-type',
        'fetch-owner',
        'max-keys',
        'prefix',
        'start-after',
      ],
    },
    iam: needs('s3:ListBucket', 'bucket'),
  },
  ListObjectVersions: {
    ...list,
    query: subresource('versions', [
      'delimiter',
      'encoding-type',
      'key-marker',
      'max-keys',
      'prefix',
      'version-id-marker',
    ]),
    iam: needs('s3:ListBucketVersions', 'bucket'),
  },
  ListMultipartUploads: {
    ...list,
    query: subresource('uploads', [
      'delimiter',
      'encoding-type',
      'key-marker',
      'max-uploads',
      'prefix',
      'upload-id-marker',
    ]),
    headers: knows(OWNER, PAYER),
    iam: needs('s3:ListBucketMultipartUploads', 'bucket'),
  },
  // Hands out credentials that the gate could not verify; directory buckets only.
  CreateSession: {
    ...bucket,
    method: 'GET',
    query: subresource('session'),
    headers: knows(
      'x-amz-create-session-mode',
      'x-amz-server-side-encryption',
      'x-amz-server-side-encryption-aws-kms-key-id',
      'x-amz-server-side-encryption-bucket-key-enabled',
      'x-amz-server-side-encryption-context',
    ),
    access: 'admin',
    iam: needs('s3express:CreateSession', 'bucket'),
    disposition: 'refuse',
  },
  CorsPreflightBucket: preflight,
  CorsPreflightObject: { ...preflight, level: 'object' },
} as const satisfies Record<string, OperationRow>
