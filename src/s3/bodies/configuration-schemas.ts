/**
 * The schema of every XML body that is forwarded as parsed. Names and nesting are those of the S3 model; bodies that
 * the gate acts on itself (deletions, parts, tags, new buckets) have readers of their own.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Types_Amazon_Simple_Storage_Service.html
 */
import { OBJECT_OWNERSHIPS } from '../operations/header-lists.ts'
import type { MatchableOperationName, OPERATIONS } from '../operations/table.ts'
import {
  boolean,
  bucketArn,
  bucketName,
  elements,
  empty,
  enabledOrDisabled,
  encryption,
  integer,
  oneOf,
  opened,
  refused,
  type Schema,
  text,
} from './schema.ts'

type XmlOperation = {
  [Name in MatchableOperationName]: (typeof OPERATIONS)[Name]['body'] extends 'xml' ? Name : never
}[MatchableOperationName]

/** Operations whose body is read by {@link readConfiguration}. */
export type ConfigurationOperation = Exclude<
  XmlOperation,
  | 'CompleteMultipartUpload'
  | 'CreateBucket'
  | 'DeleteObjects'
  | 'PutBucketTagging'
  | 'PutObjectTagging'
  | 'SelectObjectContent'
>

interface Body {
  readonly root: string
  readonly schema: Schema
}

const tag = elements({ Key: text, Value: text })
const status = elements({ Status: enabledOrDisabled })
const minutes = elements({ Minutes: integer })
const prefixOrTags = { Prefix: text, Tag: tag, And: elements({ Prefix: text, 'Tag*': tag }) } as const

const grantee = elements({ ID: text, DisplayName: text, EmailAddress: text, URI: text, Type: text }, [
  'xsi:type',
])
const grants = elements({ 'Grant*': elements({ Grantee: grantee, Permission: text }) })
const accessControlPolicy = elements({
  Owner: elements({ ID: text, DisplayName: text }),
  AccessControlList: grants,
})

const sizes = { ObjectSizeGreaterThan: integer, ObjectSizeLessThan: integer } as const
const lifecycleRule = elements({
  ID: text,
  Status: enabledOrDisabled,
  // Rules of the first version have it here.
  Prefix: text,
  Filter: elements({
    Prefix: text,
    Tag: tag,
    ...sizes,
    And: elements({ Prefix: text, 'Tag*': tag, ...sizes }),
  }),
  Expiration: elements({ Date: text, Days: integer, ExpiredObjectDeleteMarker: boolean }),
  'Transition*': elements({ Date: text, Days: integer, StorageClass: text }),
  'NoncurrentVersionTransition*': elements({
    NoncurrentDays: integer,
    StorageClass: text,
    NewerNoncurrentVersions: integer,
  }),
  NoncurrentVersionExpiration: elements({ NoncurrentDays: integer, NewerNoncurrentVersions: integer }),
  AbortIncompleteMultipartUpload: elements({ DaysAfterInitiation: integer }),
})

const corsRule = elements({
  ID: text,
  'AllowedHeader*': text,
  'AllowedMethod*': oneOf('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
  'AllowedOrigin*': text,
  'ExposeHeader*': text,
  MaxAgeSeconds: integer,
})

const encryptionRule = elements({
  ApplyServerSideEncryptionByDefault: elements({
    SSEAlgorithm: encryption,
    KMSMasterKeyID: opened('KmsEncryption', text),
  }),
  BucketKeyEnabled: boolean,
  BlockedEncryptionTypes: elements({ 'EncryptionType*': text }),
})

const lockMode = oneOf('GOVERNANCE', 'COMPLIANCE')

/** A restoration that lands somewhere else writes there with the backend's power. */
const outputLocation = opened(
  'RestoreOutputLocation',
  elements({
    S3: elements({
      BucketName: bucketName,
      Prefix: text,
      Encryption: elements({
        EncryptionType: encryption,
        KMSKeyId: opened('KmsEncryption', text),
        KMSContext: opened('KmsEncryption', text),
      }),
      CannedACL: opened('PutObjectAcl', text),
      AccessControlList: opened('PutObjectAcl', grants),
      Tagging: elements({ TagSet: elements({ 'Tag*': tag }) }),
      UserMetadata: elements({ 'MetadataEntry*': elements({ Name: text, Value: text }) }),
      StorageClass: text,
    }),
  }),
)

const redirect = { HostName: text, Protocol: oneOf('http', 'https') } as const

const replicationRule = elements({
  ID: text,
  Priority: integer,
  Prefix: text,
  Filter: elements(prefixOrTags),
  Status: enabledOrDisabled,
  SourceSelectionCriteria: elements({ SseKmsEncryptedObjects: status, ReplicaModifications: status }),
  ExistingObjectReplication: status,
  DeleteMarkerReplication: status,
  // An extension of MinIO's, which its own client always sends.
  DeleteReplication: status,
  Destination: elements({
    Bucket: bucketArn,
    Account: text,
    StorageClass: text,
    AccessControlTranslation: elements({ Owner: text }),
    EncryptionConfiguration: opened('KmsEncryption', elements({ ReplicaKmsKeyID: text })),
    ReplicationTime: elements({ Status: enabledOrDisabled, Time: minutes }),
    Metrics: elements({ Status: enabledOrDisabled, EventThreshold: minutes }),
  }),
})

const notification = {
  Id: text,
  'Event*': text,
  Filter: elements({ S3Key: elements({ 'FilterRule*': elements({ Name: text, Value: text }) }) }),
} as const

const tableEncryption = elements({
  SseAlgorithm: encryption,
  KmsKeyArn: opened('KmsEncryption', text),
})
const recordExpiration = elements({ Expiration: text, Days: integer })
const journalTable = elements({
  RecordExpiration: recordExpiration,
  EncryptionConfiguration: tableEncryption,
})
const inventoryTable = elements({ ConfigurationState: text, EncryptionConfiguration: tableEncryption })
/** A role is the backend account's, which no permission of a tenant's covers. */
const annotationTable = elements({
  ConfigurationState: text,
  EncryptionConfiguration: tableEncryption,
  Role: empty,
})

export const CONFIGURATION_BODIES: Readonly<Record<ConfigurationOperation, Body>> = {
  PutBucketCors: { root: 'CORSConfiguration', schema: elements({ 'CORSRule*': corsRule }) },
  PutBucketEncryption: {
    root: 'ServerSideEncryptionConfiguration',
    schema: elements({ 'Rule*': encryptionRule }),
  },
  PutBucketLifecycleConfiguration: {
    root: 'LifecycleConfiguration',
    schema: elements({ 'Rule*': lifecycleRule }),
  },
  PutBucketVersioning: {
    root: 'VersioningConfiguration',
    schema: elements({ Status: oneOf('Enabled', 'Suspended'), MfaDelete: enabledOrDisabled }),
  },
  PutObjectLockConfiguration: {
    root: 'ObjectLockConfiguration',
    schema: elements({
      ObjectLockEnabled: oneOf('Enabled'),
      Rule: elements({
        DefaultRetention: elements({
          Mode: lockMode,
          Days: integer,
          Years: integer,
          DefaultEventHold: refused,
        }),
      }),
    }),
  },
  PutObjectLegalHold: { root: 'LegalHold', schema: elements({ Status: oneOf('ON', 'OFF') }) },
  PutObjectRetention: {
    root: 'Retention',
    schema: elements({
      Mode: lockMode,
      RetainUntilDate: text,
      EventHold: refused,
      EventHoldDuration: refused,
    }),
  },
  RestoreObject: {
    root: 'RestoreRequest',
    schema: elements({
      Days: integer,
      GlacierJobParameters: elements({ Tier: text }),
      Tier: text,
      Description: text,
      Type: refused,
      SelectParameters: refused,
      OutputLocation: outputLocation,
    }),
  },
  PutBucketAcl: { root: 'AccessControlPolicy', schema: opened('PutBucketAcl', accessControlPolicy) },
  PutObjectAcl: { root: 'AccessControlPolicy', schema: opened('PutObjectAcl', accessControlPolicy) },

  PutPublicAccessBlock: {
    root: 'PublicAccessBlockConfiguration',
    schema: elements({
      BlockPublicAcls: boolean,
      IgnorePublicAcls: boolean,
      BlockPublicPolicy: boolean,
      RestrictPublicBuckets: boolean,
    }),
  },
  PutBucketOwnershipControls: {
    root: 'OwnershipControls',
    schema: elements({ 'Rule!': elements({ 'ObjectOwnership!': oneOf(...OBJECT_OWNERSHIPS) }) }),
  },
  PutBucketAbac: { root: 'AbacStatus', schema: status },
  PutBucketWebsite: {
    root: 'WebsiteConfiguration',
    schema: elements({
      ErrorDocument: elements({ Key: text }),
      IndexDocument: elements({ Suffix: text }),
      RedirectAllRequestsTo: elements(redirect),
      RoutingRules: elements({
        'RoutingRule*': elements({
          Condition: elements({ HttpErrorCodeReturnedEquals: text, KeyPrefixEquals: text }),
          Redirect: elements({
            ...redirect,
            HttpRedirectCode: text,
            ReplaceKeyPrefixWith: text,
            ReplaceKeyWith: text,
          }),
        }),
      }),
    }),
  },
  PutBucketReplication: {
    root: 'ReplicationConfiguration',
    schema: elements({ Role: empty, 'Rule*': replicationRule }),
  },
  PutBucketLogging: {
    root: 'BucketLoggingStatus',
    schema: elements({
      LoggingEnabled: elements({
        TargetBucket: bucketName,
        TargetGrants: opened('PutObjectAcl', grants),
        TargetPrefix: text,
        TargetObjectKeyFormat: elements({
          SimplePrefix: empty,
          PartitionedPrefix: elements({ PartitionDateSource: text }),
        }),
      }),
    }),
  },
  PutBucketNotificationConfiguration: {
    root: 'NotificationConfiguration',
    schema: elements({
      'TopicConfiguration*': elements({ ...notification, Topic: text }),
      'QueueConfiguration*': elements({ ...notification, Queue: text }),
      'CloudFunctionConfiguration*': elements({ ...notification, CloudFunction: text }),
      EventBridgeConfiguration: empty,
    }),
  },
  PutBucketInventoryConfiguration: {
    root: 'InventoryConfiguration',
    schema: elements({
      Id: text,
      IsEnabled: boolean,
      Destination: elements({
        S3BucketDestination: elements({
          AccountId: text,
          Bucket: bucketArn,
          Format: text,
          Prefix: text,
          Encryption: elements({
            'SSE-S3': empty,
            'SSE-KMS': opened('KmsEncryption', elements({ KeyId: text })),
          }),
        }),
      }),
      Filter: elements({ Prefix: text }),
      IncludedObjectVersions: text,
      OptionalFields: elements({ 'Field*': text }),
      Schedule: elements({ Frequency: text }),
    }),
  },
  PutBucketAnalyticsConfiguration: {
    root: 'AnalyticsConfiguration',
    schema: elements({
      Id: text,
      Filter: elements(prefixOrTags),
      StorageClassAnalysis: elements({
        DataExport: elements({
          OutputSchemaVersion: text,
          Destination: elements({
            S3BucketDestination: elements({
              Format: text,
              BucketAccountId: text,
              Bucket: bucketArn,
              Prefix: text,
            }),
          }),
        }),
      }),
    }),
  },
  PutBucketMetricsConfiguration: {
    root: 'MetricsConfiguration',
    schema: elements({
      Id: text,
      Filter: elements({
        Prefix: text,
        Tag: tag,
        AccessPointArn: refused,
        And: elements({ Prefix: text, 'Tag*': tag, AccessPointArn: refused }),
      }),
    }),
  },
  PutBucketIntelligentTieringConfiguration: {
    root: 'IntelligentTieringConfiguration',
    schema: elements({
      Id: text,
      Status: enabledOrDisabled,
      Filter: elements(prefixOrTags),
      'Tiering*': elements({ Days: integer, AccessTier: text }),
    }),
  },
  PutBucketAccelerateConfiguration: {
    root: 'AccelerateConfiguration',
    schema: elements({ Status: oneOf('Enabled', 'Suspended') }),
  },
  PutBucketRequestPayment: {
    root: 'RequestPaymentConfiguration',
    schema: elements({ Payer: oneOf('Requester', 'BucketOwner') }),
  },
  CreateBucketMetadataConfiguration: {
    root: 'MetadataConfiguration',
    schema: elements({
      JournalTableConfiguration: journalTable,
      InventoryTableConfiguration: inventoryTable,
      AnnotationTableConfiguration: annotationTable,
    }),
  },
  // Its one form names a bucket of tables, which no project owns.
  CreateBucketMetadataTableConfiguration: {
    root: 'MetadataTableConfiguration',
    schema: elements({ S3TablesDestination: refused }),
  },
  UpdateBucketMetadataAnnotationTableConfiguration: {
    root: 'AnnotationTableConfiguration',
    schema: annotationTable,
  },
  UpdateBucketMetadataInventoryTableConfiguration: {
    root: 'InventoryTableConfiguration',
    schema: inventoryTable,
  },
  UpdateBucketMetadataJournalTableConfiguration: {
    root: 'JournalTableConfiguration',
    schema: elements({ RecordExpiration: recordExpiration }),
  },
  UpdateObjectEncryption: {
    root: 'ObjectEncryption',
    schema: elements({
      'SSE-KMS': opened('KmsEncryption', elements({ KMSKeyArn: text, BucketKeyEnabled: boolean })),
    }),
  },
}
