/** ListObjectVersions. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
import { invalidArgument } from '../../s3/error.ts'
import { optionalElement, textElement, xmlDocument } from '../../s3/xml-writer.ts'
import { afterMarker, afterRow, type ListPage, type Position } from '../index/listing.ts'
import type { ObjectVersion } from '../records.ts'
import { xmlReply } from '../reply.ts'
import type { Store } from '../store.ts'
import { keyEncoding, pageLimit } from '../wire/parameters.ts'
import {
  checksumKind,
  element,
  etagElement,
  type KeyEncoding,
  ownerElement,
  timeElement,
} from '../wire/xml-parts.ts'
import { type Handler, onBucket, query } from './handler.ts'

export const listObjectVersions: Handler = onBucket((request) => {
  const { bucket, store } = request
  store.bucket(bucket)
  const prefix = query(request, 'prefix') ?? ''
  const delimiter = query(request, 'delimiter') ?? ''
  const limit = pageLimit('max-keys', query(request, 'max-keys'))
  const encodingType = query(request, 'encoding-type')
  const encoding = keyEncoding(encodingType)
  const keyMarker = query(request, 'key-marker') ?? ''
  const versionMarker = query(request, 'version-id-marker')
  if (versionMarker !== null && keyMarker === '') {
    throw invalidArgument(
      'version-id-marker',
      versionMarker,
      'A version-id marker cannot be specified without a key marker.',
    )
  }
  const position =
    versionMarker === null
      ? afterMarker(keyMarker, prefix, delimiter)
      : afterVersion(store, bucket, keyMarker, versionMarker)
  const page = store.versions.listVersions({ bucket, prefix, delimiter, position, limit })
  return xmlReply(
    xmlDocument(
      'ListVersionsResult',
      textElement('Name', bucket) +
        textElement('Prefix', encoding(prefix)) +
        textElement('KeyMarker', encoding(keyMarker)) +
        textElement('VersionIdMarker', versionMarker ?? '') +
        nextMarkers(page, encoding) +
        textElement('MaxKeys', String(limit)) +
        optionalElement('Delimiter', delimiter === '' ? null : encoding(delimiter)) +
        optionalElement('EncodingType', encodingType) +
        textElement('IsTruncated', String(page.truncated)) +
        entryElements(page, encoding),
    ),
  )
})

/**
 * Behind a version. One that has gone meanwhile (clients delete what they listed) leaves no place to go on from: then
 * all of its key's versions come, rather than none.
 */
function afterVersion(store: Store, bucket: string, key: string, versionId: string): Position {
  const version = store.versions.find(bucket, key, versionId)
  return afterRow(key, version?.id ?? Number.MAX_SAFE_INTEGER)
}

function nextMarkers({ entries, truncated }: ListPage<ObjectVersion>, encoding: KeyEncoding): string {
  const last = entries.at(-1)
  if (!truncated || last === undefined) return ''
  return last.kind === 'prefix'
    ? textElement('NextKeyMarker', encoding(last.prefix))
    : textElement('NextKeyMarker', encoding(last.item.key)) +
        textElement('NextVersionIdMarker', last.item.versionId)
}

function entryElements({ entries }: ListPage<ObjectVersion>, encoding: KeyEncoding): string {
  let versions = ''
  let prefixes = ''
  for (const entry of entries) {
    if (entry.kind === 'prefix') {
      prefixes += element('CommonPrefixes', textElement('Prefix', encoding(entry.prefix)))
    } else {
      versions += versionElement(entry.item, encoding)
    }
  }
  return versions + prefixes
}

function versionElement(version: ObjectVersion, encoding: KeyEncoding): string {
  const identity =
    textElement('Key', encoding(version.key)) +
    textElement('VersionId', version.versionId) +
    textElement('IsLatest', String(version.latest)) +
    timeElement('LastModified', version.createdAt)
  if (version.kind === 'deleteMarker') return element('DeleteMarker', identity + ownerElement('Owner'))
  const { etag, checksum, size } = version.content
  return element(
    'Version',
    identity +
      etagElement(etag) +
      checksumKind(checksum) +
      textElement('Size', String(size)) +
      textElement('StorageClass', 'STANDARD') +
      ownerElement('Owner'),
  )
}
