/** The client that Bun has built in. */
import { S3Client, version } from 'bun'
import * as stage from './stage.mjs'

const { BUCKET, HELLO, ODD_KEY, PART_ONE, PART_TWO, STREAM, operation } = stage

await stage.version(version)

const client = new S3Client({
  accessKeyId: stage.ACCESS_KEY,
  secretAccessKey: stage.SECRET_KEY,
  bucket: BUCKET,
  endpoint: stage.ENDPOINT,
  region: 'us-east-1',
})

async function multipart() {
  const writer = client.file('big.bin').writer({ partSize: 5 * 1024 * 1024, queueSize: 1, retry: 0 })
  writer.write(PART_ONE)
  await writer.flush()
  writer.write(PART_TWO)
  await writer.end()
}

await operation('put', () => client.write('hello.txt', HELLO, { type: 'text/plain' }))
await operation('put encoded', () => client.write('hello.txt.gz', stage.ENCODED, { contentEncoding: 'gzip' }))
await operation('put acl', () =>
  client.write('stream.bin', STREAM, { acl: 'private', storageClass: 'STANDARD' }),
)
await operation('put disposition', () =>
  client.write('disposed.txt', HELLO, { contentDisposition: 'attachment; filename="a b.txt"' }),
)
await operation('put stream', () => client.write('stream.bin', new Response(new Blob([STREAM]).stream())))
await operation('put empty', () => client.write('empty/', ''))
await operation('put odd key', () => client.write(ODD_KEY, HELLO))
await operation('multipart', multipart)
await operation('get', () => client.file('hello.txt').text())
await operation('get odd key', () => client.file(ODD_KEY).text())
await operation('get range', () => client.file('hello.txt').slice(1, 6).text())
await operation('head', () => client.stat('hello.txt'))
await operation('list v2', () => client.list({ prefix: 'odd/', delimiter: '/' }))
await operation('list all', () => client.list({ maxKeys: 500, fetchOwner: true, encodingType: 'url' }))
await operation('presigned get', () =>
  stage.fetchPlainly('GET', client.presign('hello.txt', { expiresIn: 3600 })),
)
await operation('presigned put', () =>
  stage.fetchPlainly(
    'PUT',
    client.presign('presigned.txt', { method: 'PUT', expiresIn: 3600, acl: 'private', type: 'text/plain' }),
    'hello',
  ),
)
await operation('delete', () => client.delete('presigned.txt'))
stage.done()
process.exit(0)
