/** The AWS SDK for JavaScript 2, from the modules in the folder $MODULES. */
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import * as stage from './stage.mjs'

const { BUCKET: Bucket, HELLO, ODD_KEY, PART_ONE, PART_TWO, STREAM, operation } = stage

process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1'
const AWS = createRequire(`${process.env.MODULES}/`)('aws-sdk')
await stage.version(AWS.VERSION)

const s3 = new AWS.S3({
  endpoint: stage.ENDPOINT,
  region: 'us-east-1',
  s3ForcePathStyle: true,
  maxRetries: 0,
  accessKeyId: stage.ACCESS_KEY,
  secretAccessKey: stage.SECRET_KEY,
  params: { Bucket },
})
/** With signatures of version 4 in presigned URLs, too. */
const v4 = new AWS.S3({ ...s3.config, signatureVersion: 'v4', params: { Bucket } })

async function multipart() {
  const Key = 'big.bin'
  const { UploadId } = await s3.createMultipartUpload({ Key, Metadata: { color: 'blue' } }).promise()
  const Parts = []
  for (const [i, Body] of [PART_ONE, PART_TWO].entries()) {
    const { ETag } = await s3.uploadPart({ Key, UploadId, PartNumber: i + 1, Body }).promise()
    Parts.push({ ETag, PartNumber: i + 1 })
  }
  await s3.completeMultipartUpload({ Key, UploadId, MultipartUpload: { Parts } }).promise()
}

await operation('create bucket', () => s3.createBucket().promise())
await operation('head bucket', () => s3.headBucket().promise())
await operation('get location', () => s3.getBucketLocation().promise())
await operation('put', () =>
  s3
    .putObject({ Key: 'hello.txt', Body: HELLO, ContentType: 'text/plain', Metadata: { color: 'blue' } })
    .promise(),
)
await operation('put encoded', () =>
  s3.putObject({ Key: 'hello.txt.gz', Body: stage.ENCODED, ContentEncoding: 'gzip' }).promise(),
)
await operation('put stream', () =>
  s3.upload({ Key: 'stream.bin', Body: Readable.from([STREAM]) }, { queueSize: 1 }).promise(),
)
await operation('put empty', () => s3.putObject({ Key: 'empty/' }).promise())
await operation('put odd key', () => s3.putObject({ Key: ODD_KEY, Body: HELLO }).promise())
await operation('multipart', multipart)
await operation('get', () => s3.getObject({ Key: 'hello.txt' }).promise())
await operation('get odd key', () => s3.getObject({ Key: ODD_KEY }).promise())
await operation('get range', () => s3.getObject({ Key: 'hello.txt', Range: 'bytes=1-5' }).promise())
await operation('head', () => s3.headObject({ Key: 'hello.txt' }).promise())
await operation('list v1', () => s3.listObjects().promise())
await operation('list v2', () => s3.listObjectsV2({ Prefix: 'odd/', Delimiter: '/' }).promise())
await operation('copy', () =>
  s3.copyObject({ Key: 'copy.txt', CopySource: encodeURIComponent(`${Bucket}/${ODD_KEY}`) }).promise(),
)
await operation('put tagging', () =>
  s3.putObjectTagging({ Key: 'hello.txt', Tagging: { TagSet: [{ Key: 'a', Value: 'b c' }] } }).promise(),
)
await operation('get tagging', () => s3.getObjectTagging({ Key: 'hello.txt' }).promise())
for (const [name, client] of [
  ['presigned', s3],
  ['presigned v4', v4],
]) {
  await operation(`${name} get`, () =>
    stage.fetchPlainly('GET', client.getSignedUrl('getObject', { Key: 'hello.txt' })),
  )
  const url = client.getSignedUrl('putObject', { Key: 'presigned.txt', Metadata: { color: 'blue' } })
  await operation(`${name} put`, () =>
    stage.fetchPlainly('PUT', url, 'hello', { 'x-amz-meta-color': 'blue' }),
  )
  // As it reads: the header is in the URL already.
  if (client === v4) await operation(`${name} put as it is`, () => stage.fetchPlainly('PUT', url, 'hello'))
}
await operation('delete', () => s3.deleteObject({ Key: 'presigned.txt' }).promise())
await operation('delete many', () =>
  s3
    .deleteObjects({
      Delete: {
        Objects: ['hello.txt', 'hello.txt.gz', 'stream.bin', 'empty/', ODD_KEY, 'big.bin', 'copy.txt'].map(
          (Key) => ({ Key }),
        ),
      },
    })
    .promise(),
)
await operation('list buckets', () => s3.listBuckets().promise())
await operation('delete bucket', () => s3.deleteBucket().promise())
stage.done()
