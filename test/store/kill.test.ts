import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { killed } from './support/other-process.ts'
import { makeWorld, openTestStore } from './support/world.ts'

const ROUNDS = 8

/** Acknowledged: the lines that the victim printed before it was killed. */
async function killAfter(victim: ChildProcess, milliseconds: number): Promise<readonly string[]> {
  const lines: string[] = []
  const reading = (async () => {
    for await (const line of createInterface({ input: victim.stdout! })) lines.push(line)
  })()
  while (lines.length === 0) await new Promise((next) => setTimeout(next, 5))
  await new Promise((next) => setTimeout(next, milliseconds))
  await killed(victim)
  await reading
  return lines
}

function startVictim(...args: readonly string[]): ChildProcess {
  const victim = spawn(
    resolve('node_modules/.bin/node'),
    [resolve('test/store/support/victim-main.ts'), ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => {
    victim.kill('SIGKILL')
  })
  return victim
}

/** Spread over the time that one key or one rotation takes. */
const moments = Array.from({ length: ROUNDS }, (_none, round) => 3 + round * 7)

test('killed while it makes keys: every acknowledged key is there, whole, and none is half there', async () => {
  const { dataDir, store, services } = await openTestStore()
  const { application } = await makeWorld(services)
  for (const moment of moments) {
    const acknowledged = await killAfter(startVictim('keys', dataDir, application.id), moment)
    store.reader.refresh()
    for (const line of acknowledged) {
      const [accessKey = '', secret] = line.split(' ')
      expect(store.reader.findKey(accessKey)?.secret.reveal()).toBe(secret)
    }
    const { items } = await services.keys.list({ page_size: 1000 })
    const logged = await services.logs.list({ filters: { resource_type: 'api_key' }, page_size: 1000 })
    expect(items.length).toBeGreaterThanOrEqual(acknowledged.length)
    expect(logged.items.map(({ resource_id }) => resource_id).sort()).toEqual(
      items.map(({ access_key }) => access_key).sort(),
    )
    for (const { access_key } of items) expect(store.reader.findKey(access_key)).toBeDefined()
  }
})

test('killed while it rotates the master key: the store opens again, and an open one carries on', async () => {
  const { dataDir, store, services } = await openTestStore()
  const { key } = await makeWorld(services)
  const secret = store.reader.findKey(key.access_key)?.secret.reveal()
  for (const moment of moments) {
    await killAfter(startVictim('rotate', dataDir), moment)
    const reopened = await openStore({ dataDir, now: Date.now })
    expect(reopened.instanceId).toBe(store.instanceId)
    expect(reopened.reader.findKey(key.access_key)?.secret.reveal()).toBe(secret)
    reopened.close()
    expect(readdirSync(dataDir)).toContain('master.key')
    store.reader.refresh()
    expect(store.reader.findKey(key.access_key)?.secret.reveal()).toBe(secret)
  }
})
