/** Backup programs: restic and duplicity. What they store is their own; what counts is what comes back. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  Cannot,
  type ClientAccess,
  type ClientAdapter,
  environment,
  NO_OBJECTS,
  NO_TABLES,
  program,
  type Session,
  USUAL,
} from '../client.ts'

/** What a program lacks whose objects are its own. */
export const NO_ABILITIES = {
  buckets: new Cannot('it works in one bucket'),
  upload: NO_OBJECTS,
  download: NO_OBJECTS,
  range: NO_OBJECTS,
  copy: NO_OBJECTS,
  setTags: NO_OBJECTS,
  tags: NO_OBJECTS,
  uploadWithMetadata: NO_OBJECTS,
  metadata: NO_OBJECTS,
  attributes: NO_OBJECTS,
  table: NO_TABLES,
  presignGet: NO_OBJECTS,
  presignPut: NO_OBJECTS,
  remove: NO_OBJECTS,
  list: NO_OBJECTS,
  removeBucket: new Cannot('it makes no bucket that it would remove'),
  close: async () => {},
} as const

const RESTIC = '/usr/bin/restic'

export const restic: ClientAdapter = {
  name: 'restic',
  needs: [RESTIC],
  ...USUAL,
  parts: new Cannot('its packs have 16 MiB, and go up whole'),
  layout: NO_OBJECTS,
  emptySegments: NO_OBJECTS,
  // It tries ten times whatever it is told, and clears away after each.
  requestsWhenRefused: 22,
  open: async ({ endpoint, accessKey, secretKey, authority, home }: ClientAccess): Promise<Session> => {
    const env = environment(home, {
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      RESTIC_PASSWORD: 'a password',
      RESTIC_CACHE_DIR: join(home, 'cache'),
    })
    const cli = program(RESTIC, { env, cwd: home }, ['--cacert', authority])
    const of = (bucket: string) => ['--repo', `s3:${endpoint}/${bucket}/repository`]
    return {
      ...NO_ABILITIES,
      makeBucket: async (bucket) => void (await cli(...of(bucket), 'init')),
      syncUp: async (directory, bucket) => {
        await program(RESTIC, { env, cwd: directory }, ['--cacert', authority])(...of(bucket), 'backup', '.')
      },
      syncDown: async (bucket, _prefix, directory) => {
        await cli(...of(bucket), 'check', '--read-data')
        await cli(...of(bucket), 'restore', 'latest', '--target', directory)
      },
      removeMany: async (bucket) => {
        await cli(...of(bucket), 'forget', '--keep-last', '1', '--prune')
        await cli(...of(bucket), 'forget', '--prune', 'latest')
      },
    }
  },
}

const DUPLICITY = '/usr/bin/duplicity'

export const duplicity: ClientAdapter = {
  name: 'duplicity',
  needs: [DUPLICITY],
  ...USUAL,
  parts: new Cannot('its volumes go up whole below 25 MiB'),
  layout: NO_OBJECTS,
  emptySegments: NO_OBJECTS,
  open: async ({ endpoint, accessKey, secretKey, authority, home }: ClientAccess): Promise<Session> => {
    const env = environment(home, {
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_CA_BUNDLE: authority,
      AWS_EC2_METADATA_DISABLED: 'true',
    })
    const cli = program(DUPLICITY, { env, cwd: home })
    const options = [
      '--s3-endpoint-url',
      endpoint,
      '--no-encryption',
      '--archive-dir',
      join(home, 'archive'),
      '--num-retries',
      '1',
    ]
    const of = (bucket: string) => `boto3+s3://${bucket}/backup`
    return {
      ...NO_ABILITIES,
      makeBucket: new Cannot('it expects the bucket to be there'),
      syncUp: async (directory, bucket) => void (await cli('full', ...options, directory, of(bucket))),
      syncDown: async (bucket, _prefix, directory) => {
        await mkdir(directory, { recursive: true })
        await cli('restore', '--force', ...options, of(bucket), directory)
        await cli('verify', ...options, of(bucket), directory)
      },
      removeMany: async (bucket) => {
        const another = join(home, 'another')
        await mkdir(another)
        await cli('full', ...options, '--allow-source-mismatch', another, of(bucket))
        await cli('remove-all-but-n-full', '1', '--force', ...options, of(bucket))
      },
    }
  },
}
