/**
 * Valid requests of every kind, bent in one place or a few: carried out only where an independent reading of AWS's
 * documents says that they still mean the same, and then exactly that; refused otherwise, with nothing at the backend.
 *
 * `S3WARDEN_FUZZ_MUTANTS` says how many, `S3WARDEN_FUZZ_SEED` which ones.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { send } from '../support/raw-http.ts'
import type { RecordedRequest } from '../support/recording-backend.ts'
import { signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'
import { answerTo } from './answers.ts'
import type { Tenant } from './bases.ts'
import { Lane, Violation } from './lane.ts'

const MUTANTS = Number(process.env.S3WARDEN_FUZZ_MUTANTS ?? 3_000)
const SEED = Number(process.env.S3WARDEN_FUZZ_SEED ?? Date.now() % 1_000_000)
const LANES = 12

let stage: Stage
const lanes = new Map<string, Lane>()
const astray: RecordedRequest[] = []

beforeAll(async () => {
  stage = await raise({
    S3WARDEN_LOG_LEVEL: 'error',
    // The kind with which most is passed on as it is.
    S3WARDEN_BACKEND_KIND: 'ceph',
    S3WARDEN_LIMITS_FAILED_SIGNATURES: '1000000',
    S3WARDEN_TIMEOUTS_HEADERS: '30s',
  })
  const { gate, backend, operator } = stage
  const elsewhere = await operator.project('elsewhere')
  const keys = await Promise.all(
    [operator.projectId, elsewhere].map(async (projectId) => ({
      projectId,
      credentials: await operator.tenant(projectId, ['ObjectStorageFullAccess'], [projectId]),
    })),
  )
  const tenants = Array.from(
    { length: LANES },
    (_, i): Tenant => ({ host: gate.host, bucket: `fuzz-${i}`, ...keys[i % keys.length]! }),
  )
  for (const { credentials, bucket } of tenants) {
    const made = await send(
      gate.port,
      signed(credentials, { method: 'PUT', target: `/${bucket}` }, { host: gate.host }),
    )
    expect(verdict(made)).toBe('200')
  }
  const secrets = new Map(tenants.map(({ credentials }) => [credentials.accessKey, credentials.secretKey]))
  for (const [i, tenant] of tenants.entries()) {
    lanes.set(tenant.bucket, new Lane({ tenant, port: gate.port, secrets, seed: SEED * LANES + i }))
  }
  backend.script((request) => {
    const lane = lanes.get(/^\/([^/?]*)/.exec(request.target)?.[1] ?? '')
    if (lane === undefined) astray.push(request)
    else lane.arrive(request)
    return answerTo(request)
  })
}, 120_000)
afterAll(() => lower(stage))

test(`${MUTANTS} mutants (seed ${SEED})`, { timeout: 3_600_000 }, async () => {
  const share = Math.ceil(MUTANTS / LANES)
  const outcomes = await Promise.allSettled([...lanes.values()].map((lane) => lane.run(share)))
  const violations = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled'
      ? []
      : [outcome.reason instanceof Violation ? outcome.reason.message : String(outcome.reason)],
  )
  expect(violations.slice(0, 3).join('\n\n')).toBe('')
  expect(astray).toEqual([])
  const total = { sent: 0, passed: 0, stricter: 0 }
  const kinds = new Set<string>()
  for (const { tally } of lanes.values()) {
    total.sent += tally.sent
    total.passed += tally.passed
    total.stricter += tally.stricter
    for (const kind of tally.passedOf.keys()) kinds.add(kind)
  }
  console.log(
    `mutants: ${total.sent}; equal to a valid request and carried out: ${total.passed}, refused all the same: ${total.stricter}; seed ${SEED}`,
  )
  expect(total.sent).toBeGreaterThanOrEqual(MUTANTS)
  // Spellings that mean the same are served: a gate that refused everything would be of no use.
  expect(total.passed).toBeGreaterThan(MUTANTS / 100)
  expect(kinds.size).toBeGreaterThan(20)
})

test('the gate has lived through it', async () => {
  expect((await fetch(`http://127.0.0.1:${stage.gate.healthPort}/healthz`)).status).toBe(200)
  expect(stage.gate.output).not.toMatch(/internal error|InternalError|TypeError|RangeError/)
})
