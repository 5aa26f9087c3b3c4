/** Buckets whose making or deletion was begun, and whose end nobody heard of. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { elements, verdict } from '../behaviour/world.ts'
import { Gate } from '../support/gate.ts'
import { send } from '../support/raw-http.ts'
import type { RecordedRequest, Script } from '../support/recording-backend.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { BACKEND_CREDENTIALS, lower, raise, type Stage } from '../support/stage.ts'

let stage: Stage
let owner: Credentials
let other: Credentials
beforeAll(async () => {
  stage = await raise({ S3WARDEN_LIMITS_RELEASED_NAME: '15m' })
  const { operator } = stage
  owner = await operator.tenant('owner', ['ObjectStorageFullAccess'])
  other = await operator.tenant('other', ['ObjectStorageFullAccess'], [await operator.project('other')])
})
afterAll(() => lower(stage))
beforeEach(() => stage.backend.unscript())

const call = async (method: string, target: string, credentials = owner, gate = stage.gate) =>
  send(gate.port, signed(credentials, { method, target }, { host: gate.host }))

const isCreate = ({ method, target }: RecordedRequest): boolean =>
  method === 'PUT' && target.lastIndexOf('/') === 0

/** The backend hears of it, and does it or not; the gate never learns which. */
const lost =
  (method: string, happens: (bucket: string) => void): Script =>
  (request, socket) => {
    if (request.method !== method) return undefined
    happens(request.target.slice(1))
    socket.destroy()
    return 'silence'
  }

const made = lost('PUT', (bucket) => stage.backend.buckets.set(bucket, new Map()))
const notMade = lost('PUT', () => {})

test('a bucket that somebody else made at the backend a moment before is nobody’s here', async () => {
  stage.backend.script((request) =>
    isCreate(request)
      ? { status: 409, body: '<Error><Code>BucketAlreadyOwnedByYou</Code></Error>' }
      : undefined,
  )
  expect(verdict(await call('PUT', '/made-elsewhere'))).toBe('409 BucketAlreadyExists')
  expect(verdict(await call('PUT', '/made-elsewhere/k'))).not.toBe('200')
  expect(elements(await call('GET', '/?prefix=made-elsewhere'), 'Name')).toEqual([])
})

describe('a bucket whose making was answered by nothing', () => {
  test('and that was made, is there when it is asked for', async () => {
    stage.backend.script(made)
    expect((await call('PUT', '/made-and-asked')).status).toBeGreaterThanOrEqual(500)
    stage.backend.unscript()
    expect(verdict(await call('PUT', '/made-and-asked/k'))).toBe('200')
    expect(elements(await call('GET', '/?prefix=made-and-asked'), 'Name')).toEqual(['made-and-asked'])
  })

  test('and that was made, is theirs when they try again at a backend that says so', async () => {
    stage.backend.script(made)
    expect((await call('PUT', '/made-and-tried')).status).toBeGreaterThanOrEqual(500)
    stage.backend.script((request) =>
      isCreate(request)
        ? { status: 409, body: '<Error><Code>BucketAlreadyOwnedByYou</Code></Error>' }
        : undefined,
    )
    expect(verdict(await call('PUT', '/made-and-tried'))).toBe('409 BucketAlreadyOwnedByYou')
    expect(verdict(await call('PUT', '/made-and-tried/k'))).toBe('200')
    expect(verdict(await call('PUT', '/made-and-tried', other))).toBe('409 BucketAlreadyExists')
  })

  test.for([
    ['409', 'OperationAborted'],
    ['400', 'InvalidRequest'],
  ] as const)('and that was made, is not lost where the next try is %s %s', async ([status, code]) => {
    const name = `made-${code.toLowerCase()}`
    stage.backend.script(made)
    expect((await call('PUT', `/${name}`)).status).toBeGreaterThanOrEqual(500)
    stage.backend.script((request) =>
      isCreate(request) ? { status: Number(status), body: `<Error><Code>${code}</Code></Error>` } : undefined,
    )
    expect(verdict(await call('PUT', `/${name}`))).toBe(`${status} ${code}`)
    expect(verdict(await call('PUT', `/${name}/k`))).toBe('200')
  })

  test('and that was not made, is made by the next try', async () => {
    stage.backend.script(notMade)
    expect((await call('PUT', '/not-made')).status).toBeGreaterThanOrEqual(500)
    stage.backend.unscript()
    expect(verdict(await call('GET', '/not-made'))).toBe('404 NoSuchBucket')
    expect(verdict(await call('PUT', '/not-made'))).toBe('200')
  })

  test('a refusal frees the name at once', async () => {
    stage.backend.script((request) =>
      isCreate(request) ? { status: 400, body: '<Error><Code>TooManyBuckets</Code></Error>' } : undefined,
    )
    expect(verdict(await call('PUT', '/refused'))).toBe('400 TooManyBuckets')
    stage.backend.unscript()
    expect(verdict(await call('PUT', '/refused', other))).toBe('200')
  })
})

test('a bucket whose deletion was answered by nothing, and that is gone, is nobody’s: for a while not even to claim', async () => {
  expect(verdict(await call('PUT', '/gone'))).toBe('200')
  stage.backend.script(lost('DELETE', (bucket) => stage.backend.buckets.delete(bucket)))
  expect((await call('DELETE', '/gone')).status).toBeGreaterThanOrEqual(500)
  stage.backend.unscript()
  expect(verdict(await call('GET', '/gone'))).toBe('404 NoSuchBucket')
  expect(verdict(await call('PUT', '/gone', other))).toBe('409 BucketAlreadyExists')
  expect(verdict(await call('PUT', '/gone'))).toBe('200')
})

test('what was under way when the gate was killed is settled by its next start', async () => {
  stage.backend.script(made)
  expect((await call('PUT', '/before-the-kill')).status).toBeGreaterThanOrEqual(500)
  stage.backend.unscript()
  stage.gate.signal('SIGKILL')
  await stage.gate.exit()
  const again = await Gate.start({
    data: stage.gate.data,
    backend: { endpoint: stage.backend.endpoint, ...BACKEND_CREDENTIALS },
  })
  const listed = await call('GET', '/?prefix=before', owner, again)
  await again.destroy()
  expect(elements(listed, 'Name')).toEqual(['before-the-kill'])
})
