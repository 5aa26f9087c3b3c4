import * as sdk from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { type ConfigurationOperation, readConfiguration } from '../../../src/s3/bodies/configuration.ts'
import { CONFIGURATION_BODIES } from '../../../src/s3/bodies/configuration-schemas.ts'
import { OPENABLE } from '../../../src/s3/opened.ts'
import { parseXml, type XmlElement } from '../../../src/s3/xml.ts'
import { refusal } from '../requests.ts'

/** A command of any kind: the client's own type of them is not covariant. */
interface Command {
  readonly input: object
}

/** What AWS's own client writes for a command. */
async function written(command: Command): Promise<Buffer> {
  let body: Buffer | undefined
  const client = new sdk.S3Client({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:9',
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
  })
  client.middlewareStack.add(
    () => (input) => {
      body = Buffer.from(String((input.request as { body?: unknown }).body ?? ''))
      return Promise.reject(new Error('captured'))
    },
    { step: 'finalizeRequest', priority: 'low' },
  )
  await client.send(command as sdk.ListBucketsCommand).catch((error: unknown) => {
    if (body === undefined) throw error
  })
  return body ?? Buffer.alloc(0)
}

const at = { Bucket: 'bucket' } as const
const of = { Bucket: 'bucket', Key: 'key' } as const
const named = { Bucket: 'bucket', Id: 'one' } as const
const Tag = { Key: 'k', Value: 'v & w' }
const Filter = { And: { Prefix: 'p', Tags: [Tag, Tag] } }
const target = 'arn:aws:s3:::target-bucket'
const Grants: sdk.Grant[] = [{ Grantee: { Type: 'CanonicalUser', ID: 'x' }, Permission: 'READ' }]
const tableKey = { SseAlgorithm: 'aws:kms', KmsKeyArn: 'arn:aws:kms:::key' } as const

/** The fullest command of each operation, and the buckets it names. */
const COMMANDS: Readonly<Record<ConfigurationOperation, readonly [Command, ...string[]]>> = {
  PutBucketCors: [
    new sdk.PutBucketCorsCommand({
      ...at,
      CORSConfiguration: {
        CORSRules: [
          {
            ID: 'a',
            AllowedHeaders: ['*', 'x'],
            AllowedMethods: ['GET', 'PUT'],
            AllowedOrigins: ['http://a', '*'],
            ExposeHeaders: ['e', 'f'],
            MaxAgeSeconds: 5,
          },
          { AllowedMethods: ['HEAD'], AllowedOrigins: ['*'] },
        ],
      },
    }),
  ],
  PutBucketEncryption: [
    new sdk.PutBucketEncryptionCommand({
      ...at,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' },
            BucketKeyEnabled: true,
            BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
          },
        ],
      },
    }),
  ],
  PutBucketLifecycleConfiguration: [
    new sdk.PutBucketLifecycleConfigurationCommand({
      ...at,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: 'a',
            Status: 'Enabled',
            Filter: {
              And: { Prefix: 'p', Tags: [Tag, Tag], ObjectSizeGreaterThan: 1, ObjectSizeLessThan: 9 },
            },
            Expiration: { Days: 3 },
            Transitions: [
              { Days: 1, StorageClass: 'GLACIER' },
              { Date: new Date(0), StorageClass: 'DEEP_ARCHIVE' },
            ],
            NoncurrentVersionTransitions: [
              { NoncurrentDays: 1, StorageClass: 'GLACIER', NewerNoncurrentVersions: 2 },
            ],
            NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          },
          { Prefix: 'old', Status: 'Disabled', Expiration: { ExpiredObjectDeleteMarker: true } },
          { Status: 'Enabled', Filter: { Tag }, Expiration: { Date: new Date(0) } },
        ],
      },
    }),
  ],
  PutBucketVersioning: [
    new sdk.PutBucketVersioningCommand({
      ...at,
      VersioningConfiguration: { Status: 'Suspended', MFADelete: 'Disabled' },
    }),
  ],
  PutObjectLockConfiguration: [
    new sdk.PutObjectLockConfigurationCommand({
      ...at,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } },
      },
    }),
  ],
  PutObjectLegalHold: [new sdk.PutObjectLegalHoldCommand({ ...of, LegalHold: { Status: 'ON' } })],
  PutObjectRetention: [
    new sdk.PutObjectRetentionCommand({
      ...of,
      Retention: { Mode: 'COMPLIANCE', RetainUntilDate: new Date(0) },
    }),
  ],
  RestoreObject: [
    new sdk.RestoreObjectCommand({
      ...of,
      RestoreRequest: {
        Days: 1,
        GlacierJobParameters: { Tier: 'Bulk' },
        Tier: 'Bulk',
        Description: 'd',
        OutputLocation: {
          S3: {
            BucketName: 'target-bucket',
            Prefix: 'p',
            Encryption: { EncryptionType: 'aws:kms', KMSKeyId: 'k', KMSContext: 'c' },
            CannedACL: 'private',
            AccessControlList: Grants,
            Tagging: { TagSet: [Tag] },
            UserMetadata: [{ Name: 'n', Value: 'v' }],
            StorageClass: 'STANDARD',
          },
        },
      },
    }),
    'target-bucket',
  ],
  PutBucketAcl: [
    new sdk.PutBucketAclCommand({
      ...at,
      AccessControlPolicy: { Owner: { ID: 'o', DisplayName: 'd' }, Grants },
    }),
  ],
  PutObjectAcl: [
    new sdk.PutObjectAclCommand({
      ...of,
      AccessControlPolicy: { Owner: { ID: 'o', DisplayName: 'd' }, Grants },
    }),
  ],
  PutPublicAccessBlock: [
    new sdk.PutPublicAccessBlockCommand({
      ...at,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: false,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: false,
      },
    }),
  ],
  PutBucketOwnershipControls: [
    new sdk.PutBucketOwnershipControlsCommand({
      ...at,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
    }),
  ],
  PutBucketAbac: [new sdk.PutBucketAbacCommand({ ...at, AbacStatus: { Status: 'Enabled' } })],
  PutBucketWebsite: [
    new sdk.PutBucketWebsiteCommand({
      ...at,
      WebsiteConfiguration: {
        ErrorDocument: { Key: 'e' },
        IndexDocument: { Suffix: 'i' },
        RedirectAllRequestsTo: { HostName: 'h', Protocol: 'https' },
        RoutingRules: [
          {
            Condition: { HttpErrorCodeReturnedEquals: '404', KeyPrefixEquals: 'p' },
            Redirect: { HostName: 'h', HttpRedirectCode: '301', Protocol: 'http', ReplaceKeyPrefixWith: 'q' },
          },
          { Redirect: { ReplaceKeyWith: 'r' } },
        ],
      },
    }),
  ],
  PutBucketReplication: [
    new sdk.PutBucketReplicationCommand({
      ...at,
      ReplicationConfiguration: {
        Role: '',
        Rules: [
          {
            ID: 'a',
            Priority: 1,
            Filter,
            Status: 'Enabled',
            SourceSelectionCriteria: {
              SseKmsEncryptedObjects: { Status: 'Enabled' },
              ReplicaModifications: { Status: 'Disabled' },
            },
            ExistingObjectReplication: { Status: 'Enabled' },
            DeleteMarkerReplication: { Status: 'Disabled' },
            Destination: {
              Bucket: target,
              Account: '1',
              StorageClass: 'STANDARD',
              AccessControlTranslation: { Owner: 'Destination' },
              EncryptionConfiguration: { ReplicaKmsKeyID: 'k' },
              ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
              Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
            },
          },
          { Prefix: 'p', Status: 'Disabled', Destination: { Bucket: 'arn:aws:s3:::second-bucket' } },
        ],
      },
    }),
    'target-bucket',
    'second-bucket',
  ],
  PutBucketLogging: [
    new sdk.PutBucketLoggingCommand({
      ...at,
      BucketLoggingStatus: {
        LoggingEnabled: {
          TargetBucket: 'target-bucket',
          TargetPrefix: 'p',
          TargetGrants: [{ Grantee: { Type: 'Group', URI: 'u' }, Permission: 'READ' }],
          TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: 'EventTime' } },
        },
      },
    }),
    'target-bucket',
  ],
  PutBucketNotificationConfiguration: [
    new sdk.PutBucketNotificationConfigurationCommand({
      ...at,
      NotificationConfiguration: {
        TopicConfigurations: [
          {
            Id: 'a',
            TopicArn: 't',
            Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
            Filter: {
              Key: {
                FilterRules: [
                  { Name: 'prefix', Value: 'p' },
                  { Name: 'suffix', Value: 's' },
                ],
              },
            },
          },
        ],
        QueueConfigurations: [{ QueueArn: 'q', Events: ['s3:ObjectCreated:*'] }],
        LambdaFunctionConfigurations: [{ LambdaFunctionArn: 'l', Events: ['s3:ObjectCreated:*'] }],
        EventBridgeConfiguration: {},
      },
    }),
  ],
  PutBucketInventoryConfiguration: [
    new sdk.PutBucketInventoryConfigurationCommand({
      ...named,
      InventoryConfiguration: {
        Id: 'one',
        IsEnabled: true,
        Destination: {
          S3BucketDestination: {
            AccountId: '1',
            Bucket: target,
            Format: 'CSV',
            Prefix: 'p',
            Encryption: { SSEKMS: { KeyId: 'k' } },
          },
        },
        Filter: { Prefix: 'p' },
        IncludedObjectVersions: 'All',
        OptionalFields: ['Size', 'ETag'],
        Schedule: { Frequency: 'Daily' },
      },
    }),
    'target-bucket',
  ],
  PutBucketAnalyticsConfiguration: [
    new sdk.PutBucketAnalyticsConfigurationCommand({
      ...named,
      AnalyticsConfiguration: {
        Id: 'one',
        Filter,
        StorageClassAnalysis: {
          DataExport: {
            OutputSchemaVersion: 'V_1',
            Destination: {
              S3BucketDestination: { Format: 'CSV', BucketAccountId: '1', Bucket: target, Prefix: 'p' },
            },
          },
        },
      },
    }),
    'target-bucket',
  ],
  PutBucketMetricsConfiguration: [
    new sdk.PutBucketMetricsConfigurationCommand({ ...named, MetricsConfiguration: { Id: 'one', Filter } }),
  ],
  PutBucketIntelligentTieringConfiguration: [
    new sdk.PutBucketIntelligentTieringConfigurationCommand({
      ...named,
      IntelligentTieringConfiguration: {
        Id: 'one',
        Status: 'Enabled',
        Filter,
        Tierings: [
          { Days: 90, AccessTier: 'ARCHIVE_ACCESS' },
          { Days: 180, AccessTier: 'DEEP_ARCHIVE_ACCESS' },
        ],
      },
    }),
  ],
  PutBucketAccelerateConfiguration: [
    new sdk.PutBucketAccelerateConfigurationCommand({
      ...at,
      AccelerateConfiguration: { Status: 'Enabled' },
    }),
  ],
  PutBucketRequestPayment: [
    new sdk.PutBucketRequestPaymentCommand({ ...at, RequestPaymentConfiguration: { Payer: 'BucketOwner' } }),
  ],
  CreateBucketMetadataConfiguration: [
    new sdk.CreateBucketMetadataConfigurationCommand({
      ...at,
      MetadataConfiguration: {
        JournalTableConfiguration: {
          RecordExpiration: { Expiration: 'ENABLED', Days: 7 },
          EncryptionConfiguration: tableKey,
        },
        InventoryTableConfiguration: { ConfigurationState: 'ENABLED', EncryptionConfiguration: tableKey },
      },
    }),
  ],
  CreateBucketMetadataTableConfiguration: [
    new sdk.CreateBucketMetadataTableConfigurationCommand({
      ...at,
      MetadataTableConfiguration: { S3TablesDestination: undefined },
    }),
  ],
  UpdateBucketMetadataAnnotationTableConfiguration: [
    new sdk.UpdateBucketMetadataAnnotationTableConfigurationCommand({
      ...at,
      AnnotationTableConfiguration: { ConfigurationState: 'ENABLED', EncryptionConfiguration: tableKey },
    }),
  ],
  UpdateBucketMetadataInventoryTableConfiguration: [
    new sdk.UpdateBucketMetadataInventoryTableConfigurationCommand({
      ...at,
      InventoryTableConfiguration: { ConfigurationState: 'ENABLED', EncryptionConfiguration: tableKey },
    }),
  ],
  UpdateBucketMetadataJournalTableConfiguration: [
    new sdk.UpdateBucketMetadataJournalTableConfigurationCommand({
      ...at,
      JournalTableConfiguration: { RecordExpiration: { Expiration: 'ENABLED', Days: 7 } },
    }),
  ],
  UpdateObjectEncryption: [
    new sdk.UpdateObjectEncryptionCommand({
      ...of,
      ObjectEncryption: { SSEKMS: { KMSKeyArn: 'k', BucketKeyEnabled: true } },
    }),
  ],
}

/** Without white space between elements, which carries nothing. */
const plain = (element: XmlElement): unknown => [
  element.name,
  element.attributes,
  element.children.map(plain),
  element.text,
]

describe('what AWS’s client writes is understood, every word', () => {
  test.each(
    Object.entries(COMMANDS) as [ConfigurationOperation, (typeof COMMANDS)[ConfigurationOperation]][],
  )('%s', async (operation, [command, ...buckets]) => {
    const bytes = await written(command)
    expect(parseXml(bytes).name).toBe(CONFIGURATION_BODIES[operation].root)
    const read = readConfiguration(operation, bytes, OPENABLE)
    expect(plain(parseXml(read.bytes))).toEqual(plain(parseXml(bytes)))
    expect(read.buckets).toEqual(buckets)
  })

  /** They name a grant, a key, or another bucket. */
  const closed: readonly ConfigurationOperation[] = [
    'PutBucketEncryption',
    'RestoreObject',
    'PutBucketAcl',
    'PutObjectAcl',
    'PutBucketReplication',
    'PutBucketLogging',
    'PutBucketInventoryConfiguration',
    'CreateBucketMetadataConfiguration',
    'UpdateBucketMetadataAnnotationTableConfiguration',
    'UpdateBucketMetadataInventoryTableConfiguration',
    'UpdateObjectEncryption',
  ]
  test.each(closed)('%s is NotImplemented where nothing is opened', async (operation) => {
    const bytes = await written(COMMANDS[operation][0])
    expect(refusal(() => readConfiguration(operation, bytes, [])).code).toBe('NotImplemented')
  })
})

describe('refused', () => {
  const long = '<Rule><ID>a</ID>'
  test.each<[string, ConfigurationOperation, string, string]>([
    [
      'an unknown element',
      'PutBucketCors',
      '<CORSConfiguration><Extra/></CORSConfiguration>',
      'MalformedXML',
    ],
    [
      'an unknown element further down',
      'PutBucketLifecycleConfiguration',
      `<LifecycleConfiguration>${long}<Evil/></Rule></LifecycleConfiguration>`,
      'MalformedXML',
    ],
    [
      'a repeated one',
      'PutBucketVersioning',
      '<VersioningConfiguration><Status>Enabled</Status><Status>Suspended</Status></VersioningConfiguration>',
      'MalformedXML',
    ],
    ['an unknown value', 'PutObjectLegalHold', '<LegalHold><Status>on</Status></LegalHold>', 'MalformedXML'],
    [
      'a number that is none',
      'PutBucketCors',
      '<CORSConfiguration><CORSRule><MaxAgeSeconds>1e3</MaxAgeSeconds></CORSRule></CORSConfiguration>',
      'MalformedXML',
    ],
    [
      'elements in text',
      'PutBucketVersioning',
      '<VersioningConfiguration><Status><a/></Status></VersioningConfiguration>',
      'MalformedXML',
    ],
    [
      'text among elements',
      'PutBucketVersioning',
      '<VersioningConfiguration>x</VersioningConfiguration>',
      'MalformedXML',
    ],
    ['an attribute', 'PutBucketVersioning', '<VersioningConfiguration a="b"/>', 'MalformedXML'],
    ['another root', 'PutBucketVersioning', '<LifecycleConfiguration/>', 'MalformedXML'],
    ['nothing', 'PutBucketVersioning', '', 'MalformedXML'],
    [
      'a query instead of a restoration',
      'RestoreObject',
      '<RestoreRequest><Type>SELECT</Type></RestoreRequest>',
      'NotImplemented',
    ],
    [
      'its parameters',
      'RestoreObject',
      '<RestoreRequest><SelectParameters/></RestoreRequest>',
      'NotImplemented',
    ],
    [
      'an event hold',
      'PutObjectRetention',
      '<Retention><EventHold>ON</EventHold></Retention>',
      'NotImplemented',
    ],
    [
      'a bucket of tables',
      'CreateBucketMetadataTableConfiguration',
      '<MetadataTableConfiguration><S3TablesDestination/></MetadataTableConfiguration>',
      'NotImplemented',
    ],
    [
      'an encryption that there is not',
      'PutBucketEncryption',
      '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>rot13</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
      'MalformedXML',
    ],
    [
      'a role of the backend’s account',
      'PutBucketReplication',
      '<ReplicationConfiguration><Role>arn:aws:iam::1:role/r</Role></ReplicationConfiguration>',
      'NotImplemented',
    ],
  ])('%s', (_, operation, xml, code) => {
    expect(refusal(() => readConfiguration(operation, Buffer.from(xml), OPENABLE)).code).toBe(code)
  })

  test.each([
    'target-bucket',
    'arn:aws:s3:::',
    'arn:aws:s3:::UPPER',
    'arn:aws:s3:::a/b',
    'arn:aws:s3:eu:1:accesspoint/x',
    'arn:aws:s3:::tenant:bucket',
    '*',
  ])('a destination %s', (arn) => {
    const xml = `<ReplicationConfiguration><Rule><Destination><Bucket>${arn}</Bucket></Destination></Rule></ReplicationConfiguration>`
    const error = refusal(() => readConfiguration('PutBucketReplication', Buffer.from(xml), OPENABLE))
    expect([error.code, error.elements[0]]).toEqual(['InvalidArgument', ['ArgumentName', 'Bucket']])
  })

  test.each(['tenant:bucket', 'a/b', '', ' target-bucket'])('a log’s target %j', (name) => {
    const xml = `<BucketLoggingStatus><LoggingEnabled><TargetBucket>${name}</TargetBucket></LoggingEnabled></BucketLoggingStatus>`
    expect(refusal(() => readConfiguration('PutBucketLogging', Buffer.from(xml), OPENABLE)).code).toBe(
      'InvalidArgument',
    )
  })
})

test('a destination as MinIO names it', () => {
  const xml =
    '<ReplicationConfiguration><Role></Role><Rule><Destination><Bucket>arn:minio:replication::c5be:target-bucket</Bucket></Destination></Rule></ReplicationConfiguration>'
  expect(readConfiguration('PutBucketReplication', Buffer.from(xml), OPENABLE).buckets).toEqual([
    'target-bucket',
  ])
})

test('what is not opened but harmless passes', () => {
  const xml =
    '<ServerSideEncryptionConfiguration>\n  <Rule>\n    <ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>\n  </Rule>\n</ServerSideEncryptionConfiguration>'
  expect(readConfiguration('PutBucketEncryption', Buffer.from(xml), []).bytes.toString()).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      '<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>' +
      '</ServerSideEncryptionConfiguration>',
  )
})
