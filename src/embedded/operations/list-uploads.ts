/**
 * ListMultipartUploads and ListParts.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html ·
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
 */
import { optionalElement, textElement, xmlDocument } from '../../s3/xml-writer.ts'
import { afterMarker, afterRow, type ListPage, type Position } from '../index/listing.ts'
import type { StoredPart, StoredUpload } from '../records.ts'
import { xmlReply } from '../reply.ts'
import type { Store } from '../store.ts'
import { checksumElement } from '../wire/checksums.ts'
import { integer, keyEncoding, pageLimit } from '../wire/parameters.ts'
import {
  checksumKind,
  element,
  etagElement,
  type KeyEncoding,
  ownerElement,
  timeElement,
} from '../wire/xml-parts.ts'
import { type Handler, onBucket, onObject, query } from './handler.ts'

export const listMultipartUploads: Handler = onBucket((request) => {
  const { bucket, store } = request
  store.bucket(bucket)
  const prefix = query(request, 'prefix') ?? ''
  const delimiter = query(request, 'delimiter') ?? ''
  const limit = pageLimit('max-uploads', query(request, 'max-uploads'))
  const encodingType = query(request, 'encoding-type')
  const encoding = keyEncoding(encodingType)
  const keyMarker = query(request, 'key-marker') ?? ''
  // Without a key marker S3 ignores it.
  const uploadMarker = keyMarker === '' ? '' : (query(request, 'upload-id-marker') ?? '')
  const position =
    uploadMarker === ''
      ? afterMarker(keyMarker, prefix, delimiter)
      : afterUpload(store, bucket, keyMarker, uploadMarker)
  const page = store.uploads.list({ bucket, prefix, delimiter, position, limit })
  return xmlReply(
    xmlDocument(
      'ListMultipartUploadsResult',
      textElement('Bucket', bucket) +
        textElement('KeyMarker', encoding(keyMarker)) +
        textElement('UploadIdMarker', uploadMarker) +
        nextMarkers(page, encoding) +
        optionalElement('Delimiter', delimiter === '' ? null : encoding(delimiter)) +
        optionalElement('Prefix', prefix === '' ? null : encoding(prefix)) +
        optionalElement('EncodingType', encodingType) +
        textElement('MaxUploads', String(limit)) +
        textElement('IsTruncated', String(page.truncated)) +
        entryElements(page, encoding),
    ),
  )
})

/** Behind an upload. One that has ended meanwhile leaves no place to go on from: then all of its key's uploads come. */
function afterUpload(store: Store, bucket: string, key: string, uploadId: string): Position {
  return afterRow(key, store.uploads.find(bucket, key, uploadId)?.id ?? 0)
}

function nextMarkers({ entries, truncated }: ListPage<StoredUpload>, encoding: KeyEncoding): string {
  const last = entries.at(-1)
  if (!truncated || last === undefined) return ''
  return last.kind === 'prefix'
    ? textElement('NextKeyMarker', encoding(last.prefix)) + textElement('NextUploadIdMarker', '')
    : textElement('NextKeyMarker', encoding(last.item.key)) +
        textElement('NextUploadIdMarker', last.item.uploadId)
}

function entryElements({ entries }: ListPage<StoredUpload>, encoding: KeyEncoding): string {
  let uploads = ''
  let prefixes = ''
  for (const entry of entries) {
    if (entry.kind === 'prefix') {
      prefixes += element('CommonPrefixes', textElement('Prefix', encoding(entry.prefix)))
      continue
    }
    const { key, uploadId, createdAt, checksum } = entry.item
    uploads += element(
      'Upload',
      textElement('Key', encoding(key)) +
        textElement('UploadId', uploadId) +
        ownerElement('Initiator') +
        ownerElement('Owner') +
        textElement('StorageClass', 'STANDARD') +
        timeElement('Initiated', createdAt) +
        checksumKind(checksum),
    )
  }
  return uploads + prefixes
}

export const listParts: Handler = onObject((request) => {
  const { bucket, key, store } = request
  const upload = store.upload(bucket, key, query(request, 'uploadId') ?? '')
  const limit = pageLimit('max-parts', query(request, 'max-parts'))
  const marker = query(request, 'part-number-marker') ?? ''
  const after = marker === '' ? 0 : integer('part-number-marker', marker, 0, 2_147_483_647)
  const found = store.uploads.parts(upload, after, limit + 1)
  const page = found.slice(0, limit)
  const truncated = limit > 0 && found.length > limit
  const last = page.at(-1)?.number ?? 0
  return xmlReply(
    xmlDocument(
      'ListPartsResult',
      textElement('Bucket', bucket) +
        textElement('Key', key) +
        textElement('UploadId', upload.uploadId) +
        ownerElement('Initiator') +
        ownerElement('Owner') +
        textElement('StorageClass', 'STANDARD') +
        textElement('PartNumberMarker', String(after)) +
        textElement('NextPartNumberMarker', String(last)) +
        textElement('MaxParts', String(limit)) +
        textElement('IsTruncated', String(truncated)) +
        checksumKind(upload.checksum) +
        page.map(partElement).join(''),
    ),
  )
})

function partElement({ number, createdAt, content }: StoredPart): string {
  const { checksum } = content
  return element(
    'Part',
    textElement('PartNumber', String(number)) +
      timeElement('LastModified', createdAt) +
      etagElement(content.etag) +
      textElement('Size', String(content.size)) +
      (checksum === null ? '' : textElement(checksumElement(checksum.algorithm), checksum.value)),
  )
}
