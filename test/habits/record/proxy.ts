/**
 * A tunnel that listens in: what a client sends reaches the store byte by byte, and so does the answer; both are
 * noted. Over TLS it is this end that the client speaks TLS with; the store is always spoken to in the clear, which no
 * signature covers.
 */
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import { GATE_CERTIFICATE } from '../../support/gate.ts'

/** One request with its answer, as they were on the wire. */
export interface Exchange {
  /** Request line and headers, without the blank line that ends them. */
  readonly head: string
  /** What follows the blank line, framing included. */
  readonly body: Buffer
  readonly answer: {
    readonly status: number
    /** Lower-case names. */
    readonly headers: readonly (readonly [name: string, value: string])[]
    readonly body: Buffer
  }
}

export class RecordingProxy {
  readonly #server: Server
  #exchanges: { request: Message; answer?: Message }[] = []

  private constructor(scheme: 'http' | 'https', target: number) {
    const tunnel = (client: Socket) => this.#tunnel(client, target)
    this.#server =
      scheme === 'http'
        ? createServer(tunnel)
        : createSecureServer(
            { cert: readFileSync(GATE_CERTIFICATE.cert), key: readFileSync(GATE_CERTIFICATE.key) },
            tunnel,
          )
    // A client that does not like the certificate is seen in what it says of it.
    this.#server.on('tlsClientError', () => {})
  }

  /** @param target the store's port on this machine */
  static async start(scheme: 'http' | 'https', target: number): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(scheme, target)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** All that went through since it was last asked, in the order in which the requests began. */
  take(): readonly Exchange[] {
    const taken = this.#exchanges
    this.#exchanges = []
    return taken.map(({ request, answer }) => {
      if (answer === undefined) throw new Error(`no answer to ${request.head}`)
      return {
        head: request.head,
        body: request.body,
        answer: {
          status: Number(answer.head.split(' ')[1]),
          headers: fields(answer.head),
          body: answer.chunked ? unchunked(answer.body) : answer.body,
        },
      }
    })
  }

  stop(): void {
    this.#server.close()
  }

  #tunnel(client: Socket, target: number): void {
    const store = connect({ port: target, host: '127.0.0.1', noDelay: true })
    const waiting: { request: Message; answer?: Message }[] = []
    const asked = new Reader(
      (request) => {
        const exchange = { request }
        waiting.push(exchange)
        this.#exchanges.push(exchange)
      },
      () => true,
    )
    const answered = new Reader(
      () => {},
      () => !waiting[0]?.request.head.startsWith('HEAD '),
      (answer) => {
        if (/^HTTP\/1\.1 1\d\d/.test(answer.head)) return
        const exchange = waiting.shift()
        if (exchange !== undefined) exchange.answer = answer
      },
    )
    client.on('data', (bytes: Buffer) => {
      asked.read(bytes)
      store.write(bytes)
    })
    store.on('data', (bytes: Buffer) => {
      answered.read(bytes)
      client.write(bytes)
    })
    client.on('end', () => store.end())
    store.on('end', () => client.end())
    for (const [one, other] of [
      [client, store],
      [store, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  }
}

interface Message {
  readonly head: string
  readonly chunked: boolean
  body: Buffer
}

/** Cuts one direction of a connection into messages. */
class Reader {
  #received = Buffer.alloc(0)
  #current: { message: Message; left: number | 'chunks' } | undefined
  readonly #began: (message: Message) => void
  readonly #hasBody: () => boolean
  readonly #ended: (message: Message) => void

  constructor(began: (message: Message) => void, hasBody: () => boolean, ended?: (message: Message) => void) {
    this.#began = began
    this.#hasBody = hasBody
    this.#ended = ended ?? (() => {})
  }

  read(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    while (this.#step());
  }

  /** @returns whether another step may get further */
  #step(): boolean {
    if (this.#current === undefined) {
      const end = this.#received.indexOf('\r\n\r\n')
      if (end === -1) return false
      const head = this.#take(end + 4)
        .toString('latin1')
        .slice(0, -4)
      const chunked = /^transfer-encoding:[ \t]*chunked/im.test(head)
      const length = Number(/^content-length:[ \t]*(\d+)/im.exec(head)?.[1] ?? 0)
      const empty = /^HTTP\/1\.1 (1\d\d|204|304)/.test(head) || !this.#hasBody()
      this.#current = {
        message: { head, chunked: chunked && !empty, body: Buffer.alloc(0) },
        left: empty ? 0 : chunked ? 'chunks' : length,
      }
      this.#began(this.#current.message)
    }
    const { message, left } = this.#current
    if (left === 'chunks') {
      const end = endOfChunks(this.#received)
      if (end === null) return false
      message.body = this.#take(end)
    } else {
      if (this.#received.length < left) return false
      message.body = this.#take(left)
    }
    this.#current = undefined
    this.#ended(message)
    return this.#received.length > 0
  }

  #take(count: number): Buffer {
    const piece = this.#received.subarray(0, count)
    this.#received = this.#received.subarray(count)
    return Buffer.from(piece)
  }
}

/** Where a chunked body ends, or null where it is not all there yet. */
function endOfChunks(bytes: Buffer): number | null {
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at)
    if (line === -1) return null
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16)
    if (size === 0) {
      // Trailers, if any, then an empty line.
      const end = bytes.indexOf('\r\n\r\n', line)
      return end === -1 ? null : end + 4
    }
    at = line + 2 + size + 2
    if (at > bytes.length) return null
  }
}

/** The data of a body in chunks of HTTP's. */
export function unchunked(bytes: Buffer): Buffer {
  return Buffer.concat(chunksOf(bytes))
}

/** The chunks of HTTP's, without the last, empty one. */
export function chunksOf(bytes: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16)
    if (size === 0) return pieces
    pieces.push(bytes.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}

function fields(head: string): Exchange['answer']['headers'] {
  return head
    .split('\r\n')
    .slice(1)
    .map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
    })
}
