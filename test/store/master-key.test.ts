import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import { type OpenFault, openStore, StoreOpenError } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import { makeWorld, OPERATOR, openTestStore, temporaryDirectory } from './support/world.ts'

const mode = (path: string) => statSync(path).mode & 0o777

async function open(dataDir: string, masterKey?: Secret): Promise<Store> {
  const store = await openStore({ dataDir, masterKey, now: Date.now })
  onTestFinished(() => store.close())
  return store
}

async function faultOf(opening: Promise<unknown>): Promise<OpenFault | undefined> {
  try {
    await opening
    return undefined
  } catch (error) {
    if (error instanceof StoreOpenError) return error.fault
    throw error
  }
}

const bytes = randomBytes(32)

describe('a new store', () => {
  test('generates a master key that only its owner can read, as everything else', async () => {
    const dataDir = join(temporaryDirectory(), 'made', 'by-us')
    const store = await open(dataDir)
    await store.transaction(OPERATOR, async () => undefined)
    expect(mode(dataDir)).toBe(0o700)
    for (const name of readdirSync(dataDir)) expect([name, mode(join(dataDir, name))]).toEqual([name, 0o600])
    expect(Buffer.from(readFileSync(join(dataDir, 'master.key'), 'utf8'), 'base64')).toHaveLength(32)
  })

  test('given a master key, writes none', async () => {
    const dataDir = temporaryDirectory()
    await open(dataDir, new Secret(bytes.toString('hex')))
    expect(existsSync(join(dataDir, 'master.key'))).toBe(false)
  })

  test('keeps its identity, and different stores have different ones', async () => {
    const dataDir = temporaryDirectory()
    const first = await open(dataDir)
    const again = await open(dataDir)
    const other = await open(temporaryDirectory())
    expect(again.instanceId).toBe(first.instanceId)
    expect(other.instanceId).not.toBe(first.instanceId)
  })

  test('is made once where two processes make it at the same time', async () => {
    const dataDir = temporaryDirectory()
    const stores = await Promise.all([open(dataDir), open(dataDir), open(dataDir)])
    expect(new Set(stores.map(({ instanceId }) => instanceId)).size).toBe(1)
  })
})

describe('a master key is understood as', () => {
  test.each([
    ['base64', bytes.toString('base64')],
    ['base64 with a newline', `${bytes.toString('base64')}\n`],
    ['base64 without padding', bytes.toString('base64').replace('=', '')],
    ['URL-safe base64', bytes.toString('base64url')],
    ['hexadecimal', bytes.toString('hex')],
    ['upper-case hexadecimal', bytes.toString('hex').toUpperCase()],
  ])('%s', async (_title, text) => {
    const dataDir = temporaryDirectory()
    const { instanceId } = await open(dataDir, new Secret(bytes.toString('hex')))
    expect((await open(dataDir, new Secret(text))).instanceId).toBe(instanceId)
  })

  test.each([
    ['nothing', ''],
    ['16 bytes', randomBytes(16).toString('hex')],
    ['33 bytes', randomBytes(33).toString('base64')],
    ['a passphrase', 'correct horse battery staple'],
    ['base64 with a stray character', `*${bytes.toString('base64').slice(1)}`],
  ])('malformed: %s', async (_title, text) => {
    expect(await faultOf(open(temporaryDirectory(), new Secret(text)))).toBe('malformed-master-key')
  })
})

describe('a store is not opened', () => {
  test('with another master key', async () => {
    const dataDir = temporaryDirectory()
    await open(dataDir, new Secret(bytes.toString('hex')))
    expect(await faultOf(open(dataDir, new Secret(randomBytes(32).toString('hex'))))).toBe('wrong-master-key')
  })

  test('with the key file of another store', async () => {
    const dataDir = temporaryDirectory()
    await open(dataDir)
    writeFileSync(join(dataDir, 'master.key'), randomBytes(32).toString('base64'))
    expect(await faultOf(open(dataDir))).toBe('wrong-master-key')
  })

  test('without its key file, which is not made anew', async () => {
    const dataDir = temporaryDirectory()
    await open(dataDir)
    rmSync(join(dataDir, 'master.key'))
    expect(await faultOf(open(dataDir))).toBe('missing-master-key')
    expect(existsSync(join(dataDir, 'master.key'))).toBe(false)
  })
})

describe('rotation of the master key', () => {
  test('replaces the file, and an open store carries on', async () => {
    const { dataDir, store, services } = await openTestStore()
    const { key, application } = await makeWorld(services)
    const before = readFileSync(join(dataDir, 'master.key'), 'utf8')
    const { instanceId } = store
    const rotating = await open(dataDir)
    await rotating.rotateMasterKey(OPERATOR, { kind: 'file' })
    expect(readFileSync(join(dataDir, 'master.key'), 'utf8')).not.toBe(before)
    expect(readdirSync(dataDir).filter((name) => name.startsWith('master.key'))).toEqual(['master.key'])

    const secret = store.reader.findKey(key.access_key)?.secret.reveal()
    const made = await services.keys.create(OPERATOR, { bearer: { kind: 'application', id: application.id } })
    const reopened = await open(dataDir)
    expect(reopened.instanceId).toBe(instanceId)
    expect(reopened.reader.findKey(key.access_key)?.secret.reveal()).toBe(secret)
    expect(reopened.reader.findKey(made.key.access_key)?.secret.reveal()).toBe(made.secret_key.reveal())
  })

  test('to a given key: the old one no longer opens, the new one does', async () => {
    const dataDir = temporaryDirectory()
    const old = new Secret(bytes.toString('hex'))
    const next = new Secret(randomBytes(32).toString('hex'))
    const store = await open(dataDir, old)
    await store.rotateMasterKey(OPERATOR, { kind: 'given', masterKey: next })
    expect(await faultOf(open(dataDir, old))).toBe('wrong-master-key')
    expect((await open(dataDir, next)).instanceId).toBe(store.instanceId)
  })

  test('to a file is refused where the key in use was given', async () => {
    const store = await open(temporaryDirectory(), new Secret(bytes.toString('hex')))
    expect(await faultOf(store.rotateMasterKey(OPERATOR, { kind: 'file' }))).toBe('malformed-master-key')
  })

  test('is in the audit log, without a key', async () => {
    const { dataDir, store, services } = await openTestStore()
    await store.rotateMasterKey(OPERATOR, { kind: 'file' })
    const { items } = await services.logs.list({ filters: { resource_type: 'master_key' } })
    expect(items).toHaveLength(1)
    expect(JSON.stringify(items)).not.toContain(
      readFileSync(join(dataDir, 'master.key'), 'utf8').slice(0, 20),
    )
  })

  test('that died before the database changed over leaves the old key in force', async () => {
    const dataDir = temporaryDirectory()
    const { instanceId } = await open(dataDir)
    writeFileSync(join(dataDir, 'master.key.next-0123456789abcdef'), randomBytes(32).toString('base64'))
    writeFileSync(join(dataDir, 'master.key.next-fedcba9876543210.partial'), 'half a k')
    expect((await open(dataDir)).instanceId).toBe(instanceId)
    const store = await open(dataDir)
    await store.rotateMasterKey(OPERATOR, { kind: 'file' })
    expect(readdirSync(dataDir).filter((name) => name.startsWith('master.key'))).toEqual(['master.key'])
    expect((await open(dataDir)).instanceId).toBe(instanceId)
  })

  test('that died before the new file took its place is finished by whoever opens the store', async () => {
    const dataDir = temporaryDirectory()
    const store = await open(dataDir)
    const old = readFileSync(join(dataDir, 'master.key'), 'utf8')
    await store.rotateMasterKey(OPERATOR, { kind: 'file' })
    const { items } = await store.repositories.log.list({
      filters: { resource_type: 'master_key' },
      order_by: 'created_at_asc',
      page: 1,
      page_size: 1,
    })
    const { fingerprint } = items[0]!.after as { readonly fingerprint: string }
    renameSync(join(dataDir, 'master.key'), join(dataDir, `master.key.next-${fingerprint}`))
    writeFileSync(join(dataDir, 'master.key'), old)
    expect((await open(dataDir)).instanceId).toBe(store.instanceId)
    expect(readdirSync(dataDir).filter((name) => name.startsWith('master.key'))).toEqual(['master.key'])
    expect(readFileSync(join(dataDir, 'master.key'), 'utf8')).not.toBe(old)
  })
})
