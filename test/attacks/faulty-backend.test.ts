/**
 * 37 and beyond: a backend that does what none should, seen by a client through the whole gate. The client gets a
 * correct error of S3's, or a torn connection; never something short that looks whole, and nothing of the backend's own.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { element, verdict } from '../behaviour/world.ts'
import {
  header,
  type RawRequest,
  type RawResponse,
  send,
  serialize,
  TornResponse,
} from '../support/raw-http.ts'
import type { RecordedRequest } from '../support/recording-backend.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { postForm, type S3Request, signed } from '../support/s3-request.ts'
import { BACKEND_CREDENTIALS, lower, raise, type Stage } from '../support/stage.ts'

const OBJECT = Buffer.alloc(100_000, 'a whole object ')
const LIST =
  '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>ours</Name><IsTruncated>false</IsTruncated><Contents><Key>k</Key></Contents></ListBucketResult>'

let stage: Stage
let credentials: Credentials

beforeAll(async () => {
  stage = await raise({
    S3WARDEN_TIMEOUTS_BACKEND_ANSWER: '1s',
    S3WARDEN_TIMEOUTS_BACKEND_BODY: '1s',
    S3WARDEN_TIMEOUTS_BACKEND_SLOW_ANSWER: '2s',
    S3WARDEN_LIMITS_RELEASED_NAME: '2s',
  })
  credentials = await stage.operator.tenant('tester', ['ObjectStorageFullAccess'])
  expect(verdict(await send(stage.gate.port, by({ method: 'PUT', target: '/ours' })))).toBe('200')
})
afterAll(() => lower(stage))
beforeEach(() => stage.backend.unscript())

const by = (request: S3Request): RawRequest => signed(credentials, request, { host: stage.gate.host })

const COMPLETE =
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"0"</ETag></Part></CompleteMultipartUpload>'

/** What a client does, and what is right to give back; a body of null: any. */
const REQUESTS: Readonly<Record<string, { make: () => RawRequest; whole: Buffer | null }>> = {
  GetObject: { make: () => by({ method: 'GET', target: '/ours/k' }), whole: OBJECT },
  'a list': { make: () => by({ method: 'GET', target: '/ours?list-type=2' }), whole: Buffer.from(LIST) },
  'a list with owners': {
    make: () => by({ method: 'GET', target: '/ours?list-type=2&fetch-owner=true' }),
    whole: Buffer.from(LIST),
  },
  HeadObject: { make: () => by({ method: 'HEAD', target: '/ours/k' }), whole: null },
  PutObject: { make: () => by({ method: 'PUT', target: '/ours/k', body: OBJECT }), whole: null },
  CopyObject: {
    make: () => by({ method: 'PUT', target: '/ours/k', headers: [['x-amz-copy-source', '/ours/j']] }),
    whole: null,
  },
  CompleteMultipartUpload: {
    make: () => by({ method: 'POST', target: '/ours/k?uploadId=u', body: COMPLETE }),
    whole: null,
  },
  'a form': {
    make: () =>
      postForm(credentials, { host: stage.gate.host, bucket: 'ours', fields: [['key', 'k']], file: 'data' }),
    whole: null,
  },
}

/** A backend's answer to that request, were it a good one. */
function goodBody(request: RecordedRequest): Buffer {
  if (request.method === 'GET') return request.target.includes('list-type') ? Buffer.from(LIST) : OBJECT
  const root = request.method === 'POST' ? 'CompleteMultipartUploadResult' : 'CopyObjectResult'
  return Buffer.from(
    `<${root}><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"0"</ETag></${root}>`,
  )
}

const OK = 'HTTP/1.1 200 OK\r\nETag: "0"\r\nContent-Type: application/xml\r\n'

/** Writes raw bytes in place of an answer. */
type Misbehaviour = (socket: Socket, request: RecordedRequest) => void

const say =
  (head: string, body: (good: Buffer) => Buffer | string, end: 'ends' | 'resets' | 'stays'): Misbehaviour =>
  (socket, request) => {
    const good = goodBody(request)
    const text = head.replaceAll('LENGTH', String(good.length)).replaceAll('HALF', String(good.length >> 1))
    socket.write(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), Buffer.from(body(good))]), () => {
      if (end === 'ends') socket.end()
      else if (end === 'resets') socket.resetAndDestroy()
    })
  }

const half = (good: Buffer) => good.subarray(0, good.length >> 1)
const chunk = (data: Buffer) =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')])
const nothing = () => ''

const MISBEHAVIOURS: readonly (readonly [string, Misbehaviour])[] = [
  ['promises more than it sends, and closes', say(`${OK}Content-Length: LENGTH\r\n`, half, 'ends')],
  ['promises more than it sends, and resets', say(`${OK}Content-Length: LENGTH\r\n`, half, 'resets')],
  ['promises more than it sends, and stays', say(`${OK}Content-Length: LENGTH\r\n`, half, 'stays')],
  ['promises more than there is', say(`${OK}Content-Length: 99999999\r\n`, (good) => good, 'ends')],
  [
    'gives two lengths',
    say(`${OK}Content-Length: LENGTH\r\nContent-Length: HALF\r\n`, (good) => good, 'ends'),
  ],
  ['gives a negative length', say(`${OK}Content-Length: -5\r\n`, (good) => good, 'ends')],
  ['gives a length in words', say(`${OK}Content-Length: many\r\n`, (good) => good, 'ends')],
  [
    'gives a length and chunks',
    say(
      `${OK}Content-Length: HALF\r\nTransfer-Encoding: chunked\r\n`,
      (good) => Buffer.concat([chunk(good), Buffer.from('0\r\n\r\n')]),
      'ends',
    ),
  ],
  ['gives neither length nor chunks, and closes half-way', say(OK, half, 'ends')],
  [
    'leaves out the last chunk, and closes',
    say(`${OK}Transfer-Encoding: chunked\r\n`, (good) => chunk(half(good)), 'ends'),
  ],
  [
    'leaves out the last chunk, and resets',
    say(`${OK}Transfer-Encoding: chunked\r\n`, (good) => chunk(half(good)), 'resets'),
  ],
  [
    'leaves out the last chunk, and stays',
    say(`${OK}Transfer-Encoding: chunked\r\n`, (good) => chunk(half(good)), 'stays'),
  ],
  [
    'cuts a chunk',
    say(`${OK}Transfer-Encoding: chunked\r\n`, (good) => chunk(good).subarray(0, good.length >> 1), 'ends'),
  ],
  [
    'garbles a chunk size',
    say(
      `${OK}Transfer-Encoding: chunked\r\n`,
      (good) => Buffer.concat([chunk(half(good)), Buffer.from('zz\r\n'), good]),
      'ends',
    ),
  ],
  ['has an unknown transfer coding', say(`${OK}Transfer-Encoding: gzip\r\n`, half, 'ends')],
  ['fails with 500 and no body', say('HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n', nothing, 'stays')],
  [
    'fails with 500 and a page',
    say(
      'HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nContent-Length: 25\r\n',
      () => '<html>rgw-internal</html>',
      'stays',
    ),
  ],
  [
    'fails with 503 and half a document',
    say('HTTP/1.1 503 Oops\r\nContent-Length: 500\r\n', () => '<Error><Code>SlowDown</Code>', 'ends'),
  ],
  [
    'fails with 500 and 10 MiB of document',
    say(
      `HTTP/1.1 500 Oops\r\nContent-Length: ${10 * 1024 * 1024}\r\n`,
      () => Buffer.alloc(10 * 1024 * 1024, '<'),
      'stays',
    ),
  ],
  ['never answers', () => {}],
  ['stops within the status line', (socket) => socket.write('HTTP/1.1 20')],
  ['stops within the headers', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: ')],
  ['closes', (socket) => socket.end()],
  ['resets', (socket) => socket.resetAndDestroy()],
  ['closes within the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n')],
  ...[301, 302, 303, 307, 308].map((status): readonly [string, Misbehaviour] => [
    `redirects with ${status}`,
    say(
      `HTTP/1.1 ${status} There\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n`,
      nothing,
      'stays',
    ),
  ]),
  [
    'sends 10 MiB of headers',
    (socket) => socket.write(`HTTP/1.1 200 OK\r\n${`x-a: ${'b'.repeat(1000)}\r\n`.repeat(10_000)}`),
  ],
  [
    'sends one header of 10 MiB',
    (socket) => socket.write(`HTTP/1.1 200 OK\r\nx-a: ${'b'.repeat(10 * 1024 * 1024)}\r\n\r\n`),
  ],
  [
    'sends a million headers',
    (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(1_000_000)}\r\n`),
  ],
  ['informs for ever', (socket) => socket.write('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n'.repeat(1000))],
  [
    'changes protocols',
    say('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n', nothing, 'stays'),
  ],
  ['has a status beyond all', say('HTTP/1.1 999 What\r\nContent-Length: 0\r\n', nothing, 'stays')],
  ['has a status of two digits', say('HTTP/1.1 20 OK\r\nContent-Length: 0\r\n', nothing, 'ends')],
  ['talks something else', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
  [
    'hides a header behind a bare line feed',
    say('HTTP/1.1 200 OK\r\nx-a: b\nContent-Length: 0\r\n', nothing, 'ends'),
  ],
  [
    'has NUL in a header',
    say(`${OK}x-amz-meta-a: b\0c\r\nContent-Length: LENGTH\r\n`, (good) => good, 'ends'),
  ],
]

/** What is only right where there is no body: on HEAD, and where nothing is to be read. */
const BODILESS = /length|chunk|promises|coding|less/

async function attempt(request: RawRequest): Promise<RawResponse | 'torn'> {
  try {
    return await send(stage.gate.port, request)
  } catch (error) {
    if (error instanceof TornResponse) return 'torn'
    throw error
  }
}

describe('a backend that', () => {
  test.for(MISBEHAVIOURS)('%s', async ([title, misbehave]) => {
    const outcomes = await Promise.all(
      Object.entries(REQUESTS).map(async ([name, { make, whole }]) => {
        stage.backend.script((request, socket) => {
          misbehave(socket, request)
          return 'silence'
        })
        const response = await attempt(make())
        return { name, whole, response }
      }),
    )
    for (const { name, whole, response } of outcomes) {
      if (response === 'torn') continue
      const everything = JSON.stringify(response.headers) + response.body.toString('latin1')
      expect(everything, name).not.toMatch(/evil\.example|rgw-internal|127\.0\.0\.1:\d+\/$/)
      expect(everything, name).not.toContain(BACKEND_CREDENTIALS.accessKey)
      expect(header(response, 'x-amz-request-id'), name).toMatch(/^[0-9A-F]{16}$/)
      if (response.status < 400) {
        // Without a body nothing can be short; with one it is all there, or not a success.
        if (whole !== null)
          expect(response.body.equals(whole), `${name}: a short answer that looks whole`).toBe(true)
        else expect(title, `${name} → ${response.status}`).toMatch(BODILESS)
        continue
      }
      expect(response.status, name).toBeGreaterThanOrEqual(500)
      if (name === 'HeadObject') continue
      expect(element(response, 'Code'), name).toMatch(
        /^(InternalError|BadGateway|ServiceUnavailable|GatewayTimeout|SlowDown)$/,
      )
      expect(element(response, 'RequestId'), name).toBe(header(response, 'x-amz-request-id'))
    }
  })

  test('answers 200 to CompleteMultipartUpload, and then says that it failed', async () => {
    for (const [body, expected] of [
      [
        '   <Error><Code>InternalError</Code><Message>rgw-internal</Message></Error>',
        /^(500 |200 )InternalError$/,
      ],
      ['<?xml version="1.0"?>\n<Error><Code>InvalidPart</Code></Error>', /^(400 |200 )InvalidPart$/],
      ['', /^502 BadGateway$/],
      ['   ', /BadGateway|torn/],
    ] as const) {
      stage.backend.script(() => ({ status: 200, body }))
      const response = await attempt(by({ method: 'POST', target: '/ours/k?uploadId=u', body: COMPLETE }))
      expect(response === 'torn' ? 'torn' : verdict(response)).toMatch(expected)
      if (response !== 'torn') expect(response.body.toString()).not.toContain('rgw-internal')
    }
  })

  test('promises less than it sends: what was promised, and none of the rest for anybody', async () => {
    const forged = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged')
    stage.backend.script((request, socket) => {
      if (!request.target.endsWith('/k')) return undefined
      say(
        `${OK}Content-Length: HALF\r\n`,
        (good) => Buffer.concat([half(good), forged, forged]),
        'stays',
      )(socket, request)
      return 'silence'
    })
    for (let i = 0; i < 20; i++) {
      const first = await attempt(by({ method: 'GET', target: '/ours/k' }))
      if (first !== 'torn') expect(first.body.equals(half(OBJECT))).toBe(true)
      const second = await attempt(by({ method: 'GET', target: '/ours/other' }))
      if (second !== 'torn') expect(verdict(second)).toMatch(/^(404 NoSuchKey|50\d \w+)$/)
    }
  })

  test.for(['HTTP/1.1 200 OK', 'HTTP/1.1 403 Forbidden', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK'])(
    'answers %s before it has the body',
    async (status) => {
      const early = await startEarly(`${status}\r\nContent-Length: 0\r\n\r\n`)
      const { port } = early.address() as AddressInfo
      const other = await raise({ S3WARDEN_BACKEND_ENDPOINT: `http://127.0.0.1:${port}` })
      try {
        const key = await other.operator.tenant('early', ['ObjectStorageFullAccess'])
        const ask = (request: S3Request) =>
          send(other.gate.port, signed(key, request, { host: other.gate.host }))
        expect(verdict(await ask({ method: 'PUT', target: '/early' }))).toBe('200')
        const put = await ask({ method: 'PUT', target: '/early/k', body: Buffer.alloc(1024 * 1024) })
        expect(put.status).toBeGreaterThanOrEqual(400)
      } finally {
        early.close()
        await lower(other)
      }
    },
  )
})

/** A backend for which no bucket is there until it is made, and that answers an upload before it has read it. */
async function startEarly(answer: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (piece) => {
      const head = piece.toString('latin1')
      if (!/^[A-Z]+ \//.test(head)) return
      if (head.startsWith('HEAD /early ')) socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
      else if (head.startsWith('PUT /early/k ')) socket.write(answer)
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

describe('HTTP/1.0, whose bodies may end with the connection', () => {
  /** How the connection ended, and what came. */
  async function old(request: RawRequest): Promise<{ bytes: Buffer; ended: 'well' | 'reset' }> {
    const socket = connect(stage.gate.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(serialize(request).toString('latin1').replace(' HTTP/1.1\r\n', ' HTTP/1.0\r\n'), 'latin1')
    const pieces: Buffer[] = []
    socket.on('data', (piece: Buffer) => pieces.push(piece))
    const ended = await new Promise<'well' | 'reset'>((resolve) => {
      socket.once('end', () => resolve('well'))
      socket.once('error', () => resolve('reset'))
    })
    socket.destroy()
    return { bytes: Buffer.concat(pieces), ended }
  }

  test('a whole body ends well', async () => {
    stage.backend.script((request, socket) => {
      say(
        `${OK}Transfer-Encoding: chunked\r\n`,
        (good) => Buffer.concat([chunk(good), Buffer.from('0\r\n\r\n')]),
        'stays',
      )(socket, request)
      return 'silence'
    })
    const { bytes, ended } = await old(by({ method: 'GET', target: '/ours/k' }))
    expect([ended, bytes.subarray(-OBJECT.length).equals(OBJECT)]).toEqual(['well', true])
  })

  test.for(['ends', 'resets', 'stays'] as const)('a cut body does not: the backend %s', async (end) => {
    stage.backend.script((request, socket) => {
      say(`${OK}Transfer-Encoding: chunked\r\n`, (good) => chunk(half(good)), end)(socket, request)
      return 'silence'
    })
    const { bytes, ended } = await old(by({ method: 'GET', target: '/ours/k' }))
    if (bytes.toString('latin1', 9, 12) === '200') expect(ended).toBe('reset')
  })
})

test('other clients are served while a backend hangs', async () => {
  stage.backend.script((request) => (request.target.startsWith('/ours/hangs') ? 'silence' : undefined))
  const hanging = Array.from({ length: 20 }, (_, i) =>
    attempt(by({ method: 'GET', target: `/ours/hangs-${i}` })),
  )
  expect((await send(stage.gate.port, by({ method: 'HEAD', target: '/ours' }))).status).toBe(200)
  for (const response of await Promise.all(hanging))
    expect(response === 'torn' ? '' : verdict(response)).toBe('504 GatewayTimeout')
})

test('the gate has lived through all of it, and says whose fault it was', async () => {
  expect((await fetch(`http://127.0.0.1:${stage.gate.healthPort}/healthz`)).status).toBe(200)
  expect(
    stage.gate.log.filter(({ code }) => code === 'InternalError').filter(({ fault }) => fault !== 'backend'),
  ).toEqual([])
})
