/**
 * What the kinds of object store cannot do, or do otherwise: the one place where they differ.
 *
 * A backend that does not know a sub-resource runs its generic handler for the bare request, so that
 * `DELETE /bucket?analytics` deletes the bucket, and one that does not heed a condition overwrites unconditionally:
 * such requests are never sent to it. Read in MinIO's `cmd/api-router.go` and Ceph's `src/rgw/rgw_rest_s3.cc`, and run
 * against Ceph RGW 16.2.15 and MinIO of February 2026.
 */
import type { BackendKind } from '../../iam/model.ts'
import type { HeaderList, Headers } from '../../s3/headers.ts'
import { type MatchedOperation, OPERATION_NAMES, type OperationName } from '../../s3/operation.ts'
import { CONDITIONAL_WRITE, COPY_SOURCE_CONDITIONS } from '../../s3/operations/header-lists.ts'
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from '../../sigv4/checksum.ts'
import { checksumAlgorithmOf } from '../../sigv4/checksum-headers.ts'
import type { WhiteSpace } from '../../sigv4/white-space.ts'
import type { KeyForm } from './key-form.ts'

export interface Capabilities {
  /** Operations that it does not have, or would take for others. */
  readonly lacks: ReadonlySet<OperationName>
  /** What it does not heed of an operation that it has: it would do something else than was asked. */
  readonly ignores: Ignored
  /** Which keys it tells apart. */
  readonly keys: KeyForm
  /** How it wants the entity tag of `If-Match` on a write; in the other form none ever matches. */
  readonly entityTags: 'quoted' | 'bare'
  /**
   * Checksums that it verifies, keeps and returns. The others are verified by the gate alone, and taken out of all
   * requests that belong together: a backend that was told of a checksum at CreateMultipartUpload wants it in each part.
   */
  readonly checksums: ReadonlySet<ChecksumAlgorithm>
  /** Whether it tells checksums of whole objects from those of their parts (`x-amz-checksum-type`). */
  readonly checksumTypes: 'known' | 'unknown'
  /**
   * What becomes of a checksum that the client sends behind the body, too late for a header. `computed`: the backend
   * computes it, told the algorithm (`x-amz-checksum-algorithm`). `sent-on`: it takes one behind the body, too.
   * `dropped`: the gate has verified it, and that is all.
   */
  readonly trailers: 'computed' | 'sent-on' | 'dropped'
  /** How it reads white space within the values of signed headers. */
  readonly whiteSpace: WhiteSpace
  /** Whether it takes `_` in names of metadata for `-`, so that two names may be one. */
  readonly metadataNames: 'kept' | 'folded'
  /** Whether CreateBucket must name its region, where that is not `us-east-1`. */
  readonly locationConstraint: 'required' | 'omitted'
  /** What it answers when a bucket is made that its owner has made already. */
  readonly madeAgain: 'ok' | 'conflict'
  /**
   * Whether it tells of the parts that objects were made of (GetObjectAttributes, `partNumber` of reads). `derived`: it
   * does not, and what its answer to HEAD tells of them is told instead.
   */
  readonly parts: 'told' | 'derived'
  /** Whether it heeds how long the object of a multipart upload is to be (`x-amz-mp-object-size`). */
  readonly objectSizes: 'checked' | 'overlooked'
  /** Names that are not buckets there, but doors to other interfaces. */
  readonly reservedBuckets: ReadonlySet<string>
}

const REDIRECT = 'x-amz-website-redirect-location'

/** Headers and parameters, by operation. `ETag` stands for that element of a batch's keys. */
export type Ignored = Readonly<Partial<Record<OperationName, readonly string[]>>>

const IGNORED_BY_MINIO = {
  CopyObject: [...CONDITIONAL_WRITE, REDIRECT],
  CreateMultipartUpload: [REDIRECT],
  DeleteObject: ['if-match'],
  DeleteObjects: ['ETag'],
  PutObject: [REDIRECT],
} as const satisfies Ignored

const IGNORED_BY_CEPH = {
  CompleteMultipartUpload: CONDITIONAL_WRITE,
  CopyObject: [...CONDITIONAL_WRITE, ...COPY_SOURCE_CONDITIONS, 'x-amz-tagging-directive'],
  CreateMultipartUpload: ['x-amz-tagging'],
  DeleteObject: ['if-match'],
  DeleteObjects: ['ETag'],
  UploadPartCopy: COPY_SOURCE_CONDITIONS,
} as const satisfies Ignored

/** A store of an unknown kind may ignore what one that is known does, and any condition. */
const IGNORED_BY_SOME = inAll(IGNORED_BY_MINIO, IGNORED_BY_CEPH, { PutObject: CONDITIONAL_WRITE })

/** Neither MinIO nor Ceph knows them. */
const KNOWN_TO_NEITHER = [
  'CreateSession',
  'DeleteBucketAnalyticsConfiguration',
  'DeleteBucketIntelligentTieringConfiguration',
  'DeleteBucketInventoryConfiguration',
  'DeleteBucketMetadataConfiguration',
  'DeleteBucketMetadataTableConfiguration',
  'DeleteBucketMetricsConfiguration',
  'DeleteBucketOwnershipControls',
  'DeleteObjectAnnotation',
  'GetBucketAbac',
  'GetBucketMetadataConfiguration',
  'GetBucketMetadataTableConfiguration',
  'GetObjectAnnotation',
  'ListObjectAnnotations',
  'PutBucketAbac',
  'PutBucketAccelerateConfiguration',
  'PutBucketAnalyticsConfiguration',
  'PutBucketIntelligentTieringConfiguration',
  'PutBucketInventoryConfiguration',
  'PutBucketMetricsConfiguration',
  'PutBucketOwnershipControls',
  'PutObjectAnnotation',
  'RenameObject',
  'UpdateBucketMetadataAnnotationTableConfiguration',
  'UpdateBucketMetadataInventoryTableConfiguration',
  'UpdateBucketMetadataJournalTableConfiguration',
  'UpdateObjectEncryption',
] as const satisfies readonly OperationName[]

const UNKNOWN_TO_MINIO = [
  ...KNOWN_TO_NEITHER,
  'DeletePublicAccessBlock',
  'PutBucketLogging',
  'PutBucketRequestPayment',
  'PutBucketWebsite',
  'PutPublicAccessBlock',
] as const satisfies readonly OperationName[]

const UNKNOWN_TO_CEPH = [
  ...KNOWN_TO_NEITHER,
  'CreateBucketMetadataConfiguration',
  'CreateBucketMetadataTableConfiguration',
  'GetBucketAccelerateConfiguration',
  'GetBucketAnalyticsConfiguration',
  'GetBucketIntelligentTieringConfiguration',
  'GetBucketInventoryConfiguration',
  'GetBucketMetricsConfiguration',
  'GetBucketOwnershipControls',
  'ListBucketAnalyticsConfigurations',
  'ListBucketIntelligentTieringConfigurations',
  'ListBucketInventoryConfigurations',
  'ListBucketMetricsConfigurations',
  'RestoreObject',
] as const satisfies readonly OperationName[]

/** Of the development store; those that the gate answers by itself are among them. */
const EMBEDDED = [
  'AbortMultipartUpload',
  'CompleteMultipartUpload',
  'CopyObject',
  'CreateBucket',
  'CreateMultipartUpload',
  'DeleteBucket',
  'DeleteBucketTagging',
  'DeleteObject',
  'DeleteObjectTagging',
  'DeleteObjects',
  'GetBucketAcl',
  'GetBucketLocation',
  'GetBucketTagging',
  'GetBucketVersioning',
  'GetObject',
  'GetObjectAcl',
  'GetObjectAttributes',
  'GetObjectTagging',
  'HeadBucket',
  'HeadObject',
  'ListBuckets',
  'ListMultipartUploads',
  'ListObjectVersions',
  'ListObjects',
  'ListObjectsV2',
  'ListParts',
  'PostObject',
  'PutBucketTagging',
  'PutBucketVersioning',
  'PutObject',
  'PutObjectTagging',
  'UploadPart',
  'UploadPartCopy',
] as const satisfies readonly OperationName[]

const MINIO_DOORS = ['minio']
const CEPH_DOORS = ['admin', 'auth', 'swift']

export const CAPABILITIES: Readonly<Record<BackendKind, Capabilities>> = {
  embedded: {
    lacks: allBut(EMBEDDED),
    ignores: {},
    keys: 'any',
    entityTags: 'quoted',
    checksums: new Set(CHECKSUM_ALGORITHMS),
    checksumTypes: 'known',
    trailers: 'computed',
    whiteSpace: 'spaces',
    metadataNames: 'kept',
    locationConstraint: 'omitted',
    madeAgain: 'conflict',
    parts: 'told',
    objectSizes: 'checked',
    reservedBuckets: new Set(),
  },
  ceph: {
    lacks: new Set(UNKNOWN_TO_CEPH),
    ignores: IGNORED_BY_CEPH,
    keys: 'any',
    entityTags: 'bare',
    checksums: new Set(['CRC32', 'CRC32C', 'SHA1', 'SHA256']),
    checksumTypes: 'unknown',
    trailers: 'dropped',
    whiteSpace: 'first',
    metadataNames: 'folded',
    locationConstraint: 'omitted',
    madeAgain: 'ok',
    parts: 'derived',
    objectSizes: 'overlooked',
    reservedBuckets: new Set(CEPH_DOORS),
  },
  minio: {
    lacks: new Set(UNKNOWN_TO_MINIO),
    ignores: IGNORED_BY_MINIO,
    keys: 'path',
    entityTags: 'quoted',
    checksums: new Set(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']),
    checksumTypes: 'known',
    trailers: 'sent-on',
    whiteSpace: 'unicode',
    metadataNames: 'kept',
    locationConstraint: 'omitted',
    madeAgain: 'conflict',
    parts: 'told',
    objectSizes: 'overlooked',
    reservedBuckets: new Set(MINIO_DOORS),
  },
  aws: {
    lacks: new Set(),
    ignores: {},
    keys: 'any',
    entityTags: 'quoted',
    checksums: new Set(CHECKSUM_ALGORITHMS),
    checksumTypes: 'known',
    trailers: 'sent-on',
    whiteSpace: 'spaces',
    metadataNames: 'kept',
    locationConstraint: 'required',
    madeAgain: 'conflict',
    parts: 'told',
    objectSizes: 'checked',
    reservedBuckets: new Set(),
  },
  // May be any of them, or none: nothing that one of them would misunderstand, and no header that might be refused.
  generic: {
    lacks: new Set([...UNKNOWN_TO_MINIO, ...UNKNOWN_TO_CEPH]),
    ignores: IGNORED_BY_SOME,
    keys: 'path',
    entityTags: 'quoted',
    checksums: new Set(),
    checksumTypes: 'unknown',
    trailers: 'dropped',
    whiteSpace: 'spaces',
    metadataNames: 'folded',
    locationConstraint: 'required',
    madeAgain: 'conflict',
    parts: 'derived',
    objectSizes: 'overlooked',
    reservedBuckets: new Set([...MINIO_DOORS, ...CEPH_DOORS]),
  },
}

export function capabilitiesOf(kind: BackendKind): Capabilities {
  return CAPABILITIES[kind]
}

/** Whether this operation must not be sent to such a backend. */
export function lacks(kind: BackendKind, operation: OperationName): boolean {
  return CAPABILITIES[kind].lacks.has(operation)
}

/** What such a backend would not heed of this request: a header or a parameter; undefined: it heeds all of it. */
export function ignoredOf(
  kind: BackendKind,
  { name, params }: MatchedOperation,
  headers: Headers,
): string | undefined {
  const ignores: Ignored = CAPABILITIES[kind].ignores
  return ignores[name]?.find((item) => headers.has(item) || params.some(([parameter]) => parameter === item))
}

/** Whether such a backend deletes a key of a batch whatever entity tag the object must have. */
export function ignoresTagsOfBatch(kind: BackendKind): boolean {
  const ignores: Ignored = CAPABILITIES[kind].ignores
  return ignores.DeleteObjects !== undefined
}

/** The headers of a request as the backend wants them. */
export function adaptHeaders(kind: BackendKind, operation: OperationName, headers: HeaderList): HeaderList {
  const kept = withoutUnknownChecksums(kind, headers)
  if (operation !== 'PutObject' || CAPABILITIES[kind].entityTags === 'quoted') return kept
  return kept.map((header) => (header[0] === 'if-match' ? ['if-match', bareTag(header[1])] : header))
}

/** `"tag"` without its quotes; anything else as it is, which then matches nothing. */
function bareTag(value: string): string {
  return /^"([^"]*)"$/.exec(value)?.[1] ?? value
}

/**
 * The headers without the checksums that the backend cannot take, the announcement of one included; the same for every
 * request of a multipart upload.
 */
function withoutUnknownChecksums(kind: BackendKind, headers: HeaderList): HeaderList {
  const { checksums, checksumTypes } = CAPABILITIES[kind]
  return headers.filter(([name, value]) => {
    if (!name.startsWith('x-amz-checksum-')) return true
    switch (name) {
      case 'x-amz-checksum-algorithm':
        return (checksums as ReadonlySet<string>).has(value.toUpperCase())
      case 'x-amz-checksum-type':
        return checksumTypes === 'known'
      default: {
        const algorithm = checksumAlgorithmOf(name)
        return algorithm === undefined || checksums.has(algorithm)
      }
    }
  })
}

function allBut(names: readonly OperationName[]): ReadonlySet<OperationName> {
  const known = new Set<OperationName>(names)
  return new Set(OPERATION_NAMES.filter((name) => !known.has(name)))
}

function inAll(...tables: readonly Ignored[]): Ignored {
  const all: Partial<Record<OperationName, readonly string[]>> = {}
  for (const name of OPERATION_NAMES) {
    const items = tables.flatMap((table) => table[name] ?? [])
    if (items.length > 0) all[name] = items
  }
  return all
}
