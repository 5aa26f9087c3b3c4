/** boto3: Debian's, and the newest of PyPI. One Python process a session, told what to do line by line. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { cached } from '../../support/cache.ts'
import { collect, ended } from '../../support/run.ts'
import { type ClientAccess, type ClientAdapter, ClientFailure, environment, type Session } from '../client.ts'

const DRIVER = resolve('test/clients/adapters/drive_boto3.py')

const adapter = (name: string, python: string, needs: string): ClientAdapter => ({
  name,
  needs: [python, needs],
  project: 'carried',
  parts: 'used',
  layout: 'keys are paths',
  emptySegments: 'kept',
  without: {},
  requestsWhenRefused: 1,
  open: (access) => open(python, access),
})

export const boto3Debian = adapter('boto3 1.26', '/usr/bin/python3', '/usr/lib/python3/dist-packages/boto3')
export const boto3Newest = adapter('boto3 newest', cached('venv/bin/python'), cached('venv/bin/aws'))

async function open(python: string, access: ClientAccess): Promise<Session> {
  const child = spawn(python, [DRIVER], {
    env: {
      ...environment(access.home, {
        ENDPOINT: access.endpoint,
        AWS_ACCESS_KEY_ID: access.accessKey,
        AWS_SECRET_ACCESS_KEY: access.secretKey,
        AWS_CA_BUNDLE: access.authority,
        AWS_EC2_METADATA_DISABLED: 'true',
      }),
    },
    cwd: access.home,
  })
  const said = collect(child.stderr)
  const exit = ended(child)
  child.stdin.on('error', () => {})
  const lines = createInterface(child.stdout)

  const ask = async <T = void>(name: string, ...args: readonly unknown[]): Promise<T> => {
    const answered = once(lines, 'line')
    child.stdin.write(`${JSON.stringify([name, ...args])}\n`)
    const line = await Promise.race([answered, exit])
    if (!Array.isArray(line)) throw new ClientFailure(said())
    const { error, result } = JSON.parse(String(line[0])) as { error?: string; result: T }
    if (error !== undefined) throw new ClientFailure(error)
    return result
  }

  return {
    makeBucket: (bucket) => ask('make_bucket', bucket),
    removeBucket: (bucket) => ask('remove_bucket', bucket),
    upload: (file, bucket, key) => ask('upload', file, bucket, key),
    download: (bucket, key, file) => ask('download', bucket, key, file),
    range: async (...args) => Buffer.from(await ask<string>('get_range', ...args), 'hex'),
    syncUp: (...args) => ask('sync_up', ...args),
    syncDown: (...args) => ask('sync_down', ...args),
    list: (bucket) => ask('list_keys', bucket),
    copy: (from, to) => ask('copy', from, to),
    setTags: (...args) => ask('set_tags', ...args),
    tags: (...args) => ask('get_tags', ...args),
    uploadWithMetadata: (...args) => ask('upload_with_metadata', ...args),
    metadata: (...args) => ask('metadata', ...args),
    presignGet: (...args) => ask('presign_get', ...args),
    presignPut: (...args) => ask('presign_put', ...args),
    remove: (...args) => ask('remove', ...args),
    removeMany: (...args) => ask('remove_many', ...args),
    close: async () => {
      child.stdin.end()
      await exit
    },
  }
}
