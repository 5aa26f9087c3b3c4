/** A bucket that its owner makes again: whoever asks for nothing more is told what the backend alone would say. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type S3Request, signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const TAGGED =
  '<CreateBucketConfiguration><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></CreateBucketConfiguration>'

describe.for([
  ['ceph', '200'],
  ['minio', '409 BucketAlreadyOwnedByYou'],
  ['generic', '409 BucketAlreadyOwnedByYou'],
] as const)('at %s', ([kind, answer]) => {
  let stage: Stage
  let owner: Credentials
  let other: Credentials
  beforeAll(async () => {
    stage = await raise({}, { kind })
    const { operator } = stage
    owner = await operator.tenant('owner', ['ObjectStorageFullAccess'])
    other = await operator.tenant('other', ['ObjectStorageFullAccess'], [await operator.project('other')])
    expect(verdict(await make({}))).toBe('200')
    stage.backend.clear()
  })
  afterAll(() => lower(stage))

  const make = (asked: Partial<S3Request>, credentials = owner) =>
    send(
      stage.gate.port,
      signed(credentials, { method: 'PUT', target: '/bucket', ...asked }, { host: stage.gate.host }),
    )

  test('its owner', async () => {
    expect(verdict(await make({}))).toBe(answer)
    expect(stage.backend.received.filter(({ method }) => method === 'PUT')).toEqual([])
  })

  test('its owner, who wants more than it is', async () => {
    const locked = await make({ headers: [['x-amz-bucket-object-lock-enabled', 'true']] })
    expect(verdict(locked)).not.toBe('200')
    expect(verdict(await make({ body: TAGGED }))).not.toBe('200')
    expect(verdict(await make({ headers: [['x-amz-acl', 'public-read']] }))).not.toBe('200')
  })

  test('its owner, who says that it is to be private', async () => {
    expect(verdict(await make({ headers: [['x-amz-acl', 'private']] }))).toBe(answer)
  })

  test('somebody else', async () => {
    expect(verdict(await make({}, other))).toBe('409 BucketAlreadyExists')
  })
})
