/**
 * pgBackRest, and a PostgreSQL that archives through it. The tree lies among the database's files, which are backed up
 * whatever they are. https://pgbackrest.org/user-guide.html#s3-support
 */
import { existsSync, readdirSync } from 'node:fs'
import { appendFile, copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  Cannot,
  type ClientAccess,
  type ClientAdapter,
  ClientFailure,
  environment,
  NO_OBJECTS,
  type Program,
  program,
  type Session,
  USUAL,
} from '../client.ts'
import { NO_ABILITIES } from './backups.ts'

const PGBACKREST = '/usr/bin/pgbackrest'
const POSTGRES = '/usr/lib/postgresql'
const SETPRIV = '/usr/bin/setpriv'

export const pgbackrest: ClientAdapter = {
  name: 'pgBackRest',
  needs: [PGBACKREST, POSTGRES],
  ...USUAL,
  parts: NO_OBJECTS,
  layout: NO_OBJECTS,
  emptySegments: NO_OBJECTS,
  open: async (access) => (access.secure ? open(access) : OVER_HTTP),
}

const HTTPS = new Cannot('it speaks to object stores over https only')

const OVER_HTTP: Session = {
  ...NO_ABILITIES,
  makeBucket: HTTPS,
  syncUp: HTTPS,
  syncDown: HTTPS,
  removeMany: HTTPS,
}

async function open({ endpoint, accessKey, secretKey, authority }: ClientAccess): Promise<Session> {
  // Not below the client's home: PostgreSQL runs as another user, who has to get there.
  const home = await mkdtemp('/tmp/s3warden-pgbackrest-')
  const asPostgres = ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups']
  const isRoot = process.getuid?.() === 0
  /** Refuses to be root's. */
  const unprivileged = (path: string): Program => {
    const options = { env: environment(home), cwd: home }
    return isRoot ? program(SETPRIV, options, [...asPostgres, path]) : program(path, options)
  }
  const giveAway = async () => {
    if (isRoot) await program('/bin/chown', { env: environment(home) })('-R', 'postgres:', home)
  }
  const newest =
    readdirSync(POSTGRES)
      .sort((a, b) => Number(a) - Number(b))
      .at(-1) ?? ''
  const postgres = (name: string) => unprivileged(join(POSTGRES, newest, 'bin', name))
  const [data, restored] = [join(home, 'data'), join(home, 'restored')]
  const config = join(home, 'pgbackrest.conf')
  const backrest = (...args: readonly string[]) =>
    unprivileged(PGBACKREST)('--config', config, '--stanza', 'main', ...args)
  const control = (directory: string, ...args: readonly string[]) =>
    postgres('pg_ctl')('--pgdata', directory, '--log', join(home, 'postgres.log'), '--wait', ...args)
  const sql = async (command: string): Promise<string> =>
    (
      await postgres('psql')(
        '--host',
        home,
        '--username',
        'postgres',
        '--tuples-only',
        '--no-align',
        '--command',
        command,
      )
    ).trim()
  const stop = async (directory: string) => {
    if (existsSync(join(directory, 'postmaster.pid'))) await control(directory, '--mode', 'immediate', 'stop')
  }

  const settings = (bucket: string) => ({
    'repo1-type': 's3',
    // One of its own: it looks first, and leaves a cluster alone that is not its.
    'repo1-path': `/${basename(home)}`,
    'repo1-s3-bucket': bucket,
    // It holds a certificate against names, and knows no addresses.
    'repo1-s3-endpoint': `localhost:${new URL(endpoint).port}`,
    'repo1-s3-uri-style': 'path',
    'repo1-s3-region': 'us-east-1',
    'repo1-s3-key': accessKey,
    'repo1-s3-key-secret': secretKey,
    'repo1-storage-ca-file': join(home, 'authority.pem'),
    'repo1-retention-full': '1',
    // Small files together, which are then read by ranges, and uncompressed, so that they go up in parts.
    'repo1-bundle': 'y',
    'compress-type': 'none',
    'start-fast': 'y',
    'log-level-file': 'off',
    'lock-path': join(home, 'lock'),
    'spool-path': join(home, 'spool'),
  })
  const prepare = async (bucket: string) => {
    const lines = Object.entries(settings(bucket)).map(([name, value]) => `${name}=${value}`)
    const main = [`[main]`, `pg1-path=${data}`, `pg1-socket-path=${home}`]
    await writeFile(config, `${['[global]', ...lines, ...main].join('\n')}\n`)
    await copyFile(authority, join(home, 'authority.pem'))
    await giveAway()
    await postgres('initdb')('--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--no-sync')
    const server = [
      `listen_addresses = ''`,
      `unix_socket_directories = '${home}'`,
      `archive_mode = on`,
      `archive_command = '${PGBACKREST} --config ${config} --stanza main archive-push %p'`,
      `fsync = off`,
    ]
    await appendFile(join(data, 'postgresql.conf'), `${server.join('\n')}\n`)
    await control(data, 'start')
    await backrest('stanza-create')
  }

  return {
    ...NO_ABILITIES,
    makeBucket: new Cannot('it expects the bucket to be there'),
    syncUp: async (directory, bucket) => {
      await prepare(bucket)
      await sql('CREATE TABLE numbers AS SELECT generate_series(1, 1000) AS number')
      await cp(directory, join(data, 'tree'), { recursive: true })
      await giveAway()
      await backrest('backup', '--type', 'full')
    },
    syncDown: async (_bucket, _prefix, directory) => {
      await stop(data)
      await mkdir(restored, { mode: 0o700 })
      await giveAway()
      await backrest('restore', '--pg1-path', restored, '--archive-mode', 'off')
      await control(restored, 'start')
      const total = await sql('SELECT sum(number) FROM numbers')
      if (total !== '500500') throw new ClientFailure(`the numbers add up to ${total}`)
      await stop(restored)
      await cp(join(restored, 'tree'), directory, { recursive: true })
    },
    removeMany: async () => {
      await control(data, 'start')
      await backrest('backup', '--type', 'full')
    },
    close: async () => {
      for (const directory of [data, restored]) await stop(directory)
      await rm(home, { recursive: true, force: true })
    },
  }
}
