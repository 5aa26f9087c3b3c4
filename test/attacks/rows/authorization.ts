/** Attacks on what is allowed: real keys that want more than they were given. */
import { createHash } from 'node:crypto'
import type { RawHeaders } from '../../support/raw-http.ts'
import type { S3Request } from '../../support/s3-request.ts'
import { type Arena, as, PERMISSION_SETS, type PermissionSetName } from '../arena.ts'
import type { Attack } from '../attack.ts'
import { OPERATIONS, requestFor } from './authentication.ts'

type Who = (arena: Arena) => Arena['owner']

const refused = (
  row: Attack['row'],
  title: string,
  who: Who,
  request: S3Request,
  refusal: Attack['refusal'] = '403 AccessDenied',
): Attack => ({ row, title, attempt: (arena) => as(arena, who(arena), request), refusal })

const owner: Who = (arena) => arena.owner
const onlyPut: Who = (arena) => arena.limited.PutObject
const onlyGet: Who = (arena) => arena.limited.GetObject
const onlyDelete: Who = (arena) => arena.limited.DeleteObject

const PUT: S3Request = { method: 'PUT', target: '/ours/new', body: 'x' }
const withHeaders = (request: S3Request, headers: RawHeaders): S3Request => ({ ...request, headers })

/** Row 7: names that only the backend's own components send. */
const internalHeaders: readonly Attack[] = [
  'x-minio-force-delete',
  'x-minio-source-mtime',
  'x-rgw-auth',
  'x-rgw-object-type',
].map((name) => ({
  row: 7,
  title: `${name}, signed`,
  attempt: (arena: Arena) => as(arena, arena.owner, withHeaders(PUT, [[name, 'true']])),
  refusal: '501 NotImplemented',
}))

const internalAmz: readonly Attack[] = [
  'x-amz-replication-status',
  'x-amz-meta-snowball-auto-extract',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-frobnicate',
].map((name) => refused(7, `a signed ${name}`, owner, withHeaders(PUT, [[name, 'true']]), /^(400|403|501)/))

const extraPermissions: readonly Attack[] = [
  refused(
    8,
    'x-amz-acl on a PUT needs PutObjectAcl',
    onlyPut,
    withHeaders(PUT, [['x-amz-acl', 'public-read']]),
  ),
  refused(
    8,
    'x-amz-tagging on a PUT needs PutObjectTagging',
    onlyPut,
    withHeaders(PUT, [['x-amz-tagging', 'a=1']]),
  ),
  refused(
    8,
    'object lock on a PUT needs PutObjectRetention',
    onlyPut,
    withHeaders(PUT, [
      ['x-amz-object-lock-mode', 'GOVERNANCE'],
      ['x-amz-object-lock-retain-until-date', '2100-01-01T00:00:00Z'],
    ]),
  ),
  refused(
    8,
    'a legal hold on a PUT needs PutObjectLegalHold',
    onlyPut,
    withHeaders(PUT, [['x-amz-object-lock-legal-hold', 'ON']]),
  ),
  ...['x-amz-grant-read', 'x-amz-grant-full-control'].map((name) =>
    refused(8, `${name} on a PUT`, onlyPut, withHeaders(PUT, [[name, 'id="x"']]), [
      '403 AccessDenied',
      '501 NotImplemented',
    ]),
  ),
  refused(
    8,
    'bypassing governance retention needs its own permission',
    onlyDelete,
    withHeaders({ method: 'DELETE', target: '/ours/secret' }, [
      ['x-amz-bypass-governance-retention', 'true'],
    ]),
  ),
  refused(
    8,
    'a conditional PUT on an ETag needs GetObject',
    onlyPut,
    withHeaders(PUT, [['If-Match', '"0123456789abcdef0123456789abcdef"']]),
  ),
]

const SPELLINGS: readonly (readonly [title: string, source: (path: string) => string])[] = [
  ['a leading slash', (path) => `/${path}`],
  ['none', (path) => path],
  ['an encoded slash', (path) => path.replace('/', '%2F')],
  ['all slashes encoded', (path) => `%2F${path.replace('/', '%2F')}`],
  ['a version', (path) => `/${path}?versionId=x`],
  ['an encoded letter in the bucket', (path) => `/%${path.charCodeAt(0).toString(16)}${path.slice(1)}`],
]

const ODD_SPELLINGS: readonly (readonly [title: string, source: string])[] = [
  ['two leading slashes', '//theirs/secret'],
  ['a dot segment', '/./theirs/secret'],
  ['a climb out of the own bucket', '/ours/../theirs/secret'],
  ['an encoded climb', '/ours/%2e%2e/theirs/secret'],
  ['a tenant', '/tenant:theirs/secret'],
  ['an ARN', 'arn:aws:s3:::theirs/secret'],
  ['an access point', 'arn:aws:s3:us-east-1:123456789012:accesspoint/theirs/object/secret'],
  ['double encoding', '/%2574heirs/secret'],
  ['NUL', '/theirs/sec%00ret'],
  ['a bucket alone', '/theirs'],
  ['nothing', ''],
]

const copyOperations: readonly (readonly [name: string, target: string])[] = [
  ['CopyObject', '/ours/copy'],
  ['UploadPartCopy', '/ours/copy?partNumber=1&uploadId=x'],
]

const copySources: readonly Attack[] = copyOperations.flatMap(([name, target]) => [
  ...SPELLINGS.map(([spelling, source]) =>
    refused(
      11,
      `${name} from a stranger's bucket, spelled with ${spelling}`,
      owner,
      withHeaders({ method: 'PUT', target }, [['x-amz-copy-source', source('theirs/secret')]]),
    ),
  ),
  ...SPELLINGS.map(([spelling, source]) =>
    refused(
      11,
      `${name} from where the key may not read, spelled with ${spelling}`,
      (arena) => arena.below,
      withHeaders({ method: 'PUT', target: target.replace('copy', 'team-a/copy') }, [
        ['x-amz-copy-source', source('ours/secret')],
      ]),
    ),
  ),
  ...ODD_SPELLINGS.map(([spelling, source]) =>
    refused(
      11,
      `${name} from a source with ${spelling}`,
      owner,
      withHeaders({ method: 'PUT', target }, [['x-amz-copy-source', source]]),
      /^(400|403|404|501)/,
    ),
  ),
  refused(
    11,
    `${name} by a key that may only write`,
    onlyPut,
    withHeaders({ method: 'PUT', target }, [['x-amz-copy-source', '/ours/secret']]),
  ),
])

/** Which permission set an operation belongs to, from the same page that the vendor's users read. */
const SETS: Readonly<Record<PermissionSetName, readonly string[]>> = {
  ObjectStorageBucketsRead: [
    'GetBucketAcl',
    'GetBucketCors',
    'GetBucketLifecycleConfiguration',
    'GetBucketLocation',
    'GetBucketTagging',
    'GetBucketVersioning',
    'GetBucketWebsite',
    'HeadBucket',
    'ListBuckets',
  ],
  ObjectStorageBucketsWrite: [
    'CreateBucket',
    'PutBucketAcl',
    'PutBucketCors',
    'PutBucketLifecycleConfiguration',
    'PutBucketTagging',
    'PutBucketVersioning',
    'PutBucketWebsite',
    'DeleteBucketCors',
    'DeleteBucketLifecycle',
    'DeleteBucketTagging',
    'DeleteBucketWebsite',
  ],
  ObjectStorageBucketsDelete: ['DeleteBucket'],
  ObjectStorageObjectsRead: [
    'GetObject',
    'GetObjectAcl',
    'GetObjectLegalHold',
    'GetObjectLockConfiguration',
    'GetObjectRetention',
    'GetObjectTagging',
    'HeadObject',
    'ListObjects',
    'ListObjectsV2',
    'ListObjectVersions',
    'ListMultipartUploads',
    'ListParts',
  ],
  ObjectStorageObjectsWrite: [
    'PutObject',
    'CopyObject',
    'CreateMultipartUpload',
    'UploadPart',
    'UploadPartCopy',
    'CompleteMultipartUpload',
    'PutObjectAcl',
    'PutObjectLegalHold',
    'PutObjectLockConfiguration',
    'PutObjectRetention',
    'PutObjectTagging',
    'DeleteObjectTagging',
    'RestoreObject',
  ],
  ObjectStorageObjectsDelete: ['DeleteObject', 'AbortMultipartUpload'],
  ObjectStorageBucketPolicyFullAccess: [
    'GetBucketPolicy',
    'PutBucketPolicy',
    'DeleteBucketPolicy',
    'GetBucketPolicyStatus',
  ],
}

const TAGGING = '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>'
const COMPLETION =
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"0123456789abcdef0123456789abcdef"</ETag></Part></CompleteMultipartUpload>'

/** Bodies without which the request would be refused for its body, not for its sender. */
const BODIES: Readonly<Record<string, string>> = {
  PutBucketTagging: TAGGING,
  PutObjectTagging: TAGGING,
  PutBucketVersioning: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
  CompleteMultipartUpload: COMPLETION,
}

const lacking: readonly Attack[] = PERMISSION_SETS.flatMap((set) =>
  OPERATIONS.filter(({ name }) => SETS[set].includes(name)).map((operation) => {
    const body = BODIES[operation.name] ?? ''
    const request = requestFor(operation)
    const md5 = createHash('md5').update(body).digest('base64')
    const headers: RawHeaders = body === '' ? [] : [['Content-MD5', md5]]
    return refused(
      12,
      `${operation.name} with everything but ${set}`,
      (arena) => arena.lacking[set],
      { ...request, headers: [...(request.headers ?? []), ...headers], body },
      operation.method === 'HEAD' ? /^403/ : ['403 AccessDenied', '501 NotImplemented'],
    )
  }),
)

const BATCH = '<Delete><Object><Key>secret</Key></Object></Delete>'

/** Without a grant it is 403, and never 404, also where nobody has the bucket. */
const absent: readonly Attack[] = (
  [
    ['HEAD', '/nobodys', 'ObjectStorageBucketsRead', /^403/],
    ['GET', '/nobodys', 'ObjectStorageObjectsRead'],
    ['GET', '/nobodys/secret', 'ObjectStorageObjectsRead'],
    ['PUT', '/nobodys/secret', 'ObjectStorageObjectsWrite'],
    ['DELETE', '/nobodys/secret', 'ObjectStorageObjectsDelete'],
    ['POST', '/nobodys?delete', 'ObjectStorageObjectsDelete'],
    ['DELETE', '/nobodys', 'ObjectStorageBucketsDelete'],
  ] as const
).map(([method, target, set, refusal]) =>
  refused(
    12,
    `${method} ${target}, which nobody has, with everything but ${set}`,
    (arena) => arena.lacking[set],
    target.endsWith('?delete')
      ? {
          method,
          target,
          headers: [['Content-MD5', createHash('md5').update(BATCH).digest('base64')]],
          body: BATCH,
        }
      : { method, target },
    refusal,
  ),
)

const strangers: readonly Attack[] = OPERATIONS.filter(
  ({ level, method, name }) => level !== 'service' && method !== 'OPTIONS' && name !== 'CreateBucket',
).map((operation) =>
  refused(
    12,
    `${operation.name} on a bucket of another organization`,
    (arena) => arena.stranger,
    requestFor(operation),
    operation.method === 'HEAD' ? /^403/ : /^(403 AccessDenied|501 NotImplemented|400)/,
  ),
)

const versions: readonly Attack[] = [
  refused(14, 'GET of a version with GetObject alone', onlyGet, {
    method: 'GET',
    target: '/ours/secret?versionId=x',
  }),
  refused(
    14,
    'HEAD of a version with GetObject alone',
    onlyGet,
    { method: 'HEAD', target: '/ours/secret?versionId=x' },
    /^403/,
  ),
  refused(14, 'DELETE of a version with DeleteObject alone', onlyDelete, {
    method: 'DELETE',
    target: '/ours/secret?versionId=x',
  }),
  ...['tagging', 'acl'].map((resource) =>
    refused(14, `${resource} of a version with GetObject alone`, onlyGet, {
      method: 'GET',
      target: `/ours/secret?${resource}&versionId=x`,
    }),
  ),
]

const POWERS: readonly (readonly [title: string, method: string, target: string, headers?: RawHeaders])[] = [
  ['reading a bucket policy', 'GET', '/ours?policy'],
  ['a session', 'GET', '/ours?session'],
  ['a bucket that is public', 'PUT', '/public-bucket', [['x-amz-acl', 'public-read']]],
  ['an object that is public', 'PUT', '/ours/new', [['x-amz-acl', 'public-read']]],
  ['an ACL that is public', 'PUT', '/ours?acl', [['x-amz-acl', 'public-read-write']]],
  [
    'a grant to everyone',
    'PUT',
    '/ours/new',
    [['x-amz-grant-read', 'uri="http://acs.amazonaws.com/groups/global/AllUsers"']],
  ],
  [
    'a KMS key',
    'PUT',
    '/ours/new',
    [['x-amz-server-side-encryption-aws-kms-key-id', 'arn:aws:kms:x:1:key/1']],
  ],
]

/** Well-formed: what is not is refused for that. */
const CONFIGURATIONS: readonly (readonly [title: string, method: string, target: string, body: string])[] = [
  ['a bucket policy', 'PUT', '/ours?policy', '{"Version":"2012-10-17","Statement":[]}'],
  ['a public-access block', 'PUT', '/ours?publicAccessBlock', '<PublicAccessBlockConfiguration/>'],
  [
    'ownership controls',
    'PUT',
    '/ours?ownershipControls',
    '<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>',
  ],
  ['a website', 'PUT', '/ours?website', '<WebsiteConfiguration/>'],
  ['replication', 'PUT', '/ours?replication', '<ReplicationConfiguration/>'],
  ['logging', 'PUT', '/ours?logging', '<BucketLoggingStatus/>'],
  ['notifications', 'PUT', '/ours?notification', '<NotificationConfiguration/>'],
  ['an inventory', 'PUT', '/ours?inventory&id=x', '<InventoryConfiguration/>'],
  ['analytics', 'PUT', '/ours?analytics&id=x', '<AnalyticsConfiguration/>'],
  ['a metadata table', 'POST', '/ours?metadataTable', '<MetadataTableConfiguration/>'],
]

const powers: readonly Attack[] = [
  ...POWERS.map(([title, method, target, headers = []]) =>
    refused(34, title, owner, { method, target, headers, body: '' }, '501 NotImplemented'),
  ),
  ...CONFIGURATIONS.map(([title, method, target, body]) => {
    const md5 = createHash('md5').update(body).digest('base64')
    return refused(
      34,
      title,
      owner,
      { method, target, headers: [['Content-MD5', md5]], body },
      '501 NotImplemented',
    )
  }),
]

const addresses: readonly Attack[] = (
  [
    ['X-Forwarded-For', '10.1.1.1'],
    ['X-Forwarded-For', '127.0.0.1, 10.1.1.1'],
    ['X-Real-IP', '10.1.1.1'],
    ['Forwarded', 'for=10.1.1.1'],
    ['True-Client-IP', '10.1.1.1'],
  ] as const
).map(([name, value]) =>
  refused(10, `${name}: ${value} from a peer that is no trusted proxy`, (arena) => arena.elsewhere, {
    method: 'GET',
    target: '/ours/secret',
    headers: [[name, value]],
  }),
)

export const authorization: readonly Attack[] = [
  ...internalHeaders,
  ...internalAmz,
  ...extraPermissions,
  ...copySources,
  ...lacking,
  ...absent,
  ...strangers,
  ...versions,
  ...powers,
  ...addresses,
]
