/** kill -9 of the object store behind the gate (Ceph's radosgw), and of the gate in front of it, at random moments. */
import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { run } from '../support/run.ts'
import { Workload } from './workload.ts'

const ROUNDS = Number(process.env.S3WARDEN_CHAOS_ROUNDS ?? 8)
const ceph = inject('ceph')

describe.skipIf(ceph === null)(ceph === null ? 'Ceph is not installed' : 'Ceph', () => {
  let data: string
  let gate: Gate
  const settings = () => ({
    backend: ceph!,
    data,
    env: {
      S3WARDEN_LOG_LEVEL: 'info',
      S3WARDEN_LIMITS_BUCKETS_PER_PROJECT: '100000',
      S3WARDEN_TIMEOUTS_BACKEND_HEALTH: '1s',
    },
  })
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 's3warden-chaos-'))
    gate = await Gate.start(settings())
  })
  afterAll(async () => {
    await gate.destroy()
    await rm(data, { recursive: true, force: true })
  })

  const crash = async () => {
    const env = inject('cephEnvironment')
    const crashed = await run(resolve('test/support/ceph.sh'), ['crash'], { env, timeout: 180_000 })
    expect(crashed.code, crashed.stderr).toBe(0)
  }

  test(`killed ${ROUNDS} times, by turns with the gate, it is as the gate says`, {
    timeout: 1_800_000,
  }, async () => {
    const operator = await Operator.of(gate)
    const project = await operator.project('other')
    const workload = new Workload(
      [
        { name: 'one', credentials: await operator.tenant('one', ['ObjectStorageFullAccess']) },
        { name: 'two', credentials: await operator.tenant('two', ['ObjectStorageFullAccess'], [project]) },
      ],
      () => gate.port,
    )
    await workload.prepare()
    for (let round = 0; round < ROUNDS; round++) {
      workload.start()
      await pause(randomInt(100, 3000))
      if (round % 2 === 0) {
        await crash()
        await workload.stop()
      } else {
        gate.signal('SIGKILL')
        await Promise.all([gate.exit(), workload.stop()])
        gate = await Gate.start(settings())
      }
      await workload.verify()
    }
    expect(workload.found.objects).toBeGreaterThan(0)
    expect(workload.found.buckets).toBeGreaterThan(0)
    console.log(
      `${ROUNDS} kills of Ceph and gate: ${workload.found.objects} objects and ${workload.found.buckets} buckets found again`,
    )
  })
})
