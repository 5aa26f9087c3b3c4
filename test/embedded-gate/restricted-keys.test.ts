/** Keys that are limited themselves, on the wire: what lies below a prefix, in a region, among buckets. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { elements, verdict } from '../behaviour/world.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const EVERYTHING = ['ObjectStorageFullAccess']

let stage: Stage
let below: Credentials
let elsewhere: Credentials
beforeAll(async () => {
  stage = await raise()
  const { operator } = stage
  const owner = await operator.tenant('owner', EVERYTHING)
  const projects = [operator.projectId]
  below = await operator.tenant('below', EVERYTHING, projects, { resources: ['sos/bucket:ours/team-a/*'] })
  elsewhere = await operator.tenant('elsewhere', EVERYTHING, projects, { regions: ['fr-par'] })
  for (const target of ['/ours', '/others', '/ours/team-a/k', '/ours/team-b/k']) {
    expect(verdict(await call(owner, 'PUT', target))).toBe('200')
  }
})
afterAll(() => lower(stage))

const call = (credentials: Credentials, method: string, target: string) =>
  send(stage.gate.port, signed(credentials, { method, target }, { host: stage.gate.host }))

const allowed: readonly (readonly [method: string, target: string])[] = [
  ['GET', '/ours/team-a/k'],
  ['HEAD', '/ours/team-a/k'],
  ['PUT', '/ours/team-a/new'],
  ['DELETE', '/ours/team-a/new'],
  ['GET', '/ours?list-type=2&prefix=team-a/'],
  ['GET', '/ours?prefix=team-a/deeper/'],
  ['GET', '/ours?versions&prefix=team-a/'],
  ['HEAD', '/ours'],
  ['GET', '/ours?location'],
]

const refused: readonly (readonly [method: string, target: string])[] = [
  ['GET', '/ours/team-b/k'],
  ['GET', '/ours/team-a'],
  ['PUT', '/ours/team-'],
  ['DELETE', '/ours/team-b/k'],
  ['GET', '/ours?list-type=2'],
  ['GET', '/ours?list-type=2&prefix=team-'],
  ['GET', '/ours?versions&prefix=team-b/'],
  ['GET', '/ours?uploads&prefix=team-a/'],
  ['GET', '/ours?versioning'],
  ['GET', '/ours?acl'],
  ['DELETE', '/ours'],
  ['GET', '/others/team-a/k'],
  ['HEAD', '/others'],
  ['PUT', '/new-bucket'],
]

describe('a key for what lies below a prefix', () => {
  test.for(allowed)('may %s %s', async ([method, target]) => {
    expect((await call(below, method, target)).status).toBeLessThan(300)
  })

  test.for(refused)('may not %s %s', async ([method, target]) => {
    stage.backend.clear()
    expect((await call(below, method, target)).status).toBe(403)
    expect(stage.backend.received).toEqual([])
  })

  test('sees its bucket among the buckets, and no other', async () => {
    expect(elements(await call(below, 'GET', '/'), 'Name')).toEqual(['ours'])
  })
})

test('a key for another region reaches nothing here, whatever region it signs for', async () => {
  stage.backend.clear()
  for (const region of ['us-east-1', 'US']) {
    const request = signed(
      elsewhere,
      { method: 'GET', target: '/ours/team-a/k' },
      { host: stage.gate.host, region },
    )
    expect(verdict(await send(stage.gate.port, request))).toBe('403 AccessDenied')
  }
  expect(stage.backend.received).toEqual([])
  expect(elements(await call(elsewhere, 'GET', '/'), 'Name')).toEqual([])
})

describe('the owner that a request expects', () => {
  const copy = (headers: readonly (readonly [string, string])[]) =>
    send(
      stage.gate.port,
      signed(
        below,
        {
          method: 'PUT',
          target: '/ours/team-a/copy',
          headers: [['x-amz-copy-source', '/ours/team-a/k'], ...headers],
        },
        { host: stage.gate.host },
      ),
    )
  const stranger = '00000000-0000-4000-8000-000000000000'

  test.for(['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner'])('%s', async (name) => {
    stage.backend.clear()
    expect(verdict(await copy([[name, stranger]]))).toBe('403 AccessDenied')
    expect(stage.backend.received).toEqual([])
    expect((await copy([[name, stage.operator.projectId]])).status).not.toBe(403)
    const [received] = stage.backend.received
    expect(received?.headers.map(([header]) => header.toLowerCase())).not.toContain(name)
  })
})
