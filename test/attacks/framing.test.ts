/** 28: framing that two implementations could read in two ways, over raw sockets: nothing rides along in a body. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { element, verdict } from '../behaviour/world.ts'
import { Operator } from '../support/operator.ts'
import {
  Connection,
  type RawRequest,
  type RawResponse,
  serialize,
  TornResponse,
} from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { chunked, type S3Request, type SigningOptions, signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

let stage: Stage
let ours: Credentials
let theirs: Credentials

beforeAll(async () => {
  stage = await raise({ S3WARDEN_TIMEOUTS_HEADERS: '2s', S3WARDEN_LIMITS_FAILED_SIGNATURES: '1000000' })
  const strangers = await Operator.ofAnotherOrganization(stage.gate, 'strangers')
  ours = await stage.operator.tenant('ours', ['ObjectStorageFullAccess'])
  theirs = await strangers.tenant('theirs', ['ObjectStorageFullAccess'])
  for (const [credentials, bucket] of [
    [ours, 'ours'],
    [theirs, 'theirs'],
  ] as const) {
    expect(verdict(await ask(by(credentials, { method: 'PUT', target: `/${bucket}` })))).toBe('200')
    expect(
      verdict(await ask(by(credentials, { method: 'PUT', target: `/${bucket}/secret`, body: bucket }))),
    ).toBe('200')
  }
})
afterAll(() => lower(stage))
beforeEach(() => stage.backend.clear())

const by = (who: Credentials, request: S3Request, options: Partial<SigningOptions> = {}): RawRequest =>
  signed(who, request, { host: stage.gate.host, ...options })

async function ask(request: RawRequest): Promise<RawResponse> {
  const connection = await Connection.open(stage.gate.port)
  try {
    return await connection.exchange(request)
  } finally {
    connection.close()
  }
}

/** Sends the pieces, each on its own, and reads answers until the gate closes or `expected` of them are there. */
async function converse(pieces: readonly Buffer[], expected: number): Promise<readonly RawResponse[]> {
  const connection = await Connection.open(stage.gate.port)
  const answers: RawResponse[] = []
  try {
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await pause(40)
      connection.write(piece)
    }
    while (answers.length < expected) answers.push(await connection.response('GET'))
  } catch (error) {
    if (!(error instanceof TornResponse)) throw error
  } finally {
    connection.close()
  }
  return answers
}

const completed = (method: string) =>
  stage.backend.received.filter((request) => request.complete && request.method === method)

/** The request that hides: were it ever read as one, it would succeed. */
const hidden = () => serialize(by(ours, { method: 'DELETE', target: '/ours/secret' }))

const bytes = (text: string) => Buffer.from(text, 'latin1')

/** Puts other framing headers into a signed upload; the signature does not cover them. */
function framed(lines: readonly string[], body: Buffer): Buffer {
  const request = by(
    ours,
    { method: 'PUT', target: '/ours/new', headers: [['Content-Length', '0']] },
    { payload: 'UNSIGNED-PAYLOAD', unsigned: ['content-length'] },
  )
  const head = serialize({ ...request, body: Buffer.alloc(0) })
    .toString('latin1')
    .replace('Content-Length: 0', lines.join('\r\n'))
  return Buffer.concat([bytes(head), body])
}

const chunkOf = (body: Buffer, size = body.length.toString(16)) =>
  Buffer.concat([bytes(`${size}\r\n`), body, bytes('\r\n0\r\n\r\n')])

describe('28: a request hidden in the body of another', () => {
  const closing = bytes('0\r\n\r\n')

  test('that is framed well is data', async () => {
    const body = hidden()
    const [answer] = await converse([framed([`Content-Length: ${body.length}`], body)], 1)
    expect(answer?.status).toBe(200)
    expect(stage.backend.object('ours', 'new')).toEqual(body)
    expect(completed('DELETE')).toEqual([])
  })

  test.for([
    [
      'Content-Length and Transfer-Encoding',
      () => framed(['Content-Length: 5', 'Transfer-Encoding: chunked'], Buffer.concat([closing, hidden()])),
    ],
    [
      'Transfer-Encoding and Content-Length',
      () =>
        framed(
          ['Transfer-Encoding: chunked', `Content-Length: ${hidden().length + 5}`],
          Buffer.concat([closing, hidden()]),
        ),
    ],
    [
      'two lengths, the first one right',
      () => framed([`Content-Length: ${hidden().length}`, 'Content-Length: 0'], hidden()),
    ],
    [
      'two lengths, the second one right',
      () => framed(['Content-Length: 0', `Content-Length: ${hidden().length}`], hidden()),
    ],
    [
      'the same length twice',
      () => framed([`Content-Length: ${hidden().length}`, `Content-Length: ${hidden().length}`], hidden()),
    ],
    ['a list of lengths', () => framed([`Content-Length: 0, ${hidden().length}`], hidden())],
    ['a hexadecimal length', () => framed([`Content-Length: 0x${hidden().length.toString(16)}`], hidden())],
    ['a negative length', () => framed(['Content-Length: -1'], hidden())],
    ['a length with a sign', () => framed([`Content-Length: +${hidden().length}`], hidden())],
    ['a length beyond all numbers', () => framed([`Content-Length: ${'9'.repeat(30)}`], hidden())],
    ['a length of two words', () => framed([`Content-Length: 0 ${hidden().length}`], hidden())],
    [
      'chunked twice',
      () => framed(['Transfer-Encoding: chunked, chunked'], Buffer.concat([closing, hidden()])),
    ],
    [
      'two Transfer-Encodings',
      () =>
        framed(
          ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
          Buffer.concat([closing, hidden()]),
        ),
    ],
    [
      'identity and then chunked',
      () => framed(['Transfer-Encoding: identity, chunked'], Buffer.concat([closing, hidden()])),
    ],
    ['a quoted coding', () => framed(['Transfer-Encoding: "chunked"'], Buffer.concat([closing, hidden()]))],
    [
      'a coding behind a vertical tab',
      () => framed(['Transfer-Encoding: \x0bchunked'], Buffer.concat([closing, hidden()])),
    ],
    [
      'a coding with a parameter',
      () => framed(['Transfer-Encoding: chunked;q=1'], Buffer.concat([closing, hidden()])),
    ],
    [
      'a space before the colon',
      () => framed(['Transfer-Encoding : chunked'], Buffer.concat([closing, hidden()])),
    ],
    ['a folded coding', () => framed(['Transfer-Encoding:\r\n chunked'], Buffer.concat([closing, hidden()]))],
    ['a folded length', () => framed(['x-a: b', ` Content-Length: ${hidden().length}`], hidden())],
    [
      'a length hidden behind a bare line feed',
      () => framed([`x-a: b\nContent-Length: ${hidden().length}`, 'Content-Length: 0'], hidden()),
    ],
    [
      'a length hidden behind a bare carriage return',
      () => framed([`x-a: b\rContent-Length: ${hidden().length}`, 'Content-Length: 0'], hidden()),
    ],
    [
      'headers that end with bare line feeds',
      () => bytes(framed(['Content-Length: 0'], hidden()).toString('latin1').replace('\r\n\r\n', '\n\n')),
    ],
    [
      'a length under a name with an underscore',
      () => framed([`Content_Length: ${hidden().length}`, 'Content-Length: 0'], hidden()),
    ],
    [
      'a chunk extension',
      () => framed(['Transfer-Encoding: chunked'], chunkOf(hidden(), `${hidden().length.toString(16)};a=b`)),
    ],
    [
      'an extension of the last chunk',
      () => framed(['Transfer-Encoding: chunked'], Buffer.concat([bytes('0;a=b\r\n\r\n'), hidden()])),
    ],
    [
      'an extension with a bare line feed',
      () => framed(['Transfer-Encoding: chunked'], chunkOf(hidden(), `${hidden().length.toString(16)};\nx`)),
    ],
    [
      'a chunk size with leading zeros',
      () =>
        framed(['Transfer-Encoding: chunked'], chunkOf(hidden(), `000000000${hidden().length.toString(16)}`)),
    ],
    [
      'a chunk size in front of a space',
      () => framed(['Transfer-Encoding: chunked'], chunkOf(hidden(), `${hidden().length.toString(16)} `)),
    ],
    [
      'a chunk that ends early',
      () => framed(['Transfer-Encoding: chunked'], Buffer.concat([bytes('1\r\nab\r\n0\r\n\r\n'), hidden()])),
    ],
    [
      'an HTTP trailer',
      () =>
        framed(
          ['Transfer-Encoding: chunked'],
          Buffer.concat([bytes('0\r\nContent-Length: 9\r\n\r\n'), hidden()]),
        ),
    ],
    [
      'HTTP/1.0 with a coding',
      () =>
        bytes(
          framed(['Transfer-Encoding: chunked'], Buffer.concat([closing, hidden()]))
            .toString('latin1')
            .replace('HTTP/1.1', 'HTTP/1.0'),
        ),
    ],
  ] as const)('%s: refused, and the connection with it', async ([, make]) => {
    const connection = await Connection.open(stage.gate.port)
    try {
      connection.write(make())
      const answer = await connection.response('PUT').catch((error: unknown) => {
        if (error instanceof TornResponse) return undefined
        throw error
      })
      if (answer !== undefined) expect(verdict(answer)).toMatch(/^4(00|11|03)/)
      await connection.closed()
    } finally {
      connection.close()
    }
    expect(stage.backend.received.filter(({ complete }) => complete)).toEqual([])
    expect(stage.backend.object('ours', 'secret')?.toString()).toBe('ours')
  })
})

describe("28: HTTP's chunks, however packets cut them", () => {
  const upload = (body: Buffer): RawRequest => ({
    ...by(
      ours,
      { method: 'PUT', target: '/ours/cut', headers: [['Transfer-Encoding', 'chunked']] },
      { payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', unsigned: ['transfer-encoding'] },
    ),
    body,
  })
  const plain = () =>
    serialize(
      chunked(
        ours,
        { method: 'PUT', target: '/ours/cut', body: 'data' },
        {
          host: stage.gate.host,
          mode: 'unsigned-trailer',
          framing: 'chunked',
        },
      ).request,
    )
  const cut = (whole: Buffer, at: number) => [whole.subarray(0, at), whole.subarray(at)]
  const headEnd = (whole: Buffer) => whole.indexOf('\r\n\r\n')

  test.for([-1, 0, 1, 2, 3, 4, 5, 6])(
    'plain ones pass when cut %i bytes into the end of the head',
    async (offset) => {
      const whole = plain()
      const [answer] = await converse(cut(whole, headEnd(whole) + offset), 1)
      expect(answer?.status).toBe(200)
      expect(stage.backend.object('ours', 'cut')?.toString()).toBe('data')
    },
  )

  test.for([-1, 0, 1, 2, 3, 4, 5, 6])(
    'an extension is refused when cut %i bytes into the end of the head',
    async (offset) => {
      const [size, ...rest] = plain()
        .subarray(headEnd(plain()) + 4)
        .toString('latin1')
        .split('\r\n')
      const whole = Buffer.concat([
        plain().subarray(0, headEnd(plain()) + 4),
        bytes([`${size};evil=1`, ...rest].join('\r\n')),
      ])
      const [answer] = await converse(cut(whole, headEnd(whole) + offset), 1)
      if (answer !== undefined) expect(verdict(answer)).toBe('400 BadRequest')
      expect(completed('PUT')).toEqual([])
    },
  )

  test('an extension does not pass behind a request whose body looks like an end', async () => {
    const first = by(ours, { method: 'PUT', target: '/ours/first', body: '0\r\n\r\n' })
    const second = upload(bytes('9;evil=1\r\n4\r\ndata\r\n\r\n4\r\n0\r\n\r\n\r\n0\r\n\r\n'))
    await converse([Buffer.concat([serialize(first), serialize(second)])], 2)
    expect(completed('PUT').map(({ target }) => target)).not.toContain('/ours/cut')
  })

  test('plain ones pass one after the other on one connection', async () => {
    const connection = await Connection.open(stage.gate.port)
    for (let i = 0; i < 5; i++) {
      connection.write(plain())
      expect((await connection.response('PUT')).status).toBe(200)
      connection.write(serialize(by(ours, { method: 'GET', target: '/ours/cut' })))
      expect((await connection.response('GET')).body.toString()).toBe('data')
    }
    connection.close()
  })
})

describe('28: requests in one packet', () => {
  test('are answered each as its own key, in order', async () => {
    const script = Array.from({ length: 40 }, (_, i) => {
      const who = i % 2 === 0 ? ours : theirs
      const own = i % 2 === 0 ? 'ours' : 'theirs'
      const foreign = i % 2 === 0 ? 'theirs' : 'ours'
      return i % 4 < 2
        ? { request: by(who, { method: 'GET', target: `/${own}/secret` }), expected: own }
        : { request: by(who, { method: 'GET', target: `/${foreign}/secret` }), expected: '403' }
    })
    const answers = await converse(
      [Buffer.concat(script.map(({ request }) => serialize(request)))],
      script.length,
    )
    expect(
      answers.map((answer) => (answer.status === 200 ? answer.body.toString() : String(answer.status))),
    ).toEqual(script.map(({ expected }) => expected))
  })

  test('with bodies between them', async () => {
    const pairs = Array.from({ length: 10 }, (_, i) => [
      by(ours, { method: 'PUT', target: `/ours/packet-${i}`, body: `ours ${i}` }),
      by(theirs, { method: 'PUT', target: `/theirs/packet-${i}`, body: `theirs ${i}` }),
    ]).flat()
    const answers = await converse([Buffer.concat(pairs.map(serialize))], pairs.length)
    expect(answers.map(({ status }) => status)).toEqual(pairs.map(() => 200))
    for (let i = 0; i < 10; i++) {
      expect(stage.backend.object('ours', `packet-${i}`)?.toString()).toBe(`ours ${i}`)
      expect(stage.backend.object('theirs', `packet-${i}`)?.toString()).toBe(`theirs ${i}`)
    }
  })

  test('a list of buckets shows each key its own', async () => {
    const list = (who: Credentials) => serialize(by(who, { method: 'GET', target: '/' }))
    const answers = await converse([Buffer.concat([list(ours), list(theirs), list(ours)])], 3)
    expect(answers.map((answer) => element(answer, 'Name'))).toEqual(['ours', 'theirs', 'ours'])
  })

  test('nonsense behind a request is never taken for its answer, nor put into it', async () => {
    const body = Buffer.alloc(8 * 1024 * 1024, 'big')
    expect((await ask(by(ours, { method: 'PUT', target: '/ours/big', body }))).status).toBe(200)
    for (const delay of [0, 5, 50]) {
      const connection = await Connection.open(stage.gate.port)
      connection.write(serialize(by(ours, { method: 'GET', target: '/ours/big' })))
      await pause(delay)
      connection.write('nonsense\r\n\r\n')
      const answer = await connection.response('GET').catch((error: unknown) => {
        if (error instanceof TornResponse) return undefined
        throw error
      })
      if (answer !== undefined) expect([answer.status, answer.body.equals(body)]).toEqual([200, true])
      connection.close()
    }
  })
})

describe('28: what is no request for an object', () => {
  test.for([
    ['CONNECT', 'CONNECT theirs.example:443 HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['TRACE', 'TRACE /ours HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    [
      'a WebSocket',
      'GET /ours HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    ],
    ['a request line of 1 MiB', `GET /${'a'.repeat(1024 * 1024)} HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['a method of 1 MiB', `${'A'.repeat(1024 * 1024)} / HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['a header name of 1 MiB', `GET / HTTP/1.1\r\nHost: HOST\r\n${'a'.repeat(1024 * 1024)}: b\r\n\r\n`],
    ['an empty line of 1 MiB in front', `${'\r\n'.repeat(512 * 1024)}GET / HTTP/1.1\r\nHost: HOST\r\n\r\n`],
    ['a version with letters', 'GET / HTTP/1.x\r\nHost: HOST\r\n\r\n'],
    ['HTTP/0.9', 'GET /\r\n'],
    ['a tab in the request line', 'GET\t/ours HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['a second line without a colon', 'GET /ours HTTP/1.1\r\nHost: HOST\r\nnonsense\r\n\r\n'],
    ['a header without a name', 'GET /ours HTTP/1.1\r\nHost: HOST\r\n: x\r\n\r\n'],
  ] as const)('%s', async ([, text]) => {
    const answers = await converse([bytes(text.replace('HOST', stage.gate.host))], 1)
    for (const answer of answers) expect(String(answer.status)).toMatch(/^(4\d\d|501)$/)
    expect(stage.backend.received).toEqual([])
  })

  test('a line of 1 MiB in an aws-chunked body', async () => {
    const { request } = chunked(
      ours,
      { method: 'PUT', target: '/ours/line', body: 'data' },
      {
        host: stage.gate.host,
        mode: 'unsigned-trailer',
        unsigned: ['content-length'],
      },
    )
    const body = Buffer.alloc(1024 * 1024, '0')
    const answer = await ask({
      ...request,
      headers: request.headers.map(([name, value]) =>
        name === 'Content-Length' ? ([name, String(body.length)] as const) : ([name, value] as const),
      ),
      body,
    })
    expect(verdict(answer)).toBe('400 IncompleteBody')
    expect(completed('PUT')).toEqual([])
  })
})

describe('28: a client that closes its half', () => {
  /** What comes back after the client has said all that it will say. */
  async function half(sent: Buffer): Promise<RawResponse | undefined> {
    const connection = await Connection.open(stage.gate.port)
    try {
      connection.write(sent)
      connection.socket.end()
      return await connection.response('GET')
    } catch (error) {
      if (error instanceof TornResponse) return undefined
      throw error
    } finally {
      await connection.closed()
      connection.close()
    }
  }

  test('behind a whole request: an answer or none, but no other', async () => {
    const answer = await half(serialize(by(ours, { method: 'GET', target: '/ours/secret' })))
    if (answer !== undefined) expect([answer.status, answer.body.toString()]).toEqual([200, 'ours'])
    // It may still be on its way to the backend, where the next test wants nothing to arrive.
    await pause(100)
  })

  test.for([10, 100, 200])('after %i bytes of a head', async (length) => {
    const answer = await half(
      serialize(by(ours, { method: 'GET', target: '/ours/secret' })).subarray(0, length),
    )
    if (answer !== undefined) expect(answer.status).toBe(400)
    expect(stage.backend.received).toEqual([])
  })

  test.for([1, 5000, 99_999])('%i bytes into a body of 100,000', async (length) => {
    const whole = serialize(
      by(ours, { method: 'PUT', target: '/ours/half', body: Buffer.alloc(100_000, 'x') }),
    )
    const answer = await half(whole.subarray(0, whole.length - 100_000 + length))
    if (answer !== undefined) expect(answer.status).toBe(400)
    await pause(100)
    expect(completed('PUT')).toEqual([])
    expect(stage.backend.object('ours', 'half')).toBeUndefined()
  })
})

test('the gate has lived through all of it', async () => {
  expect((await fetch(`http://127.0.0.1:${stage.gate.healthPort}/healthz`)).status).toBe(200)
  expect(stage.gate.log.filter(({ code }) => code === 'InternalError')).toEqual([])
})
