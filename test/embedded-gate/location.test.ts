/** Where a bucket is: clients name a region of the gate's, the backend is told its own. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { element, verdict } from '../behaviour/world.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type S3Request, signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

let stage: Stage
let credentials: Credentials
beforeAll(async () => {
  stage = await raise(
    { S3WARDEN_REGION: 'fr-par', S3WARDEN_REGIONS: 'nl-ams' },
    { kind: 'aws', region: 'eu-west-3' },
  )
  credentials = await stage.operator.tenant('maker', ['ObjectStorageFullAccess'])
})
afterAll(() => lower(stage))

const call = (request: S3Request, region = 'fr-par') =>
  send(stage.gate.port, signed(credentials, request, { host: stage.gate.host, region }))

const constrained = (region: string): string =>
  `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`

test.for([
  ['none', 'a-bucket', ''],
  ["the gate's region", 'b-bucket', constrained('fr-par')],
  ['another region of the gate', 'c-bucket', constrained('nl-ams')],
  ["the backend's own", 'e-bucket', constrained('eu-west-3')],
] as const)('a bucket made with %s is made in the backend’s region', async ([, name, body]) => {
  stage.backend.clear()
  expect(verdict(await call({ method: 'PUT', target: `/${name}`, body }))).toBe('200')
  const made = stage.backend.received.find(({ method }) => method === 'PUT')
  expect(made?.body.toString()).toContain('<LocationConstraint>eu-west-3</LocationConstraint>')
  expect(element(await call({ method: 'GET', target: `/${name}?location` }), 'LocationConstraint')).toBe(
    'eu-west-3',
  )
})

test.for(['mars-1', 'US'])('no client may name %s, which is no region of the gate', async (region) => {
  stage.backend.clear()
  const made = await call({ method: 'PUT', target: '/d-bucket', body: constrained(region) })
  expect(verdict(made)).toBe('400 InvalidLocationConstraint')
  expect(stage.backend.received).toEqual([])
})

test('who is told where a bucket is may sign with that region, as mc does, and with no other', async () => {
  for (const region of ['eu-west-3', 'fr-par', 'nl-ams', 'us-east-1', 'US']) {
    expect(verdict(await call({ method: 'GET', target: '/a-bucket?location' }, region))).toBe('200')
  }
  expect(verdict(await call({ method: 'GET', target: '/a-bucket?location' }, 'mars-1'))).toBe(
    '400 AuthorizationHeaderMalformed',
  )
})
