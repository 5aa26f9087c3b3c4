/** Signature version 2, where the operator has switched it on. (What it is answered where it is off: `../attacks`.) */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { type RawRequest, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { presignedV2, type S3Request, signedV2 } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

let stage: Stage
let key: Credentials
beforeAll(async () => {
  stage = await raise({ S3WARDEN_SIGV2: 'true' })
  key = await stage.operator.tenant('old', ['ObjectStorageFullAccess'])
  for (const target of ['/ours', '/ours/k'])
    expect(verdict(await send(stage.gate.port, byHeader({ method: 'PUT', target })))).toBe('200')
})
afterAll(() => lower(stage))

const byHeader = (request: S3Request, credentials = key): RawRequest =>
  signedV2(credentials, request, { host: stage.gate.host })
const presigned = (request: S3Request, credentials = key, expires = 60): RawRequest =>
  presignedV2(credentials, request, { host: stage.gate.host, expires })

const inProject = (project: string): Credentials => ({ ...key, accessKey: `${key.accessKey}@${project}` })
const GET: S3Request = { method: 'GET', target: '/ours/k' }
const PUT: S3Request = { method: 'PUT', target: '/ours/new', body: 'x' }

test.for<[title: string, request: () => RawRequest]>([
  ['a GET by header', () => byHeader(GET)],
  ['a GET by URL', () => presigned(GET)],
  ['a PUT by header, with metadata', () => byHeader({ ...PUT, headers: [['x-amz-meta-a', '1']] })],
  ['a PUT by URL', () => presigned(PUT)],
  ['a part of a list by URL', () => presigned({ method: 'GET', target: '/ours?prefix=k&max-keys=1' })],
  ['KEY@project by header', () => byHeader(GET, inProject(stage.operator.projectId))],
  ['KEY@project by URL', () => presigned(GET, inProject(stage.operator.projectId))],
])('%s is served', async ([, request]) => {
  stage.backend.clear()
  expect(verdict(await send(stage.gate.port, request()))).toBe('200')
  expect(stage.backend.received).toHaveLength(1)
  // It is signed anew, in version 4, and nothing of the old signature goes along.
  const [received] = stage.backend.received
  expect(received?.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1]).toMatch(
    /^AWS4-HMAC-SHA256 /,
  )
  expect(received?.target).not.toMatch(/Signature|AWSAccessKeyId/)
})

const added = (request: RawRequest, parameter: string): RawRequest => ({
  ...request,
  target: `${request.target}${request.target.includes('?') ? '&' : '?'}${parameter}`,
})
const wrong = (): Credentials => ({ ...key, secretKey: 'guess' })
const NOWHERE = '00000000-0000-4000-8000-000000000000'

test.for<[title: string, request: () => RawRequest, refusal: string]>([
  ['a wrong secret by header', () => byHeader(GET, wrong()), '403 SignatureDoesNotMatch'],
  ['a wrong secret by URL', () => presigned(GET, wrong()), '403 SignatureDoesNotMatch'],
  [
    'another method than was signed',
    () => ({ ...presigned(GET), method: 'DELETE' }),
    '403 SignatureDoesNotMatch',
  ],
  [
    'a header that was not signed',
    () => {
      const request = presigned(PUT)
      return { ...request, headers: [...request.headers, ['x-amz-acl', 'public-read']] }
    },
    '403 SignatureDoesNotMatch',
  ],
  ['a sub-resource that was not signed', () => added(presigned(GET), 'acl'), '403 SignatureDoesNotMatch'],
  [
    'a copy source in the query',
    () => added(presigned(PUT), 'x-amz-copy-source=%2Fours%2Fk'),
    '403 AccessDenied',
  ],
  ['an unknown parameter by header', () => added(byHeader(GET), 'x-amz-meta-a=1'), '403 AccessDenied'],
  ['an expired URL', () => presigned(GET, key, -1), '403 AccessDenied'],
  ['a URL of more than a week', () => presigned(GET, key, 8 * 86_400), '403 AccessDenied'],
  ['a project that there is not', () => presigned(GET, inProject(NOWHERE)), '403 AccessDenied'],
])('%s is refused', async ([, request, refusal]) => {
  stage.backend.clear()
  expect(verdict(await send(stage.gate.port, request()))).toBe(refusal)
  expect(stage.backend.received).toEqual([])
})
