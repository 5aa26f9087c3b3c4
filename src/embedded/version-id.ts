/** The ids of object versions: random and opaque, as S3's are. */
import { randomBytes } from 'node:crypto'
import { invalidArgument } from '../s3/error.ts'
import type { StoredBucket } from './records.ts'

/** The id of the one version that a bucket without enabled versioning keeps of a key. */
export const NULL_VERSION = 'null'

const VERSION_ID = /^[A-Za-z0-9_-]{32}$/

export function newVersionId(): string {
  return randomBytes(24).toString('base64url')
}

/** True where `text` could be a version's id at all. */
function isVersionId(text: string): boolean {
  return text === NULL_VERSION || VERSION_ID.test(text)
}

/** @throws S3Error `InvalidArgument` where `versionId` cannot be the id of a version in this bucket */
export function requireVersionOf(bucket: StoredBucket, versionId: string): void {
  const possible = bucket.versioning === 'off' ? versionId === NULL_VERSION : isVersionId(versionId)
  if (!possible) throw invalidArgument('versionId', versionId, 'Invalid version id specified')
}
