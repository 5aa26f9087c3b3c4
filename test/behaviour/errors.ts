/** The shape of refusals, and what is not there. */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { send } from '../support/raw-http.ts'
import { signed } from '../support/s3-request.ts'
import { call, element, header, makeBucket, verdict, type WorldOf } from './world.ts'

export function errors(worldOf: WorldOf): void {
  let bucket: string

  describe('errors', () => {
    beforeAll(async () => {
      bucket = await makeBucket(worldOf())
    })

    test('a wrong secret shows what the gate signed', async () => {
      const { gate, credentials } = worldOf()
      const response = await send(
        gate.port,
        signed(
          { ...credentials, secretKey: 'wrong' },
          { method: 'GET', target: `/${bucket}?prefix=%C3%BC` },
          { host: gate.host },
        ),
      )
      expect(verdict(response)).toBe('403 SignatureDoesNotMatch')
      expect(element(response, 'AWSAccessKeyId')).toBe(credentials.accessKey)
      expect(element(response, 'CanonicalRequest')).toContain(
        `GET\n/${bucket}\nprefix=%C3%BC\nhost:${gate.host}`,
      )
      expect(element(response, 'StringToSign')).toMatch(/^AWS4-HMAC-SHA256\n\d{8}T\d{6}Z\n/)
      const bytes = Buffer.from((element(response, 'StringToSignBytes') ?? '').replaceAll(' ', ''), 'hex')
      expect(bytes.toString()).toBe(element(response, 'StringToSign'))
    })

    test('HEAD has no body', async () => {
      const { gate, credentials } = worldOf()
      const response = await send(
        gate.port,
        signed(
          { ...credentials, secretKey: 'wrong' },
          { method: 'HEAD', target: `/${bucket}` },
          { host: gate.host },
        ),
      )
      expect([response.status, response.body.length]).toEqual([403, 0])
    })

    test.for([
      ['an unknown parameter', 'DELETE', '?frobnicate', '501 NotImplemented'],
      ['a known one of another method', 'DELETE', '?list-type=2&prefix=a', '501 NotImplemented'],
      ['two sub-resources', 'GET', '?acl&versioning', '400 InvalidArgument'],
      ['a parameter twice', 'GET', '?prefix=a&prefix=b', '400 InvalidArgument'],
      ['an operation that is closed', 'PUT', '?policy', '501 NotImplemented'],
      ['a sub-resource whose bare method deletes', 'DELETE', '?analytics&id=x', '501 NotImplemented'],
      ['an unknown method', 'PATCH', '', '405 MethodNotAllowed'],
    ] as const)('%s', async ([, method, query, expected]) => {
      const world = worldOf()
      const body = method === 'PUT' ? '{}' : ''
      const headers =
        method === 'PUT' ? [['Content-MD5', createHash('md5').update(body).digest('base64')] as const] : []
      const response = await call(world, { method, target: `/${bucket}${query}`, headers, body })
      expect(verdict(response)).toBe(expected)
      expect((await call(world, { method: 'HEAD', target: `/${bucket}` })).status).toBe(200)
    })

    test('answers of the backend do not show it', async () => {
      const world = worldOf()
      for (const target of [`/${bucket}/none`, `/${bucket}?uploads`, '/']) {
        const response = await call(world, { method: 'GET', target })
        const everything = JSON.stringify(response.headers) + response.body
        expect(header(response, 'server')).toBeUndefined()
        expect(everything).not.toMatch(/rgw|ceph|default-placement/i)
      }
    })

    test('GET …?acl and ?location are answered by the gate', async () => {
      const world = worldOf()
      await call(world, { method: 'PUT', target: `/${bucket}/k`, body: 'x' })
      for (const target of [`/${bucket}?acl`, `/${bucket}/k?acl`]) {
        const response = await call(world, { method: 'GET', target })
        expect([target, response.status, element(response, 'Permission'), element(response, 'ID')]).toEqual([
          target,
          200,
          'FULL_CONTROL',
          world.projectId,
        ])
      }
      expect((await call(world, { method: 'GET', target: `/${bucket}?location` })).status).toBe(200)
    })
  })
}
