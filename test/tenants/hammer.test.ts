/**
 * Two tenants of one gate who want the same bucket names and use the same keys, both at once and for a while. Whatever
 * either is told (bytes, names, sizes, owners) is its own.
 *
 * `S3WARDEN_TENANT_SECONDS` says for how long.
 */
import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { element, elements, verdict } from '../behaviour/world.ts'
import { Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { header, type RawResponse, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type S3Request, signed } from '../support/s3-request.ts'

const SECONDS = Number(process.env.S3WARDEN_TENANT_SECONDS ?? 15)
const WORKERS = 5

const NAMES = ['data', 'backup', 'images', 'logs', 'www'].map((name) => `shared-${name}`)
const KEYS = ['k', 'a/b', 'report.pdf', 'a b+c%', 'ü/😀']

/** Of each tenant: all its data is of one letter, its sizes are odd or even, its names hold its mark. */
interface Tenant {
  readonly credentials: Credentials
  readonly letter: string
  readonly parity: 0 | 1
  readonly mark: string
  /** Not to be seen by the other. */
  readonly identity: readonly string[]
  /** Bucket → whether it is its own; absent while that is being changed. */
  readonly ledger: Map<string, boolean>
  readonly seen: Map<string, number>
}

let gate: Gate
let tenants: readonly [Tenant, Tenant]

beforeAll(async () => {
  gate = await Gate.start({
    env: {
      S3WARDEN_LOG_LEVEL: 'info',
      // So that names change hands within the test.
      S3WARDEN_LIMITS_RELEASED_NAME: '1s',
      S3WARDEN_TIMEOUTS_BACKEND_SLOW_ANSWER: '1s',
    },
  })
  const first = await Operator.of(gate)
  const second = await Operator.ofAnotherOrganization(gate, 'second')
  const tenant = async (operator: Operator, letter: string, parity: 0 | 1): Promise<Tenant> => {
    const mark = `mark-of-${letter}`
    const credentials = await operator.tenant(mark, ['ObjectStorageFullAccess'])
    return {
      credentials,
      letter,
      parity,
      mark,
      identity: [
        mark,
        operator.projectId,
        operator.organizationId,
        credentials.accessKey,
        credentials.secretKey,
      ],
      ledger: new Map(NAMES.map((name) => [name, false])),
      seen: new Map(),
    }
  }
  tenants = [await tenant(first, 'A', 0), await tenant(second, 'B', 1)]
})
afterAll(() => gate.destroy())

test(`for ${SECONDS} s neither sees a byte, a name or a size of the other`, {
  timeout: (SECONDS + 300) * 1000,
}, async () => {
  const end = Date.now() + SECONDS * 1000
  await Promise.all(
    tenants.flatMap((tenant, i) => {
      const other = tenants[1 - i]!
      return [
        repeat(end, () => build(tenant, other)),
        ...Array.from({ length: WORKERS }, () => repeat(end, () => work(tenant, other))),
      ]
    }),
  )
  for (const { letter, seen } of tenants) {
    const counts = [...seen]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name} ${count}`)
    console.log(`tenant ${letter}: ${counts.join(', ')}`)
    for (const name of ['GET 200', 'GET 403', 'PUT 200', 'PUT 403', 'a bucket made', 'a name taken']) {
      expect(seen.get(name) ?? 0, `${letter}: ${name}`).toBeGreaterThan(0)
    }
  }
  expect(gate.log.filter(({ code }) => code === 'InternalError')).toEqual([])
})

async function repeat(end: number, work: () => Promise<void>): Promise<void> {
  while (Date.now() < end) await work()
}

/** Makes and removes buckets: the only worker of a tenant that does, so that it knows which are its own. */
async function build(tenant: Tenant, other: Tenant): Promise<void> {
  const name = NAMES[randomInt(NAMES.length)]!
  if (tenant.ledger.get(name) === true) {
    if (randomInt(3) > 0) {
      await compareBuckets(tenant, other)
      return
    }
    const keys = elements(await ask(tenant, other, { method: 'GET', target: `/${name}` }), 'Key')
    for (const key of keys) await ask(tenant, other, { method: 'DELETE', target: `/${name}/${encoded(key)}` })
    const removed = await ask(tenant, other, { method: 'DELETE', target: `/${name}` })
    if (removed.status === 204) tenant.ledger.set(name, false)
    else expect(['409 BucketNotEmpty', '409 OperationAborted']).toContain(verdict(removed))
    return
  }
  const made = await ask(tenant, other, { method: 'PUT', target: `/${name}` })
  if (made.status === 200) {
    tenant.ledger.set(name, true)
    note(tenant, 'a bucket made')
    const found = elements(await ask(tenant, other, { method: 'GET', target: `/${name}` }), 'Key')
    // Workers of its own may have been at once; what another left behind must not be there.
    for (const key of found) expect(KEYS.includes(key) || key.includes(tenant.mark), key).toBe(true)
  } else {
    expect(['409 BucketAlreadyExists', '409 OperationAborted']).toContain(verdict(made))
    note(tenant, 'a name taken')
  }
  await compareBuckets(tenant, other)
}

async function compareBuckets(tenant: Tenant, other: Tenant): Promise<void> {
  const own = [...tenant.ledger].filter(([, owned]) => owned).map(([name]) => name)
  const listed = elements(await ask(tenant, other, { method: 'GET', target: '/' }), 'Name')
  expect(new Set(listed)).toEqual(new Set(own))
}

/** One request about some bucket, own or not. */
async function work(tenant: Tenant, other: Tenant): Promise<void> {
  const bucket = NAMES[randomInt(NAMES.length)]!
  const key = randomInt(4) === 0 ? `${tenant.mark}-${randomInt(3)}` : KEYS[randomInt(KEYS.length)]!
  const target = `/${bucket}/${encoded(key)}`
  const response = await ask(tenant, other, requestFor(tenant, bucket, target))
  if (response.status !== 200 || !response.body.includes('UploadId')) return
  const id = element(response, 'UploadId')
  const part = await ask(tenant, other, {
    method: 'PUT',
    target: `${target}?partNumber=1&uploadId=${id}`,
    body: data(tenant),
  })
  if (part.status !== 200) return
  await ask(tenant, other, { method: 'GET', target: `/${bucket}?uploads` })
  await ask(tenant, other, {
    method: 'POST',
    target: `${target}?uploadId=${id}`,
    body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${header(part, 'etag')}</ETag></Part></CompleteMultipartUpload>`,
  })
}

function requestFor(tenant: Tenant, bucket: string, target: string): S3Request {
  const owner: S3Request['headers'] = [['x-amz-meta-owner', tenant.mark]]
  switch (randomInt(12)) {
    case 0:
    case 1:
    case 2:
      return { method: 'PUT', target, body: data(tenant), headers: owner }
    case 3:
      return { method: 'HEAD', target }
    case 4:
      return { method: 'GET', target: `/${bucket}?list-type=2&fetch-owner=true` }
    case 5:
      return { method: 'GET', target: `/${bucket}?versions` }
    case 6:
      return { method: 'HEAD', target: `/${bucket}` }
    case 7: {
      const source = `/${NAMES[randomInt(NAMES.length)]}/${encoded(KEYS[randomInt(KEYS.length)]!)}`
      return { method: 'PUT', target, headers: [['x-amz-copy-source', source]] }
    }
    case 8:
      return { method: 'POST', target: `${target}?uploads`, headers: owner }
    case 9:
      return { method: 'DELETE', target }
    default:
      return { method: 'GET', target }
  }
}

/** Sends, and looks at every byte of the answer. */
async function ask(tenant: Tenant, other: Tenant, request: S3Request): Promise<RawResponse> {
  const response = await send(gate.port, signed(tenant.credentials, request, { host: gate.host }))
  const about = `${tenant.letter}: ${request.method} ${request.target} → ${response.status}`
  const text = JSON.stringify(response.headers) + response.body.toString('utf8')
  for (const secret of other.identity) expect(text.includes(secret), `${about} shows ${secret}`).toBe(false)
  const type = header(response, 'content-type') ?? ''
  const isObject =
    response.status === 200 && !type.includes('xml') && /^\/[^/?]+\/[^?]+$/.test(request.target)
  if (isObject && request.method === 'GET') {
    expect(response.body.equals(Buffer.alloc(response.body.length, tenant.letter)), about).toBe(true)
    expect(response.body.length % 2, about).toBe(tenant.parity)
  }
  if (isObject && request.method === 'HEAD')
    expect(Number(header(response, 'content-length')) % 2, about).toBe(tenant.parity)
  for (const size of elements(response, 'Size')) expect(Number(size) % 2, about).toBe(tenant.parity)
  for (const id of elements(response, 'ID')) expect(tenant.identity, about).toContain(id)
  expect(response.status, about).not.toBe(500)
  note(tenant, `${request.method} ${response.status}`)
  return response
}

function note(tenant: Tenant, what: string): void {
  tenant.seen.set(what, (tenant.seen.get(what) ?? 0) + 1)
}

/** Mostly short; long enough now and then to be under way while the bucket changes hands. */
function data({ letter, parity }: Tenant): Buffer {
  return Buffer.alloc(2 * randomInt(randomInt(5) === 0 ? 200_000 : 2_000) + parity, letter)
}

const encoded = (key: string) => key.split('/').map(encodeURIComponent).join('/')
