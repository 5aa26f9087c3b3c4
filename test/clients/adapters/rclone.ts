/** rclone, as Ceph's users are told to set it up. https://rclone.org/s3/#ceph */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
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

const PATH = '/usr/bin/rclone'

export const rclone: ClientAdapter = {
  name: 'rclone',
  needs: [PATH],
  ...USUAL,
  emptySegments: new Cannot('paths are cleaned: `a//b` is `a/b`'),
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  const { endpoint, accessKey, secretKey, authority, home } = access
  const settings = {
    type: 's3',
    provider: 'Ceph',
    access_key_id: accessKey,
    secret_access_key: secretKey,
    endpoint,
    acl: 'private',
    chunk_size: '5Mi',
    upload_cutoff: '8Mi',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  const config = join(home, 'rclone.conf')
  await writeFile(config, `[gate]\n${lines.join('\n')}\n`)
  const env = environment(home)
  const before = ['--config', config, '--ca-cert', authority, '--retries', '1']
  const rc = program(PATH, { env, cwd: home }, before)
  const at = (bucket: string, key = '') => `gate:${bucket}/${key}`
  return {
    makeBucket: async (bucket) => void (await rc('mkdir', at(bucket))),
    buckets: async () =>
      (await rc('lsf', 'gate:')).split('\n').flatMap((line) => /^(.+)\/$/.exec(line)?.[1] ?? []),
    removeBucket: async (bucket) => void (await rc('rmdir', at(bucket))),
    upload: async (file, bucket, key) => void (await rc('copyto', file, at(bucket, key))),
    download: async (bucket, key, file) => void (await rc('copyto', at(bucket, key), file)),
    range: async (bucket, key, first, last) => {
      const args = ['cat', '--offset', String(first), '--count', String(last - first + 1), at(bucket, key)]
      const { stdout } = await promisify(execFile)(PATH, [...before, ...args], {
        env: { ...env },
        encoding: 'buffer',
      })
      return stdout
    },
    syncUp: async (directory, bucket, prefix) => void (await rc('sync', directory, at(bucket, prefix))),
    syncDown: async (bucket, prefix, directory) => {
      await mkdir(directory, { recursive: true })
      await rc('sync', at(bucket, prefix), directory)
    },
    list: async (bucket) =>
      (await rc('lsf', '--recursive', '--files-only', at(bucket))).split('\n').filter((line) => line !== ''),
    copy: async (from, to) => void (await rc('copyto', at(from.bucket, from.key), at(to.bucket, to.key))),
    setTags: new Cannot('it has no command for tags'),
    tags: new Cannot('it has no command for tags'),
    uploadWithMetadata: async (file, bucket, key, metadata) =>
      void (await rc(
        'copyto',
        '--metadata',
        ...Object.entries(metadata).flatMap(([name, value]) => ['--metadata-set', `${name}=${value}`]),
        file,
        at(bucket, key),
      )),
    metadata: async (bucket, key) => {
      const [entry] = JSON.parse(await rc('lsjson', '--metadata', at(bucket, key))) as [
        { Metadata: Record<string, string> },
      ]
      return entry.Metadata
    },
    attributes: new Cannot('it has no command for them'),
    table: NO_TABLES,
    presignGet: async (bucket, key) => (await rc('link', '--expire', '10m', at(bucket, key))).trim(),
    presignPut: new Cannot('`rclone link` makes URLs to download only'),
    remove: async (bucket, key) => void (await rc('deletefile', at(bucket, key))),
    removeMany: async (bucket, keys) => {
      const list = join(home, 'keys')
      await writeFile(list, `${keys.join('\n')}\n`)
      await rc('delete', '--files-from-raw', list, at(bucket))
    },
    close: async () => {},
  }
}
