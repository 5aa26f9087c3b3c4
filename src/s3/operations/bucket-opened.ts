/**
 * A bucket's configuration that acts with the backend's own power, beyond the bucket, or at its operator's cost:
 * forwarded only where the operator opened it for that backend.
 */
import { configurationDelete, configurationGet, configurationPut } from './bucket-configuration.ts'
import { OWNER, PAYER, SDK_CHECKSUM } from './header-lists.ts'
import { knows, namedConfiguration, needs, type OperationRow, subresource } from './row.ts'

const get = { ...configurationGet, disposition: 'opened' } as const
const put = { ...configurationPut, disposition: 'opened' } as const
const remove = { ...configurationDelete, disposition: 'opened' } as const
/** Kinds whose model knows neither Content-MD5 nor a checksum. */
const putUnchecked = { ...put, headers: knows(OWNER), checksumRequired: false } as const
const page = ['continuation-token'] as const

const policy = subresource('policy')
const publicAccessBlock = subresource('publicAccessBlock')
const ownershipControls = subresource('ownershipControls')
const abac = subresource('abac')
const website = subresource('website')
const replication = subresource('replication')
const logging = subresource('logging')
const notification = subresource('notification')
const accelerate = subresource('accelerate')
const requestPayment = subresource('requestPayment')
const metadataConfiguration = subresource('metadataConfiguration')
const metadataTable = subresource('metadataTable')

export const OPENED_BUCKET_OPERATIONS = {
  // A policy speaks to the backend's principals: `Deny *` locks the gate out, `Principal: *` opens the bucket.
  GetBucketPolicy: { ...get, query: policy, iam: needs('s3:GetBucketPolicy', 'bucket') },
  GetBucketPolicyStatus: {
    ...get,
    query: subresource('policyStatus'),
    iam: needs('s3:GetBucketPolicyStatus', 'bucket'),
  },
  PutBucketPolicy: {
    ...put,
    query: policy,
    headers: knows('content-md5', OWNER, SDK_CHECKSUM, 'x-amz-confirm-remove-self-bucket-access'),
    body: 'json',
    iam: needs('s3:PutBucketPolicy', 'bucket'),
  },
  DeleteBucketPolicy: { ...remove, query: policy, iam: needs('s3:DeleteBucketPolicy', 'bucket') },

  // Whoever may switch these off, or hand ownership to the writer, opens the bucket beside the gate.
  GetPublicAccessBlock: {
    ...get,
    query: publicAccessBlock,
    iam: needs('s3:GetBucketPublicAccessBlock', 'bucket'),
  },
  PutPublicAccessBlock: {
    ...put,
    query: publicAccessBlock,
    iam: needs('s3:PutBucketPublicAccessBlock', 'bucket'),
  },
  DeletePublicAccessBlock: {
    ...remove,
    query: publicAccessBlock,
    iam: needs('s3:PutBucketPublicAccessBlock', 'bucket'),
  },
  GetBucketOwnershipControls: {
    ...get,
    query: ownershipControls,
    iam: needs('s3:GetBucketOwnershipControls', 'bucket'),
  },
  PutBucketOwnershipControls: {
    ...put,
    query: ownershipControls,
    iam: needs('s3:PutBucketOwnershipControls', 'bucket'),
  },
  DeleteBucketOwnershipControls: {
    ...remove,
    query: ownershipControls,
    iam: needs('s3:PutBucketOwnershipControls', 'bucket'),
  },
  // Makes the backend's own policies look at tags that tenants write.
  GetBucketAbac: { ...get, query: abac, iam: needs('s3:GetBucketAbac', 'bucket') },
  PutBucketAbac: {
    ...put,
    query: abac,
    checksumRequired: false,
    iam: needs('s3:PutBucketAbac', 'bucket'),
  },

  // Serves the bucket to everybody, from an endpoint beside the gate.
  GetBucketWebsite: { ...get, query: website, iam: needs('s3:GetBucketWebsite', 'bucket') },
  PutBucketWebsite: { ...put, query: website, iam: needs('s3:PutBucketWebsite', 'bucket') },
  DeleteBucketWebsite: { ...remove, query: website, iam: needs('s3:DeleteBucketWebsite', 'bucket') },

  // The backend writes into other buckets, or sends to other services, in its own name.
  GetBucketReplication: {
    ...get,
    query: replication,
    iam: needs('s3:GetReplicationConfiguration', 'bucket'),
  },
  PutBucketReplication: {
    ...put,
    query: replication,
    headers: knows('content-md5', OWNER, SDK_CHECKSUM, 'x-amz-bucket-object-lock-token'),
    iam: {
      required: [{ action: 's3:PutReplicationConfiguration', resource: 'bucket' }],
      // AWS asks for iam:PassRole: a role of the backend's account, which no tenant can be given.
      conditional: [{ when: { kind: 'body', has: 'role' }, effect: 'refuse' }],
    },
  },
  DeleteBucketReplication: {
    ...remove,
    query: replication,
    iam: needs('s3:PutReplicationConfiguration', 'bucket'),
  },
  GetBucketLogging: { ...get, query: logging, iam: needs('s3:GetBucketLogging', 'bucket') },
  PutBucketLogging: { ...put, query: logging, iam: needs('s3:PutBucketLogging', 'bucket') },
  GetBucketNotificationConfiguration: {
    ...get,
    query: notification,
    iam: needs('s3:GetBucketNotification', 'bucket'),
  },
  PutBucketNotificationConfiguration: {
    ...putUnchecked,
    query: notification,
    headers: knows(OWNER, 'x-amz-skip-destination-validation'),
    iam: needs('s3:PutBucketNotification', 'bucket'),
  },
  GetBucketNotification: {
    ...get,
    matching: 'alias',
    query: notification,
    iam: needs('s3:GetBucketNotification', 'bucket'),
  },
  PutBucketNotification: {
    ...put,
    matching: 'alias',
    query: notification,
    iam: needs('s3:PutBucketNotification', 'bucket'),
  },
  GetBucketInventoryConfiguration: {
    ...get,
    query: namedConfiguration('inventory'),
    iam: needs('s3:GetInventoryConfiguration', 'bucket'),
  },
  ListBucketInventoryConfigurations: {
    ...get,
    query: subresource('inventory', page),
    iam: needs('s3:GetInventoryConfiguration', 'bucket'),
  },
  PutBucketInventoryConfiguration: {
    ...putUnchecked,
    query: namedConfiguration('inventory'),
    iam: needs('s3:PutInventoryConfiguration', 'bucket'),
  },
  DeleteBucketInventoryConfiguration: {
    ...remove,
    query: namedConfiguration('inventory'),
    iam: needs('s3:PutInventoryConfiguration', 'bucket'),
  },
  GetBucketAnalyticsConfiguration: {
    ...get,
    query: namedConfiguration('analytics'),
    iam: needs('s3:GetAnalyticsConfiguration', 'bucket'),
  },
  ListBucketAnalyticsConfigurations: {
    ...get,
    query: subresource('analytics', page),
    iam: needs('s3:GetAnalyticsConfiguration', 'bucket'),
  },
  PutBucketAnalyticsConfiguration: {
    ...putUnchecked,
    query: namedConfiguration('analytics'),
    iam: needs('s3:PutAnalyticsConfiguration', 'bucket'),
  },
  DeleteBucketAnalyticsConfiguration: {
    ...remove,
    query: namedConfiguration('analytics'),
    iam: needs('s3:PutAnalyticsConfiguration', 'bucket'),
  },
  GetBucketMetadataConfiguration: {
    ...get,
    query: metadataConfiguration,
    iam: needs('s3:GetBucketMetadataTableConfiguration', 'bucket'),
  },
  CreateBucketMetadataConfiguration: {
    ...put,
    method: 'POST',
    query: metadataConfiguration,
    iam: needs('s3:CreateBucketMetadataTableConfiguration', 'bucket'),
  },
  DeleteBucketMetadataConfiguration: {
    ...remove,
    query: metadataConfiguration,
    iam: needs('s3:DeleteBucketMetadataTableConfiguration', 'bucket'),
  },
  GetBucketMetadataTableConfiguration: {
    ...get,
    query: metadataTable,
    iam: needs('s3:GetBucketMetadataTableConfiguration', 'bucket'),
  },
  CreateBucketMetadataTableConfiguration: {
    ...put,
    method: 'POST',
    query: metadataTable,
    iam: needs('s3:CreateBucketMetadataTableConfiguration', 'bucket'),
  },
  DeleteBucketMetadataTableConfiguration: {
    ...remove,
    query: metadataTable,
    iam: needs('s3:DeleteBucketMetadataTableConfiguration', 'bucket'),
  },
  UpdateBucketMetadataAnnotationTableConfiguration: {
    ...put,
    query: subresource('metadataAnnotationTable'),
    iam: needs('s3:UpdateBucketMetadataAnnotationTableConfiguration', 'bucket'),
  },
  UpdateBucketMetadataInventoryTableConfiguration: {
    ...put,
    query: subresource('metadataInventoryTable'),
    iam: needs('s3:UpdateBucketMetadataInventoryTableConfiguration', 'bucket'),
  },
  UpdateBucketMetadataJournalTableConfiguration: {
    ...put,
    query: subresource('metadataJournalTable'),
    iam: needs('s3:UpdateBucketMetadataJournalTableConfiguration', 'bucket'),
  },

  // What the backend's operator pays for, or earns.
  GetBucketAccelerateConfiguration: {
    ...get,
    query: accelerate,
    headers: knows(OWNER, PAYER),
    iam: needs('s3:GetAccelerateConfiguration', 'bucket'),
  },
  PutBucketAccelerateConfiguration: {
    ...putUnchecked,
    query: accelerate,
    headers: knows(OWNER, SDK_CHECKSUM),
    iam: needs('s3:PutAccelerateConfiguration', 'bucket'),
  },
  GetBucketRequestPayment: {
    ...get,
    query: requestPayment,
    iam: needs('s3:GetBucketRequestPayment', 'bucket'),
  },
  PutBucketRequestPayment: {
    ...put,
    query: requestPayment,
    iam: needs('s3:PutBucketRequestPayment', 'bucket'),
  },
  GetBucketMetricsConfiguration: {
    ...get,
    query: namedConfiguration('metrics'),
    iam: needs('s3:GetMetricsConfiguration', 'bucket'),
  },
  ListBucketMetricsConfigurations: {
    ...get,
    query: subresource('metrics', page),
    iam: needs('s3:GetMetricsConfiguration', 'bucket'),
  },
  PutBucketMetricsConfiguration: {
    ...putUnchecked,
    query: namedConfiguration('metrics'),
    iam: needs('s3:PutMetricsConfiguration', 'bucket'),
  },
  DeleteBucketMetricsConfiguration: {
    ...remove,
    query: namedConfiguration('metrics'),
    iam: needs('s3:PutMetricsConfiguration', 'bucket'),
  },
  GetBucketIntelligentTieringConfiguration: {
    ...get,
    query: namedConfiguration('intelligent-tiering'),
    iam: needs('s3:GetIntelligentTieringConfiguration', 'bucket'),
  },
  ListBucketIntelligentTieringConfigurations: {
    ...get,
    query: subresource('intelligent-tiering', page),
    iam: needs('s3:GetIntelligentTieringConfiguration', 'bucket'),
  },
  PutBucketIntelligentTieringConfiguration: {
    ...putUnchecked,
    query: namedConfiguration('intelligent-tiering'),
    iam: needs('s3:PutIntelligentTieringConfiguration', 'bucket'),
  },
  DeleteBucketIntelligentTieringConfiguration: {
    ...remove,
    query: namedConfiguration('intelligent-tiering'),
    iam: needs('s3:PutIntelligentTieringConfiguration', 'bucket'),
  },
} as const satisfies Record<string, OperationRow>
