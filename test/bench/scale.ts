/**
 * `npm run bench:scale`: a store with a million keys and a million buckets beside one with ten: look-up and decision,
 * cold keys, start, memory, long lists, and revocation while all of it is there.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { evaluate } from '../../src/iam/evaluate.ts'
import type { IamReader } from '../../src/iam/reader.ts'
import { Secret } from '../../src/iam/secret.ts'
import { SYSTEM_RANDOM } from '../../src/services/deps.ts'
import { createServices } from '../../src/services/index.ts'
import type { Services } from '../../src/services/services.ts'
import { DEFAULT_LIMITS, openStore, type Store } from '../../src/store/index.ts'
import { freePort } from '../support/ports.ts'
import { type Amounts, type Filled, fillStore } from './filling.ts'
import { median } from './measure.ts'
import { startProgram } from './process.ts'

const { values } = parseArgs({
  options: {
    /** Of the records: less for a quick look. */
    share: { type: 'string', default: '1' },
  },
})
const share = Number(values.share)
const amount = (full: number) => Math.max(10, Math.floor(full * share))

const LARGE: Amounts = {
  keys: amount(1_000_000),
  policies: amount(100_000),
  projects: amount(10_000),
  buckets: amount(1_000_000),
}
const SMALL: Amounts = { keys: 10, policies: 10, projects: 10, buckets: 10 }
const ACTOR = { bearer_id: '', ip: '', user_agent: 'bench' }
/** Keys that are asked for again and again, and stay in the caches. */
const WORKING_SET = 10

interface Place {
  readonly data: string
  readonly store: Store
  readonly services: Services
  readonly filled: Filled
}

async function place(directory: string, name: string, amounts: Amounts): Promise<Place> {
  const data = join(directory, name)
  const open = () => openStore({ dataDir: data, masterKey: undefined, now: Date.now })
  const first = await open()
  const made = createServices({ store: first, now: Date.now, random: SYSTEM_RANDOM })
  const { organization_id } = await made.bootstrap.run(ACTOR)
  const { id: backend_id } = await made.backends.create(ACTOR, {
    name: 'default',
    kind: 'ceph',
    endpoints: ['http://127.0.0.1:9'],
    access_key: 'BACKENDKEY',
    secret_key: new Secret('backend-secret'),
  })
  first.close()
  const filled = fillStore(data, { organization_id, backend_id }, amounts)
  const store = await open()
  return {
    data,
    store,
    services: createServices({ store, now: Date.now, random: SYSTEM_RANDOM }),
    filled,
  }
}

/** What the data path asks for one request; throws where the answer is not "allowed". */
function decide(reader: IamReader, accessKey: string, projectBucket: string | null): void {
  reader.refresh()
  const key = reader.findKey(accessKey)
  const project = key && reader.findProject(key.record.default_project_id!)
  if (key === undefined || project === undefined) throw new Error(`no key ${accessKey}`)
  const bucket = projectBucket === null ? undefined : reader.findBucket(projectBucket)
  const decision = evaluate(
    { key, project, grants: reader.grants(key.bearer) },
    { ip: '192.0.2.1', time: Date.now(), userAgent: 'aws-cli/2', operation: 'GetObject', prefix: null },
    {
      action: 'GetObject',
      resource: { bucket: bucket?.name ?? null, key: 'key', projectId: project.id, region: 'us-east-1' },
    },
  )
  if (!decision.allowed) throw new Error(`refused: ${decision.reason}`)
}

/** Microseconds of this process's CPU time. */
function timed(count: number, work: (index: number) => void): number {
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) work(i)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

function report(what: string, found: string, met: boolean): void {
  console.log(`${what}: ${found} (${met ? 'met' : 'not met'})`)
}

interface Start {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly residentMib: number
}

function inWords({ seconds, cpuSeconds, residentMib }: Start): string {
  return `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of CPU time, ${residentMib.toFixed(0)} MiB)`
}

/** The whole program, until it takes connections. */
async function start(data: string): Promise<Start> {
  const port = await freePort()
  const before = performance.now()
  const gate = await startProgram({
    command: process.execPath,
    args: [
      resolve(import.meta.dirname, '../../src/s3warden.js'),
      'serve',
      '--listen',
      `127.0.0.1:${port}`,
      '--data',
      data,
    ],
    env: {
      S3WARDEN_BACKEND_ENDPOINT: 'http://127.0.0.1:9',
      S3WARDEN_BACKEND_ACCESS_KEY: 'BACKENDKEY',
      S3WARDEN_BACKEND_SECRET_KEY: 'backend-secret',
      S3WARDEN_BACKEND_KIND: 'ceph',
    },
    port,
    output: join(directory, 'gate.log'),
  })
  const seconds = (performance.now() - before) / 1_000
  const found = { seconds, cpuSeconds: gate.cpu() / 1e9, residentMib: gate.resident() / 2 ** 20 }
  await gate.stop()
  return found
}

const directory = mkdtempSync(join(tmpdir(), 's3warden-scale-'))
try {
  const before = performance.now()
  const small = await place(directory, 'small', SMALL)
  const large = await place(directory, 'large', LARGE)
  console.log(
    `${LARGE.keys} keys, ${LARGE.policies} policies, ${LARGE.projects} projects, ${LARGE.buckets} buckets; filled in ${((performance.now() - before) / 1_000).toFixed(0)} s`,
  )

  const hot = ({ store, filled }: Place) =>
    timed(amount(20_000), (i) =>
      decide(store.reader, filled.accessKey(i % WORKING_SET), filled.bucket(i % WORKING_SET)),
    )
  hot(small)
  hot(large)
  const ratios: number[] = []
  let found = { small: 0, large: 0 }
  for (let round = 0; round < 21; round++) {
    found = { small: hot(small), large: hot(large) }
    ratios.push(found.large / found.small)
  }
  report(
    'look-up and decision beside a store of ten',
    `${found.large.toFixed(2)} and ${found.small.toFixed(2)} µs, ${median(ratios).toFixed(3)} ×; goal ≤ 1.05`,
    median(ratios) <= 1.05,
  )

  const stride = 7_919
  const cold = timed(Math.min(20_000, LARGE.keys), (i) => {
    const index = (i * stride) % LARGE.keys
    decide(large.store.reader, large.filled.accessKey(index), large.filled.bucket(index % LARGE.buckets))
  })
  report('a cold key, its policies, project and bucket', `${cold.toFixed(1)} µs; goal ≤ 100 µs`, cold <= 100)

  global.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  for (let i = 0; i < Math.min(200_000, LARGE.keys); i++) {
    const index = (i * stride + 1) % LARGE.keys
    decide(large.store.reader, large.filled.accessKey(index), large.filled.bucket(index % LARGE.buckets))
  }
  global.gc?.()
  const grown = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20
  console.log(
    `memory after 200,000 different keys, ${DEFAULT_LIMITS.cachedKeys} of which may be cached: ${grown.toFixed(1)} MiB more than after 20,000`,
  )

  const pages: number[] = []
  let after = ''
  let listed = 0
  for (;;) {
    let page: readonly { readonly name: string }[] = []
    pages.push(
      timed(1, () => {
        page = large.store.reader.listBuckets(large.filled.crowdedProject, {
          prefix: '',
          after,
          limit: 1_000,
        })
      }),
    )
    listed += page.length
    if (page.length < 1_000) break
    after = page.at(-1)!.name
  }
  console.log(
    `ListBuckets of a project with ${listed} buckets, pages of 1,000: ${(median(pages) / 1_000).toFixed(2)} ms a page, the slowest ${(Math.max(...pages) / 1_000).toFixed(2)} ms`,
  )

  let revoked = 0
  const revocations = Math.min(100, LARGE.keys >> 1)
  for (let i = 0; i < revocations; i++) {
    const accessKey = large.filled.accessKey(i + WORKING_SET)
    decide(large.store.reader, accessKey, null)
    await large.services.keys.revoke(ACTOR, accessKey)
    large.store.reader.refresh()
    if (large.store.reader.findKey(accessKey) === undefined) revoked += 1
  }
  report(
    'keys that were gone right after they were revoked',
    `${revoked} of ${revocations}`,
    revoked === revocations,
  )

  small.store.close()
  large.store.close()
  const starts = { small: await start(small.data), large: await start(large.data) }
  report(
    'from start to the first connection',
    `${inWords(starts.large)}; over the store of ten ${inWords(starts.small)}; goal < 2 s`,
    starts.large.seconds < 2,
  )
} finally {
  rmSync(directory, { recursive: true, force: true })
}
