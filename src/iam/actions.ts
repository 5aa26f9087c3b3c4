/**
 * The closed list of actions that can be granted, and what each one goes with: the AWS permission it stands for, the
 * permission set that holds it, and Exoscale's operation that does. Permission sets and SOS operations are derived
 * from this table; nothing else says what belongs where.
 *
 * An action is named after the S3 operation it allows. Variants carry AWS's own names: an operation on a version
 * (`GetObjectVersion`), and what a header adds (`BypassGovernanceRetention`).
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */

/** What an action is asked about. A form upload names its key in the form, so it is about an object. */
export type ActionLevel = 'service' | 'bucket' | 'object'

/** The permission sets of which an action is in at most one; `ObjectStorage` stands before each name. */
export type ElementarySet =
  | 'BucketsRead'
  | 'BucketsWrite'
  | 'BucketsDelete'
  | 'ObjectsRead'
  | 'ObjectsWrite'
  | 'ObjectsDelete'
  | 'BucketPolicyFullAccess'

/** Exoscale's operations that S3 requests need. */
export type SosOperation =
  | 'abort-sos-multipart-upload'
  | 'by-pass-sos-governance-retention'
  | 'create-sos-bucket'
  | 'delete-sos-bucket'
  | 'delete-sos-object'
  | 'get-sos-bucket-acl'
  | 'get-sos-bucket-cors'
  | 'get-sos-bucket-location'
  | 'get-sos-bucket-object-lock-configuration'
  | 'get-sos-bucket-ownership-controls'
  | 'get-sos-bucket-versioning'
  | 'get-sos-object'
  | 'get-sos-object-acl'
  | 'get-sos-object-legal-hold'
  | 'get-sos-object-retention'
  | 'list-sos-bucket'
  | 'list-sos-bucket-multipart-uploads'
  | 'list-sos-bucket-versions'
  | 'list-sos-buckets'
  | 'put-sos-bucket-acl'
  | 'put-sos-bucket-cors'
  | 'put-sos-bucket-object-lock-configuration'
  | 'put-sos-bucket-ownership-controls'
  | 'put-sos-bucket-versioning'
  | 'put-sos-object'
  | 'put-sos-object-acl'
  | 'put-sos-object-legal-hold'
  | 'put-sos-object-retention'

export type ActionRow = readonly [
  /** The AWS permission that this is, or is a part of. Several actions may share one. */
  s3: string,
  level: ActionLevel,
  /** Null: only in sets that hold everything. */
  set: ElementarySet | null,
  /** Null: a restricted key of Exoscale's kind can never have it. */
  sos: SosOperation | null,
]

/** One action per S3 operation. DeleteObjects has none of its own: it needs `DeleteObject` for each key. */
const OPERATION_ACTIONS = {
  ListBuckets: ['s3:ListAllMyBuckets', 'service', 'BucketsRead', 'list-sos-buckets'],
  CreateBucket: ['s3:CreateBucket', 'bucket', 'BucketsWrite', 'create-sos-bucket'],
  CreateBucketMetadataConfiguration: ['s3:CreateBucketMetadataTableConfiguration', 'bucket', null, null],
  CreateBucketMetadataTableConfiguration: ['s3:CreateBucketMetadataTableConfiguration', 'bucket', null, null],
  CreateSession: ['s3express:CreateSession', 'bucket', null, null],
  DeleteBucket: ['s3:DeleteBucket', 'bucket', 'BucketsDelete', 'delete-sos-bucket'],
  DeleteBucketAnalyticsConfiguration: ['s3:PutAnalyticsConfiguration', 'bucket', null, null],
  DeleteBucketCors: ['s3:PutBucketCORS', 'bucket', 'BucketsWrite', 'put-sos-bucket-cors'],
  DeleteBucketEncryption: ['s3:PutEncryptionConfiguration', 'bucket', null, null],
  DeleteBucketIntelligentTieringConfiguration: [
    's3:PutIntelligentTieringConfiguration',
    'bucket',
    null,
    null,
  ],
  DeleteBucketInventoryConfiguration: ['s3:PutInventoryConfiguration', 'bucket', null, null],
  DeleteBucketLifecycle: ['s3:PutLifecycleConfiguration', 'bucket', 'BucketsWrite', null],
  DeleteBucketMetadataConfiguration: ['s3:DeleteBucketMetadataTableConfiguration', 'bucket', null, null],
  DeleteBucketMetadataTableConfiguration: ['s3:DeleteBucketMetadataTableConfiguration', 'bucket', null, null],
  DeleteBucketMetricsConfiguration: ['s3:PutMetricsConfiguration', 'bucket', null, null],
  DeleteBucketOwnershipControls: [
    's3:PutBucketOwnershipControls',
    'bucket',
    null,
    'put-sos-bucket-ownership-controls',
  ],
  DeleteBucketPolicy: ['s3:DeleteBucketPolicy', 'bucket', 'BucketPolicyFullAccess', null],
  DeleteBucketReplication: ['s3:PutReplicationConfiguration', 'bucket', null, null],
  DeleteBucketTagging: ['s3:PutBucketTagging', 'bucket', 'BucketsWrite', null],
  DeleteBucketWebsite: ['s3:DeleteBucketWebsite', 'bucket', 'BucketsWrite', null],
  DeletePublicAccessBlock: ['s3:PutBucketPublicAccessBlock', 'bucket', null, null],
  GetBucketAbac: ['s3:GetBucketAbac', 'bucket', null, null],
  GetBucketAccelerateConfiguration: ['s3:GetAccelerateConfiguration', 'bucket', null, null],
  GetBucketAcl: ['s3:GetBucketAcl', 'bucket', 'BucketsRead', 'get-sos-bucket-acl'],
  GetBucketAnalyticsConfiguration: ['s3:GetAnalyticsConfiguration', 'bucket', null, null],
  GetBucketCors: ['s3:GetBucketCORS', 'bucket', 'BucketsRead', 'get-sos-bucket-cors'],
  GetBucketEncryption: ['s3:GetEncryptionConfiguration', 'bucket', null, null],
  GetBucketIntelligentTieringConfiguration: ['s3:GetIntelligentTieringConfiguration', 'bucket', null, null],
  GetBucketInventoryConfiguration: ['s3:GetInventoryConfiguration', 'bucket', null, null],
  GetBucketLifecycleConfiguration: ['s3:GetLifecycleConfiguration', 'bucket', 'BucketsRead', null],
  GetBucketLocation: ['s3:GetBucketLocation', 'bucket', 'BucketsRead', 'get-sos-bucket-location'],
  GetBucketLogging: ['s3:GetBucketLogging', 'bucket', null, null],
  GetBucketMetadataConfiguration: ['s3:GetBucketMetadataTableConfiguration', 'bucket', null, null],
  GetBucketMetadataTableConfiguration: ['s3:GetBucketMetadataTableConfiguration', 'bucket', null, null],
  GetBucketMetricsConfiguration: ['s3:GetMetricsConfiguration', 'bucket', null, null],
  GetBucketNotificationConfiguration: ['s3:GetBucketNotification', 'bucket', null, null],
  GetBucketOwnershipControls: [
    's3:GetBucketOwnershipControls',
    'bucket',
    null,
    'get-sos-bucket-ownership-controls',
  ],
  GetBucketPolicy: ['s3:GetBucketPolicy', 'bucket', 'BucketPolicyFullAccess', null],
  GetBucketPolicyStatus: ['s3:GetBucketPolicyStatus', 'bucket', 'BucketPolicyFullAccess', null],
  GetBucketReplication: ['s3:GetReplicationConfiguration', 'bucket', null, null],
  GetBucketRequestPayment: ['s3:GetBucketRequestPayment', 'bucket', null, null],
  GetBucketTagging: ['s3:GetBucketTagging', 'bucket', 'BucketsRead', null],
  GetBucketVersioning: ['s3:GetBucketVersioning', 'bucket', 'BucketsRead', 'get-sos-bucket-versioning'],
  GetBucketWebsite: ['s3:GetBucketWebsite', 'bucket', 'BucketsRead', null],
  GetObjectLockConfiguration: [
    's3:GetBucketObjectLockConfiguration',
    'bucket',
    'ObjectsRead',
    'get-sos-bucket-object-lock-configuration',
  ],
  GetPublicAccessBlock: ['s3:GetBucketPublicAccessBlock', 'bucket', null, null],
  HeadBucket: ['s3:ListBucket', 'bucket', 'BucketsRead', 'list-sos-bucket'],
  ListBucketAnalyticsConfigurations: ['s3:GetAnalyticsConfiguration', 'bucket', null, null],
  ListBucketIntelligentTieringConfigurations: ['s3:GetIntelligentTieringConfiguration', 'bucket', null, null],
  ListBucketInventoryConfigurations: ['s3:GetInventoryConfiguration', 'bucket', null, null],
  ListBucketMetricsConfigurations: ['s3:GetMetricsConfiguration', 'bucket', null, null],
  ListMultipartUploads: [
    's3:ListBucketMultipartUploads',
    'bucket',
    'ObjectsRead',
    'list-sos-bucket-multipart-uploads',
  ],
  ListObjectVersions: ['s3:ListBucketVersions', 'bucket', 'ObjectsRead', 'list-sos-bucket-versions'],
  ListObjects: ['s3:ListBucket', 'bucket', 'ObjectsRead', 'list-sos-bucket'],
  ListObjectsV2: ['s3:ListBucket', 'bucket', 'ObjectsRead', 'list-sos-bucket'],
  PostObject: ['s3:PutObject', 'object', 'ObjectsWrite', 'put-sos-object'],
  PutBucketAbac: ['s3:PutBucketAbac', 'bucket', null, null],
  PutBucketAccelerateConfiguration: ['s3:PutAccelerateConfiguration', 'bucket', null, null],
  PutBucketAcl: ['s3:PutBucketAcl', 'bucket', 'BucketsWrite', 'put-sos-bucket-acl'],
  PutBucketAnalyticsConfiguration: ['s3:PutAnalyticsConfiguration', 'bucket', null, null],
  PutBucketCors: ['s3:PutBucketCORS', 'bucket', 'BucketsWrite', 'put-sos-bucket-cors'],
  PutBucketEncryption: ['s3:PutEncryptionConfiguration', 'bucket', null, null],
  PutBucketIntelligentTieringConfiguration: ['s3:PutIntelligentTieringConfiguration', 'bucket', null, null],
  PutBucketInventoryConfiguration: ['s3:PutInventoryConfiguration', 'bucket', null, null],
  PutBucketLifecycleConfiguration: ['s3:PutLifecycleConfiguration', 'bucket', 'BucketsWrite', null],
  PutBucketLogging: ['s3:PutBucketLogging', 'bucket', null, null],
  PutBucketMetricsConfiguration: ['s3:PutMetricsConfiguration', 'bucket', null, null],
  PutBucketNotificationConfiguration: ['s3:PutBucketNotification', 'bucket', null, null],
  PutBucketOwnershipControls: [
    's3:PutBucketOwnershipControls',
    'bucket',
    null,
    'put-sos-bucket-ownership-controls',
  ],
  PutBucketPolicy: ['s3:PutBucketPolicy', 'bucket', 'BucketPolicyFullAccess', null],
  PutBucketReplication: ['s3:PutReplicationConfiguration', 'bucket', null, null],
  PutBucketRequestPayment: ['s3:PutBucketRequestPayment', 'bucket', null, null],
  PutBucketTagging: ['s3:PutBucketTagging', 'bucket', 'BucketsWrite', null],
  PutBucketVersioning: ['s3:PutBucketVersioning', 'bucket', 'BucketsWrite', 'put-sos-bucket-versioning'],
  PutBucketWebsite: ['s3:PutBucketWebsite', 'bucket', 'BucketsWrite', null],
  PutObjectLockConfiguration: [
    's3:PutBucketObjectLockConfiguration',
    'bucket',
    'ObjectsWrite',
    'put-sos-bucket-object-lock-configuration',
  ],
  PutPublicAccessBlock: ['s3:PutBucketPublicAccessBlock', 'bucket', null, null],
  UpdateBucketMetadataAnnotationTableConfiguration: [
    's3:UpdateBucketMetadataAnnotationTableConfiguration',
    'bucket',
    null,
    null,
  ],
  UpdateBucketMetadataInventoryTableConfiguration: [
    's3:UpdateBucketMetadataInventoryTableConfiguration',
    'bucket',
    null,
    null,
  ],
  UpdateBucketMetadataJournalTableConfiguration: [
    's3:UpdateBucketMetadataJournalTableConfiguration',
    'bucket',
    null,
    null,
  ],
  AbortMultipartUpload: ['s3:AbortMultipartUpload', 'object', 'ObjectsDelete', 'abort-sos-multipart-upload'],
  CompleteMultipartUpload: ['s3:PutObject', 'object', 'ObjectsWrite', 'put-sos-object'],
  CopyObject: ['s3:PutObject', 'object', 'ObjectsWrite', 'put-sos-object'],
  CreateMultipartUpload: ['s3:PutObject', 'object', 'ObjectsWrite', 'put-sos-object'],
  DeleteObject: ['s3:DeleteObject', 'object', 'ObjectsDelete', 'delete-sos-object'],
  DeleteObjectAnnotation: ['s3:DeleteObjectAnnotation', 'object', null, null],
  DeleteObjectTagging: ['s3:DeleteObjectTagging', 'object', 'ObjectsWrite', null],
  GetObject: ['s3:GetObject', 'object', 'ObjectsRead', 'get-sos-object'],
  GetObjectAcl: ['s3:GetObjectAcl', 'object', 'ObjectsRead', 'get-sos-object-acl'],
  GetObjectAnnotation: ['s3:GetObjectAnnotation', 'object', null, null],
  GetObjectAttributes: ['s3:GetObjectAttributes', 'object', null, 'get-sos-object'],
  GetObjectLegalHold: ['s3:GetObjectLegalHold', 'object', 'ObjectsRead', 'get-sos-object-legal-hold'],
  GetObjectRetention: ['s3:GetObjectRetention', 'object', 'ObjectsRead', 'get-sos-object-retention'],
  GetObjectTagging: ['s3:GetObjectTagging', 'object', 'ObjectsRead', null],
  GetObjectTorrent: ['s3:GetObjectTorrent', 'object', null, null],
  HeadObject: ['s3:GetObject', 'object', 'ObjectsRead', 'get-sos-object'],
  ListObjectAnnotations: ['s3:ListObjectAnnotations', 'object', null, null],
  ListParts: ['s3:ListMultipartUploadParts', 'object', 'ObjectsRead', 'list-sos-bucket-multipart-uploads'],
  PutObject: ['s3:PutObject', 'object', 'ObjectsWrite', 'put-sos-object'],
  PutObjectAcl: ['s3:PutObjectAcl', 'object', 'ObjectsWrite', 'put-sos-object-acl'],
  PutObjectAnnotation: ['s3:PutObjectAnnotation', 'object', null, null],
  PutObjectLegalHold: ['s3:PutObjectLegalHold', 'object', 'ObjectsWrite', 'put-sos-object-legal-hold'],
  PutObjectRetention: ['s3:PutObjectRetention', 'object', 'ObjectsWrite', 'put-sos-object-retention'],
  PutObjectTagging: ['s3:PutObjectTagging', 'object', 'ObjectsWrite', null],
  RenameObject: ['s3express:CreateSession', 'object', null, null],
  RestoreObject: ['s3:RestoreObject', 'object', 'ObjectsWrite', null],
  SelectObjectContent: ['s3:GetObject', 'object', null, null],
  UpdateObjectEncryption: ['s3:UpdateObjectEncryption', 'object', null, null],
  UploadPart: ['s3:PutObject', 'object', 'ObjectsWrite', 'put-sos-object'],
  UploadPartCopy: ['s3:PutObject', 'object', 'ObjectsWrite', 'put-sos-object'],
  BypassGovernanceRetention: [
    's3:BypassGovernanceRetention',
    'object',
    null,
    'by-pass-sos-governance-retention',
  ],
} as const satisfies Record<string, ActionRow>

type OperationAction = keyof typeof OPERATION_ACTIONS

/** INVARIANT: an operation on a version goes with the operation itself, in permission sets as in SOS operations. */
function versionOf(base: OperationAction, s3: string): ActionRow {
  const [, level, set, sos] = OPERATION_ACTIONS[base]
  return [s3, level, set, sos]
}

export const ACTIONS = {
  ...OPERATION_ACTIONS,
  GetObjectVersion: versionOf('GetObject', 's3:GetObjectVersion'),
  HeadObjectVersion: versionOf('HeadObject', 's3:GetObjectVersion'),
  GetObjectVersionAcl: versionOf('GetObjectAcl', 's3:GetObjectVersionAcl'),
  GetObjectVersionTagging: versionOf('GetObjectTagging', 's3:GetObjectVersionTagging'),
  GetObjectVersionAttributes: versionOf('GetObjectAttributes', 's3:GetObjectVersionAttributes'),
  GetObjectVersionAnnotation: versionOf('GetObjectAnnotation', 's3:GetObjectVersionAnnotation'),
  GetObjectVersionTorrent: versionOf('GetObjectTorrent', 's3:GetObjectVersionTorrent'),
  PutObjectVersionAcl: versionOf('PutObjectAcl', 's3:PutObjectVersionAcl'),
  PutObjectVersionTagging: versionOf('PutObjectTagging', 's3:PutObjectVersionTagging'),
  PutObjectVersionAnnotation: versionOf('PutObjectAnnotation', 's3:PutObjectVersionAnnotation'),
  DeleteObjectVersion: versionOf('DeleteObject', 's3:DeleteObjectVersion'),
  DeleteObjectVersionTagging: versionOf('DeleteObjectTagging', 's3:DeleteObjectVersionTagging'),
  DeleteObjectVersionAnnotation: versionOf('DeleteObjectAnnotation', 's3:DeleteObjectVersionAnnotation'),
  ListObjectVersionAnnotations: versionOf('ListObjectAnnotations', 's3:ListObjectVersionAnnotations'),
} satisfies Record<string, ActionRow>

export type Action = keyof typeof ACTIONS

export const ACTION_NAMES = Object.keys(ACTIONS) as readonly Action[]

/** What an operation needs instead of its own action where the request names a version. */
export const VERSION_ACTION: Partial<Record<Action, Action>> = {
  GetObject: 'GetObjectVersion',
  HeadObject: 'HeadObjectVersion',
  GetObjectAcl: 'GetObjectVersionAcl',
  GetObjectTagging: 'GetObjectVersionTagging',
  GetObjectAttributes: 'GetObjectVersionAttributes',
  GetObjectAnnotation: 'GetObjectVersionAnnotation',
  GetObjectTorrent: 'GetObjectVersionTorrent',
  PutObjectAcl: 'PutObjectVersionAcl',
  PutObjectTagging: 'PutObjectVersionTagging',
  PutObjectAnnotation: 'PutObjectVersionAnnotation',
  DeleteObject: 'DeleteObjectVersion',
  DeleteObjectTagging: 'DeleteObjectVersionTagging',
  DeleteObjectAnnotation: 'DeleteObjectVersionAnnotation',
  ListObjectAnnotations: 'ListObjectVersionAnnotations',
}

export function isAction(name: string): name is Action {
  return Object.hasOwn(ACTIONS, name)
}
