/**
 * What SDKs, proxies and people send beyond what an operation knows: taken where it means nothing, and then the backend
 * hears exactly what it would have heard without it.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { header, type RawHeaders, type RawRequest, type RawResponse, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { chunked, postForm, presigned, presignedV2, type S3Request, signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

let stage: Stage
let owner: Credentials
beforeAll(async () => {
  stage = await raise({ S3WARDEN_SIGV2: 'true' })
  owner = await stage.operator.tenant('owner', ['ObjectStorageFullAccess'])
  for (const request of [
    { method: 'PUT', target: '/ours' },
    { method: 'PUT', target: '/ours/k', body: 'x' },
  ]) {
    expect(verdict(await ask(signed(owner, request, { host: stage.gate.host })))).toBe('200')
  }
})
afterAll(() => lower(stage))

const ask = (request: RawRequest) => send(stage.gate.port, request)
const byHeader = (request: S3Request) => signed(owner, request, { host: stage.gate.host })

/** What the gate writes anew for each request. */
const WRITTEN = new Set(['authorization', 'x-amz-date', 'host', 'connection'])

/** What the backend is asked, and what the client is answered. */
async function consequence(request: RawRequest) {
  stage.backend.clear()
  const given = verdict(await ask(request))
  const forwarded = stage.backend.received.map(({ method, target, headers, body }) => ({
    method,
    target,
    headers: headers.filter(([name]) => !WRITTEN.has(name.toLowerCase())),
    body: body.toString(),
  }))
  return { given, forwarded }
}

type Entry = Readonly<Record<string, unknown>>

/** The line of the log that this holds for: lines are written a moment late. */
function entry(holds: (line: Entry) => boolean): Promise<Entry> {
  return vi.waitFor(() => {
    const found = stage.gate.log.find(holds)
    expect(found).toBeDefined()
    return found as Entry
  })
}

function lineOf(response: RawResponse): Promise<Entry> {
  const id = header(response, 'x-amz-request-id')
  return entry(({ request_id }) => request_id === id)
}

const GET: S3Request = { method: 'GET', target: '/ours/k' }
const HEAD: S3Request = { method: 'HEAD', target: '/ours/k' }
const LIST: S3Request = { method: 'GET', target: '/ours?list-type=2&prefix=k' }
const PUT: S3Request = { method: 'PUT', target: '/ours/k', body: 'x' }

describe('headers', () => {
  test.for<[who: string, request: S3Request, headers: RawHeaders]>([
    ['SDKs for C++, with every request', GET, [['x-amz-api-version', '2006-03-01']]],
    ['SDKs for C++, with every request', PUT, [['x-amz-api-version', '2006-03-01']]],
    [
      'SDKs for C++, with every request',
      { method: 'DELETE', target: '/ours/gone' },
      [['x-amz-api-version', '1']],
    ],
    ['the SDK for Java 2.25', GET, [['x-amz-te', 'append-md5']]],
    ['the SDK for Java 2.31', GET, [['x-amz-checksum-crc32', 'AAAAAA==']]],
    ['a header of uploads', HEAD, [['x-amz-acl', 'public-read']]],
    ['a header that AWS does not have yet', LIST, [['x-amz-new-thing', 'a']]],
    ['proxies', PUT, [['X_Request_Id', '1']]],
    ['metadata that a read has no use for', LIST, [['x-amz-meta-a', '1']]],
    [
      'HTTP',
      GET,
      [
        ['Upgrade', 'h2c'],
        ['Connection', 'Upgrade, HTTP2-Settings'],
        ['HTTP2-Settings', 'AAMAAABk'],
      ],
    ],
  ])('%s: %j %j', async ([, request, headers]) => {
    const without = await consequence(byHeader(request))
    expect(without.given).toMatch(/^20[04]$/)
    expect(await consequence(byHeader({ ...request, headers }))).toEqual(without)
  })

  test('are counted and named, the names at level debug', async () => {
    await ask(byHeader({ ...GET, target: '/ours/k?x-note=1', headers: [['x-amz-te', 'append-md5']] }))
    const metrics = await (await fetch(`http://127.0.0.1:${stage.gate.healthPort}/metrics`)).text()
    expect(metrics).toMatch(/^s3warden_idle_total\{kind="header"\} [1-9]/m)
    expect(metrics).toMatch(/^s3warden_idle_total\{kind="parameter"\} [1-9]/m)
    expect(metrics).not.toContain('append')
    const told = await entry(({ event, parameters }) => event === 'idle' && parameters === 'x-note')
    expect(told).toMatchObject({ level: 'debug', headers: 'x-amz-te' })
  })
})

describe('lists in several lines', () => {
  test.for<[string, S3Request, RawHeaders, name: string, forwarded: string]>([
    [
      'the SDK for Go 2',
      PUT,
      [
        ['Content-Encoding', 'gzip'],
        ['Content-Encoding', 'br'],
      ],
      'content-encoding',
      'gzip,br',
    ],
    [
      'people',
      PUT,
      [
        ['x-amz-meta-by', 'joe'],
        ['x-amz-meta-by', 'jane'],
      ],
      'x-amz-meta-by',
      'joe,jane',
    ],
  ])('%s: %j %j', async ([, request, headers, name, value]) => {
    const { given, forwarded } = await consequence(byHeader({ ...request, headers }))
    expect(given).toBe('200')
    expect(forwarded.flatMap((one) => one.headers.filter(([other]) => other === name))).toEqual([
      [name, value],
    ])
  })

  test('the envelope of a body is taken out of them', async () => {
    const { request } = chunked(
      owner,
      { ...PUT, headers: [['Content-Encoding', 'gzip']] },
      { host: stage.gate.host, mode: 'signed' },
    )
    expect(request.headers.filter(([name]) => name === 'Content-Encoding')).toHaveLength(2)
    const { given, forwarded } = await consequence(request)
    expect(given).toBe('200')
    expect(forwarded[0]?.headers).toContainEqual(['content-encoding', 'gzip'])
    expect(forwarded[0]?.body).toBe('x')
  })
})

describe('parameters', () => {
  const WAYS: Readonly<Record<string, (request: S3Request) => RawRequest>> = {
    header: byHeader,
    presigned: (request) => presigned(owner, request, { host: stage.gate.host }),
    'version 2, presigned': (request) => presignedV2(owner, request, { host: stage.gate.host }),
  }
  test.for<[way: string, request: S3Request, parameter: string]>([
    ['header', GET, 'x-userName=jane'],
    ['header', PUT, 'x-userName=jane'],
    ['header', GET, 'unknown=1&unknown=2'],
    ['header', LIST, 'metadata=true'],
    ['header', GET, 'X-NOTE'],
    ['header', GET, '=&&='],
    ['presigned', GET, 'x-userName=jane'],
    ['presigned', PUT, 'x-userName=jane'],
    ['presigned', GET, 'utm_source=mail'],
    ['presigned', GET, 'x-amz-te=append-md5'],
    ['presigned', PUT, 'x-amz-api-version=2006-03-01'],
    ['version 2, presigned', GET, 'x-userName=jane'],
  ])('%s: %j with %s', async ([way, request, parameter]) => {
    const sign = WAYS[way]!
    const without = await consequence(sign(request))
    const target = `${request.target}${request.target.includes('?') ? '&' : '?'}${parameter}`
    expect(without.given).toBe('200')
    expect(await consequence(sign({ ...request, target }))).toEqual(without)
  })

  test.for<[S3Request, parameter: string, refusal: string]>([
    [PUT, 'unknown=1', '501 NotImplemented'],
    [{ method: 'DELETE', target: '/ours' }, 'frobnicate', '501 NotImplemented'],
    [GET, 'policy', '501 NotImplemented'],
    [LIST, 'response-content-type=text/html', '501 NotImplemented'],
    [GET, 'X-Amz-Date=20260101T000000Z', '400 InvalidArgument'],
    [GET, 'X-Amz-Content-Sha256=UNSIGNED-PAYLOAD', '400 InvalidArgument'],
    [GET, 'signature=1', '501 NotImplemented'],
  ])('%j with %s is refused', async ([request, parameter, refusal]) => {
    const target = `${request.target}${request.target.includes('?') ? '&' : '?'}${parameter}`
    expect(await consequence(byHeader({ ...request, target }))).toEqual({ given: refusal, forwarded: [] })
  })
})

describe('names with an underscore', () => {
  const NAMED: Readonly<Record<string, () => RawRequest>> = {
    'a header': () => byHeader({ ...PUT, headers: [['x-amz-meta-my_key', '1']] }),
    'a presigned header': () =>
      presigned(owner, { ...PUT, headers: [['x-amz-meta-my_key', '1']] }, { host: stage.gate.host }),
    'a hoisted header': () =>
      presigned(owner, { ...PUT, target: '/ours/k?x-amz-meta-my_key=1' }, { host: stage.gate.host }),
    'a form': () =>
      postForm(owner, {
        host: stage.gate.host,
        bucket: 'ours',
        fields: [
          ['key', 'k'],
          ['x-amz-meta-my_key', '1'],
        ],
        file: 'x',
      }),
    'a copy that replaces': () =>
      byHeader({
        method: 'PUT',
        target: '/ours/k',
        headers: [
          ['x-amz-copy-source', '/ours/k'],
          ['x-amz-metadata-directive', 'REPLACE'],
          ['x-amz-meta-my_key', '1'],
        ],
      }),
  }
  test.for(Object.keys(NAMED))('metadata in %s', async (way) => {
    const { given, forwarded } = await consequence(NAMED[way]!())
    expect(given).toMatch(/^20[04]$/)
    expect(forwarded[0]?.headers).toContainEqual(['x-amz-meta-my_key', '1'])
  })

  test('two names that Ceph takes for one are refused, and named', async () => {
    const request = byHeader({
      ...PUT,
      headers: [
        ['x-amz-meta-my-key', '1'],
        ['x-amz-meta-my_key', '2'],
      ],
    })
    expect(await consequence(request)).toEqual({ given: '400 InvalidArgument', forwarded: [] })
    await vi.waitFor(() =>
      expect(stage.gate.output).toContain('x-amz-meta-my-key and x-amz-meta-my_key are one'),
    )
  })

  test.for(['x-amz-meta-a b', 'x-amz-meta-a:b', 'x-amz-meta-ü', 'x-amz-ac_l'])(
    'a form field that is no header is refused: %s',
    async (name) => {
      const form = postForm(owner, {
        host: stage.gate.host,
        bucket: 'ours',
        fields: [
          ['key', 'k'],
          [name, '1'],
        ],
        file: 'x',
      })
      expect(await consequence(form)).toEqual({ given: '400 InvalidArgument', forwarded: [] })
    },
  )
})

describe('a part only if the object is the same', () => {
  const ranged = (validator: string) =>
    consequence(
      byHeader({
        ...GET,
        headers: [
          ['Range', 'bytes=0-0'],
          ['If-Range', validator],
        ],
      }),
    )

  test('is asked for on the condition that it is', async () => {
    const { given, forwarded } = await ranged('"a"')
    expect([given, forwarded.length]).toEqual(['200', 1])
    expect(forwarded[0]?.headers).toContainEqual(['range', 'bytes=0-0'])
    expect(forwarded[0]?.headers).toContainEqual(['if-match', '"a"'])
  })

  test('or the whole is', async () => {
    stage.backend.script(({ headers }) =>
      headers.some(([name]) => name === 'if-match')
        ? { status: 412, body: '<Error><Code>PreconditionFailed</Code></Error>' }
        : undefined,
    )
    const { given, forwarded } = await ranged('"old"')
    stage.backend.unscript()
    expect([given, forwarded.length]).toEqual(['200', 2])
    expect(forwarded[1]?.headers.map(([name]) => name)).not.toContain('range')
    expect(forwarded[1]?.headers.map(([name]) => name)).not.toContain('if-match')
  })

  test.for([
    ['a weak validator', 'W/"a"'],
    ['a date, which stores compare in another way', 'Wed, 01 Jan 2025 00:00:00 GMT'],
    ['a tag without quotes', 'deadbeef'],
    ['two tags', '"a", "b"'],
    ['nothing', ''],
  ] as const)('the whole for what no store heeds: %s', async ([, validator]) => {
    const { forwarded } = await ranged(validator)
    const names = forwarded[0]?.headers.map(([name]) => name) ?? []
    for (const name of ['range', 'if-match', 'if-range', 'if-unmodified-since'])
      expect(names).not.toContain(name)
  })
})

describe('refusals say what they are about', () => {
  test.for<[title: string, make: () => RawRequest, reason: string]>([
    ['a header', () => byHeader({ ...PUT, headers: [['x-amz-new-thing', '1']] }), 'Header: x-amz-new-thing'],
    ['a parameter', () => byHeader({ ...PUT, target: '/ours/k?unknown=1' }), 'Parameter: unknown'],
    [
      'a header that is not signed',
      () => {
        const request = byHeader(PUT)
        return { ...request, headers: [...request.headers, ['x-amz-acl', 'private']] }
      },
      'HeadersNotSigned: x-amz-acl',
    ],
    [
      'a header twice',
      () => {
        const request = byHeader(PUT)
        return { ...request, headers: [...request.headers, ['Range', 'bytes=0-0'], ['Range', 'bytes=1-1']] }
      },
      'The header range was sent more than once.',
    ],
  ])('%s', async ([, make, reason]) => {
    const response = await ask(make())
    const told = await lineOf(response)
    expect(told).toMatchObject({ access_key: owner.accessKey, bucket: 'ours', key: expect.anything() })
    expect(told.reason).toContain(reason)
  })

  test('a secret in the place of a key is not written down', async () => {
    const request = signed({ ...owner, accessKey: owner.secretKey }, GET, { host: stage.gate.host })
    const response = await ask(request)
    expect(verdict(response)).toBe('403 InvalidAccessKeyId')
    const told = await lineOf(response)
    expect(told).toMatchObject({ access_key: '', code: 'InvalidAccessKeyId' })
    expect(stage.gate.output).not.toContain(owner.secretKey)
  })

  test('bytes that are no request have a line too', async () => {
    const response = await send(stage.gate.port, {
      method: 'GET',
      target: '/ours k',
      headers: [['Host', 'h']],
    })
    expect(response.status).toBe(400)
    const told = await lineOf(response)
    expect(told).toMatchObject({ status: 400, code: 'BadRequest', remote_ip: '127.0.0.1', fault: 'client' })
  })
})
