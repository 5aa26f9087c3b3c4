/** 4: a key made through a restricted key has no operation, resource, region or lifetime that the other one lacks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

describe('4: a key made through a restricted key', () => {
  let stage: Stage
  let parent: Credentials
  beforeAll(async () => {
    stage = await raise()
    parent = await stage.operator.tenant('parent', ['ObjectStorageFullAccess'], undefined, {
      operations: ['GetObject', 'ListBuckets'],
      resources: ['sos/bucket:ours/team-a/*'],
      regions: ['us-east-1'],
      expires: '1h',
    })
  })
  afterAll(() => lower(stage))

  const mint = (...options: readonly string[]) =>
    stage.gate.cli(['key', 'create', '--through', parent.accessKey, '--output', 'json', ...options])

  test.for([
    ['another operation', ['--operation', 'PutObject']],
    ['one more operation', ['--operation', 'GetObject,DeleteObject']],
    ['a tag that holds more operations', ['--tag', 'sos']],
    ['another bucket', ['--resource', 'sos/bucket:theirs']],
    ['the whole bucket', ['--resource', 'sos/bucket:ours']],
    ['a wider prefix', ['--resource', 'sos/bucket:ours/team-*']],
    ['another region', ['--region', 'mars-1']],
    ['a longer life', ['--expires', '2h']],
  ] as const)('cannot have %s', async ([, options]) => {
    const outcome = await mint(...options)
    expect([outcome.code, outcome.stdout]).toEqual([1, ''])
  })

  test('has what the other one has, and goes with it', async () => {
    const outcome = await mint(
      ...['--operation', 'GetObject', '--resource', 'sos/bucket:ours/team-a/b/*', '--expires', 'never'],
    )
    expect(outcome.code).toBe(0)
    const child = JSON.parse(outcome.stdout) as {
      access_key: string
      secret_key: string
      expires_at: string
      restrictions: { regions: readonly string[] }
    }
    expect(child.restrictions.regions).toEqual(['us-east-1'])
    expect(Date.parse(child.expires_at)).toBeLessThanOrEqual(Date.now() + 3_600_000)
    const credentials = { accessKey: child.access_key, secretKey: child.secret_key }
    const list = async () =>
      verdict(
        await send(
          stage.gate.port,
          signed(
            credentials,
            { method: 'PUT', target: '/ours/team-a/b/c', body: 'x' },
            { host: stage.gate.host },
          ),
        ),
      )
    stage.backend.clear()
    expect(await list()).toBe('403 AccessDenied')
    await stage.gate.json(['key', 'revoke', parent.accessKey, '--yes'])
    expect(await list()).toBe('403 InvalidAccessKeyId')
    expect(stage.backend.received).toEqual([])
  })
})
