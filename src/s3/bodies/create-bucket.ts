/**
 * The body of CreateBucket. The location is a region of the gate's to the client, and is replaced by the backend's.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 */
import { S3Error } from '../error.ts'
import { optionalElement, xmlDocument } from '../xml-writer.ts'
import { onlyChildren, optionalChild, optionalText, parseRoot } from './fields.ts'
import { formatTag, parseTagSet, type Tag } from './tagging.ts'

export interface BucketConfiguration {
  /** Null: none was named. */
  readonly locationConstraint: string | null
  readonly tags: readonly Tag[]
}

/**
 * @param bytes may be empty: everything left to the store
 * @throws S3Error `MalformedXML`; `NotImplemented` for directory buckets
 */
export function parseCreateBucketConfiguration(bytes: Uint8Array): BucketConfiguration {
  if (bytes.length === 0) return { locationConstraint: null, tags: [] }
  const root = parseRoot(bytes, 'CreateBucketConfiguration')
  onlyChildren(root, ['LocationConstraint', 'Location', 'Bucket', 'Tags'])
  if (optionalChild(root, 'Location') !== undefined || optionalChild(root, 'Bucket') !== undefined) {
    throw new S3Error('NotImplemented', { message: 'Directory buckets are not implemented' })
  }
  const location = optionalText(root, 'LocationConstraint')
  const tags = optionalChild(root, 'Tags')
  return {
    locationConstraint: location === '' ? null : location,
    tags: tags === undefined ? [] : parseTagSet(tags, 'bucket'),
  }
}

/** The body for the backend; empty where there is nothing to say, which every store understands. */
export function formatCreateBucketConfiguration(configuration: BucketConfiguration): Buffer {
  const { locationConstraint, tags } = configuration
  if (locationConstraint === null && tags.length === 0) return Buffer.alloc(0)
  return Buffer.from(
    xmlDocument(
      'CreateBucketConfiguration',
      optionalElement('LocationConstraint', locationConstraint) +
        (tags.length === 0 ? '' : `<Tags>${tags.map(formatTag).join('')}</Tags>`),
    ),
  )
}
