/** GetBucketVersioning, PutBucketVersioning, and the bucket's tags. */
import { S3Error } from '../../s3/error.ts'
import { parseXml } from '../../s3/xml.ts'
import { textElement, xmlDocument } from '../../s3/xml-writer.ts'
import type { Versioning } from '../records.ts'
import { emptyReply, xmlReply } from '../reply.ts'
import { readBody } from '../wire/body.ts'
import { parseTagging, taggingDocument } from '../wire/tagging-document.ts'
import { MAX_BUCKET_TAGS } from '../wire/tags.ts'
import { type Handler, onBucket } from './handler.ts'

const MAX_CONFIGURATION = 64 * 1024

const STATUS: Record<Versioning, string> = {
  off: '',
  enabled: textElement('Status', 'Enabled'),
  suspended: textElement('Status', 'Suspended'),
}

export const getBucketVersioning: Handler = onBucket(({ bucket, store }) =>
  xmlReply(xmlDocument('VersioningConfiguration', STATUS[store.bucket(bucket).versioning])),
)

export const putBucketVersioning: Handler = onBucket(async ({ bucket, store, body, headers, checksums }) => {
  const versioning = parseVersioning(await readBody(body, headers, checksums, MAX_CONFIGURATION))
  store.bucket(bucket)
  store.buckets.setVersioning(bucket, versioning)
  return emptyReply(200)
})

/** @throws S3Error `MalformedXML`; `IllegalVersioningConfigurationException` without a status; `NotImplemented` for MFA */
function parseVersioning(body: Buffer): Exclude<Versioning, 'off'> {
  const root = parseXml(body)
  if (root.name !== 'VersioningConfiguration') throw new S3Error('MalformedXML')
  let status: string | null = null
  for (const { name, text } of root.children) {
    if (name === 'Status' && status === null) status = text
    else if (name === 'MfaDelete' && text === 'Disabled') continue
    else if (name === 'MfaDelete') throw new S3Error('NotImplemented', { elements: [['Element', name]] })
    else throw new S3Error('MalformedXML')
  }
  switch (status) {
    case 'Enabled':
      return 'enabled'
    case 'Suspended':
      return 'suspended'
    case null:
      throw new S3Error('IllegalVersioningConfigurationException')
    default:
      throw new S3Error('MalformedXML')
  }
}

export const getBucketTagging: Handler = onBucket(({ bucket, store }) => {
  const { tags } = store.bucket(bucket)
  if (tags === null) throw new S3Error('NoSuchTagSet', { elements: [['BucketName', bucket]] })
  return xmlReply(taggingDocument(tags))
})

export const putBucketTagging: Handler = onBucket(async ({ bucket, store, body, headers, checksums }) => {
  const tags = parseTagging(await readBody(body, headers, checksums, MAX_CONFIGURATION), MAX_BUCKET_TAGS)
  store.bucket(bucket)
  store.buckets.setTags(bucket, tags.length === 0 ? null : tags)
  return emptyReply(204)
})

export const deleteBucketTagging: Handler = onBucket(({ bucket, store }) => {
  store.bucket(bucket)
  store.buckets.setTags(bucket, null)
  return emptyReply(204)
})
