/** s3fs: a bucket as a file system. Every session mounts the bucket that it is asked about. */
import { spawn } from 'node:child_process'
import { copyFile, cp, mkdir, open as openFile, readdir, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { collect, ended, run } from '../../support/run.ts'
import {
  Cannot,
  type ClientAccess,
  type ClientAdapter,
  ClientFailure,
  environment,
  NO_TABLES,
  type Session,
  USUAL,
} from '../client.ts'

const PATH = '/usr/bin/s3fs'

const FILES = new Cannot('a file system has no words for it')

export const s3fs: ClientAdapter = {
  name: 's3fs',
  needs: [PATH, '/dev/fuse'],
  ...USUAL,
  emptySegments: new Cannot('a file system knows no empty names'),
  // It makes the file, writes it, and takes it back.
  requestsWhenRefused: 3,
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  const { endpoint, accessKey, secretKey, authority, home } = access
  const passwords = join(home, 'passwd')
  await writeFile(passwords, `${accessKey}:${secretKey}\n`, { mode: 0o600 })
  const env = environment(home, { CURL_CA_BUNDLE: authority })
  const mounts = new Map<string, { readonly directory: string; readonly exit: Promise<unknown> }>()

  const mount = async (bucket: string): Promise<string> => {
    const there = mounts.get(bucket)
    if (there !== undefined) return there.directory
    const directory = join(home, `mount-${bucket}`)
    await mkdir(directory)
    const { dev } = await stat(directory)
    const options = [
      `url=${endpoint}`,
      `passwd_file=${passwords}`,
      'use_path_request_style',
      'sigv4',
      'endpoint=us-east-1',
      // It looks for another authority's certificate only when it has failed with the system's.
      'retries=2',
      'multipart_size=5',
    ]
    const child = spawn(PATH, [bucket, directory, '-f', ...options.flatMap((option) => ['-o', option])], {
      env: { ...env },
    })
    const said = [collect(child.stdout), collect(child.stderr)]
    let over = false
    const exit = ended(child).then(() => {
      over = true
    })
    for (;;) {
      if (over) throw new ClientFailure(said.map((text) => text()).join(''))
      // Once it is mounted, another device is there.
      const now = await stat(directory).catch(() => undefined)
      if (now !== undefined && now.dev !== dev) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    mounts.set(bucket, { directory, exit })
    return directory
  }
  const unmount = async (bucket: string): Promise<void> => {
    const mounted = mounts.get(bucket)
    if (mounted === undefined) return
    mounts.delete(bucket)
    await run('/bin/umount', [mounted.directory], { env })
    await mounted.exit
  }
  /** Nothing of what it remembers. */
  const remount = async (bucket: string): Promise<string> => {
    await unmount(bucket)
    await rm(join(home, `mount-${bucket}`), { recursive: true, force: true })
    return mount(bucket)
  }
  const put = async (file: string, to: string): Promise<void> => {
    await mkdir(dirname(to), { recursive: true })
    await copyFile(file, to)
  }

  return {
    makeBucket: new Cannot('it expects the bucket to be there'),
    buckets: new Cannot('a mount of its is one bucket'),
    removeBucket: new Cannot('it leaves the bucket where it is'),
    upload: async (file, bucket, key) => put(file, join(await mount(bucket), key)),
    download: async (bucket, key, file) => copyFile(join(await remount(bucket), key), file),
    range: async (bucket, key, first, last) => {
      const handle = await openFile(join(await remount(bucket), key))
      try {
        const { buffer } = await handle.read(Buffer.alloc(last - first + 1), 0, last - first + 1, first)
        return buffer
      } finally {
        await handle.close()
      }
    },
    syncUp: async (directory, bucket, prefix) =>
      cp(directory, join(await mount(bucket), prefix), { recursive: true }),
    syncDown: async (bucket, prefix, directory) =>
      cp(join(await remount(bucket), prefix), directory, { recursive: true }),
    list: async (bucket) => {
      const root = await remount(bucket)
      const entries = await readdir(root, { recursive: true, withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    },
    copy: FILES,
    setTags: FILES,
    tags: FILES,
    uploadWithMetadata: FILES,
    metadata: FILES,
    attributes: FILES,
    table: NO_TABLES,
    presignGet: FILES,
    presignPut: FILES,
    remove: async (bucket, key) => unlink(join(await mount(bucket), key)),
    removeMany: async (bucket, keys) => {
      const root = await mount(bucket)
      for (const key of keys) await unlink(join(root, key))
    },
    close: async () => {
      for (const bucket of [...mounts.keys()]) await unmount(bucket)
    },
  }
}
