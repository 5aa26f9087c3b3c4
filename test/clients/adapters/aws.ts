/** The aws command line: version 2 (Debian) and the newest version 1 (PyPI). */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../../support/cache.ts'
import {
  Cannot,
  type ClientAccess,
  type ClientAdapter,
  environment,
  NO_TABLES,
  program,
  type Session,
  USUAL,
} from '../client.ts'

const adapter = (name: string, path: string): ClientAdapter => ({
  name,
  needs: [path],
  ...USUAL,
  open: (access) => open(path, access),
})

export const awsV2 = adapter('aws v2', '/usr/bin/aws')
export const awsV1 = adapter('aws v1', cached('venv/bin/aws'))

async function open(path: string, access: ClientAccess): Promise<Session> {
  const { endpoint, accessKey, secretKey, authority, home } = access
  await mkdir(join(home, '.aws'))
  await writeFile(
    join(home, '.aws', 'config'),
    '[default]\nregion = us-east-1\ns3 =\n  addressing_style = path\n',
  )
  const env = environment(home, {
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    AWS_CA_BUNDLE: authority,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  })
  const aws = program(path, { env, cwd: home }, ['--endpoint-url', endpoint])
  const s3 = (...args: readonly string[]) => aws('s3', ...args)
  const api = async <T>(...args: readonly string[]): Promise<T> => {
    const text = await aws('s3api', ...args, '--output', 'json')
    return (text === '' ? {} : JSON.parse(text)) as T
  }
  const at = (bucket: string, key: string) => ['--bucket', bucket, '--key', key]
  return {
    makeBucket: async (bucket) => void (await s3('mb', `s3://${bucket}`)),
    buckets: async () => (await s3('ls')).split('\n').flatMap((line) => line.trim().split(' ').slice(2)),
    removeBucket: async (bucket) => void (await s3('rb', `s3://${bucket}`)),
    upload: async (file, bucket, key) =>
      void (await s3('cp', file, `s3://${bucket}/${key}`, '--no-progress')),
    download: async (bucket, key, file) =>
      void (await s3('cp', `s3://${bucket}/${key}`, file, '--no-progress')),
    range: async (bucket, key, first, last) => {
      const file = join(home, 'range')
      await api('get-object', ...at(bucket, key), '--range', `bytes=${first}-${last}`, file)
      return readFile(file)
    },
    syncUp: async (directory, bucket, prefix) =>
      void (await s3('sync', directory, `s3://${bucket}/${prefix}`, '--no-progress')),
    syncDown: async (bucket, prefix, directory) =>
      void (await s3('sync', `s3://${bucket}/${prefix}`, directory, '--no-progress')),
    list: async (bucket) => {
      const { Contents = [] } = await api<{ Contents?: readonly { Key: string }[] }>(
        'list-objects-v2',
        '--bucket',
        bucket,
      )
      return Contents.map(({ Key }) => Key)
    },
    copy: async (from, to) =>
      void (await s3(
        'cp',
        `s3://${from.bucket}/${from.key}`,
        `s3://${to.bucket}/${to.key}`,
        '--no-progress',
      )),
    setTags: async (bucket, key, tags) => {
      const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
      await api('put-object-tagging', ...at(bucket, key), '--tagging', JSON.stringify({ TagSet }))
    },
    tags: async (bucket, key) => {
      const { TagSet } = await api<{ TagSet: readonly { Key: string; Value: string }[] }>(
        'get-object-tagging',
        ...at(bucket, key),
      )
      return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))
    },
    uploadWithMetadata: async (file, bucket, key, metadata) =>
      void (await s3(
        'cp',
        file,
        `s3://${bucket}/${key}`,
        '--no-progress',
        '--metadata',
        JSON.stringify(metadata),
      )),
    metadata: async (bucket, key) =>
      (await api<{ Metadata: Record<string, string> }>('head-object', ...at(bucket, key))).Metadata,
    attributes: async (bucket, key) => {
      const wanted = ['ETag', 'ObjectSize']
      const args = [...at(bucket, key), '--object-attributes', ...wanted]
      return (await api<{ ObjectSize: number }>('get-object-attributes', ...args)).ObjectSize
    },
    table: NO_TABLES,
    presignGet: async (bucket, key) => (await s3('presign', `s3://${bucket}/${key}`)).trim(),
    presignPut: new Cannot('`aws s3 presign` makes URLs to download only'),
    remove: async (bucket, key) => void (await s3('rm', `s3://${bucket}/${key}`)),
    removeMany: async (bucket, keys) => {
      const Objects = keys.map((Key) => ({ Key }))
      await api('delete-objects', '--bucket', bucket, '--delete', JSON.stringify({ Objects }))
    },
    close: async () => {},
  }
}
