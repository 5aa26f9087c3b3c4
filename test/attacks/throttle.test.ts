/** 9: guessing secrets is slowed down for the one who guesses, and for nobody else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { element, verdict } from '../behaviour/world.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

describe('9: wrong signatures', () => {
  let stage: Stage
  let credentials: Credentials
  beforeAll(async () => {
    stage = await raise({ S3WARDEN_LIMITS_FAILED_SIGNATURES: '5' })
    credentials = await stage.operator.tenant('honest', ['ObjectStorageFullAccess'])
  })
  afterAll(() => lower(stage))

  const list = (who: Credentials, address: string) =>
    send(stage.gate.port, signed(who, { method: 'GET', target: '/' }, { host: stage.gate.host }), address)

  test.for([
    [
      'a wrong secret',
      () => ({ ...credentials, secretKey: 'guess' }),
      '127.0.0.21',
      '403 SignatureDoesNotMatch',
    ],
    [
      'an unknown key',
      () => ({ accessKey: 'SCWNOBODY0000000000X', secretKey: 'guess' }),
      '127.0.0.22',
      '403 InvalidAccessKeyId',
    ],
  ] as const)('%s is answered as AWS does, and then SlowDown', async ([, who, address, first]) => {
    const verdicts: string[] = []
    for (let i = 0; i < 10; i++) verdicts.push(verdict(await list(who(), address)))
    expect(verdicts[0]).toBe(first)
    expect(verdicts.at(-1)).toBe('503 SlowDown')
    expect(verdict(await list(credentials, address))).toBe('200')
    expect(verdict(await list(who(), '127.0.0.23'))).toBe(first)
  })

  test('the answer to an unknown key names it, and nothing else', async () => {
    const response = await list({ accessKey: 'SCWNOBODY0000000000X', secretKey: 'x' }, '127.0.0.24')
    expect(element(response, 'AWSAccessKeyId')).toBe('SCWNOBODY0000000000X')
    expect(element(response, 'StringToSign')).toBeUndefined()
  })
})
