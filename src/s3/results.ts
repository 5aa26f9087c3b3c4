/**
 * The documents of the gate's own answers: which buckets there are, where one is, and who owns it.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html
 */
import { escapeXml } from './xml.ts'
import { optionalElement, textElement, xmlDocument } from './xml-writer.ts'

/** Who owns a bucket or object, as clients see it: a project. */
export interface Owner {
  readonly id: string
  readonly displayName: string
}

export interface ListedBucket {
  readonly name: string
  /** RFC 3339 in UTC with milliseconds. */
  readonly creationDate: string
  readonly region: string
}

export interface BucketListing {
  readonly owner: Owner
  /** In the order to be shown. */
  readonly buckets: readonly ListedBucket[]
  /** Echoed where one was asked for. */
  readonly prefix: string | undefined
  /** Where the next page begins; undefined: this is the last. */
  readonly continuationToken: string | undefined
}

/** The answer to ListBuckets. */
export function listAllMyBucketsResult(listing: BucketListing): string {
  const buckets = listing.buckets.map(
    (bucket) =>
      '<Bucket>' +
      textElement('Name', bucket.name) +
      textElement('CreationDate', bucket.creationDate) +
      textElement('BucketRegion', bucket.region) +
      '</Bucket>',
  )
  return xmlDocument(
    'ListAllMyBucketsResult',
    `<Owner>${identity(listing.owner)}</Owner>` +
      `<Buckets>${buckets.join('')}</Buckets>` +
      optionalElement('Prefix', listing.prefix ?? null) +
      optionalElement('ContinuationToken', listing.continuationToken ?? null),
  )
}

/** The answer to GetBucketLocation: empty for `us-east-1`, whose name S3 has never written there. */
export function locationConstraint(region: string): string {
  return xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : escapeXml(region))
}

/** The answer to GetBucketAcl and GetObjectAcl: full control for the owner, nothing for anybody else. */
export function accessControlPolicy(owner: Owner): string {
  return xmlDocument(
    'AccessControlPolicy',
    `<Owner>${identity(owner)}</Owner><AccessControlList><Grant>` +
      '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">' +
      `${identity(owner)}</Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>`,
  )
}

function identity(owner: Owner): string {
  return textElement('ID', owner.id) + textElement('DisplayName', owner.displayName)
}
