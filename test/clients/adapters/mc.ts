/** mc, MinIO's command line. */
import { copyFile, mkdir } from 'node:fs/promises'
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

const PATH = cached('bin/mc')

export const mc: ClientAdapter = {
  name: 'mc',
  needs: [PATH],
  ...USUAL,
  parts: new Cannot('it uses parts from 16 MiB on'),
  emptySegments: new Cannot('paths are cleaned: `a//b` is `a/b`'),
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  const { endpoint, accessKey, secretKey, authority, home } = access
  const config = join(home, 'mc')
  await mkdir(join(config, 'certs', 'CAs'), { recursive: true })
  await copyFile(authority, join(config, 'certs', 'CAs', 'authority.crt'))
  const run = program(PATH, { env: environment(home), cwd: home }, [
    '--config-dir',
    config,
    '--quiet',
    '--disable-pager',
  ])
  await run('alias', 'set', 'gate', endpoint, accessKey, secretKey, '--api', 'S3v4', '--path', 'on')
  const at = (bucket: string, key = '') => `gate/${bucket}/${key}`
  const json = async <T>(...args: readonly string[]): Promise<readonly T[]> =>
    (await run('--json', ...args))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T)
  return {
    makeBucket: async (bucket) => void (await run('mb', at(bucket))),
    buckets: async () => (await json<{ key: string }>('ls', 'gate')).map(({ key }) => key.replace(/\/$/, '')),
    removeBucket: async (bucket) => void (await run('rb', at(bucket))),
    upload: async (file, bucket, key) => void (await run('cp', file, at(bucket, key))),
    download: async (bucket, key, file) => void (await run('cp', at(bucket, key), file)),
    range: new Cannot('`mc cat --offset` knows no end, and text only goes through a pipe'),
    syncUp: async (directory, bucket, prefix) => void (await run('mirror', directory, at(bucket, prefix))),
    syncDown: async (bucket, prefix, directory) => void (await run('mirror', at(bucket, prefix), directory)),
    list: async (bucket) =>
      (await json<{ key: string }>('ls', '--recursive', at(bucket))).map(({ key }) => key),
    copy: async (from, to) => void (await run('cp', at(from.bucket, from.key), at(to.bucket, to.key))),
    setTags: async (bucket, key, tags) =>
      void (await run('tag', 'set', at(bucket, key), new URLSearchParams(tags).toString())),
    tags: async (bucket, key) => {
      const [answer] = await json<{ tagset: Record<string, string> }>('tag', 'list', at(bucket, key))
      return answer?.tagset ?? {}
    },
    uploadWithMetadata: async (file, bucket, key, metadata) =>
      void (await run(
        'cp',
        '--attr',
        Object.entries(metadata)
          .map(([name, value]) => `${name}=${value}`)
          .join(';'),
        file,
        at(bucket, key),
      )),
    metadata: async (bucket, key) => {
      const [answer] = await json<{ metadata: Record<string, string> }>('stat', at(bucket, key))
      return Object.fromEntries(
        Object.entries(answer?.metadata ?? {}).map(([name, value]) => [
          name.toLowerCase().replace(/^x-amz-meta-/, ''),
          value,
        ]),
      )
    },
    attributes: new Cannot('it has no command for them'),
    table: NO_TABLES,
    presignGet: async (bucket, key) => {
      const [answer] = await json<{ share: string }>('share', 'download', '--expire', '10m', at(bucket, key))
      return answer?.share ?? ''
    },
    presignPut: new Cannot('`mc share upload` makes a form, not a URL'),
    remove: async (bucket, key) => void (await run('rm', at(bucket, key))),
    removeMany: async (bucket, keys) => void (await run('rm', ...keys.map((key) => at(bucket, key)))),
    close: async () => {},
  }
}
