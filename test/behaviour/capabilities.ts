/**
 * Where the object stores behind the gate differ, and nowhere else: what one cannot do, the gate is expected to refuse
 * with NotImplemented.
 */
export interface Capabilities {
  /** Algorithms whose checksum of an upload it keeps and gives back, as in `x-amz-checksum-…`. */
  readonly keepsChecksums: readonly string[]
  /** Whether it knows where each part of an object ends. */
  readonly severalParts: 'known' | 'unknown'
  /** If-Match and If-None-Match on PUT. */
  readonly conditionalWrites: boolean
  /** What a request may ask that a store may overlook. */
  readonly conditions: Readonly<Record<Conditional, 'heeded' | 'refused'>>
  /** Whether every key is a key of its own, or keys are paths of files, without empty and very long segments. */
  readonly keys: 'any' | 'path'
  /** Metadata values that come back byte for byte; others come back encoded as in RFC 2047. */
  readonly metadata: 'any' | 'utf-8' | 'ascii'
  /** What becomes of `_` in the names of metadata: Ceph takes it for `-`. */
  readonly underscores: 'kept' | 'folded'
  /** Which tags there can be. */
  readonly tags: 'unicode' | 'ascii'
  /** ListMultipartUploads shows uploads of keys below a prefix, or of one key only. */
  readonly listsUploads: 'by prefix' | 'by key'
  /** What an answer says of the entity tag of a copy, and of a completed upload. */
  readonly etagOfCopy: 'quoted' | 'bare'
  readonly etagOfCompletion: 'quoted' | 'empty'
  /** What is said of an upload that is no more, when its parts are asked for. */
  readonly partsOfNone: 'NoSuchUpload' | 'NoSuchKey'
  /** The least size of a list's page that a next one follows whatever it ends with. */
  readonly leastPage: number
  readonly bucketConfiguration: boolean
  /** The least size of a part that is not the last, in bytes. */
  readonly leastPart: number
}

/** An operation with a condition, or something else that is asked beside it. */
export type Conditional =
  | 'PutObject'
  | 'CopyObject'
  | 'copySource'
  | 'CompleteMultipartUpload'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'tagsOfUpload'
  | 'tagsOfCopy'

const HEEDED: Capabilities['conditions'] = {
  PutObject: 'heeded',
  CopyObject: 'heeded',
  copySource: 'heeded',
  CompleteMultipartUpload: 'heeded',
  DeleteObject: 'heeded',
  DeleteObjects: 'heeded',
  tagsOfUpload: 'heeded',
  tagsOfCopy: 'heeded',
}

export type BackendName = 'embedded' | 'ceph' | 'minio'

/** Algorithms of S3's checksums, as in `x-amz-checksum-…`. */
const OLD_ALGORITHMS = ['crc32', 'crc32c', 'sha1', 'sha256'] as const
const NEW_ALGORITHMS = ['sha512', 'md5', 'xxhash64', 'xxhash3', 'xxhash128'] as const

/** As S3 itself. */
const FULL: Capabilities = {
  keepsChecksums: [...OLD_ALGORITHMS, 'crc64nvme', ...NEW_ALGORITHMS],
  severalParts: 'known',
  conditionalWrites: true,
  conditions: HEEDED,
  keys: 'any',
  metadata: 'any',
  underscores: 'kept',
  tags: 'unicode',
  listsUploads: 'by prefix',
  etagOfCopy: 'quoted',
  etagOfCompletion: 'quoted',
  partsOfNone: 'NoSuchUpload',
  leastPage: 1,
  bucketConfiguration: true,
  leastPart: 5 * 1024 * 1024,
}

export const CAPABILITIES: Readonly<Record<BackendName, Capabilities>> = {
  embedded: { ...FULL, bucketConfiguration: false },
  // Debian 12's radosgw 16.2.15.
  ceph: {
    ...FULL,
    keepsChecksums: [],
    severalParts: 'unknown',
    conditions: {
      PutObject: 'heeded',
      CopyObject: 'refused',
      copySource: 'refused',
      CompleteMultipartUpload: 'refused',
      DeleteObject: 'refused',
      DeleteObjects: 'refused',
      tagsOfUpload: 'refused',
      tagsOfCopy: 'refused',
    },
    metadata: 'utf-8',
    underscores: 'folded',
    etagOfCopy: 'bare',
    etagOfCompletion: 'empty',
    partsOfNone: 'NoSuchKey',
  },
  // RELEASE of February 2026.
  minio: {
    ...FULL,
    keepsChecksums: [...OLD_ALGORITHMS, 'crc64nvme'],
    conditions: {
      ...HEEDED,
      CopyObject: 'refused',
      DeleteObject: 'refused',
      DeleteObjects: 'refused',
    },
    keys: 'path',
    metadata: 'ascii',
    tags: 'ascii',
    listsUploads: 'by key',
    // A page of nothing but `a/` is the last one.
    leastPage: 2,
  },
}

/** Whether the store can have such a key. */
export function canKeep({ keys }: Capabilities, key: string): boolean {
  if (keys === 'any') return true
  const empty = key.startsWith('/') || key.includes('//')
  return !empty && key.split('/').every((segment) => Buffer.byteLength(segment) <= 255)
}
