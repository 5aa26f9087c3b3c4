/**
 * `npm run bench:memory`: how much the gate's resident memory grows by large transfers at once, by slow clients, and by a
 * million requests. Prints a table, and writes it to `test/bench/results`.
 *
 *     npm run bench:memory -- [--share 0.1] [--only slow] [--print]
 *
 * Before each measurement the gate is warmed with requests of the same kinds, few at once: what V8 and malloc need to
 * work at all counts for its base, what many at once or long ones need counts as growth.
 * Generator and backend hold objects of 1 GiB whole: they take 4 GiB between them.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { BUCKET, type Stage, startStage } from './contenders.ts'
import { openLoad, type WireRequest } from './load.ts'
import { median } from './measure.ts'
import { mixedRound } from './mix.ts'
import type { Program } from './process.ts'
import { publishMemory } from './publish.ts'
import { hashOf, signed, type UnsignedBody } from './sign.ts'
import { openSlowClients } from './slow.ts'
import { type Grown, memoryTable } from './table.ts'

const { values } = parseArgs({
  options: {
    /** Of bytes, clients and requests: less for a quick look. */
    share: { type: 'string', default: '1' },
    /** One of `transfers`, `slow`, `mixed`; else all. */
    only: { type: 'string', default: '' },
    /** Options of the gate's Node process, separated by spaces. */
    node: { type: 'string', default: '' },
    /** Prints, and writes nothing. */
    print: { type: 'boolean', default: false },
  },
})
const share = Number(values.share)
const amount = (full: number) => Math.max(1, Math.ceil(full * share))

const MIB = 1024 * 1024
const AT_ONCE = 32
const OBJECT_BYTES = amount(1024) * MIB
const SLOW_CLIENTS = amount(1_000)
const SLOW_MS = amount(40_000)
const REQUESTS = amount(1_000_000)
const ROUNDS = 20
const SAMPLE_MS = 50
const GOAL_BYTES = 64 * MIB
/** Resident memory rises and falls by so much from one collection to the next. */
const NOISE_BYTES = 8 * MIB

/** Does something, and looks all the while. @returns resident memory in bytes, of each look */
async function watched(gate: Program, work: () => Promise<void>): Promise<readonly number[]> {
  const samples = [gate.resident()]
  const timer = setInterval(() => samples.push(gate.resident()), SAMPLE_MS)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return [...samples, gate.resident()]
}

/** What the gate keeps when it has nothing to do. */
async function base(gate: Program): Promise<number> {
  return median(await watched(gate, () => pause(Math.min(2_000, SLOW_MS))))
}

async function transfers({ gate, credentials }: Stage): Promise<readonly Grown[]> {
  const all = async (requests: readonly WireRequest[], atOnce: number): Promise<void> => {
    const load = await openLoad({ port: gate.port, connections: atOnce, status: 200 })
    await load.run(requests, Math.max(atOnce, requests.length))
    load.close()
  }
  const request = (method: string, size: number, body: UnsignedBody) =>
    signed({ method, target: `/${BUCKET}/${size}/large`, body }, credentials.full, hashOf(body))
  const directions: readonly { what: string; requests(size: number): readonly WireRequest[] }[] = [
    {
      what: 'uploads: signed, unsigned, aws-chunked with trailer in turn',
      requests(size) {
        const bytes = Buffer.alloc(size, 'It was the season of light. ')
        return (['signed', 'unsigned', 'trailer'] as const).map((kind) =>
          request('PUT', size, { kind, bytes }),
        )
      },
    },
    { what: 'downloads', requests: (size) => [request('GET', size, { kind: 'none' })] },
  ]
  const found: Grown[] = []
  for (const { what, requests } of directions) {
    for (let i = 0; i < 8; i++) await all(requests(Math.min(OBJECT_BYTES, 32 * MIB)), 1)
    const before = await base(gate)
    const ready = requests(OBJECT_BYTES)
    const peak = Math.max(...(await watched(gate, () => all(ready, AT_ONCE))))
    const name = `${AT_ONCE} ${what}, ${OBJECT_BYTES / MIB} MiB each, all at once`
    found.push({ what: name, before, after: peak, goal: GOAL_BYTES })
  }
  return found
}

async function slow({ gate, credentials }: Stage): Promise<readonly Grown[]> {
  await mixedRound(gate.port, credentials, 0, amount(50_000))
  const few = await openSlowClients(gate.port, credentials, Math.min(8, SLOW_CLIENTS))
  await pause(Math.min(2_000, SLOW_MS))
  few.close()
  const before = await base(gate)
  let served = 0
  const peak = Math.max(
    ...(await watched(gate, async () => {
      const clients = await openSlowClients(gate.port, credentials, SLOW_CLIENTS)
      await pause(SLOW_MS)
      served = clients.served()
      await mixedRound(gate.port, credentials, 0, amount(2_000))
      clients.close()
    })),
  )
  const what = `${SLOW_CLIENTS} slow clients for ${SLOW_MS / 1000} s, half uploading and half downloading; ${served} still served at the end, and others beside them`
  return [{ what, before, after: peak, goal: GOAL_BYTES }]
}

async function mixed({ gate, credentials }: Stage): Promise<readonly Grown[]> {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(
      median(await watched(gate, () => mixedRound(gate.port, credentials, round, REQUESTS / ROUNDS))),
    )
  }
  const quarter = (n: number) => median(rounds.slice((n * ROUNDS) / 4, ((n + 1) * ROUNDS) / 4))
  console.log(
    `resident memory after each twentieth of ${REQUESTS} requests, in MiB: ${rounds.map((bytes) => (bytes / MIB).toFixed(0)).join(' ')}`,
  )
  const what = `${REQUESTS} requests of mixed kinds: the last quarter beside the second`
  return [{ what, before: quarter(1), after: quarter(3), goal: NOISE_BYTES }]
}

const PARTS = { transfers, slow, mixed } as const

const stage = await startStage({
  workers: 1,
  nodeOptions: values.node === '' ? [] : values.node.split(' '),
  // Wrong signatures and unknown keys are to be refused as such, however many there are.
  env: { S3WARDEN_LIMITS_FAILED_SIGNATURES: '1000000' },
})
try {
  const found: Grown[] = []
  for (const [name, part] of Object.entries(PARTS)) {
    if (values.only !== '' && values.only !== name) continue
    const grown = await part(stage)
    found.push(...grown)
    console.log(memoryTable(grown).join('\n'))
  }
  if (values.only === '' && !values.print) publishMemory(found)
} finally {
  await stage.stop()
}
