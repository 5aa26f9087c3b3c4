/** Limits that the operator sets: of requests, of buckets, of presigned URLs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { Connection, header, send, serialize } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { postForm, presigned, signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const EVERYTHING = ['ObjectStorageFullAccess']

let stage: Stage
let first: Credentials
let second: Credentials
let third: Credentials
let elsewhere: Credentials
let otherProject: string
beforeAll(async () => {
  stage = await raise({
    S3WARDEN_LIMITS_CONCURRENCY_PER_KEY: '1',
    S3WARDEN_LIMITS_CONCURRENCY_PER_PROJECT: '2',
    S3WARDEN_LIMITS_BUCKETS_PER_PROJECT: '2',
    S3WARDEN_PRESIGN_MAX_EXPIRY: '1h',
  })
  const { operator } = stage
  first = await operator.tenant('first', EVERYTHING)
  second = await operator.tenant('second', EVERYTHING)
  third = await operator.tenant('third', EVERYTHING)
  otherProject = await operator.project('elsewhere')
  elsewhere = await operator.tenant('elsewhere', EVERYTHING, [otherProject])
  expect(verdict(await call(first, 'PUT', '/ours'))).toBe('200')
})
afterAll(() => lower(stage))

const call = (credentials: Credentials, method: string, target: string) =>
  send(stage.gate.port, signed(credentials, { method, target }, { host: stage.gate.host }))

/** An upload that does not end, and holds its place until its connection closes. */
async function stalledUpload(credentials: Credentials): Promise<Connection> {
  const connection = await Connection.open(stage.gate.port)
  const request = signed(
    credentials,
    {
      method: 'PUT',
      target: '/ours/stalled',
      headers: [
        ['Content-Length', '10'],
        ['Expect', '100-continue'],
      ],
    },
    { host: stage.gate.host, payload: 'UNSIGNED-PAYLOAD' },
  )
  connection.write(serialize(request))
  expect(await connection.interim()).toBe(100)
  return connection
}

/** Asks until the places of requests that ended have come back. */
async function settles(credentials: Credentials): Promise<string> {
  let given = ''
  for (let attempt = 0; attempt < 100 && given !== '200'; attempt++) {
    given = verdict(await call(credentials, 'GET', '/'))
  }
  return given
}

test('requests at once, of one key and in one project', async () => {
  const one = await stalledUpload(first)
  const refused = await call(first, 'GET', '/')
  expect([verdict(refused), header(refused, 'retry-after')]).toEqual(['503 SlowDown', '1'])
  expect(verdict(await call(second, 'GET', '/'))).toBe('200')
  const two = await stalledUpload(second)
  expect(verdict(await call(third, 'GET', '/'))).toBe('503 SlowDown')
  expect(verdict(await call(elsewhere, 'GET', '/'))).toBe('200')
  one.close()
  two.close()
  expect(await settles(first)).toBe('200')
})

describe('requests per second', () => {
  let hurried: Stage
  let keys: readonly Credentials[]
  let aside: Credentials
  beforeAll(async () => {
    hurried = await raise({ S3WARDEN_LIMITS_RATE_PER_KEY: '2', S3WARDEN_LIMITS_RATE_PER_PROJECT: '3' })
    const { operator } = hurried
    keys = [await operator.tenant('one', EVERYTHING), await operator.tenant('two', EVERYTHING)]
    aside = await operator.tenant('aside', EVERYTHING, [await operator.project('aside')])
  })
  afterAll(() => lower(hurried))

  const list = async (credentials: Credentials): Promise<string> => {
    const request = signed(credentials, { method: 'GET', target: '/' }, { host: hurried.gate.host })
    const response = await send(hurried.gate.port, request)
    return `${verdict(response)} ${header(response, 'retry-after') ?? ''}`.trim()
  }

  test.for([
    ['of one key', 1, 'limit: rate of the key'],
    ['in one project', 2, 'limit: rate of the project'],
  ] as const)('%s', async ([, count, reason]) => {
    const told = () => hurried.gate.log.some((line) => line.reason === reason)
    const given = new Set<string>()
    for (let attempt = 0; attempt < 300 && !told(); attempt++) given.add(await list(keys[attempt % count]!))
    expect(told()).toBe(true)
    expect(given).toEqual(new Set(['200', '503 SlowDown 1']))
    expect(await list(aside)).toBe('200')
  })
})

test('a form whose connection breaks as it is read gives its place back', async () => {
  const form = postForm(first, {
    host: stage.gate.host,
    bucket: 'ours',
    fields: [['key', 'form']],
    file: 'x',
  })
  for (let attempt = 0; attempt < 3; attempt++) {
    const connection = await Connection.open(stage.gate.port)
    connection.write(Buffer.concat([serialize(form), Buffer.from('\0 is no request\r\n\r\n')]))
    await connection.closed()
  }
  expect(await settles(first)).toBe('200')
})

test('buckets of a project: as configured, or as the project says', async () => {
  expect(verdict(await call(elsewhere, 'PUT', '/elsewhere-a'))).toBe('200')
  expect(verdict(await call(elsewhere, 'PUT', '/elsewhere-b'))).toBe('200')
  expect(verdict(await call(elsewhere, 'PUT', '/elsewhere-c'))).toBe('400 TooManyBuckets')
  await stage.gate.json(['project', 'update', otherProject, '--max-buckets', '3'])
  expect(verdict(await call(elsewhere, 'PUT', '/elsewhere-c'))).toBe('200')
  expect(verdict(await call(elsewhere, 'PUT', '/elsewhere-d'))).toBe('400 TooManyBuckets')
})

test.for([
  [3600, '200'],
  [3601, '400 AuthorizationQueryParametersError'],
] as const)('a URL presigned for %i s is %s', async ([expires, expected]) => {
  const request = presigned(first, { method: 'GET', target: '/' }, { host: stage.gate.host, expires })
  expect(verdict(await send(stage.gate.port, request))).toBe(expected)
})
