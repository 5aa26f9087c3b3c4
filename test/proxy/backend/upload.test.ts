/** Uploads: verified before they are whole, as fast as the slower side, and nothing left behind when they fail. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { crc32 } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type BackendSettings, createUpload } from '../../../src/proxy/backend/index.ts'
import { createReadBuffers } from '../../../src/proxy/read-buffers.ts'
import { S3Error } from '../../../src/s3/error.ts'
import { bodyExpectation } from '../../../src/sigv4/body-expectation.ts'
import { createBodyVerifier } from '../../../src/sigv4/body-verifier.ts'
import { type ChecksumAlgorithm, loadChecksums } from '../../../src/sigv4/checksum.ts'
import type { PayloadMode } from '../../../src/sigv4/payload.ts'
import { sha256 } from '../../support/reference-signer.ts'
import { backend, hear, open, request } from './fixture.ts'
import { answer, type ScriptedConnection, type ScriptedServer, startScripted } from './scripted-server.ts'

const checksums = await loadChecksums()
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

/** Takes whole bodies and answers 200, as a store does. */
const store = async (connection: ScriptedConnection): Promise<void> => {
  const head = await connection.head()
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
  await connection.bytes(length)
  connection.write(answer(200, '', ['ETag: "stored"']))
}

interface Gate {
  readonly port: number
  /** How each upload ended: `end`, or the code of the error. */
  readonly outcomes: string[]
  readonly store: ScriptedServer
  /** Bytes taken from clients. */
  readonly received: () => number
}

/** A server that does nothing but pass uploads on. */
async function gate(
  options: {
    readonly script?: (connection: ScriptedConnection) => Promise<void> | void
    readonly settings?: Partial<BackendSettings>
    readonly beforeLastPiece?: () => void
    readonly trailer?: ChecksumAlgorithm
    readonly mode?: (request: IncomingMessage) => PayloadMode
  } = {},
): Promise<Gate> {
  const server = await startScripted(options.script ?? store)
  closers.push(() => server.close())
  const { backends } = open({ answerTimeoutMs: 2_000, ...options.settings })
  const outcomes: string[] = []
  let upload: ReturnType<typeof createUpload> | undefined
  const front = createServer((incoming, response) => {
    const expectation = bodyExpectation({
      headers: new Map(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
      hoisted: new Set(),
      mode: options.mode?.(incoming) ?? { kind: 'unsigned' },
      seed: null,
      checksumOf: 'body',
    })
    upload = createUpload({
      source: incoming,
      length: expectation.decodedLength,
      lengthIs: 'exactly',
      decoder: (emit) => createBodyVerifier(expectation, emit, checksums),
      trailer: options.trailer ?? null,
      beforeLastPiece: options.beforeLastPiece ?? (() => {}),
      readBuffers: createReadBuffers(),
    })
    const to = request(backend([server.origin]), { method: 'PUT', body: { kind: 'stream', upload } })
    void hear(backends, to).then(({ end, status }) => {
      outcomes.push(end === 'end' ? String(status) : end.code)
      response.statusCode = end === 'end' ? (status ?? 0) : end.status
      response.end()
    })
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  closers.push(async () => {
    front.closeAllConnections()
    front.close()
    await backends.close()
  })
  return {
    port: (front.address() as AddressInfo).port,
    outcomes,
    store: server,
    received: () => upload?.received ?? 0,
  }
}

async function client(port: number, length: number, headers: readonly string[] = []): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(['PUT / HTTP/1.1', 'Host: gate', `Content-Length: ${length}`, ...headers, '', ''].join('\r\n'))
  return socket
}

const outcome = (of: Gate): Promise<string> =>
  vi.waitFor(
    () => {
      expect(of.outcomes).toHaveLength(1)
      return of.outcomes[0] as string
    },
    { timeout: 10_000, interval: 5 },
  )

/** The body that arrived at the store on one connection. */
const stored = (server: ScriptedServer, index = 0): Buffer => {
  const bytes = server.received[index] ?? Buffer.alloc(0)
  return bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
}

/** Bytes that differ from place to place. */
const bytes = (length: number): Buffer => {
  const buffer = Buffer.alloc(length)
  for (let i = 0; i + 4 <= length; i += 4) buffer.writeUInt32LE((i * 2654435761) >>> 0, i)
  return buffer
}

describe('what arrives is what was sent', () => {
  test.each([0, 1, 1_000, 16 * 1024, 16 * 1024 + 1, 65_536, 1_000_000, 4_000_000])(
    '%i bytes',
    async (length) => {
      const body = bytes(length)
      const gated = await gate({ mode: () => ({ kind: 'sha256', hex: sha256(body) }) })
      const socket = await client(gated.port, length)
      socket.write(body)
      expect(await outcome(gated)).toBe('200')
      expect(stored(gated.store).equals(body)).toBe(true)
      expect((gated.store.received[0] as Buffer).toString('latin1')).toContain(
        `content-length: ${length}\r\n`,
      )
      socket.destroy()
    },
  )

  test.each([50, 40_000])('%i bytes, one by one', async (length) => {
    const body = bytes(length)
    const gated = await gate({ mode: () => ({ kind: 'sha256', hex: sha256(body) }) })
    const socket = await client(gated.port, length)
    for (let at = 0; at < length; at += 997) {
      socket.write(body.subarray(at, at + 997))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await outcome(gated)).toBe('200')
    expect(stored(gated.store).equals(body)).toBe(true)
    socket.destroy()
  })

  test('no connection is taken for a client that has sent nothing', async () => {
    const gated = await gate()
    const socket = await client(gated.port, 1_000_000)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(gated.store.connections).toBe(0)
    socket.destroy()
    expect(await outcome(gated)).toBe('IncompleteBody')
    expect(gated.store.connections).toBe(0)
  })
})

describe('a checksum behind the body', () => {
  /** What a client sends, and its CRC-32. */
  const wire = (body: Buffer): Buffer => {
    const crc = Buffer.alloc(4)
    crc.writeUInt32BE(crc32(body))
    return Buffer.concat([
      Buffer.from(`${body.length.toString(16)}\r\n`),
      body,
      Buffer.from(`\r\n0\r\nx-amz-checksum-crc32:${crc.toString('base64')}\r\n\r\n`),
    ])
  }
  const announce = (body: Buffer): string[] => [
    `x-amz-decoded-content-length: ${body.length}`,
    'x-amz-trailer: x-amz-checksum-crc32',
  ]
  const mode = (): PayloadMode => ({ kind: 'unsigned-trailer' })

  test.each([1_000, 300_000])('is sent on with %i bytes where the backend takes it', async (length) => {
    const body = bytes(length)
    const gated = await gate({ mode, trailer: 'CRC32' })
    const socket = await client(gated.port, wire(body).length, announce(body))
    socket.write(wire(body))
    expect(await outcome(gated)).toBe('200')
    const head = (gated.store.received[0] as Buffer).toString('latin1').split('\r\n\r\n')[0]
    if (length > 16 * 1024) {
      expect(head).toContain('x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER')
      expect(head).toContain('content-encoding: aws-chunked')
      expect(stored(gated.store).equals(wire(body))).toBe(true)
    } else {
      expect(head).toContain('x-amz-checksum-crc32: ')
      expect(stored(gated.store).equals(body)).toBe(true)
    }
    socket.destroy()
  })

  test('is dropped elsewhere', async () => {
    const body = bytes(300_000)
    const gated = await gate({ mode })
    const socket = await client(gated.port, wire(body).length, announce(body))
    socket.write(wire(body))
    expect(await outcome(gated)).toBe('200')
    expect(stored(gated.store).equals(body)).toBe(true)
    socket.destroy()
  })

  test('that is wrong leaves nothing', async () => {
    const body = bytes(300_000)
    const gated = await gate({ mode, trailer: 'CRC32' })
    const sent = wire(body)
    sent[100_000] = (sent[100_000] as number) ^ 1
    const socket = await client(gated.port, sent.length, announce(body))
    socket.write(sent)
    expect(await outcome(gated)).toBe('BadDigest')
    await vi.waitFor(() => expect(gated.store.endings).toEqual(['ECONNRESET']))
    expect(stored(gated.store).length).toBeLessThan(300_000)
    socket.destroy()
  })
})

describe('what proves wrong at the end leaves nothing', () => {
  const wrong = sha256('something else')
  test.each([0, 1, 16 * 1024])('%i bytes never reach the store', async (length) => {
    const gated = await gate({ mode: () => ({ kind: 'sha256', hex: wrong }) })
    const socket = await client(gated.port, length)
    socket.write(bytes(length))
    expect(await outcome(gated)).toBe('XAmzContentSHA256Mismatch')
    expect(gated.store.connections).toBe(0)
    socket.destroy()
  })

  test.each([100_000, 5_000_000])('%i bytes are cut short by a reset', async (length) => {
    const gated = await gate({ mode: () => ({ kind: 'sha256', hex: wrong }) })
    const socket = await client(gated.port, length)
    socket.write(bytes(length))
    expect(await outcome(gated)).toBe('XAmzContentSHA256Mismatch')
    await vi.waitFor(() => expect(gated.store.endings).toEqual(['ECONNRESET']))
    expect(stored(gated.store).length).toBeLessThan(length)
    socket.destroy()
  })

  test('a checksum header', async () => {
    const gated = await gate()
    const socket = await client(gated.port, 500_000, ['x-amz-checksum-crc32: AAAAAA=='])
    socket.write(bytes(500_000))
    expect(await outcome(gated)).toBe('BadDigest')
    await vi.waitFor(() => expect(gated.store.endings).toEqual(['ECONNRESET']))
    expect(stored(gated.store).length).toBeLessThan(500_000)
    socket.destroy()
  })

  test.each([10, 500_000])('%i bytes whose bucket changed hands', async (length) => {
    const gated = await gate({
      beforeLastPiece: () => {
        throw new S3Error('OperationAborted')
      },
    })
    const socket = await client(gated.port, length)
    socket.write(bytes(length))
    expect(await outcome(gated)).toBe('OperationAborted')
    if (length > 10) await vi.waitFor(() => expect(gated.store.endings).toEqual(['ECONNRESET']))
    expect(stored(gated.store).length).toBeLessThan(length)
    socket.destroy()
  })

  test.each([100, 500_000])('a client that leaves after %i of 1,000,000 bytes', async (sent) => {
    const gated = await gate()
    const socket = await client(gated.port, 1_000_000)
    socket.write(bytes(sent))
    await vi.waitFor(() => expect(gated.received()).toBe(sent))
    socket.resetAndDestroy()
    expect(await outcome(gated)).toBe('IncompleteBody')
    if (sent > 100) await vi.waitFor(() => expect(gated.store.endings).toEqual(['ECONNRESET']))
  })
})

describe('two sides of different speed', () => {
  test('a backend that does not read stops the client', async () => {
    const gated = await gate({
      script: async ({ socket }) => {
        socket.pause()
      },
      settings: { answerTimeoutMs: 600 },
    })
    const socket = await client(gated.port, 200_000_000)
    const piece = bytes(1_000_000)
    const timer = setInterval(() => {
      if (socket.writableLength < 4_000_000) socket.write(piece)
    }, 1)
    expect(await outcome(gated)).toBe('GatewayTimeout')
    clearInterval(timer)
    // Kernel buffers of two loopback connections, and a few pieces in between.
    expect(gated.received()).toBeLessThan(30_000_000)
    socket.destroy()
  })

  test('a client that trickles is cut off', async () => {
    const gated = await gate({ settings: { rateWindowMs: 200, minBytesPerSecond: () => 10_000 } })
    const socket = await client(gated.port, 1_000_000)
    const timer = setInterval(() => socket.write('x'), 10)
    expect(await outcome(gated)).toBe('RequestTimeout')
    clearInterval(timer)
    socket.destroy()
  })

  test('a client that is slow, but fast enough, is not', async () => {
    const gated = await gate({
      settings: { rateWindowMs: 100, minBytesPerSecond: () => 1_000, answerTimeoutMs: 200 },
    })
    const body = bytes(60_000)
    const socket = await client(gated.port, body.length)
    for (let at = 0; at < body.length; at += 1_000) {
      socket.write(body.subarray(at, at + 1_000))
      await new Promise((resolve) => setTimeout(resolve, 12))
    }
    expect(await outcome(gated)).toBe('200')
    expect(stored(gated.store).equals(body)).toBe(true)
    socket.destroy()
  })
})

describe('a backend that answers early', () => {
  const early =
    (status: number) =>
    async (connection: ScriptedConnection): Promise<void> => {
      await connection.head()
      connection.write(answer(status, status === 200 ? '' : '<Error><Code>QuotaExceeded</Code></Error>'))
    }

  test('with an error: it is passed on', async () => {
    const gated = await gate({ script: early(403) })
    const socket = await client(gated.port, 50_000_000)
    socket.write(bytes(1_000_000))
    expect(await outcome(gated)).toBe('403')
    socket.destroy()
  })

  test('with a success: it cannot be one', async () => {
    const gated = await gate({ script: early(200) })
    const socket = await client(gated.port, 50_000_000)
    socket.write(bytes(1_000_000))
    expect(await outcome(gated)).toBe('BadGateway')
    socket.destroy()
  })
})

test('an upload whose endpoint cannot be reached goes to another', async () => {
  const dead = await startScripted(() => {})
  await dead.close()
  const alive = await startScripted(store)
  closers.push(() => alive.close())
  const { backends } = open()
  const body = bytes(300_000)
  const front = createServer((incoming, response) => {
    const upload = createUpload({
      source: incoming,
      length: body.length,
      lengthIs: 'exactly',
      decoder: (emit) => ({ push: emit, end: () => ({ checksums: [] }) }),
      trailer: null,
      beforeLastPiece: () => {},
      readBuffers: createReadBuffers(),
    })
    const to = backend([dead.origin, alive.origin])
    void hear(backends, request(to, { method: 'PUT', body: { kind: 'stream', upload } })).then(({ end }) => {
      response.end(String(end))
    })
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  closers.push(async () => {
    front.closeAllConnections()
    front.close()
    await backends.close()
  })
  const answered = await fetch(`http://127.0.0.1:${(front.address() as AddressInfo).port}/`, {
    method: 'PUT',
    body: new Uint8Array(body),
  })
  expect(await answered.text()).toBe('end')
  expect(stored(alive).equals(body)).toBe(true)
})
