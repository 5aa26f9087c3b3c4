/** The AWS SDK for JavaScript 3: this package's own, or that of the folder $MODULES. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import * as stage from './stage.mjs'

const { BUCKET: Bucket, HELLO, ODD_KEY, PART_ONE, PART_TWO, STREAM, operation } = stage

const require = createRequire(process.env.MODULES === undefined ? import.meta.url : `${process.env.MODULES}/`)
const s3 = require('@aws-sdk/client-s3')
const { Upload } = require('@aws-sdk/lib-storage')
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner')
const manifest = readFileSync(require.resolve('@aws-sdk/client-s3/package.json'), 'utf8')
await stage.version(JSON.parse(manifest).version)

const client = new s3.S3Client({
  endpoint: stage.ENDPOINT,
  region: 'us-east-1',
  forcePathStyle: true,
  maxAttempts: 1,
  credentials: { accessKeyId: stage.ACCESS_KEY, secretAccessKey: stage.SECRET_KEY },
})
const send = (Command, input = {}) => client.send(new Command({ Bucket, ...input }))
const read = async (Command, input) => (await send(Command, input)).Body.transformToByteArray()

async function multipart() {
  const Key = 'big.bin'
  const { UploadId } = await send(s3.CreateMultipartUploadCommand, { Key, Metadata: { color: 'blue' } })
  const Parts = []
  for (const [i, Body] of [PART_ONE, PART_TWO].entries()) {
    const { ETag, ChecksumCRC32 } = await send(s3.UploadPartCommand, {
      Key,
      UploadId,
      PartNumber: i + 1,
      Body,
    })
    Parts.push({ ETag, ChecksumCRC32, PartNumber: i + 1 })
  }
  await send(s3.CompleteMultipartUploadCommand, { Key, UploadId, MultipartUpload: { Parts } })
}

await operation('create bucket', () => send(s3.CreateBucketCommand))
await operation('head bucket', () => send(s3.HeadBucketCommand))
await operation('get location', () => send(s3.GetBucketLocationCommand))
await operation('put', () =>
  send(s3.PutObjectCommand, {
    Key: 'hello.txt',
    Body: HELLO,
    ContentType: 'text/plain',
    Metadata: { color: 'blue' },
  }),
)
await operation('put encoded', () =>
  send(s3.PutObjectCommand, { Key: 'hello.txt.gz', Body: stage.ENCODED, ContentEncoding: 'gzip' }),
)
await operation('put encoded stream', () =>
  send(s3.PutObjectCommand, {
    Key: 'hello.txt.gz',
    Body: Readable.from([stage.ENCODED]),
    ContentEncoding: 'gzip',
    ContentLength: stage.ENCODED.length,
  }),
)
await operation('put stream', () =>
  send(s3.PutObjectCommand, {
    Key: 'stream.bin',
    Body: Readable.from([STREAM]),
    ContentLength: STREAM.length,
  }),
)
await operation('put empty', () => send(s3.PutObjectCommand, { Key: 'empty/' }))
await operation('put odd key', () => send(s3.PutObjectCommand, { Key: ODD_KEY, Body: HELLO }))
await operation('put with checksum', () =>
  send(s3.PutObjectCommand, { Key: 'sha256.txt', Body: HELLO, ChecksumAlgorithm: 'SHA256' }),
)
await operation('multipart', multipart)
await operation('transfer', () =>
  new Upload({
    client,
    params: { Bucket, Key: 'transferred.bin', Body: Readable.from([PART_ONE, PART_TWO]) },
    queueSize: 1,
  }).done(),
)
await operation('get', () => read(s3.GetObjectCommand, { Key: 'hello.txt' }))
await operation('get odd key', () => read(s3.GetObjectCommand, { Key: ODD_KEY }))
await operation('get range', () => read(s3.GetObjectCommand, { Key: 'hello.txt', Range: 'bytes=1-5' }))
await operation('head', () => send(s3.HeadObjectCommand, { Key: 'hello.txt' }))
await operation('list v1', () => send(s3.ListObjectsCommand))
await operation('list v2', () => send(s3.ListObjectsV2Command, { Prefix: 'odd/', Delimiter: '/' }))
await operation('copy', () =>
  send(s3.CopyObjectCommand, { Key: 'copy.txt', CopySource: encodeURI(`${Bucket}/${ODD_KEY}`) }),
)
await operation('attributes', () =>
  send(s3.GetObjectAttributesCommand, {
    Key: 'hello.txt',
    ObjectAttributes: ['ETag', 'ObjectSize', 'StorageClass'],
  }),
)
await operation('put tagging', () =>
  send(s3.PutObjectTaggingCommand, {
    Key: 'hello.txt',
    Tagging: { TagSet: [{ Key: 'a', Value: 'b c' }] },
  }),
)
await operation('get tagging', () => send(s3.GetObjectTaggingCommand, { Key: 'hello.txt' }))
await operation('presigned get', async () => {
  const url = await getSignedUrl(client, new s3.GetObjectCommand({ Bucket, Key: 'hello.txt' }))
  await stage.fetchPlainly('GET', url)
})
await operation('presigned put', async () => {
  const command = new s3.PutObjectCommand({ Bucket, Key: 'presigned.txt', Metadata: { color: 'blue' } })
  await stage.fetchPlainly('PUT', await getSignedUrl(client, command), 'hello')
})
await operation('delete', () => send(s3.DeleteObjectCommand, { Key: 'presigned.txt' }))
await operation('delete many', () =>
  send(s3.DeleteObjectsCommand, {
    Delete: {
      Objects: [
        'hello.txt',
        'hello.txt.gz',
        'stream.bin',
        'empty/',
        ODD_KEY,
        'sha256.txt',
        'big.bin',
        'transferred.bin',
        'copy.txt',
      ].map((Key) => ({ Key })),
    },
  }),
)
await operation('list buckets', () => client.send(new s3.ListBucketsCommand({})))
await operation('delete bucket', () => send(s3.DeleteBucketCommand))
stage.done()
