/** What a client sees of a backend's answer, byte for byte. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { BackendRequest, BackendSettings } from '../../src/proxy/backend/index.ts'
import type { ReceivedRequest } from '../../src/proxy/edge.ts'
import { createJournal, type Journal } from '../../src/proxy/journal.ts'
import { type RelayedBody, relay } from '../../src/proxy/relay.ts'
import { asS3Error, sendError } from '../../src/proxy/reply.ts'
import type { S3Error } from '../../src/s3/error.ts'
import { Connection, header, type RawResponse, send, TornResponse } from '../support/raw-http.ts'
import { backend, open, request } from './backend/fixture.ts'
import {
  answer,
  type ScriptedConnection,
  type ScriptedServer,
  startScripted,
} from './backend/scripted-server.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

interface Gate {
  readonly port: number
  readonly store: ScriptedServer
  readonly journals: Journal[]
  readonly errors: S3Error[]
}

interface Options {
  readonly script: (connection: ScriptedConnection) => Promise<void> | void
  readonly body?: RelayedBody
  readonly settings?: Partial<BackendSettings>
  readonly patience?: BackendRequest['patience']
}

/** A server that does nothing but relay. */
async function gate({
  script,
  body = { kind: 'through' },
  settings,
  patience = 'normal',
}: Options): Promise<Gate> {
  const store = await startScripted(script)
  closers.push(() => store.close())
  const { backends } = open(settings)
  const journals: Journal[] = []
  const errors: S3Error[] = []
  const front = createServer((incoming, response) => {
    const journal = createJournal()
    journals.push(journal)
    const received: ReceivedRequest = {
      id: '0123456789ABCDEF',
      method: incoming.method ?? '',
      rawTarget: incoming.url ?? '',
      headers: new Map(),
      ip: '127.0.0.1',
      time: 0,
      incoming,
      response,
      expectsContinue: false,
      journal,
    }
    const to = request(backend([store.origin]), { method: received.method, patience })
    relay({ backends, request: to, received, body }).catch((error: unknown) => {
      errors.push(asS3Error(error))
      sendError(received, asS3Error(error), '/bucket/key')
    })
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  closers.push(async () => {
    front.closeAllConnections()
    front.close()
    await backends.close()
  })
  return { port: (front.address() as AddressInfo).port, store, journals, errors }
}

const says =
  (text: string | Buffer) =>
  async (connection: ScriptedConnection): Promise<void> => {
    for (;;) {
      await connection.head()
      connection.write(text)
    }
  }

const get = (port: number, method = 'GET'): Promise<RawResponse> =>
  send(port, { method, target: '/bucket/key', headers: [['Host', 'gate']] })

const names = (response: RawResponse): string[] => response.headers.map(([name]) => name).toSorted()

describe('headers', () => {
  test('those on the list pass, spelled as S3 does; nothing else of the backend does', async () => {
    const gated = await gate({
      script: says(
        answer(200, 'body', [
          'etag: "abc"',
          'Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT',
          'Content-Type: text/plain',
          'accept-ranges: bytes',
          'x-amz-version-id: v1',
          'x-amz-checksum-crc32: AAAAAA==',
          'X-Amz-Meta-Colour: blue',
          'x-amz-tagging-count: 2',
          'Server: secret-store/1.0',
          'Date: Thu, 01 Jan 1970 00:00:00 GMT',
          'Via: 1.1 inner',
          'x-amz-request-id: theirs',
          'x-amz-id-2: theirs',
          'x-rgw-object-type: Normal',
          'x-minio-deployment-id: 1',
          'x-amz-bucket-region: inner',
          'x-amz-server-side-encryption-aws-kms-key-id: arn:inner',
          'Set-Cookie: a=b',
          'Access-Control-Allow-Origin: *',
          'Location: http://inner/',
          'Strict-Transport-Security: max-age=1',
        ]),
      ),
    })
    const response = await get(gated.port)
    expect(names(response)).toEqual(
      [
        'accept-ranges',
        'connection',
        'content-length',
        'content-type',
        'date',
        'etag',
        'keep-alive',
        'last-modified',
        'x-amz-checksum-crc32',
        'x-amz-id-2',
        'x-amz-meta-colour',
        'x-amz-request-id',
        'x-amz-tagging-count',
        'x-amz-version-id',
      ].toSorted(),
    )
    expect(header(response, 'x-amz-request-id')).toBe('0123456789ABCDEF')
    expect(Math.abs(Date.parse(header(response, 'date') ?? '') - Date.now())).toBeLessThan(5_000)
    expect(response.body.toString()).toBe('body')
  })

  test.each([
    ['UTF-8', Buffer.from('grün', 'utf8').toString('latin1')],
    ['raw latin1', 'gr\u00fcn \u00ff'],
    ['a run of spaces', 'a   b'],
    ['commas', 'a,b, c'],
  ])('metadata in %s', async (_name, text) => {
    const gated = await gate({ script: says(answer(200, 'b', [`x-amz-meta-a: ${text}`])) })
    expect(header(await get(gated.port), 'x-amz-meta-a')).toBe(text)
  })
})

describe('bodies', () => {
  const rows: readonly {
    name: string
    method: string
    wire: string
    status: number
    body: string
    length: string | undefined
  }[] = [
    {
      name: 'a short object',
      method: 'GET',
      wire: answer(200, 'abc'),
      status: 200,
      body: 'abc',
      length: '3',
    },
    { name: 'an empty object', method: 'GET', wire: answer(200, ''), status: 200, body: '', length: '0' },
    {
      name: 'a range',
      method: 'GET',
      wire: answer(206, 'bc', ['Content-Range: bytes 1-2/3']),
      status: 206,
      body: 'bc',
      length: '2',
    },
    {
      name: 'a HEAD',
      method: 'HEAD',
      wire: 'HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n',
      status: 200,
      body: '',
      length: '12345',
    },
    {
      name: 'nothing',
      method: 'DELETE',
      wire: 'HTTP/1.1 204 No\r\n\r\n',
      status: 204,
      body: '',
      length: undefined,
    },
    {
      name: 'not modified',
      method: 'GET',
      wire: 'HTTP/1.1 304 Not\r\nETag: "a"\r\nContent-Length: 3\r\n\r\n',
      status: 304,
      body: '',
      length: undefined,
    },
    {
      name: 'a body in chunks',
      method: 'GET',
      wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n',
      status: 200,
      body: 'abcdefg',
      length: undefined,
    },
  ]
  test.each(rows)('$name', async ({ method, wire, status, body, length }) => {
    const gated = await gate({ script: says(wire) })
    const response = await get(gated.port, method)
    expect([response.status, response.body.toString(), header(response, 'content-length')]).toEqual([
      status,
      body,
      length,
    ])
    expect(gated.journals[0]).toMatchObject({ status, bytes_out: body.length })
    expect(gated.journals[0]?.backend_ms).toBeGreaterThanOrEqual(0)
  })

  test('a long one arrives whole, and the connection goes on', async () => {
    const body = Buffer.alloc(5_000_000, 'abcdefg')
    const gated = await gate({
      script: says(
        Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]),
      ),
    })
    const connection = await Connection.open(gated.port)
    for (let i = 0; i < 3; i++) {
      const response = await connection.exchange({
        method: 'GET',
        target: '/b/k',
        headers: [['Host', 'gate']],
      })
      expect(response.body.equals(body)).toBe(true)
    }
    connection.close()
  })

  test('a client that does not read stops the backend', async () => {
    let written = 0
    const piece = Buffer.alloc(256 * 1024)
    const total = 400 * piece.length
    const gated = await gate({
      script: async (connection) => {
        await connection.head()
        connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`)
        for (let i = 0; i < 400; i++) {
          if (!connection.socket.write(piece)) await once(connection.socket, 'drain')
          written += piece.length
        }
      },
    })
    const socket = connect({ port: gated.port, host: '127.0.0.1' })
    socket.pause()
    socket.write('GET /b/k HTTP/1.1\r\nHost: gate\r\n\r\n')
    let before = -1
    await vi.waitFor(
      () => {
        const stalled = written === before && written > 0
        before = written
        expect(stalled).toBe(true)
      },
      { interval: 100, timeout: 5_000 },
    )
    // Kernel buffers of two loopback connections.
    expect(written).toBeLessThan(total / 2)
    let read = 0
    socket.on('data', (chunk: Buffer) => {
      read += chunk.length
    })
    socket.resume()
    await vi.waitFor(() => expect(read).toBeGreaterThan(total), { timeout: 10_000 })
    socket.destroy()
  })

  test('a client that reads too slowly is cut off', async () => {
    const gated = await gate({
      script: says(
        Buffer.concat([
          Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n'),
          Buffer.alloc(50_000_000),
        ]),
      ),
      settings: { rateWindowMs: 200, minBytesPerSecond: () => 1_000 },
    })
    const socket = connect({ port: gated.port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.pause()
    socket.write('GET /b/k HTTP/1.1\r\nHost: gate\r\n\r\n')
    await vi.waitFor(() => expect(gated.errors).toHaveLength(1), { timeout: 5_000 })
    expect(gated.errors[0]).toMatchObject({ code: 'RequestTimeout', source: 'client' })
    await vi.waitFor(() => expect(gated.store.endings).toEqual(['ECONNRESET']))
    socket.destroy()
  })

  test('a client that leaves takes the backend request with it', async () => {
    const gated = await gate({
      script: async (connection) => {
        await connection.head()
        connection.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')
      },
      settings: { bodyTimeoutMs: 10_000 },
    })
    const socket = connect({ port: gated.port, host: '127.0.0.1' })
    socket.write('GET /b/k HTTP/1.1\r\nHost: gate\r\n\r\n')
    await once(socket, 'data')
    socket.destroy()
    await vi.waitFor(() => expect(gated.store.endings).toEqual(['ECONNRESET']))
    expect(gated.journals[0]).toMatchObject({ fault: 'client' })
    expect(gated.errors).toEqual([])
  })
})

describe('a cut body never looks whole', () => {
  test.each([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
    ['of an announced close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100000\r\n\r\nabc'],
  ])('%s', async (_name, wire) => {
    const gated = await gate({
      script: async (connection) => {
        await connection.head()
        connection.write(wire)
        setTimeout(() => connection.socket.end(), 50)
      },
    })
    await expect(get(gated.port)).rejects.toThrow(TornResponse)
    expect(gated.journals[0]?.fault).toBe('backend')
  })

  test('cut before its first byte, it is a clean error', async () => {
    const gated = await gate({
      script: async (connection) => {
        await connection.head()
        connection.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nETag: "a"\r\n\r\n')
        setTimeout(() => connection.reset(), 50)
      },
    })
    const response = await get(gated.port)
    expect(response.status).toBe(503)
    expect(header(response, 'etag')).toBe(undefined)
  })
})

describe('errors', () => {
  const document = (code: string, more = ''): string =>
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>inner.example says AKIDINNER no</Message>${more}<BucketName>inner</BucketName><RequestId>tx0001</RequestId><HostId>inner-host</HostId></Error>`
  const rows: readonly {
    status: number
    given: string
    expected: number
    code: string
    more?: string
    has?: string
  }[] = [
    { status: 404, given: 'NoSuchKey', expected: 404, code: 'NoSuchKey' },
    { status: 404, given: 'NoSuchBucket', expected: 404, code: 'NoSuchBucket' },
    { status: 404, given: 'NoSuchTagSetError', expected: 404, code: 'NoSuchTagSet' },
    {
      status: 404,
      given: 'NoSuchLifecycleConfiguration',
      expected: 404,
      code: 'NoSuchLifecycleConfiguration',
    },
    { status: 404, given: 'SomethingOfTheirs', expected: 404, code: 'NoSuchKey' },
    { status: 403, given: 'AccessDenied', expected: 403, code: 'AccessDenied' },
    { status: 403, given: 'SignatureDoesNotMatch', expected: 503, code: 'ServiceUnavailable' },
    { status: 403, given: 'InvalidAccessKeyId', expected: 503, code: 'ServiceUnavailable' },
    { status: 403, given: 'RequestTimeTooSkewed', expected: 503, code: 'ServiceUnavailable' },
    { status: 401, given: 'Unauthorized', expected: 503, code: 'ServiceUnavailable' },
    { status: 409, given: 'BucketNotEmpty', expected: 409, code: 'BucketNotEmpty' },
    {
      status: 412,
      given: 'PreconditionFailed',
      expected: 412,
      code: 'PreconditionFailed',
      more: '<Condition>If-Match</Condition>',
      has: '<Condition>If-Match</Condition>',
    },
    {
      status: 416,
      given: 'InvalidRange',
      expected: 416,
      code: 'InvalidRange',
      more: '<ActualObjectSize>3</ActualObjectSize>',
      has: '<ActualObjectSize>3</ActualObjectSize>',
    },
    { status: 418, given: 'Teapot', expected: 400, code: 'InvalidRequest' },
    { status: 500, given: 'InternalError', expected: 500, code: 'InternalError' },
    { status: 503, given: 'SlowDown', expected: 503, code: 'SlowDown' },
    { status: 503, given: '__proto__', expected: 503, code: 'ServiceUnavailable' },
    { status: 599, given: 'constructor', expected: 502, code: 'BadGateway' },
  ]
  test.each(rows)('$status $given', async ({ status, given, expected, code, more = '', has = '' }) => {
    const gated = await gate({ script: says(answer(status, document(given, more), ['Server: inner'])) })
    const response = await get(gated.port)
    expect(response.status).toBe(expected)
    const text = response.body.toString()
    expect(text).toContain(`<Code>${code}</Code>`)
    expect(text).toContain('<RequestId>0123456789ABCDEF</RequestId>')
    expect(text).toContain(has)
    for (const secret of ['inner', 'AKIDINNER', 'tx0001'])
      expect(text + JSON.stringify(response.headers)).not.toContain(secret)
  })

  test('no document at all', async () => {
    const gated = await gate({ script: says(answer(404)) })
    expect((await get(gated.port)).body.toString()).toContain('<Code>NoSuchKey</Code>')
  })

  test('HEAD has no body', async () => {
    const gated = await gate({ script: says('HTTP/1.1 404 Not\r\nContent-Length: 200\r\n\r\n') })
    const response = await get(gated.port, 'HEAD')
    expect([response.status, response.body.length]).toEqual([404, 0])
  })

  test('a delete marker says so', async () => {
    const gated = await gate({
      script: says(answer(404, document('NoSuchKey'), ['x-amz-delete-marker: true', 'x-amz-version-id: v9'])),
    })
    const response = await get(gated.port)
    expect([header(response, 'x-amz-delete-marker'), header(response, 'x-amz-version-id')]).toEqual([
      'true',
      'v9',
    ])
  })

  test('one without end is cut off', async () => {
    const gated = await gate({ script: says(answer(500, 'x'.repeat(1_000_000))) })
    expect((await get(gated.port)).status).toBe(502)
  })
})

describe('documents', () => {
  const rewritten: RelayedBody = {
    kind: 'document',
    rewrite: (text) => text.replace('http://inner', 'http://outer'),
  }
  const done =
    '<CompleteMultipartUploadResult><Location>http://inner/b/k</Location></CompleteMultipartUploadResult>'
  const failed = '<Error><Code>InternalError</Code><Message>inner</Message><HostId>inner</HostId></Error>'
  const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`
  const head =
    'HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nServer: inner\r\nTransfer-Encoding: chunked\r\n\r\n'

  test('are sent as rewritten, with their own length', async () => {
    const gated = await gate({ script: says(answer(200, done)), body: rewritten })
    const response = await get(gated.port)
    expect(response.body.toString()).toBe(done.replace('inner', 'outer'))
    expect(header(response, 'content-length')).toBe(String(done.length))
  })

  const slowly =
    (...pieces: readonly string[]) =>
    async (connection: ScriptedConnection): Promise<void> => {
      await connection.head()
      connection.write(head)
      for (const piece of pieces) {
        connection.write(chunk(piece))
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
      connection.write('0\r\n\r\n')
    }

  test.each([
    ['declaration first', ['<?xml version="1.0" encoding="UTF-8"?>\n', ' ', ' ', done]],
    ['white space first', ['  ', ' ', `<?xml version="1.0"?>${done}`]],
    ['in the middle of the root', [' ', done.slice(0, 1), done.slice(1)]],
  ])('after white space, %s', async (_name, pieces) => {
    const gated = await gate({ script: slowly(...pieces), body: rewritten, patience: 'minutes' })
    const response = await get(gated.port)
    expect(response.status).toBe(200)
    const text = response.body.toString()
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n *<CompleteMultipartUploadResult>/)
    expect(text).toContain('http://outer/b/k')
    expect(text.match(/<\?xml/g)).toHaveLength(1)
  })

  test('white space is passed on while the backend works', async () => {
    let finish = (): void => {}
    const gated = await gate({
      script: async (connection) => {
        await connection.head()
        connection.write(head + chunk(' '))
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        connection.write(`${chunk(done)}0\r\n\r\n`)
      },
      body: rewritten,
      patience: 'minutes',
    })
    const socket = connect({ port: gated.port, host: '127.0.0.1' })
    socket.write('GET /b/k HTTP/1.1\r\nHost: gate\r\n\r\n')
    const [first] = (await once(socket, 'data')) as [Buffer]
    expect(first.toString()).toContain('HTTP/1.1 200')
    finish()
    const [second] = (await once(socket, 'data')) as [Buffer]
    expect(second.toString()).toContain('http://outer/b/k')
    socket.destroy()
  })

  test('an error after white space is told inside the 200, in our words', async () => {
    const gated = await gate({ script: slowly(' ', ' ', failed), body: rewritten, patience: 'minutes' })
    const response = await get(gated.port)
    expect(response.status).toBe(200)
    expect(response.body.toString()).toMatch(/^<\?xml[^>]*>\n *<Error><Code>InternalError<\/Code>/)
    expect(response.body.toString()).toContain('0123456789ABCDEF')
    expect(response.body.toString()).not.toContain('inner')
    expect(gated.journals[0]).toMatchObject({ code: 'InternalError', fault: 'backend' })
  })

  test.each(['normal', 'minutes'] as const)(
    'an error inside a 200 that came at once is an error (%s)',
    async (patience) => {
      const body: RelayedBody = patience === 'normal' ? rewritten : { kind: 'through' }
      const gated = await gate({ script: says(answer(200, failed)), body, patience })
      const response = await get(gated.port)
      expect(response.status).toBe(500)
      expect(response.body.toString()).not.toContain('inner')
    },
  )

  test.each([
    ['nothing', ''],
    ['no XML', 'fine'],
  ])('%s in place of one', async (_name, text) => {
    const gated = await gate({ script: says(answer(200, text)), body: rewritten })
    expect((await get(gated.port)).status).toBe(502)
  })

  test('cut after white space, the connection is torn', async () => {
    const gated = await gate({
      script: async (connection) => {
        await connection.head()
        connection.write(head + chunk(' '))
        setTimeout(() => connection.reset(), 50)
      },
      body: rewritten,
      patience: 'minutes',
    })
    await expect(get(gated.port)).rejects.toThrow(TornResponse)
  })
})
