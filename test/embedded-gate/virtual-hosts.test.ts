/** Buckets in host names: what is signed has no bucket in its path, what is authorized and forwarded has. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { elements, verdict } from '../behaviour/world.ts'
import { type RawRequest, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { chunked, postForm, presigned, type S3Request, signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const EVERYTHING = ['ObjectStorageFullAccess']

let stage: Stage
let owner: Credentials
let stranger: Credentials
beforeAll(async () => {
  stage = await raise({ S3WARDEN_DOMAINS: 's3.example.test,eu.s3.example.test' })
  const { operator } = stage
  owner = await operator.tenant('owner', EVERYTHING)
  stranger = await operator.tenant('stranger', EVERYTHING, [await operator.project('stranger')])
  for (const [who, name] of [
    [owner, 'ours'],
    [stranger, 'theirs'],
  ] as const) {
    const made = await send(
      stage.gate.port,
      signed(who, { method: 'PUT', target: '/' }, { host: `${name}.s3.example.test` }),
    )
    expect(verdict(made)).toBe('200')
    expect(stage.backend.buckets.has(name)).toBe(true)
  }
})
afterAll(() => lower(stage))

/** The Host, the target that goes with it, and what the backend is asked for. */
const HOSTS = [
  ['ours.s3.example.test', '/a/k', '/ours/a/k'],
  ['OURS.S3.Example.Test', '/a/k', '/ours/a/k'],
  ['ours.s3.example.test:8484', '/a/k', '/ours/a/k'],
  ['ours.s3.example.test.', '/a/k', '/ours/a/k'],
  ['ours.eu.s3.example.test', '/a/k', '/ours/a/k'],
  ['ours.s3.example.test', '/theirs/k', '/ours/theirs/k'],
  ['s3.example.test', '/ours/a/k', '/ours/a/k'],
  ['eu.s3.example.test', '/ours/a/k', '/ours/a/k'],
  ['elsewhere.example.org', '/ours/a/k', '/ours/a/k'],
  ['127.0.0.1:1', '/ours/a/k', '/ours/a/k'],
] as const

const WAYS: Readonly<Record<string, (request: S3Request, host: string) => RawRequest>> = {
  header: (request, host) => signed(owner, request, { host }),
  presigned: (request, host) => presigned(owner, request, { host }),
  chunked: (request, host) => chunked(owner, request, { host, mode: 'signed' }).request,
}

describe.each(Object.entries(WAYS))('%s', (_way, sign) => {
  test.for(HOSTS)('Host %s with %s is %s', async ([host, target, forwarded]) => {
    stage.backend.clear()
    const request = sign({ method: 'PUT', target, body: 'x' }, host)
    expect(verdict(await send(stage.gate.port, request))).toBe('200')
    expect(stage.backend.received.map((received) => received.target)).toEqual([forwarded])
  })
})

test('a form is sent to the host of its bucket', async () => {
  const host = 'ours.s3.example.test'
  const form = postForm(owner, { host, bucket: 'ours', fields: [['key', 'form']], file: 'of a browser' })
  expect(verdict(await send(stage.gate.port, { ...form, target: '/' }))).toBe('204')
  expect(stage.backend.object('ours', 'form')?.toString()).toBe('of a browser')
})

test('the root of a bucket’s host is its list, that of the gate’s is the list of buckets', async () => {
  const get = (host: string) => send(stage.gate.port, signed(owner, { method: 'GET', target: '/' }, { host }))
  expect(elements(await get('ours.s3.example.test'), 'Name')).toEqual(['ours'])
  const buckets = await get('s3.example.test')
  expect(buckets.body.toString()).toContain('<ListAllMyBucketsResult')
  expect(elements(buckets, 'Name')).toEqual(['ours'])
})

test.for([
  ['theirs.s3.example.test', '/k', '403 AccessDenied'],
  ['theirs.s3.example.test', '/ours/k', '403 AccessDenied'],
  ['a.theirs.s3.example.test', '/k', '404 NoSuchBucket'],
  ['xn--a.s3.example.test', '/k', '400 InvalidBucketName'],
] as const)('Host %s with %s is refused', async ([host, target, refusal]) => {
  stage.backend.clear()
  const request = signed(owner, { method: 'GET', target }, { host })
  expect(verdict(await send(stage.gate.port, request))).toBe(refusal)
  expect(stage.backend.received.filter(({ method }) => method !== 'HEAD')).toEqual([])
})

test('the Host is signed: the same request is none for another bucket', async () => {
  stage.backend.clear()
  const request = signed(stranger, { method: 'GET', target: '/k' }, { host: 'theirs.s3.example.test' })
  const headers = request.headers.map(([name, value]): [string, string] => [
    name,
    name === 'Host' ? 'ours.s3.example.test' : value,
  ])
  expect(verdict(await send(stage.gate.port, { ...request, headers }))).toBe('403 SignatureDoesNotMatch')
  expect(stage.backend.received).toEqual([])
})
