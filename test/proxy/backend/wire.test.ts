/** What goes out is what was signed, byte for byte. */
import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { BackendRequest } from '../../../src/proxy/backend/index.ts'
import { encodePath } from '../../../src/s3/uri.ts'
import type { RawRequest } from '../../support/raw-http.ts'
import { canonicalRequest, signV4, stringToSignV4 } from '../../support/reference-signer.ts'
import { backend, hear, open, request, SECRET } from './fixture.ts'
import { answer, type ScriptedServer, startScripted } from './scripted-server.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function recorder(): Promise<ScriptedServer> {
  const server = await startScripted(async (connection) => {
    for (;;) {
      const head = await connection.head()
      const length = /content-length: (\d+)/i.exec(head)?.[1]
      await connection.bytes(Number(length ?? 0))
      connection.write(answer(200))
    }
  })
  closers.push(() => server.close())
  return server
}

/** Sends one request and gives what arrived. */
async function arrived(
  changes: Partial<BackendRequest>,
  record: Parameters<typeof backend>[1] = {},
): Promise<RawRequest & { readonly body: Buffer }> {
  const server = await recorder()
  const { backends } = open()
  closers.push(() => backends.close())
  const heard = await hear(backends, request(backend([server.origin], record), changes))
  expect(heard.end).toBe('end')
  const wire = server.received[0] as Buffer
  const end = wire.indexOf('\r\n\r\n')
  const [start = '', ...lines] = wire.subarray(0, end).toString('latin1').split('\r\n')
  const [method = '', target = ''] = start.split(' ')
  return {
    method,
    target,
    headers: lines.map((line): [string, string] => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
    body: wire.subarray(end + 4),
  }
}

const value = ({ headers }: RawRequest, name: string): string =>
  headers.filter(([other]) => other.toLowerCase() === name).map(([, text]) => text)[0] ?? '(absent)'

/** The signature that these bytes ought to have, computed by another implementation. */
function expectSigned(received: RawRequest): void {
  const authorization = value(received, 'authorization')
  const match =
    /^AWS4-HMAC-SHA256 Credential=BACKENDKEY\/(\d{8})\/us-east-1\/s3\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/.exec(
      authorization,
    )
  expect(match, authorization).not.toBe(null)
  const signedHeaders = (match?.[2] ?? '').split(';')
  const scope = { date: value(received, 'x-amz-date'), region: 'us-east-1', service: 's3' }
  const canonical = canonicalRequest(received, signedHeaders, value(received, 'x-amz-content-sha256'))
  expect(match?.[3]).toBe(signV4(SECRET, scope, stringToSignV4(scope, canonical)))
  for (const [name] of received.headers) {
    const lower = name.toLowerCase()
    if (lower.startsWith('x-amz-') || lower === 'host') expect(signedHeaders).toContain(lower)
  }
}

describe('header values', () => {
  test.each([
    ['plain', 'plain'],
    ['UTF-8, held as latin1', Buffer.from('grün ✓', 'utf8').toString('latin1')],
    ['raw latin1', 'gr\u00fcn'],
    ['bytes that are no UTF-8', '\u00c3\u0028 \u00ff\u0080'],
    [
      'every byte from 0xa0 on',
      `x${String.fromCharCode(...Array.from({ length: 96 }, (_, i) => 0xa0 + i))}x`,
    ],
    ['a tab and quotes', 'a\t"b"'],
    ['a run of spaces', 'a   b'],
    ['empty', ''],
    ['=?UTF-8?B?w7w=?= words', '=?UTF-8?B?w7w=?='],
  ])('%s', async (_name, text) => {
    const received = await arrived({ method: 'PUT', headers: [['x-amz-meta-a', text]] })
    expect(value(received, 'x-amz-meta-a')).toBe(text)
    expectSigned(received)
  })

  test('sent once each, with a length and the host of the backend', async () => {
    const received = await arrived({
      method: 'PUT',
      headers: [
        ['content-type', 'text/plain'],
        ['x-amz-meta-z', '1'],
        ['cache-control', 'no-store'],
      ],
      body: { kind: 'bytes', bytes: Buffer.from('<xml/>') },
    })
    const names = received.headers.map(([name]) => name.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
    expect(names.toSorted()).toEqual(
      [
        'host',
        'connection',
        'content-length',
        'content-type',
        'cache-control',
        'x-amz-meta-z',
        'x-amz-content-sha256',
        'x-amz-date',
        'authorization',
      ].toSorted(),
    )
    expect(value(received, 'content-length')).toBe('6')
    expectSigned(received)
  })
})

describe('keys', () => {
  test.each([
    'plain',
    'with space',
    'ümläut/ß/日本',
    'a//b',
    'x/../y',
    './z',
    '+&=?#%',
    '%2F',
    "!*'()",
    'trailing/',
    '~tilde_-.',
    'new\nline',
  ])('%s', async (key) => {
    const path = `/bucket/${encodePath(key)}`
    const received = await arrived({ path })
    expect(received.target).toBe(path)
    expectSigned(received)
  })
})

describe('queries', () => {
  test.each(['acl=', 'list-type=2&prefix=a%2Fb%20c', 'a=2&a-b=1', 'partNumber=1&uploadId=x~y', 'delete='])(
    '%s',
    async (query) => {
      const received = await arrived({ path: '/bucket', query })
      expect(received.target).toBe(`/bucket?${query}`)
      expectSigned(received)
    },
  )
})

describe('bodies', () => {
  test.each(['GET', 'HEAD', 'DELETE'])('%s has none, and no length', async (method) => {
    const received = await arrived({ method })
    expect(value(received, 'content-length')).toBe('(absent)')
    expectSigned(received)
  })

  test.each(['PUT', 'POST'])('%s without one says so', async (method) => {
    const received = await arrived({ method })
    expect(value(received, 'content-length')).toBe('0')
    expectSigned(received)
  })

  test("the gate's own documents are signed whole", async () => {
    const bytes = Buffer.from('<Delete/>')
    const received = await arrived({ method: 'POST', query: 'delete=', body: { kind: 'bytes', bytes } })
    expect(value(received, 'x-amz-content-sha256')).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(received.body.toString()).toBe('<Delete/>')
    expectSigned(received)
  })
})

describe('virtual-hosted addressing', () => {
  test.each([
    { what: { path: '/bucket/a%20b' }, bucket: 'bucket', target: '/a%20b' },
    { what: { path: '/bucket', query: 'list-type=2' }, bucket: 'bucket', target: '/?list-type=2' },
    { what: { path: '/bucket//x' }, bucket: 'bucket', target: '//x' },
  ])('$what.path', async ({ what, bucket, target }) => {
    const received = await arrived({ ...what, bucket }, { addressing: 'virtual' })
    expect(received.target).toBe(target)
    expect(value(received, 'host')).toMatch(/^bucket\.127\.0\.0\.1:\d+$/)
    expectSigned(received)
  })

  test('the service has no bucket in its name', async () => {
    const received = await arrived({ path: '/', bucket: null }, { addressing: 'virtual' })
    expect(value(received, 'host')).toMatch(/^127\.0\.0\.1:\d+$/)
    expectSigned(received)
  })
})
