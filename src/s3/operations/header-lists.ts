/**
 * Groups of headers that several rows of the operation table share. Lower-case.
 */

/** Compared by the gate with the owning project, never forwarded. */
export const OWNER = 'x-amz-expected-bucket-owner'
export const SOURCE_OWNER = 'x-amz-source-expected-bucket-owner'
export const PAYER = 'x-amz-request-payer'
/** Names the algorithm of a checksum that an SDK adds; it is the gate's to read, never forwarded. */
export const SDK_CHECKSUM = 'x-amz-sdk-checksum-algorithm'
export const BYPASS = 'x-amz-bypass-governance-retention'
export const COPY_SOURCE = 'x-amz-copy-source'
export const IF_RANGE = 'if-range'
export const MP_OBJECT_SIZE = 'x-amz-mp-object-size'

export const REPRESENTATION = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
] as const

export const CONDITIONAL_READ = [
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-unmodified-since',
] as const

export const CONDITIONAL_WRITE = ['if-match', 'if-none-match'] as const

/** The values of checksums, not their algorithm or type. */
export const CHECKSUMS = [
  'x-amz-checksum-crc32',
  'x-amz-checksum-crc32c',
  'x-amz-checksum-crc64nvme',
  'x-amz-checksum-md5',
  'x-amz-checksum-sha1',
  'x-amz-checksum-sha256',
  'x-amz-checksum-sha512',
  'x-amz-checksum-xxhash128',
  'x-amz-checksum-xxhash3',
  'x-amz-checksum-xxhash64',
] as const

/** A customer's key, in the clear: never logged. */
export const SSE_CUSTOMER = [
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-server-side-encryption-customer-key',
  'x-amz-server-side-encryption-customer-key-md5',
] as const

export const SSE_CUSTOMER_OF_SOURCE = [
  'x-amz-copy-source-server-side-encryption-customer-algorithm',
  'x-amz-copy-source-server-side-encryption-customer-key',
  'x-amz-copy-source-server-side-encryption-customer-key-md5',
] as const

export const SSE = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
  'x-amz-server-side-encryption-context',
] as const

export const RETENTION = ['x-amz-object-lock-mode', 'x-amz-object-lock-retain-until-date'] as const
export const LEGAL_HOLD = 'x-amz-object-lock-legal-hold'

/** In the S3 model, but no action that would allow it is known. */
export const EVENT_HOLD = [
  'x-amz-object-lock-event-hold',
  'x-amz-object-lock-event-hold-duration-days',
  'x-amz-object-lock-event-hold-duration-years',
] as const

export const OBJECT_ACL = [
  'x-amz-acl',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write-acp',
] as const

/** `write` makes sense for a bucket alone, yet the model lists it for every ACL operation. */
export const ACL = [...OBJECT_ACL, 'x-amz-grant-write'] as const

/** AWS's canned ACLs; `log-delivery-write` is for buckets alone. */
export const CANNED_ACLS = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
] as const

export const OBJECT_OWNERSHIPS = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'] as const

export const COPY_SOURCE_CONDITIONS = [
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-unmodified-since',
] as const

/** What a new object is given beside its data, however it is made. */
export const NEW_OBJECT = [
  ...REPRESENTATION,
  ...OBJECT_ACL,
  ...SSE,
  ...SSE_CUSTOMER,
  ...RETENTION,
  LEGAL_HOLD,
  ...EVENT_HOLD,
  OWNER,
  PAYER,
  'x-amz-meta-*',
  'x-amz-storage-class',
  'x-amz-tagging',
  'x-amz-website-redirect-location',
] as const
