/** The tags of an object or of one of its versions. */
import type { HeaderList } from '../../s3/headers.ts'
import { readableVersion } from '../readable-version.ts'
import type { StoredBucket, StoredObject } from '../records.ts'
import { emptyReply, xmlReply } from '../reply.ts'
import { readBody } from '../wire/body.ts'
import { parseTagging, taggingDocument } from '../wire/tagging-document.ts'
import { MAX_OBJECT_TAGS } from '../wire/tags.ts'
import { type Handler, type ObjectRequest, onObject, query } from './handler.ts'

const MAX_TAGGING = 64 * 1024

export const getObjectTagging: Handler = onObject((request) => {
  const { version, headers } = find(request)
  return xmlReply(taggingDocument(version.tags), headers)
})

export const putObjectTagging: Handler = onObject(async (request) => {
  const body = await readBody(request.body, request.headers, request.checksums, MAX_TAGGING)
  const tags = parseTagging(body, MAX_OBJECT_TAGS)
  const { version, headers } = find(request)
  request.store.versions.setTags(version, tags)
  return emptyReply(200, headers)
})

export const deleteObjectTagging: Handler = onObject((request) => {
  const { version, headers } = find(request)
  request.store.versions.setTags(version, [])
  return emptyReply(204, headers)
})

function find(request: ObjectRequest): { version: StoredObject; headers: HeaderList } {
  const bucket = request.store.bucket(request.bucket)
  const version = readableVersion(request.store, bucket, request.key, query(request, 'versionId'))
  return { version, headers: versionHeaders(bucket, version) }
}

/** A bucket that has, or had, versions says which one an answer is about. */
export function versionHeaders(bucket: StoredBucket, version: StoredObject): HeaderList {
  return bucket.versioning === 'off' ? [] : [['x-amz-version-id', version.versionId]]
}
