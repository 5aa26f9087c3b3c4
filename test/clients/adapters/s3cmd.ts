/** s3cmd. https://s3tools.org/s3cmd */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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

const PATH = '/usr/bin/s3cmd'

export const s3cmd: ClientAdapter = {
  name: 's3cmd',
  needs: [PATH],
  ...USUAL,
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  const { host, accessKey, secretKey, secure, authority, home } = access
  const settings = {
    access_key: accessKey,
    secret_key: secretKey,
    host_base: host,
    host_bucket: host,
    use_https: secure ? 'True' : 'False',
    signurl_use_https: secure ? 'True' : 'False',
    ca_certs_file: authority,
    multipart_chunk_size_mb: '5',
    progress_meter: 'False',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  await writeFile(join(home, '.s3cfg'), `[default]\n${lines.join('\n')}\n`)
  const cmd = program(PATH, { env: environment(home), cwd: home })
  const url = (bucket: string, key = '') => `s3://${bucket}/${key}`
  /** What `info` says of headers: `   x-amz-meta-a: 1`. */
  const info = (bucket: string, key: string) => cmd('info', url(bucket, key))
  return {
    makeBucket: async (bucket) => void (await cmd('mb', url(bucket))),
    buckets: async () => (await cmd('ls')).split('\n').flatMap((line) => line.split('s3://')[1] ?? []),
    removeBucket: async (bucket) => void (await cmd('rb', url(bucket))),
    upload: async (file, bucket, key) => void (await cmd('put', file, url(bucket, key))),
    download: async (bucket, key, file) => void (await cmd('get', '--force', url(bucket, key), file)),
    range: async (bucket, key, first) => {
      // It asks for ranges only to go on with a file that is there in part.
      const file = join(home, 'range')
      await writeFile(file, Buffer.alloc(first))
      await cmd('get', '--continue', url(bucket, key), file)
      return (await readFile(file)).subarray(first)
    },
    syncUp: async (directory, bucket, prefix) =>
      void (await cmd('sync', `${directory}/`, url(bucket, prefix))),
    syncDown: async (bucket, prefix, directory) =>
      void (await cmd('sync', url(bucket, prefix), `${directory}/`)),
    list: async (bucket) =>
      (await cmd('ls', '--recursive', url(bucket)))
        .split('\n')
        .flatMap((line) => line.split(url(bucket))[1] ?? []),
    copy: async (from, to) => void (await cmd('cp', url(from.bucket, from.key), url(to.bucket, to.key))),
    setTags: new Cannot('it has no command for tags of objects'),
    tags: new Cannot('it has no command for tags of objects'),
    uploadWithMetadata: async (file, bucket, key, metadata) =>
      void (await cmd(
        'put',
        file,
        url(bucket, key),
        ...Object.entries(metadata).map(([name, value]) => `--add-header=x-amz-meta-${name}:${value}`),
      )),
    metadata: async (bucket, key) =>
      Object.fromEntries(
        [...(await info(bucket, key)).matchAll(/^ *x-amz-meta-(\S+): *(.*)$/gm)].map((match) => [
          match[1] ?? '',
          match[2] ?? '',
        ]),
      ),
    attributes: new Cannot('it has no command for them'),
    table: NO_TABLES,
    presignGet: async (bucket, key) => (await cmd('signurl', url(bucket, key), '+600')).trim(),
    presignPut: new Cannot('`s3cmd signurl` makes URLs to download only'),
    remove: async (bucket, key) => void (await cmd('rm', url(bucket, key))),
    removeMany: async (bucket, keys) => void (await cmd('rm', ...keys.map((key) => url(bucket, key)))),
    close: async () => {},
  }
}
