/**
 * The gate's own answers about buckets: which there are, and where one is.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 */
import type { Owner } from './bodies/access-control.ts'
import { escapeXml } from './xml.ts'
import { optionalElement, textElement, xmlDocument } from './xml-writer.ts'

export interface ListedBucket {
  readonly name: string
  /** RFC 3339 in UTC with milliseconds. */
  readonly createdAt: string
  readonly region: string
}

export interface BucketListing {
  readonly owner: Owner
  /** In the order to be shown. */
  readonly buckets: readonly ListedBucket[]
  /** Echoed; null: none was asked for. */
  readonly prefix: string | null
  /** Where the next page begins; null: this is the last. */
  readonly continuationToken: string | null
}

/** The answer to ListBuckets. */
export function formatListBuckets(listing: BucketListing): string {
  const { owner } = listing
  const buckets = listing.buckets.map(
    (bucket) =>
      '<Bucket>' +
      textElement('Name', bucket.name) +
      textElement('CreationDate', bucket.createdAt) +
      textElement('BucketRegion', bucket.region) +
      '</Bucket>',
  )
  return xmlDocument(
    'ListAllMyBucketsResult',
    `<Owner>${textElement('ID', owner.id)}${textElement('DisplayName', owner.displayName)}</Owner>` +
      `<Buckets>${buckets.join('')}</Buckets>` +
      optionalElement('Prefix', listing.prefix) +
      optionalElement('ContinuationToken', listing.continuationToken),
  )
}

/** The answer to GetBucketLocation: empty for `us-east-1`, whose name S3 has never written there. */
export function formatBucketLocation(region: string): string {
  return xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : escapeXml(region))
}
