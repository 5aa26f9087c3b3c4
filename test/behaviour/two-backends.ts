/** Two projects on two different object stores, through one endpoint. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { BackendSettings, Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type S3Request, signed } from '../support/s3-request.ts'
import { elements, freshName, verdict } from './world.ts'

/**
 * @param gateOf a gate over the first store
 * @param second the other one, which the gate has not been told of
 */
export function twoBackends(gateOf: () => Gate, secondOf: () => BackendSettings): void {
  describe('two projects on two backends', () => {
    let near: Credentials
    let far: Credentials
    const [here, there] = [freshName('here'), freshName('there')]

    const as = (credentials: Credentials, request: S3Request) =>
      send(gateOf().port, signed(credentials, request, { host: gateOf().host }))

    beforeAll(async () => {
      const gate = gateOf()
      const second = secondOf()
      const operator = await Operator.of(gate)
      const backend = await gate.json<{ id: string }>(
        [
          ...['backend', 'create', 'second', '--endpoint', second.endpoint, '--access-key', second.accessKey],
          ...['--secret-key-file', '-', '--region', second.region ?? 'us-east-1'],
          ...['--kind', second.kind ?? 'generic'],
        ],
        second.secretKey,
      )
      const { id: project } = await gate.json<{ id: string }>([
        'project',
        'create',
        'far',
        '--backend',
        backend.id,
      ])
      near = await operator.tenant('near', ['ObjectStorageFullAccess'])
      far = await operator.tenant('far', ['ObjectStorageFullAccess'], [project, operator.projectId])
      expect(verdict(await as(near, { method: 'PUT', target: `/${here}` }))).toBe('200')
      expect(verdict(await as(far, { method: 'PUT', target: `/${there}` }))).toBe('200')
    })

    test('each project sees its own buckets, and reads what it wrote', async () => {
      for (const [credentials, bucket] of [
        [near, here],
        [far, there],
      ] as const) {
        const body = `in ${bucket}`
        expect(verdict(await as(credentials, { method: 'PUT', target: `/${bucket}/k`, body }))).toBe('200')
        expect((await as(credentials, { method: 'GET', target: `/${bucket}/k` })).body.toString()).toBe(body)
        expect(elements(await as(credentials, { method: 'GET', target: '/' }), 'Name')).toEqual([bucket])
      }
      expect(verdict(await as(near, { method: 'GET', target: `/${there}/k` }))).toBe('403 AccessDenied')
    })

    test('a bucket stays where it is when its project gets another backend', async () => {
      const gate = gateOf()
      const moved = freshName('moved')
      const operator = await Operator.of(gate)
      const project = await operator.project('moving')
      const credentials = await operator.tenant('moving', ['ObjectStorageFullAccess'], [project])
      expect(verdict(await as(credentials, { method: 'PUT', target: `/${moved}` }))).toBe('200')
      expect(verdict(await as(credentials, { method: 'PUT', target: `/${moved}/k`, body: 'x' }))).toBe('200')
      await gate.json(['project', 'update', project, '--backend', 'second'])
      expect((await as(credentials, { method: 'GET', target: `/${moved}/k` })).body.toString()).toBe('x')
      const next = freshName('next')
      expect(verdict(await as(credentials, { method: 'PUT', target: `/${next}` }))).toBe('200')
      const copy = await as(credentials, {
        method: 'PUT',
        target: `/${next}/k`,
        headers: [['x-amz-copy-source', `/${moved}/k`]],
      })
      expect(verdict(copy)).toBe('501 NotImplemented')
    })
  })
}
