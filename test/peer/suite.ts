/**
 * A peer's tests of S3, run through the gate. Whatever a store passes alone, even if only by chance, has to pass every
 * time with the gate in front of it, except for what `losses.ts` explains row by row.
 *
 * `S3WARDEN_PEER` says what is run. `some`, the default: the tests of what the gate itself reads and writes. `all`: the
 * others as well. `record`: none of this; the stores are asked alone, and their outcomes are written down.
 */
import { existsSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { Lane, Lanes, type Stand } from './lane.ts'
import { LOSSES, type Rule, type StoreName, UNOPENED } from './losses.ts'
import { PROGRAM, testNames } from './program.ts'
import { type Outcome, readOutcomes, writeOutcomes } from './recording.ts'
import { alone, type MakeStore, type Opening, throughTheGate } from './stands.ts'

const MODE = process.env.S3WARDEN_PEER ?? 'some'
if (!['some', 'all', 'record'].includes(MODE))
  throw new Error(`S3WARDEN_PEER: some, all or record, not ${MODE}`)

/** Tests at once. More gain nothing on two cores. */
const LANES = 3

/**
 * The families, by the first word of their names, of what the gate decides, rewrites or answers by itself. The others are
 * about versions, locks and lists, which are the store's, and spend their time waiting.
 */
const CONCERN_THE_GATE: ReadonlySet<string> = new Set([
  ...['Authentication', 'PresignedAuth', 'PostObject'],
  ...['SignedStreamingPayload', 'SignedStreamingPayloadTrailer', 'UnsignedStreamingPayloadTrailer'],
  ...['CreateBucket', 'HeadBucket', 'ListBuckets', 'DeleteBucket'],
  ...['PutObject', 'GetObject', 'HeadObject', 'GetObjectAttributes', 'DeleteObject', 'DeleteObjects'],
  ...['CopyObject', 'UploadPart', 'UploadPartCopy'],
  ...['CreateMultipartUpload', 'CompleteMultipartUpload', 'AbortMultipartUpload'],
  ...['PutObjectTagging', 'PutBucketAcl', 'PutBucketOwnershipControls', 'PutBucketWebsite'],
  ...['GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'],
])

/** How often each test is asked alone. */
const TIMES = 3

export interface Stores {
  /** In which the store is judged alone. */
  readonly forJudging: MakeStore
  /** One of several side by side. */
  readonly forTheGate: MakeStore
}

/**
 * Registers the tests, or one that says what is missing.
 *
 * @param stores null: the store is not installed
 */
export function peer(store: StoreName, stores: Stores | null): void {
  const found = existsSync(PROGRAM)
  if (!found && process.env.CI === 'true') throw new Error(`missing: ${PROGRAM} (see test/support/tools.sh)`)
  if (!found || stores === null) {
    test.skip(`over ${store} (skipped: ${found ? store : PROGRAM} is not installed)`, () => {})
  } else if (MODE === 'record') describe(store, () => record(store, stores.forJudging))
  else describe(`over ${store}`, () => hold(store, stores.forTheGate))
}

function hold(store: StoreName, makeStore: MakeStore): void {
  const outcomes = readOutcomes(store)
  const losses = LOSSES[store]
  const asked = [...outcomes].flatMap(([name, outcome]) =>
    outcome !== 'fail' && (MODE === 'all' || CONCERN_THE_GATE.has(familyOf(name))) ? [name] : [],
  )

  test('what is recorded is of this program', async () => {
    expect([...outcomes.keys()]).toEqual(await testNames())
  })

  test('every loss is of a test that the store passes alone', () => {
    expect(Object.keys(losses).filter((name) => (outcomes.get(name) ?? 'fail') === 'fail')).toEqual([])
  })

  through('as shipped', makeStore, asked, (name) => losses[name]?.rule)
  const unopened = asked.filter((name) => losses[name]?.rule === UNOPENED)
  if (unopened.length > 0) through('all opened', makeStore, unopened, (name) => losses[name]?.opened)
}

/** @param ruleOf by which it has to fail; undefined: it has to pass */
function through(
  opening: Opening,
  makeStore: MakeStore,
  names: readonly string[],
  ruleOf: (name: string) => Rule | undefined,
): void {
  describe(opening, () => {
    const lanes = new Lanes(LANES, () => throughTheGate(makeStore, opening))
    afterAll(() => lanes.end())
    const kept = names.filter((name) => ruleOf(name) === undefined)
    test.concurrent.for(kept)('%s', async (name) => {
      const { passed, said } = await lanes.run(name)
      if (!passed) throw new Error(said)
    })
    const lost = names.flatMap((name) => {
      const rule = ruleOf(name)
      return rule === undefined ? [] : [{ name, ...rule }]
    })
    test.concurrent.for(lost)('$name fails: $why', async ({ name, says }, { expect }) => {
      const { passed, said } = await lanes.run(name)
      expect(passed, 'it passes: take its row out of losses.ts').toBe(false)
      expect(said).toMatch(says)
    })
  })
}

function record(store: StoreName, makeStore: MakeStore): void {
  test('is asked alone', { timeout: 3_600_000 }, async () => {
    const lane = new Lane((): Promise<Stand> => alone(makeStore))
    const outcomes = new Map<string, Outcome>()
    for (const name of await testNames()) outcomes.set(name, await outcomeOf(lane, name))
    await lane.end()
    await writeOutcomes(store, outcomes)
  })
}

function familyOf(name: string): string {
  return name.split('_', 1)[0] ?? ''
}

async function outcomeOf(lane: Lane, name: string): Promise<Outcome> {
  let passed = 0
  for (let time = 0; time < TIMES; time++) passed += (await lane.run(name)).passed ? 1 : 0
  if (passed === TIMES) return 'pass'
  return passed === 0 ? 'fail' : 'chance'
}
