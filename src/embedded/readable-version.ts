/** Which version of an object a request reads. */
import { S3Error } from '../s3/error.ts'
import type { DeleteMarker, StoredBucket, StoredObject } from './records.ts'
import type { Store } from './store.ts'
import { requireVersionOf } from './version-id.ts'

/**
 * The current object of `key`, or the version of it that `versionId` names.
 *
 * @param versionId null: the current one
 * @throws S3Error `NoSuchKey` (a delete marker says that it is one), `NoSuchVersion`, `MethodNotAllowed` for a delete
 *   marker named by its id, `InvalidArgument` for what cannot be an id
 */
export function readableVersion(
  store: Pick<Store, 'versions'>,
  bucket: StoredBucket,
  key: string,
  versionId: string | null,
): StoredObject {
  if (versionId === null) {
    const latest = store.versions.latest(bucket.name, key)
    if (latest?.kind === 'object') return latest
    throw new S3Error('NoSuchKey', {
      elements: [['Key', key]],
      headers: latest === undefined ? [] : markerHeaders(latest),
    })
  }
  requireVersionOf(bucket, versionId)
  const version = store.versions.find(bucket.name, key, versionId)
  if (version?.kind === 'object') return version
  if (version === undefined) {
    throw new S3Error('NoSuchVersion', {
      elements: [
        ['Key', key],
        ['VersionId', versionId],
      ],
    })
  }
  throw new S3Error('MethodNotAllowed', {
    elements: [
      ['Method', 'GET'],
      ['ResourceType', 'DeleteMarker'],
    ],
    headers: [
      ['allow', 'DELETE'],
      ['last-modified', new Date(version.createdAt).toUTCString()],
      ...markerHeaders(version),
    ],
  })
}

function markerHeaders(marker: DeleteMarker): [string, string][] {
  return [
    ['x-amz-delete-marker', 'true'],
    ['x-amz-version-id', marker.versionId],
  ]
}
