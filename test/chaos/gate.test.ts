/** kill -9 of the gate, the embedded store within it, and of the command line, at random moments. */
import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { KeyMaker } from './keys.ts'
import { Workload } from './workload.ts'

const ROUNDS = Number(process.env.S3WARDEN_CHAOS_ROUNDS ?? 8)

let data: string
let gate: Gate
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 's3warden-chaos-'))
  gate = await Gate.start({ data })
})
afterAll(async () => {
  await gate.destroy()
  await rm(data, { recursive: true, force: true })
})

test(`killed ${ROUNDS} times, the gate has kept its word`, { timeout: 1_800_000 }, async () => {
  const env = { S3WARDEN_LOG_LEVEL: 'info', S3WARDEN_LIMITS_BUCKETS_PER_PROJECT: '100000' }
  const operator = await Operator.of(gate)
  const project = await operator.project('other')
  const workload = new Workload(
    [
      { name: 'one', credentials: await operator.tenant('one', ['ObjectStorageFullAccess']) },
      { name: 'two', credentials: await operator.tenant('two', ['ObjectStorageFullAccess'], [project]) },
    ],
    () => gate.port,
  )
  const application = await operator.application('keys')
  await operator.policy({ application }, [{ sets: ['ObjectStorageFullAccess'], projects: [project] }])
  const keys = new KeyMaker(application, project)
  await workload.prepare()
  for (let round = 0; round < ROUNDS; round++) {
    workload.start()
    const making = keys.once(gate)
    await pause(randomInt(100, 2000))
    gate.signal('SIGKILL')
    await Promise.all([gate.exit(), workload.stop(), making])
    gate = await Gate.start({ data, env })
    await workload.verify()
  }
  await keys.verify(gate)
  expect(workload.found.objects).toBeGreaterThan(0)
  expect(workload.found.buckets).toBeGreaterThan(0)
  console.log(
    `${ROUNDS} kills of the gate, ${keys.killed} of the command line: ${workload.found.objects} objects, ${workload.found.buckets} buckets and ${keys.shown.length} keys found again`,
  )
})
