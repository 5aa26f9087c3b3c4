/** The program of {@link startOtherProcess}: one JSON message a line in, one reply a line out. */
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor } from '../../../src/iam/reader.ts'
import { SYSTEM_RANDOM } from '../../../src/services/deps.ts'
import { createServices } from '../../../src/services/index.ts'
import { connect } from '../../../src/store/database.ts'
import { openStore } from '../../../src/store/index.ts'
import type { Store } from '../../../src/store/store.ts'

type Message =
  | { readonly kind: 'ready' }
  | { readonly kind: 'rotate'; readonly dataDir: string }
  | { readonly kind: 'hold'; readonly dataDir: string; readonly milliseconds: number }
  | {
      readonly kind: 'call'
      readonly dataDir: string
      readonly method: string
      readonly args: readonly unknown[]
    }

const OPERATOR: Actor = { bearer_id: '', ip: '', user_agent: 'other process' }

function reply(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

async function onStore<T>(dataDir: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ dataDir, now: Date.now })
  try {
    return await work(store)
  } finally {
    store.close()
  }
}

async function call(store: Store, path: string, args: readonly unknown[]): Promise<unknown> {
  const services = createServices({ store, now: Date.now, random: SYSTEM_RANDOM })
  const [noun = '', method = ''] = path.split('.')
  const service = services[noun as 'keys'] as unknown as Record<
    string,
    (...args: unknown[]) => Promise<unknown>
  >
  return service[method]!(OPERATOR, ...args)
}

async function hold(dataDir: string, milliseconds: number): Promise<void> {
  const connection = connect(join(dataDir, 's3warden.db'), 'write')
  connection.exec('BEGIN IMMEDIATE')
  reply({})
  await sleep(milliseconds)
  connection.exec('COMMIT')
  connection.close()
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as Message
  try {
    switch (message.kind) {
      case 'ready':
        reply({})
        break
      case 'rotate':
        await onStore(message.dataDir, (store) => store.rotateMasterKey(OPERATOR, { kind: 'file' }))
        reply({})
        break
      case 'hold':
        await hold(message.dataDir, message.milliseconds)
        break
      case 'call':
        reply({
          result: await onStore(message.dataDir, (store) => call(store, message.method, message.args)),
        })
        break
    }
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) })
  }
}
