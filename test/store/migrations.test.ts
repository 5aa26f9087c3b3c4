import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import { openDataDirectory } from '../../src/store/data-directory.ts'
import { type Connection, connect } from '../../src/store/database.ts'
import { openStore, StoreOpenError } from '../../src/store/index.ts'
import { openKeyRing } from '../../src/store/key-ring.ts'
import { migrate, schemaVersion } from '../../src/store/migrate.ts'
import { MIGRATIONS } from '../../src/store/migrations/index.ts'
import { createSealer } from '../../src/store/seal.ts'
import { openTestStore, temporaryDirectory } from './support/world.ts'

const AT = '2026-01-31T12:00:00.000Z'

/**
 * What a database of each version holds, in that version's own columns: an organization `o` with project `p`,
 * application `a`, its policy and its key. A new version adds its entry here; without one its test fails.
 */
const IDENTITY = `
    INSERT INTO organizations VALUES ('o', 'acme', '${AT}', '${AT}');
    INSERT INTO projects VALUES ('p', 'o', 'default', '', 1, NULL, NULL, '${AT}', '${AT}');
    INSERT INTO applications VALUES ('a', 'o', 'backup', '', '[]', '${AT}', '${AT}');
    INSERT INTO policies VALUES ('q', 'o', 'all', '', '[]', NULL, NULL, 'a', '${AT}', '${AT}');
    INSERT INTO rules VALUES ('r', 'q', 0, '["ObjectStorageFullAccess"]', NULL, '');
    INSERT INTO rule_projects VALUES ('r', 0, 'p');
`

const CONTENT: Readonly<Record<number, string>> = {
  1: `${IDENTITY} INSERT INTO log_entries VALUES (7, 'l', '${AT}', '', '', 'created', '', 'o', 'application', 'a', NULL, '{}');`,
  2: `${IDENTITY} INSERT INTO log_entries VALUES (7, 'l', '${AT}', '', '', 'created', '', 'o', 'application', 'a', NULL, '{}', '');`,
}

const INSERT_KEY = `INSERT INTO access_keys (access_key, name, description, organization_id, application_id, default_project_id, imported, creation_ip, sealed_secret_key, secret_hash, created_at, updated_at)
      VALUES ('KEY', '', '', 'o', 'a', 'p', 0, '', ?, ?, '${AT}', '${AT}')`

function makeAtVersion(dataDir: string, version: number): void {
  const directory = openDataDirectory(dataDir)
  const connection = connect(directory.databasePath, 'write')
  migrate(connection, MIGRATIONS.slice(0, version), AT)
  const sealer = createSealer(openKeyRing(connection, directory, undefined, AT).dataKey)
  connection.exec(CONTENT[version]!)
  const secret = new Secret('secret of the key')
  connection.run(INSERT_KEY, [
    sealer.seal(secret, { table: 'access_keys', id: 'KEY' }),
    sealer.lookupHash(secret),
  ])
  connection.close()
}

describe('a database made by an earlier program', () => {
  test.each(MIGRATIONS.map(({ version }) => version))(
    'at version %i opens with all it had',
    async (version) => {
      const dataDir = temporaryDirectory()
      makeAtVersion(dataDir, version)
      const { store, services } = await openTestStore(dataDir)
      const key = store.reader.findKey('KEY')
      expect(key?.secret.reveal()).toBe('secret of the key')
      const grants = store.reader.grants(key!.bearer)
      expect(grants[0]?.forProject('p', 'GetObject').unconditional).toEqual({ policy_id: 'q', rule_id: 'r' })
      expect((await services.keys.findBySecret(new Secret('secret of the key')))?.access_key).toBe('KEY')
      expect((await services.projects.list({})).total_count).toBe(1)
      expect(await services.logs.get('l')).toMatchObject({ resource_id: 'a', remark: '' })
    },
  )
})

test('versions are numbered from 1 without gaps', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_migration, index) => index + 1))
})

test('a failing step leaves the version before it', () => {
  const connection = emptyDatabase()
  const broken = [
    ...MIGRATIONS,
    { version: MIGRATIONS.length + 1, name: 'broken', sql: 'CREATE TABLE one (a TEXT) STRICT; nonsense' },
  ]
  expect(() => migrate(connection, broken, AT)).toThrow()
  expect(schemaVersion(connection)).toBe(MIGRATIONS.length)
  expect(connection.scalar(`SELECT count(*) FROM sqlite_schema WHERE name = 'one'`, [])).toBe(0)
  connection.close()
})

test('a second run has nothing to do', () => {
  const connection = emptyDatabase()
  expect(migrate(connection, MIGRATIONS, AT)).toHaveLength(MIGRATIONS.length)
  expect(migrate(connection, MIGRATIONS, AT)).toEqual([])
  connection.close()
})

test('a database made by a later program is refused and left alone', async () => {
  const { dataDir, store } = await openTestStore()
  store.close()
  const connection = connect(join(dataDir, 's3warden.db'), 'write')
  connection.run('INSERT INTO migrations VALUES (?, ?, ?)', [MIGRATIONS.length + 1, 'later', AT])
  const opening = openStore({ dataDir, now: Date.now })
  await expect(opening).rejects.toThrow(StoreOpenError)
  await expect(opening).rejects.toMatchObject({ fault: 'newer-schema' })
  expect(schemaVersion(connection)).toBe(MIGRATIONS.length + 1)
  connection.close()
})

describe('the schema', () => {
  const connection = emptyDatabase()
  migrate(connection, MIGRATIONS, AT)
  const tables = connection
    .all(`SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`, [])
    .map(({ name, sql }) => [String(name), String(sql)] as const)
  const triggers = new Set(
    connection.all(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`, []).map(({ name }) => name),
  )
  connection.close()

  /** Tables of which no cache knows anything. */
  const UNWATCHED = new Set([
    'applications',
    'bucket_generation',
    'changes',
    'data_keys',
    'gate',
    'groups',
    'log_entries',
    'migrations',
    'organizations',
    'sessions',
    'ssh_keys',
  ])

  test.each(tables)('%s is strict', (_name, sql) => {
    expect(sql).toMatch(/\) STRICT$/)
  })

  test.each(tables.map(([name]) => name).filter((name) => !UNWATCHED.has(name)))(
    'every change of %s is reported',
    (name) => {
      for (const event of ['insert', 'update', 'delete']) expect(triggers).toContain(`${name}_${event}`)
    },
  )
})

function emptyDatabase(): Connection {
  const path = join(mkdtempSync(join(tmpdir(), 's3warden-test-')), 'test.db')
  writeFileSync(path, '')
  return connect(path, 'write')
}
