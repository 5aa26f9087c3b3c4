/**
 * ListObjects and ListObjectsV2.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
import { invalidArgument } from '../../s3/error.ts'
import { optionalElement, textElement, xmlDocument } from '../../s3/xml-writer.ts'
import { afterKey, afterMarker, afterPrefix, type ListPage, type Position, START } from '../index/listing.ts'
import type { StoredObject } from '../records.ts'
import { xmlReply } from '../reply.ts'
import { keyEncoding, pageLimit } from '../wire/parameters.ts'
import {
  checksumKind,
  element,
  etagElement,
  type KeyEncoding,
  ownerElement,
  timeElement,
} from '../wire/xml-parts.ts'
import { type BucketRequest, type Handler, onBucket, query } from './handler.ts'

/** The parameters that both have. */
interface Listing {
  readonly prefix: string
  readonly delimiter: string
  readonly limit: number
  readonly encoding: KeyEncoding
}

export const listObjects: Handler = onBucket((request) => {
  const { bucket, store } = request
  store.bucket(bucket)
  const listing = parseListing(request)
  const { prefix, delimiter, limit, encoding } = listing
  const marker = query(request, 'marker') ?? ''
  const position = afterMarker(marker, prefix, delimiter)
  const page = store.versions.listObjects({ bucket, prefix, delimiter, position, limit })
  const next = page.truncated && delimiter !== '' ? lastName(page) : null
  return xmlReply(
    xmlDocument(
      'ListBucketResult',
      textElement('Name', bucket) +
        textElement('Prefix', encoding(prefix)) +
        textElement('Marker', encoding(marker)) +
        optionalElement('NextMarker', next === null ? null : encoding(next)) +
        textElement('MaxKeys', String(limit)) +
        listingElements(request, listing, page) +
        entryElements(page, listing, ownerElement('Owner')),
    ),
  )
})

export const listObjectsV2: Handler = onBucket((request) => {
  const { bucket, store } = request
  store.bucket(bucket)
  const listing = parseListing(request)
  const { prefix, delimiter, limit, encoding } = listing
  const token = query(request, 'continuation-token')
  const startAfter = query(request, 'start-after')
  const position = token !== null ? decodeToken(token) : startAfter ? afterKey(startAfter) : START
  const page = store.versions.listObjects({ bucket, prefix, delimiter, position, limit })
  const owner = query(request, 'fetch-owner') === 'true' ? ownerElement('Owner') : ''
  return xmlReply(
    xmlDocument(
      'ListBucketResult',
      textElement('Name', bucket) +
        textElement('Prefix', encoding(prefix)) +
        optionalElement('ContinuationToken', token) +
        optionalElement('NextContinuationToken', page.truncated ? encodeToken(page) : null) +
        optionalElement('StartAfter', startAfter === null ? null : encoding(startAfter)) +
        textElement('KeyCount', String(page.entries.length)) +
        textElement('MaxKeys', String(limit)) +
        listingElements(request, listing, page) +
        entryElements(page, listing, owner),
    ),
  )
})

function parseListing(request: BucketRequest): Listing {
  return {
    prefix: query(request, 'prefix') ?? '',
    delimiter: query(request, 'delimiter') ?? '',
    limit: pageLimit('max-keys', query(request, 'max-keys')),
    encoding: keyEncoding(query(request, 'encoding-type')),
  }
}

function listingElements(
  request: BucketRequest,
  { delimiter, encoding }: Listing,
  { truncated }: ListPage<StoredObject>,
): string {
  return (
    optionalElement('Delimiter', delimiter === '' ? null : encoding(delimiter)) +
    optionalElement('EncodingType', query(request, 'encoding-type')) +
    textElement('IsTruncated', String(truncated))
  )
}

/** Objects first, then common prefixes, as S3 writes them. */
function entryElements({ entries }: ListPage<StoredObject>, { encoding }: Listing, owner: string): string {
  let contents = ''
  let prefixes = ''
  for (const entry of entries) {
    if (entry.kind === 'prefix') {
      prefixes += element('CommonPrefixes', textElement('Prefix', encoding(entry.prefix)))
      continue
    }
    const { key, createdAt, content } = entry.item
    contents += element(
      'Contents',
      textElement('Key', encoding(key)) +
        timeElement('LastModified', createdAt) +
        etagElement(content.etag) +
        checksumKind(content.checksum) +
        textElement('Size', String(content.size)) +
        owner +
        textElement('StorageClass', 'STANDARD'),
    )
  }
  return contents + prefixes
}

function lastName({ entries }: ListPage<StoredObject>): string | null {
  const last = entries.at(-1)
  if (last === undefined) return null
  return last.kind === 'prefix' ? last.prefix : last.item.key
}

/** A continuation token says whether the page ended with a key or with a common prefix, and with which. */
function encodeToken({ entries }: ListPage<StoredObject>): string | null {
  const last = entries.at(-1)
  if (last === undefined) return null
  const text = last.kind === 'prefix' ? `p${last.prefix}` : `k${last.item.key}`
  return Buffer.from(text).toString('base64url')
}

/** @throws S3Error `InvalidArgument` */
function decodeToken(token: string): Position {
  const text = Buffer.from(token, 'base64url').toString()
  if (Buffer.from(text).toString('base64url') === token) {
    if (text.startsWith('p')) return afterPrefix(text.slice(1))
    if (text.startsWith('k')) return afterKey(text.slice(1))
  }
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect')
}
