/** What Signature Version 2 and the hosts of buckets leave open about the name that was signed: nothing is guessed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { type RawRequest, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { presigned, presignedV2, signed, signedV2 } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const at = (request: RawRequest, host: string): RawRequest => ({
  ...request,
  headers: request.headers.map(([name, value]) => [name, name === 'Host' ? host : value]),
})

async function staged(env: Record<string, string>): Promise<{ stage: Stage; owner: Credentials }> {
  const stage = await raise(env)
  const owner = await stage.operator.tenant('owner', ['ObjectStorageFullAccess'])
  for (const bucket of ['store', 'photos', 'storage', 'deep']) {
    const made = signed(owner, { method: 'PUT', target: `/${bucket}` }, { host: stage.gate.host })
    expect(verdict(await send(stage.gate.port, made))).toBe('200')
  }
  stage.backend.clear()
  return { stage, owner }
}

describe('a prefix that could be a bucket', () => {
  let stage: Stage
  let owner: Credentials
  beforeAll(async () => {
    ;({ stage, owner } = await staged({
      S3WARDEN_PUBLIC_ENDPOINTS: 'https://s3.example.test,https://example.test/store',
      S3WARDEN_DOMAINS: 's3.example.test,example.test',
      S3WARDEN_SIGV2: 'true',
    }))
  })
  afterAll(() => lower(stage))

  const WAYS = { signedV2, presignedV2 }
  test.for([
    ['the name below which it is', 'example.test', '/store/photos/x'],
    ['a name that has no prefix', 's3.example.test', '/store/photos/x'],
    ['the name of the machine', null, '/store/photos/x'],
    ['a proxy took the prefix off', 'example.test', '/photos/x'],
    ['a bucket in the host', 'store.s3.example.test', '/photos/x'],
    ['a bucket in the host, below the prefix', 'photos.example.test', '/store/x'],
  ] as const)('what Version 2 signed could be two: %s', async ([, host, received]) => {
    const signedPath = host === 'photos.example.test' ? '/photos/store/x' : '/store/photos/x'
    for (const sign of Object.values(WAYS)) {
      stage.backend.clear()
      const request = sign(owner, { method: 'GET', target: signedPath }, { host: '' })
      const target = request.target.replace(signedPath, received)
      const answer = await send(stage.gate.port, at({ ...request, target }, host ?? stage.gate.host))
      expect([verdict(answer), stage.backend.received]).toEqual(['403 AccessDenied', []])
    }
  })

  test('and what is one target is taken', async () => {
    const request = presignedV2(owner, { method: 'GET', target: '/photos/x' }, { host: '' })
    expect(verdict(await send(stage.gate.port, at(request, 's3.example.test')))).toBe('404 NoSuchKey')
    expect(stage.backend.received.map(({ target }) => target)).toEqual(['/photos/x'])
  })
})

test('the host of a bucket that is a name of the gate’s own is that name', async () => {
  const { stage, owner } = await staged({
    S3WARDEN_PUBLIC_ENDPOINTS: 'https://example.test,https://storage.example.test',
    S3WARDEN_DOMAINS: 'example.test,example.org',
  })
  try {
    const request = presigned(owner, { method: 'GET', target: '/deep/x' }, { host: 'storage.example.test' })
    expect(verdict(await send(stage.gate.port, request))).toBe('404 NoSuchKey')
    expect(stage.backend.received.map(({ target }) => target)).toEqual(['/deep/x'])
    const answer = await send(stage.gate.port, at(request, 'storage.example.org'))
    expect([verdict(answer), stage.backend.received.length]).toEqual(['403 SignatureDoesNotMatch', 1])
  } finally {
    await lower(stage)
  }
})

describe('one signature, one request', () => {
  let stage: Stage
  let owner: Credentials
  beforeAll(async () => {
    ;({ stage, owner } = await staged({ S3WARDEN_SIGV2: 'true' }))
  })
  afterAll(() => lower(stage))

  test('a value of Version 2 is no further parameter', async () => {
    const signedFor = '/photos/x?response-content-type=text%2Fplain&versionId=old'
    const request = presignedV2(owner, { method: 'GET', target: signedFor }, { host: '' })
    const swapped = request.target.replace('text%2Fplain&versionId=old', 'text%2Fplain%26versionId%3Dold')
    expect(swapped).not.toBe(request.target)
    const answer = await send(stage.gate.port, at({ ...request, target: swapped }, stage.gate.host))
    expect([verdict(answer), stage.backend.received]).toEqual(['403 AccessDenied', []])
  })

  test.for([['\t'], ['\u00a0'], ['\u3000']] as const)(
    'white space does not make another source of a copy: %j',
    async ([blank]) => {
      stage.backend.clear()
      const request = signed(
        owner,
        { method: 'PUT', target: '/photos/copy', headers: [['x-amz-copy-source', '/photos/my report']] },
        { host: stage.gate.host },
      )
      const bytes = Buffer.from(blank, 'utf8').toString('latin1')
      const swapped = request.headers.map(([name, value]): [string, string] => [
        name,
        value.replace('my report', `my${bytes}report`),
      ])
      const answer = await send(stage.gate.port, { ...request, headers: swapped })
      expect([verdict(answer), stage.backend.received]).toEqual(['403 SignatureDoesNotMatch', []])
    },
  )
})
