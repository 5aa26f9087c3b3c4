/** MinIO's own client for JavaScript. */
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { Client, CopyConditions } from 'minio'
import * as stage from './stage.mjs'

const { BUCKET, HELLO, ODD_KEY, PART_ONE, PART_TWO, STREAM, operation } = stage

const manifest = new URL('../../../../../node_modules/minio/package.json', import.meta.url)
await stage.version(JSON.parse(readFileSync(manifest, 'utf8')).version)

const { hostname, port, protocol } = new URL(stage.ENDPOINT)
const client = new Client({
  endPoint: hostname,
  port: Number(port),
  useSSL: protocol === 'https:',
  accessKey: stage.ACCESS_KEY,
  secretKey: stage.SECRET_KEY,
  partSize: 5 * 1024 * 1024,
})

async function drain(stream) {
  for await (const _ of await stream);
}

await operation('create bucket', () => client.makeBucket(BUCKET))
await operation('head bucket', () => client.bucketExists(BUCKET))
await operation('put', () =>
  client.putObject(BUCKET, 'hello.txt', HELLO, HELLO.length, { 'Content-Type': 'text/plain', color: 'blue' }),
)
await operation('put encoded', () =>
  client.putObject(BUCKET, 'hello.txt.gz', stage.ENCODED, stage.ENCODED.length, {
    'Content-Encoding': 'gzip',
  }),
)
await operation('put stream', () => client.putObject(BUCKET, 'stream.bin', Readable.from([STREAM])))
await operation('put empty', () => client.putObject(BUCKET, 'empty/', Buffer.alloc(0)))
await operation('put odd key', () => client.putObject(BUCKET, ODD_KEY, HELLO))
await operation('multipart', () =>
  client.putObject(BUCKET, 'big.bin', Readable.from([PART_ONE, PART_TWO]), 5 * 1024 * 1024 + 1000),
)
await operation('get', () => drain(client.getObject(BUCKET, 'hello.txt')))
await operation('get odd key', () => drain(client.getObject(BUCKET, ODD_KEY)))
await operation('get range', () => drain(client.getPartialObject(BUCKET, 'hello.txt', 1, 5)))
await operation('head', () => client.statObject(BUCKET, 'hello.txt'))
await operation('list v1', () => drain(client.listObjects(BUCKET, '', true)))
await operation('list v2', () => drain(client.listObjectsV2(BUCKET, 'odd/')))
await operation('copy', () =>
  client.copyObject(BUCKET, 'copy.txt', `/${BUCKET}/${ODD_KEY}`, new CopyConditions()),
)
await operation('put tagging', () => client.setObjectTagging(BUCKET, 'hello.txt', { a: 'b c' }))
await operation('get tagging', () => client.getObjectTagging(BUCKET, 'hello.txt'))
await operation('presigned get', async () =>
  stage.fetchPlainly('GET', await client.presignedGetObject(BUCKET, 'hello.txt', 3600)),
)
await operation('presigned put', async () =>
  stage.fetchPlainly('PUT', await client.presignedPutObject(BUCKET, 'presigned.txt', 3600), 'hello'),
)
await operation('delete', () => client.removeObject(BUCKET, 'presigned.txt'))
await operation('delete many', () =>
  client.removeObjects(BUCKET, [
    'hello.txt',
    'hello.txt.gz',
    'stream.bin',
    'empty/',
    ODD_KEY,
    'big.bin',
    'copy.txt',
  ]),
)
await operation('list buckets', () => client.listBuckets())
await operation('delete bucket', () => client.removeBucket(BUCKET))
stage.done()
