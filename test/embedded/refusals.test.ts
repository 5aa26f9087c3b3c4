import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawRequest } from '../support/raw-http.ts'
import { send } from '../support/raw-http.ts'
import { chunked, presigned, type S3Request, signed, signedV2 } from '../support/s3-request.ts'
import { errorCode, startBackend, type TestBackend } from './backend.ts'

let backend: TestBackend
beforeAll(async () => {
  backend = await startBackend()
  expect((await backend.send({ method: 'PUT', target: '/bucket' })).status).toBe(200)
  expect((await backend.send({ method: 'PUT', target: '/bucket/key', body: 'data' })).status).toBe(200)
})
afterAll(() => backend[Symbol.asyncDispose]())

const GET: S3Request = { method: 'GET', target: '/bucket/key' }

describe('authentication', () => {
  const cases: Record<
    string,
    { request: (backend: TestBackend) => RawRequest; status: number; code: string }
  > = {
    'no signature at all': {
      request: ({ port }) => ({ ...GET, headers: [['Host', `127.0.0.1:${port}`]], body: Buffer.alloc(0) }),
      status: 403,
      code: 'AccessDenied',
    },
    'another secret': {
      request: ({ port, credentials }) =>
        signed({ ...credentials, secretKey: 'guess' }, GET, { host: `127.0.0.1:${port}` }),
      status: 403,
      code: 'SignatureDoesNotMatch',
    },
    'another access key': {
      request: ({ port, credentials }) =>
        signed({ ...credentials, accessKey: 'SCWXXXXXXXXXXXXXXXXX' }, GET, { host: `127.0.0.1:${port}` }),
      status: 403,
      code: 'InvalidAccessKeyId',
    },
    'a clock 16 minutes off': {
      request: ({ port, credentials }) =>
        signed(credentials, GET, { host: `127.0.0.1:${port}`, at: Date.now() - 16 * 60_000 }),
      status: 403,
      code: 'RequestTimeTooSkewed',
    },
    'another region': {
      request: ({ port, credentials }) =>
        signed(credentials, GET, { host: `127.0.0.1:${port}`, region: 'fr-par' }),
      status: 400,
      code: 'AuthorizationHeaderMalformed',
    },
    'an unsigned x-amz header': {
      request: ({ port, credentials }) =>
        signed(
          credentials,
          { ...GET, headers: [['x-amz-checksum-mode', 'ENABLED']] },
          { host: `127.0.0.1:${port}`, unsigned: ['x-amz-checksum-mode'] },
        ),
      status: 403,
      code: 'AccessDenied',
    },
    'a presigned URL': {
      request: ({ port, credentials }) => presigned(credentials, GET, { host: `127.0.0.1:${port}` }),
      status: 403,
      code: 'AccessDenied',
    },
    'signature version 2': {
      request: ({ port, credentials }) => signedV2(credentials, GET, { host: `127.0.0.1:${port}` }),
      status: 403,
      code: 'AccessDenied',
    },
    'a chunked body': {
      request: ({ port, credentials }) =>
        chunked(
          credentials,
          { method: 'PUT', target: '/bucket/chunked', body: 'data' },
          { host: `127.0.0.1:${port}`, mode: 'signed' },
        ).request,
      status: 501,
      code: 'NotImplemented',
    },
  }
  it.each(Object.entries(cases))('refuses %s', async (_, { request, status, code }) => {
    const response = await send(backend.port, request(backend))
    expect(response.status).toBe(status)
    expect(errorCode(response)).toBe(code)
  })
})

describe('what it does not implement', () => {
  const put = (headers: [string, string][]): S3Request => ({
    method: 'PUT',
    target: '/bucket/other',
    headers,
    body: 'data',
  })
  const cases: Record<string, S3Request> = {
    'bucket policies': { method: 'GET', target: '/bucket?policy' },
    'CORS rules': { method: 'PUT', target: '/bucket?cors', body: '<x/>' },
    'lifecycle rules': { method: 'GET', target: '/bucket?lifecycle' },
    'removing rules that it has not': { method: 'DELETE', target: '/bucket?lifecycle' },
    'object lock': { method: 'GET', target: '/bucket/key?retention' },
    'access control lists': { method: 'GET', target: '/bucket/key?acl' },
    'unknown parameters': { method: 'DELETE', target: '/bucket?unheard-of' },
    'public objects': put([['x-amz-acl', 'public-read']]),
    grants: put([['x-amz-grant-read', 'id="x"']]),
    'encryption that it would not do': put([['x-amz-server-side-encryption', 'AES256']]),
    'other storage classes': put([['x-amz-storage-class', 'GLACIER']]),
    'retention of a new object': put([['x-amz-object-lock-mode', 'GOVERNANCE']]),
    appending: put([['x-amz-write-offset-bytes', '0']]),
    'an unknown header': put([['x-amz-unheard-of', '1']]),
    'conditions that it could not keep': put([['If-None-Match', '"etag"']]),
    'an owner that it does not know': { ...GET, headers: [['x-amz-expected-bucket-owner', '1']] },
  }
  it.each(Object.entries(cases))('refuses %s', async (_, request) => {
    const response = await backend.send(request)
    expect(errorCode(response)).toBe('NotImplemented')
    expect(response.status).toBe(501)
  })

  it('has changed nothing by that', async () => {
    expect((await backend.send(GET)).body.toString()).toBe('data')
    expect((await backend.send({ method: 'HEAD', target: '/bucket/other' })).status).toBe(404)
  })
})

describe('bodies', () => {
  const put = (headers: [string, string][], body = 'data'): S3Request => ({
    method: 'PUT',
    target: '/bucket/checked',
    headers,
    body,
  })
  const cases: Record<string, { request: S3Request; payload?: string; code: string }> = {
    'another hash': { request: put([]), payload: 'a'.repeat(64), code: 'XAmzContentSHA256Mismatch' },
    'another MD5': { request: put([['Content-MD5', 'AAAAAAAAAAAAAAAAAAAAAA==']]), code: 'BadDigest' },
    'no MD5': { request: put([['Content-MD5', 'x']]), code: 'InvalidDigest' },
    'another checksum': { request: put([['x-amz-checksum-crc32', 'AAAAAA==']]), code: 'BadDigest' },
    'no checksum': { request: put([['x-amz-checksum-crc32', 'x']]), code: 'InvalidRequest' },
    'an algorithm that is none': {
      request: put([['x-amz-checksum-algorithm', 'CRC16']]),
      code: 'InvalidRequest',
    },
    'a body that none is wanted of': {
      request: { method: 'GET', target: '/bucket/key', body: 'data' },
      code: 'UnexpectedContent',
    },
  }
  it.each(Object.entries(cases))('refuses %s', async (_, { request, payload, code }) => {
    const response = await backend.send(request, payload === undefined ? {} : { payload })
    expect(errorCode(response)).toBe(code)
    expect((await backend.send({ method: 'HEAD', target: '/bucket/checked' })).status).toBe(404)
  })

  it('keeps nothing of them', async () => {
    const { readdir } = await import('node:fs/promises')
    const files = await readdir(backend.directory, { recursive: true, withFileTypes: true })
    expect(files.filter((file) => file.isFile() && !file.name.startsWith('index.sqlite'))).toHaveLength(1)
    expect(backend.faults).toEqual([])
  })
})
