/** Operations that act with the backend's own power, opened by the operator: what a client may have the store do then. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type S3Request, signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const EVERYTHING = ['ObjectStorageFullAccess']

let stage: Stage
let who: Readonly<Record<'owner' | 'stranger' | 'ours' | 'reader', Credentials>>
beforeAll(async () => {
  stage = await raise(
    {
      S3WARDEN_BACKEND_OPENED_OPERATIONS:
        'PutBucketLogging,PutBucketReplication,PutBucketInventoryConfiguration',
    },
    { kind: 'aws' },
  )
  const { operator, backend, gate } = stage
  const projects = [operator.projectId]
  who = {
    owner: await operator.tenant('owner', EVERYTHING),
    stranger: await operator.tenant('stranger', EVERYTHING, [await operator.project('stranger')]),
    ours: await operator.tenant('ours', EVERYTHING, projects, { condition: 'resource.name == "ours"' }),
    reader: await operator.tenant('reader', ['ObjectStorageBucketsWrite', 'ObjectStorageObjectsRead']),
  }
  for (const bucket of ['ours', 'logs']) expect(verdict(await call(who.owner, put(`/${bucket}`)))).toBe('200')
  expect(verdict(await call(who.stranger, put('/theirs')))).toBe('200')
  backend.buckets.set('orphan', new Map())
  await gate.json(
    [
      ...['backend', 'create', 'second', '--endpoint', backend.endpoint, '--access-key', 'OTHERKEY'],
      ...['--secret-key-file', '-', '--kind', 'aws', '--addressing', 'path'],
    ],
    'other-secret',
  )
  await gate.json(['project', 'update', operator.projectId, '--backend', 'second'])
  expect(verdict(await call(who.owner, put('/far')))).toBe('200')
})
afterAll(() => lower(stage))

const put = (target: string): S3Request => ({ method: 'PUT', target })

const call = (credentials: Credentials, request: S3Request) =>
  send(stage.gate.port, signed(credentials, request, { host: stage.gate.host }))

const CONFIGURATIONS = {
  logging: (bucket) =>
    `<BucketLoggingStatus><LoggingEnabled><TargetBucket>${bucket}</TargetBucket><TargetPrefix>log/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>`,
  replication: (bucket) =>
    `<ReplicationConfiguration><Rule><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::${bucket}</Bucket></Destination></Rule></ReplicationConfiguration>`,
  'inventory&id=a': (bucket) =>
    `<InventoryConfiguration><Id>a</Id><Destination><S3BucketDestination><Bucket>arn:aws:s3:::${bucket}</Bucket></S3BucketDestination></Destination></InventoryConfiguration>`,
} as const satisfies Record<string, (bucket: string) => string>

function configured(by: Credentials, what: keyof typeof CONFIGURATIONS, into: string) {
  const body = CONFIGURATIONS[what](into)
  const md5 = createHash('md5').update(body).digest('base64')
  return call(by, { ...put(`/ours?${what}`), headers: [['Content-MD5', md5]], body })
}

describe.each(Object.keys(CONFIGURATIONS) as (keyof typeof CONFIGURATIONS)[])('%s', (what) => {
  test('into a bucket of the same project is forwarded, written anew', async () => {
    stage.backend.clear()
    expect(verdict(await configured(who.owner, what, 'logs'))).toBe('200')
    const [received] = stage.backend.received
    expect(received?.target.split(/[?=&]/)).toContain(what.split('&')[0])
    expect(received?.body.toString()).toContain('<?xml version="1.0" encoding="UTF-8"?>')
    expect(received?.body.toString()).toContain('logs</')
  })

  test.for([
    ["another project's bucket", 'owner', 'theirs'],
    ['a bucket that nobody adopted', 'owner', 'orphan'],
    ['a bucket that nobody has', 'owner', 'nobodys'],
    ["a bucket of the project's on another backend", 'owner', 'far'],
    ['a bucket that the key’s rules leave out', 'ours', 'logs'],
    ['a bucket that the key may not write into', 'reader', 'logs'],
  ] as const)('into %s is refused', async ([, by, into]) => {
    stage.backend.clear()
    expect(verdict(await configured(who[by], what, into))).toBe('403 AccessDenied')
    expect(stage.backend.received).toEqual([])
  })
})

test('what was not opened stays closed', async () => {
  stage.backend.clear()
  expect(verdict(await call(who.owner, put('/ours?policy')))).toBe('501 NotImplemented')
  expect(stage.backend.received).toEqual([])
})
