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
  /** ListMultipartUploads shows uploads of keys below a prefix. */
  readonly bucketConfiguration: boolean
  /** The least size of a part that is not the last, in bytes. */
  readonly leastPart: number
}

export type BackendName = 'embedded' | 'ceph'

export const CAPABILITIES: Readonly<Record<BackendName, Capabilities>> = {
  embedded: {
    keepsChecksums: true,
    objectAttributes: true,
    conditionalWrites: true,
    bucketConfiguration: false,
    leastPart: 5 * 1024 * 1024,
  },
  // Debian 12's radosgw 16.2.15.
  ceph: {
    keepsChecksums: false,
    objectAttributes: false,
    conditionalWrites: true,
    bucketConfiguration: true,
    leastPart: 5 * 1024 * 1024,
  },
}
