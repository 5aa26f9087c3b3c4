/**
 * Where the object stores behind the gate differ, and nowhere else: what one cannot do, the gate is expected to refuse
 * with NotImplemented.
 */
export interface Capabilities {
  /** Keeps the checksum of an upload, and gives it back. */
  readonly keepsChecksums: boolean
  readonly objectAttributes: boolean
  /** If-Match and If-None-Match on PUT. */
  readonly conditionalWrites: boolean
  /** What a request may ask that a store may overlook. */
  readonly conditions: Readonly<Record<Conditional, 'heeded' | 'refused'>>
  /** ListMultipartUploads shows uploads of keys below a prefix. */
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
  | 'partNumber'
  | 'tagsOfUpload'
  | 'tagsOfCopy'

const HEEDED: Capabilities['conditions'] = {
  PutObject: 'heeded',
  CopyObject: 'heeded',
  copySource: 'heeded',
  CompleteMultipartUpload: 'heeded',
  DeleteObject: 'heeded',
  DeleteObjects: 'heeded',
  partNumber: 'heeded',
  tagsOfUpload: 'heeded',
  tagsOfCopy: 'heeded',
}

export type BackendName = 'embedded' | 'ceph' | 'minio'

export const CAPABILITIES: Readonly<Record<BackendName, Capabilities>> = {
  embedded: {
    keepsChecksums: true,
    objectAttributes: true,
    conditionalWrites: true,
    conditions: HEEDED,
    bucketConfiguration: false,
    leastPart: 5 * 1024 * 1024,
  },
  // Debian 12's radosgw 16.2.15.
  ceph: {
    keepsChecksums: false,
    objectAttributes: false,
    conditionalWrites: true,
    conditions: {
      PutObject: 'heeded',
      CopyObject: 'refused',
      copySource: 'refused',
      CompleteMultipartUpload: 'refused',
      DeleteObject: 'refused',
      DeleteObjects: 'refused',
      partNumber: 'refused',
      tagsOfUpload: 'refused',
      tagsOfCopy: 'refused',
    },
    bucketConfiguration: true,
    leastPart: 5 * 1024 * 1024,
  },
  // RELEASE of February 2026.
  minio: {
    keepsChecksums: true,
    objectAttributes: true,
    conditionalWrites: true,
    conditions: {
      ...HEEDED,
      CopyObject: 'refused',
      DeleteObject: 'refused',
      DeleteObjects: 'refused',
    },
    bucketConfiguration: true,
    leastPart: 5 * 1024 * 1024,
  },
}
