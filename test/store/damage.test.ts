import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type IamReader, StoreUnavailable } from '../../src/iam/reader.ts'
import { type Connection, connect } from '../../src/store/database.ts'
import { openStore, StoreOpenError } from '../../src/store/index.ts'
import { makeWorld, openTestStore, temporaryDirectory, type World } from './support/world.ts'

interface Damage {
  readonly title: string
  readonly sql: string
  readonly read: (reader: IamReader, world: World) => unknown
}

const application = (world: World) =>
  ({
    kind: 'application',
    id: world.application.id,
    organization_id: world.organization_id,
    owner: false,
    locked: false,
  }) as const

const DAMAGES: readonly Damage[] = [
  {
    title: 'a missing table of keys',
    sql: 'PRAGMA foreign_keys = OFF; DROP TABLE access_keys',
    read: (reader, { key }) => reader.findKey(key.access_key),
  },
  {
    title: 'a missing table of policies',
    sql: 'PRAGMA foreign_keys = OFF; DROP TABLE policies',
    read: (reader, world) => reader.grants(application(world)),
  },
  {
    title: 'a missing table of buckets',
    sql: 'DROP TABLE buckets',
    read: (reader) => reader.findBucket('first-bucket'),
  },
  {
    title: 'a missing list of changes',
    sql: 'DROP TABLE changes',
    read: (reader) => reader.refresh(),
  },
  {
    title: 'a sealed secret that was exchanged',
    sql: `UPDATE access_keys SET sealed_secret_key = (SELECT sealed_secret_key FROM backends)`,
    read: (reader, { key }) => reader.findKey(key.access_key),
  },
  {
    title: "a sealed secret moved here from another key's row",
    sql: `UPDATE access_keys SET sealed_secret_key = (SELECT sealed_secret_key FROM access_keys other WHERE other.access_key <> access_keys.access_key)`,
    read: (reader, { key }) => reader.findKey(key.access_key),
  },
  {
    title: 'restrictions that are no JSON',
    sql: `UPDATE access_keys SET restrictions = '{'`,
    read: (reader, { key }) => reader.findKey(key.access_key),
  },
  {
    title: "a backend's secret that does not open",
    sql: `UPDATE backends SET sealed_secret_key = x'00'`,
    read: (reader, { backend }) => reader.findBackend(backend.id),
  },
]

function damage(dataDir: string, sql: string): void {
  const connection: Connection = connect(join(dataDir, 's3warden.db'), 'write')
  connection.exec(sql)
  connection.close()
}

describe('unavailable, never an answer:', () => {
  test.each(DAMAGES)('$title', async ({ sql, read }) => {
    const { dataDir, store, services } = await openTestStore()
    const world = await makeWorld(services)
    store.reader.refresh()
    damage(dataDir, sql)
    expect(() => read(store.reader, world)).toThrow(StoreUnavailable)
  })
})

test('a file that is no database is not opened', async () => {
  const dataDir = temporaryDirectory()
  writeFileSync(
    join(dataDir, 's3warden.db'),
    'something else entirely, and long enough to look like a header '.repeat(20),
  )
  await expect(openStore({ dataDir, now: Date.now })).rejects.toThrow(StoreUnavailable)
})

test('a data directory that is a file is refused with a message that names it', async () => {
  const file = join(temporaryDirectory(), 'file')
  writeFileSync(file, '')
  const opening = openStore({ dataDir: file, now: Date.now })
  await expect(opening).rejects.toThrow(StoreOpenError)
  await expect(opening).rejects.toThrow(file)
})

test.runIf(existsSync('/proc/self'))('so is one where none can be made, at once', async () => {
  const opening = openStore({ dataDir: '/proc/none/such', now: Date.now })
  await expect(opening).rejects.toThrow('the data directory `/proc/none/such` cannot be used')
})

test('a data directory is made with those above it', async () => {
  const dataDir = join(temporaryDirectory(), 'above', 'and', 'below')
  const store = await openStore({ dataDir, now: Date.now })
  store.close()
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
})
