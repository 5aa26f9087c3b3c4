/** The newest AWS SDK for JavaScript, with lib-storage and the presigner. */
import { createReadStream } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { dirname, join } from 'node:path'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { encodeKey } from '../../support/reference-signer.ts'
import {
  type ClientAccess,
  type ClientAdapter,
  type Names,
  NO_TABLES,
  type Session,
  USUAL,
} from '../client.ts'
import { harvestPaths } from '../tree.ts'

export const sdkJs: ClientAdapter = {
  name: 'AWS SDK for JavaScript',
  needs: [],
  ...USUAL,
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  const { endpoint, accessKey, secretKey, secure, authority } = access
  const httpsAgent = new Agent({ keepAlive: true, ca: await readFile(authority) })
  const s3 = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    ...(secure ? { requestHandler: { httpsAgent } } : {}),
  })
  /** A stream, as of a file that is too large to be held: what the SDK then sends is chunks with a trailer. */
  const upload = async (file: string, Bucket: string, Key: string, Metadata: Names = {}) => {
    const params = { Bucket, Key, Body: createReadStream(file), Metadata: { ...Metadata } }
    await new Upload({ client: s3, params, partSize: 5 * 1024 * 1024 }).done()
  }
  const bytes = async (Bucket: string, Key: string, Range?: string): Promise<Buffer> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, Range }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }
  const list = async (Bucket: string, Prefix?: string): Promise<readonly string[]> => {
    const keys: string[] = []
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
    }
    return keys
  }
  const download = async (bucket: string, key: string, file: string) => {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, await bytes(bucket, key))
  }
  return {
    makeBucket: async (Bucket) => void (await s3.send(new CreateBucketCommand({ Bucket }))),
    buckets: async () =>
      ((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name = '' }) => Name),
    removeBucket: async (Bucket) => void (await s3.send(new DeleteBucketCommand({ Bucket }))),
    upload,
    download,
    range: (bucket, key, first, last) => bytes(bucket, key, `bytes=${first}-${last}`),
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
    copy: async (from, to) => {
      const CopySource = `${from.bucket}/${encodeKey(from.key)}`
      await s3.send(new CopyObjectCommand({ Bucket: to.bucket, Key: to.key, CopySource }))
    },
    setTags: async (Bucket, Key, tags) => {
      const TagSet = Object.entries(tags).map(([name, Value]) => ({ Key: name, Value }))
      await s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }))
    },
    tags: async (Bucket, Key) => {
      const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))
      return Object.fromEntries(TagSet.map(({ Key: name = '', Value = '' }) => [name, Value]))
    },
    uploadWithMetadata: upload,
    metadata: async (Bucket, Key) => (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Metadata ?? {},
    attributes: async (Bucket, Key) => {
      const ObjectAttributes = ['ETag', 'ObjectSize'] as const
      const command = new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: [...ObjectAttributes] })
      return (await s3.send(command)).ObjectSize ?? 0
    },
    table: NO_TABLES,
    presignGet: (Bucket, Key) => getSignedUrl(s3, new GetObjectCommand({ Bucket, Key })),
    presignPut: (Bucket, Key) => getSignedUrl(s3, new PutObjectCommand({ Bucket, Key })),
    remove: async (Bucket, Key) => void (await s3.send(new DeleteObjectCommand({ Bucket, Key }))),
    removeMany: async (Bucket, keys) => {
      const Objects = keys.map((Key) => ({ Key }))
      const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
      if (Errors.length > 0) throw new Error(JSON.stringify(Errors))
    },
    close: async () => {
      s3.destroy()
      httpsAgent.destroy()
    },
  }
}
