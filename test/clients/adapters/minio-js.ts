/** minio-js. */
import { createWriteStream } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { Client } from 'minio'
import {
  Cannot,
  type ClientAccess,
  type ClientAdapter,
  type Names,
  NO_TABLES,
  type Session,
  USUAL,
} from '../client.ts'
import { harvestPaths } from '../tree.ts'

export const minioJs: ClientAdapter = {
  name: 'minio-js',
  needs: [],
  ...USUAL,
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  const { endpoint, accessKey, secretKey, secure, authority } = access
  const { hostname, port } = new URL(endpoint)
  const agent = new Agent({ keepAlive: true, ca: await readFile(authority) })
  const client = new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: secure,
    accessKey,
    secretKey,
    region: 'us-east-1',
    partSize: 5 * 1024 * 1024,
    ...(secure ? { transportAgent: agent } : {}),
  })
  const upload = async (file: string, bucket: string, key: string, metadata: Names = {}) =>
    void (await client.fPutObject(bucket, key, file, { ...metadata }))
  const save = async (stream: Readable, file: string) => {
    await mkdir(dirname(file), { recursive: true })
    await pipeline(stream, createWriteStream(file))
  }
  const download = async (bucket: string, key: string, file: string) =>
    save(await client.getObject(bucket, key), file)
  const list = async (bucket: string, prefix = ''): Promise<readonly string[]> => {
    const keys: string[] = []
    for await (const item of client.listObjectsV2(bucket, prefix, true)) {
      keys.push((item as { readonly name: string }).name)
    }
    return keys
  }
  return {
    makeBucket: (bucket) => client.makeBucket(bucket),
    buckets: async () => (await client.listBuckets()).map(({ name }) => name),
    removeBucket: (bucket) => client.removeBucket(bucket),
    upload,
    download,
    range: async (bucket, key, first, last) =>
      buffer(await client.getPartialObject(bucket, key, first, last - first + 1)),
    syncUp: async (directory, bucket, prefix) => {
      for (const path of await harvestPaths(directory)) {
        await upload(join(directory, path), bucket, prefix + path)
      }
    },
    syncDown: async (bucket, prefix, directory) => {
      for (const key of await list(bucket, prefix)) {
        await download(bucket, key, join(directory, key.slice(prefix.length)))
      }
    },
    list,
    // It encodes the source itself.
    copy: async (from, to) =>
      void (await client.copyObject(to.bucket, to.key, `/${from.bucket}/${from.key}`)),
    setTags: (bucket, key, tags) => client.setObjectTagging(bucket, key, { ...tags }),
    tags: async (bucket, key) =>
      Object.fromEntries(
        [await client.getObjectTagging(bucket, key)].flat(2).map(({ Key, Value }) => [Key, String(Value)]),
      ),
    uploadWithMetadata: upload,
    metadata: async (bucket, key) => (await client.statObject(bucket, key)).metaData as Names,
    attributes: new Cannot('it has no call for them'),
    table: NO_TABLES,
    presignGet: (bucket, key) => client.presignedGetObject(bucket, key, 600),
    presignPut: (bucket, key) => client.presignedPutObject(bucket, key, 600),
    remove: (bucket, key) => client.removeObject(bucket, key),
    removeMany: async (bucket, keys) => {
      const failures = (await client.removeObjects(bucket, [...keys])).filter((entry) => entry?.Error != null)
      if (failures.length > 0) throw new Error(JSON.stringify(failures))
    },
    close: async () => agent.destroy(),
  }
}
