/** CreateBucket, HeadBucket, DeleteBucket, ListBuckets, GetBucketLocation. */
import { invalidArgument, S3Error } from '../../s3/error.ts'
import { parseXml } from '../../s3/xml.ts'
import { optionalElement, textElement, xmlDocument } from '../../s3/xml-writer.ts'
import { emptyReply, xmlReply } from '../reply.ts'
import { readBody } from '../wire/body.ts'
import { integer } from '../wire/parameters.ts'
import { element, ownerElement, timeElement } from '../wire/xml-parts.ts'
import { type Handler, onBucket, query } from './handler.ts'

const MAX_CONFIGURATION = 64 * 1024
const MAX_LISTED = 10_000

export const createBucket: Handler = onBucket(
  async ({ bucket, store, body, headers, region, checksums, now }) => {
    const configuration = await readBody(body, headers, checksums, MAX_CONFIGURATION)
    if (configuration.length > 0) requireOwnRegion(configuration, region)
    if (!store.buckets.insert(bucket, now())) {
      throw new S3Error('BucketAlreadyOwnedByYou', { elements: [['BucketName', bucket]] })
    }
    return emptyReply(200, [['location', `/${bucket}`]])
  },
)

/** The region is all that a bucket can be configured with here. */
function requireOwnRegion(configuration: Buffer, region: string): void {
  const root = parseXml(configuration)
  if (root.name !== 'CreateBucketConfiguration') throw new S3Error('MalformedXML')
  for (const child of root.children) {
    if (child.name !== 'LocationConstraint') {
      throw new S3Error('NotImplemented', { elements: [['Element', child.name]] })
    }
    if (child.text !== region && child.text !== '') {
      throw new S3Error('InvalidLocationConstraint', { elements: [['LocationConstraint', child.text]] })
    }
  }
}

export const headBucket: Handler = onBucket(({ bucket, store, region }) => {
  store.bucket(bucket)
  return emptyReply(200, [['x-amz-bucket-region', region]])
})

export const deleteBucket: Handler = onBucket(({ bucket, store }) => {
  store.removeBucket(bucket)
  return emptyReply(204)
})

export const getBucketLocation: Handler = onBucket(({ bucket, store, region }) => {
  store.bucket(bucket)
  return xmlReply(xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : region))
})

export const listBuckets: Handler = async (request) => {
  const prefix = query(request, 'prefix')
  const region = query(request, 'bucket-region')
  if (region !== null && region !== request.region) {
    throw invalidArgument('bucket-region', region, `Argument value ${region} is not a valid AWS Region`)
  }
  const asked = query(request, 'max-buckets')
  const limit = asked === null ? MAX_LISTED : integer('max-buckets', asked, 1, MAX_LISTED)
  const after = decodeToken(query(request, 'continuation-token'))
  const found = request.store.buckets.list(prefix ?? '', after, limit + 1)
  const page = found.slice(0, limit)
  const last = found.length > limit ? page.at(-1) : undefined
  const buckets = page.map((bucket) =>
    element(
      'Bucket',
      textElement('Name', bucket.name) +
        timeElement('CreationDate', bucket.createdAt) +
        (asked === null ? '' : textElement('BucketRegion', request.region)),
    ),
  )
  return xmlReply(
    xmlDocument(
      'ListAllMyBucketsResult',
      ownerElement('Owner') +
        element('Buckets', buckets.join('')) +
        optionalElement('Prefix', prefix) +
        optionalElement('ContinuationToken', last === undefined ? null : encodeToken(last.name)),
    ),
  )
}

function encodeToken(name: string): string {
  return Buffer.from(name).toString('base64url')
}

function decodeToken(token: string | null): string {
  return token === null ? '' : Buffer.from(token, 'base64url').toString()
}
