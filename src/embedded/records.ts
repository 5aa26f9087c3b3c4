/** What the embedded store keeps, as immutable values. Times are milliseconds since 1970, sizes are bytes. */
import type { HeaderList } from '../s3/headers.ts'

export type Versioning = 'off' | 'enabled' | 'suspended'

export interface StoredBucket {
  readonly name: string
  readonly createdAt: number
  readonly versioning: Versioning
  /** Null: it has no tag set. */
  readonly tags: Tags | null
}

/** Tags in the order in which they were given. */
export type Tags = readonly (readonly [key: string, value: string])[]

export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

/** A checksum as S3 shows it: `CRC32`, base64, with `-N` behind it where it is a composite of N parts'. */
export interface StoredChecksum {
  readonly algorithm: string
  readonly type: ChecksumType
  readonly value: string
}

/** A piece of a blob file. */
export interface Segment {
  readonly blob: string
  readonly offset: number
  readonly length: number
}

/** What is known of the bytes of an object or a part. */
export interface ContentFacts {
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  readonly checksum: StoredChecksum | null
}

/** Bytes that are on disk and about to be named in the index. */
export interface NewContent extends ContentFacts {
  readonly segments: readonly Segment[]
}

export interface StoredContent extends ContentFacts {
  readonly id: number
}

/** What a client set on an object beside its bytes: kept and given back as it came. */
export interface ObjectDescription {
  /** System and `x-amz-meta-*` headers, lower-case names. */
  readonly headers: HeaderList
  readonly tags: Tags
}

interface StoredVersion {
  readonly id: number
  readonly key: string
  /** `null` for the one version that a bucket without enabled versioning keeps of a key. */
  readonly versionId: string
  readonly latest: boolean
  readonly createdAt: number
}

export interface StoredObject extends StoredVersion, ObjectDescription {
  readonly kind: 'object'
  readonly content: StoredContent
}

export interface DeleteMarker extends StoredVersion {
  readonly kind: 'deleteMarker'
}

export type ObjectVersion = StoredObject | DeleteMarker

/** How an upload's checksum is to come about; null: none was asked for. */
export type UploadChecksum = Pick<StoredChecksum, 'algorithm' | 'type'>

export interface StoredUpload extends ObjectDescription {
  readonly id: number
  readonly bucket: string
  readonly key: string
  readonly uploadId: string
  readonly createdAt: number
  readonly checksum: UploadChecksum | null
}

export interface StoredPart {
  readonly number: number
  readonly createdAt: number
  readonly content: StoredContent
}

/** A part of a completed object: where it lies in it, and its checksum where one is known. */
export interface ObjectPart {
  readonly number: number
  readonly start: number
  readonly size: number
  readonly checksumValue: string | null
}
