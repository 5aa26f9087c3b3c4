/** Every attack, by the number of the flaw it is about. A new advisory is one more row. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { BACKEND_CREDENTIALS, lower } from '../support/stage.ts'
import { type Arena, enter } from './arena.ts'
import { CASES, type CaseNumber } from './cases.ts'
import { experiments } from './experiments.ts'
import { authentication } from './rows/authentication.ts'
import { authorization } from './rows/authorization.ts'
import { forms } from './rows/forms.ts'
import { tornUploads } from './rows/payloads.ts'
import { wire } from './rows/wire.ts'
import { STANDALONE } from './standalone.ts'

const ATTACKS = [...authentication, ...forms, ...authorization, ...wire]
const NUMBERS = Object.keys(CASES).map(Number) as CaseNumber[]

let arena: Arena
beforeAll(async () => {
  arena = await enter()
}, 120_000)
afterAll(() => lower(arena))

describe.for(NUMBERS.map((row) => [row, CASES[row]] as const))('%i: %s', ([row]) => {
  const attacks = ATTACKS.filter((attack) => attack.row === row)
  const own = experiments.filter((experiment) => experiment.row === row)
  const torn = row === 25 ? tornUploads : []

  test('is answered for', () => {
    expect(attacks.length + own.length + torn.length + Number(STANDALONE.has(row))).toBeGreaterThan(0)
  })

  test.for(attacks.map((attack) => [attack.title, attack] as const))('%s', async ([, attack]) => {
    arena.backend.clear()
    const given = verdict(await attack.attempt(arena))
    expect(arena.backend.received).toEqual([])
    const { refusal } = attack
    if (refusal instanceof RegExp) expect(given).toMatch(refusal)
    else expect([refusal].flat()).toContain(given)
  })

  test.for(own.map((experiment) => [experiment.title, experiment] as const))('%s', async ([, experiment]) => {
    arena.backend.clear()
    await experiment.run(arena)
  })

  test.for(torn.map((upload) => [upload.title, upload] as const))('%s', async ([, upload]) => {
    arena.backend.clear()
    const response = await upload.attempt(arena)
    if (response !== 'torn') expect(verdict(response)).toMatch(upload.refusal)
    expect(arena.backend.object('ours', 'torn')).toBeUndefined()
    expect(arena.backend.received.filter(({ complete }) => complete)).toEqual([])
  })
})

test('the gate has lived through all of it', async () => {
  const health = await fetch(`http://127.0.0.1:${arena.gate.healthPort}/healthz`)
  expect(health.status).toBe(200)
})

test('13: none of it left a secret or a signature in the logs, which were at trace', () => {
  const { owner, stranger, below, elsewhere, limited, lacking } = arena
  const secrets = [
    BACKEND_CREDENTIALS,
    owner,
    stranger,
    below,
    elsewhere,
    ...Object.values(limited),
    ...Object.values(lacking),
  ].map(({ secretKey }) => secretKey)
  const { output } = arena.gate
  expect(arena.gate.log.length).toBeGreaterThan(500)
  expect(arena.signatures.size).toBeGreaterThan(500)
  expect([...secrets, ...arena.signatures].filter((secret) => output.includes(secret))).toEqual([])
})
