/**
 * An HTTP/1.1 client with nothing between the test and the wire: request line, header bytes, their order, repeats and
 * framing are exactly what the test says. Strings are latin1, one character per byte.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectSecurely, type TLSSocket } from 'node:tls'

/** Name and value as they go on the wire, in order, repeats included. */
export type RawHeaders = readonly (readonly [name: string, value: string])[]

export interface RawRequest {
  readonly method: string
  /** The request target, verbatim. */
  readonly target: string
  readonly headers: RawHeaders
  /** What follows the blank line, framing included. */
  readonly body?: Buffer
}

export interface RawResponse {
  readonly status: number
  /** Lower-case names, in order. */
  readonly headers: RawHeaders
  readonly body: Buffer
  /** Interim answers (100, 103 …) that came before it. */
  readonly interim: readonly number[]
}

/** The peer closed, or sent something that is not HTTP, before the answer was whole. */
export class TornResponse extends Error {
  override readonly name = 'TornResponse'
}

/** The first value of a response header. */
export function header(response: RawResponse, name: string): string | undefined {
  return response.headers.find(([other]) => other === name)?.[1]
}

/** The bytes of a request. */
export function serialize(request: RawRequest): Buffer {
  const head = [
    `${request.method} ${request.target} HTTP/1.1`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'),
    request.body ?? Buffer.alloc(0),
  ])
}

/** One TCP connection, used for one request after the other. */
export class Connection {
  readonly socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #ended = false
  #wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    const end = () => {
      this.#ended = true
      this.#wake()
    }
    socket.on('end', end)
    socket.on('close', end)
    // A reset is seen as the end of the stream: what a test asks is whether an answer came before it.
    socket.on('error', end)
  }

  /** @param localAddress any of 127.0.0.0/8: how a test is "from another address" */
  static async open(port: number, localAddress = '127.0.0.1'): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
    const connection = new Connection(socket)
    await once(socket, 'connect')
    return connection
  }

  /** The same over TLS. @param ca the authority that the peer's certificate must come from, in PEM */
  static async openSecurely(port: number, ca: string): Promise<Connection & { readonly socket: TLSSocket }> {
    const socket = connectSecurely({ port, host: '127.0.0.1', ca })
    await once(socket, 'secureConnect')
    return new Connection(socket) as Connection & { readonly socket: TLSSocket }
  }

  /** True once the peer has closed its side. */
  get ended(): boolean {
    return this.#ended
  }

  write(bytes: Buffer | string): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Sends a request and reads its answer. */
  async exchange(request: RawRequest): Promise<RawResponse> {
    this.write(serialize(request))
    return this.response(request.method)
  }

  /**
   * Reads the next answer.
   * @param method of the request it answers: HEAD has no body
   * @throws TornResponse
   */
  async response(method: string): Promise<RawResponse> {
    const interim: number[] = []
    for (;;) {
      const head = await this.#head()
      if (head.status < 100 || head.status >= 200) return this.#whole(method, head, interim)
      interim.push(head.status)
    }
  }

  /**
   * Waits for leave to send the body (100 Continue).
   * @param method of the request
   * @returns the answer, where there was one at once instead
   */
  async leave(method: string): Promise<RawResponse | undefined> {
    const head = await this.#head()
    return head.status === 100 ? undefined : this.#whole(method, head, [])
  }

  /** Waits for the next interim answer (100 Continue) without looking further. */
  async interim(): Promise<number> {
    const head = (await this.#until('\r\n\r\n')).toString('latin1')
    return Number(head.split(' ')[1])
  }

  /** Resolves when the peer has closed. */
  async closed(): Promise<void> {
    while (!this.ended) await this.#more()
  }

  close(): void {
    this.socket.destroy()
  }

  async #head(): Promise<Pick<RawResponse, 'status' | 'headers'>> {
    const head = (await this.#until('\r\n\r\n')).toString('latin1').split('\r\n')
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head[0] ?? '')?.[1] ?? Number.NaN)
    if (Number.isNaN(status)) throw new TornResponse(`not a status line: ${head[0]}`)
    const headers = head.slice(1).map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    })
    return { status, headers }
  }

  async #whole(
    method: string,
    { status, headers }: Pick<RawResponse, 'status' | 'headers'>,
    interim: readonly number[],
  ): Promise<RawResponse> {
    return { status, headers, body: await this.#body(method, status, headers), interim }
  }

  async #body(method: string, status: number, headers: RawHeaders): Promise<Buffer> {
    if (method === 'HEAD' || status === 204 || status === 304) return Buffer.alloc(0)
    const value = (name: string) => headers.find(([other]) => other === name)?.[1]
    if (value('transfer-encoding') === 'chunked') {
      const pieces: Buffer[] = []
      for (;;) {
        const size = Number.parseInt((await this.#until('\r\n')).toString('latin1'), 16)
        if (size === 0) break
        pieces.push(await this.#bytes(size))
        await this.#until('\r\n')
      }
      while ((await this.#until('\r\n')).length > 0);
      return Buffer.concat(pieces)
    }
    const length = value('content-length')
    if (length !== undefined) return this.#bytes(Number(length))
    await this.closed()
    return this.#take(this.#received.length)
  }

  async #until(mark: string): Promise<Buffer> {
    for (;;) {
      const at = this.#received.indexOf(mark, 0, 'latin1')
      if (at !== -1) {
        const piece = this.#take(at)
        this.#take(mark.length)
        return piece
      }
      if (this.ended) throw new TornResponse(`closed after ${this.#received.toString('latin1', 0, 200)}`)
      await this.#more()
    }
  }

  async #bytes(count: number): Promise<Buffer> {
    while (this.#received.length < count) {
      if (this.ended) throw new TornResponse(`closed ${count - this.#received.length} bytes short`)
      await this.#more()
    }
    return this.#take(count)
  }

  #take(count: number): Buffer {
    const piece = this.#received.subarray(0, count)
    this.#received = this.#received.subarray(count)
    return piece
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

/** Sends one request on a connection of its own. */
export async function send(port: number, request: RawRequest, localAddress?: string): Promise<RawResponse> {
  return sendBytes(port, serialize(request), request.method, localAddress)
}

/** Sends bytes that need not be HTTP, and reads what comes back. */
export async function sendBytes(
  port: number,
  bytes: Buffer | string,
  method = 'GET',
  localAddress?: string,
): Promise<RawResponse> {
  const connection = await Connection.open(port, localAddress)
  try {
    connection.write(bytes)
    return await connection.response(method)
  } finally {
    connection.close()
  }
}
