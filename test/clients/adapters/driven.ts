/**
 * Clients that are libraries of another language: a process that drives one is told what to do by a line of JSON,
 * `[function, argument, …]`, and answers with one, `{"result": …}` or `{"error": …}`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { cached } from '../../support/cache.ts'
import { collect, ended } from '../../support/run.ts'
import { type ClientAccess, ClientFailure, environment, type Names, type Session } from '../client.ts'

export type Command = readonly [program: string, ...args: readonly string[]]

/** The Python in which `tools.sh` installed libraries beside each other, and the file that it wrote when it had. */
export const LIBRARIES = { python: cached('libraries/bin/python'), installed: cached('libraries/installed') }

/** The command that runs a driver of the folder `python`. */
export function pythonDriver(python: string, name: string): Command {
  return [python, resolve('test/clients/adapters/python', name)]
}

/**
 * A session in which the driver does everything, by functions of the same names; what it cannot, the adapter says in
 * their places. The driver finds the gate in its environment.
 */
export function driven([path, ...args]: Command, access: ClientAccess, variables: Names = {}): Session {
  const child = spawn(path, args, {
    env: {
      ...environment(access.home, {
        ENDPOINT: access.endpoint,
        AUTHORITY: access.authority,
        AWS_ACCESS_KEY_ID: access.accessKey,
        AWS_SECRET_ACCESS_KEY: access.secretKey,
        AWS_EC2_METADATA_DISABLED: 'true',
        ...variables,
      }),
    },
    cwd: access.home,
  })
  const said = collect(child.stderr)
  const exit = ended(child)
  child.stdin.on('error', () => {})
  const lines = createInterface(child.stdout)

  const ask = async <T = void>(name: string, ...given: readonly unknown[]): Promise<T> => {
    const answered = once(lines, 'line')
    child.stdin.write(`${JSON.stringify([name, ...given])}\n`)
    const line = await Promise.race([answered, exit])
    if (!Array.isArray(line)) throw new ClientFailure(said())
    const { error, result } = JSON.parse(String(line[0])) as { error?: string; result: T }
    if (error !== undefined) throw new ClientFailure(error)
    return result
  }

  return {
    makeBucket: (bucket) => ask('make_bucket', bucket),
    buckets: () => ask('list_buckets'),
    removeBucket: (bucket) => ask('remove_bucket', bucket),
    upload: (file, bucket, key) => ask('upload', file, bucket, key),
    download: (bucket, key, file) => ask('download', bucket, key, file),
    range: async (...given) => Buffer.from(await ask<string>('get_range', ...given), 'hex'),
    syncUp: (...given) => ask('sync_up', ...given),
    syncDown: (...given) => ask('sync_down', ...given),
    list: (bucket) => ask('list_keys', bucket),
    copy: (from, to) => ask('copy', from, to),
    setTags: (...given) => ask('set_tags', ...given),
    tags: (...given) => ask('get_tags', ...given),
    uploadWithMetadata: (...given) => ask('upload_with_metadata', ...given),
    metadata: (...given) => ask('metadata', ...given),
    attributes: (...given) => ask('attributes', ...given),
    table: (...given) => ask('table', ...given),
    presignGet: (...given) => ask('presign_get', ...given),
    presignPut: (...given) => ask('presign_put', ...given),
    remove: (...given) => ask('remove', ...given),
    removeMany: (...given) => ask('remove_many', ...given),
    close: async () => {
      child.stdin.end()
      await exit
    },
  }
}
