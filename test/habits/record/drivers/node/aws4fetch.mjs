/** aws4fetch, which signs what `fetch` sends; from the modules in the folder $MODULES. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as stage from './stage.mjs'

const { BUCKET, ENDPOINT, HELLO, ODD_KEY, operation } = stage

const require = createRequire(`${process.env.MODULES}/`)
const manifest = new URL('../package.json', `file://${require.resolve('aws4fetch')}`)
await stage.version(JSON.parse(readFileSync(manifest, 'utf8')).version)

const { AwsClient } = require('aws4fetch')
const client = new AwsClient({
  accessKeyId: stage.ACCESS_KEY,
  secretAccessKey: stage.SECRET_KEY,
  service: 's3',
  region: 'us-east-1',
  retries: 0,
})
const bucket = `${ENDPOINT}/${BUCKET}`
const odd = `${bucket}/${ODD_KEY.split('/').map(encodeURIComponent).join('/')}`

async function send(url, init) {
  const answer = await client.fetch(url, init)
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  await answer.arrayBuffer()
}

/** @param init as `fetch` takes it */
async function presigned(url, init = {}) {
  const { search } = await client
    .sign(url, { ...init, aws: { signQuery: true } })
    .then(({ url }) => new URL(url))
  await stage.fetchPlainly(init.method ?? 'GET', `${url}${search}`, init.method === 'PUT' ? 'hello' : null)
}

await operation('create bucket', () => send(bucket, { method: 'PUT' }))
await operation('put', () =>
  send(`${bucket}/hello.txt`, {
    method: 'PUT',
    body: HELLO,
    headers: { 'content-type': 'text/plain', 'x-amz-meta-color': 'blue' },
  }),
)
await operation('put encoded', () =>
  send(`${bucket}/hello.txt.gz`, {
    method: 'PUT',
    body: stage.ENCODED,
    headers: { 'content-encoding': 'gzip' },
  }),
)
await operation('put odd key', () => send(odd, { method: 'PUT', body: HELLO }))
await operation('get', () => send(`${bucket}/hello.txt`))
await operation('get odd key', () => send(odd))
await operation('get range', () => send(`${bucket}/hello.txt`, { headers: { range: 'bytes=1-5' } }))
await operation('head', () => send(`${bucket}/hello.txt`, { method: 'HEAD' }))
await operation('list v2', () => send(`${bucket}/?list-type=2&prefix=odd/&delimiter=/`))
await operation('presigned get', () => presigned(`${bucket}/hello.txt`))
await operation('presigned put', () => presigned(`${bucket}/presigned.txt`, { method: 'PUT' }))
await operation('delete', () => send(`${bucket}/presigned.txt`, { method: 'DELETE' }))
stage.done()
