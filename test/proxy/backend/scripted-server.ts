/** Object stores that misbehave: a TCP server whose every byte is the test's. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

export interface ScriptedServer {
  readonly port: number
  readonly origin: string
  /** Connections taken so far. */
  readonly connections: number
  /** Everything received, in order, one entry a connection. */
  readonly received: readonly Buffer[]
  /** How each connection ended: `ECONNRESET`, `end` (a regular FIN), `open`. */
  readonly endings: readonly string[]
  close(): Promise<void>
}

/** What a connection may do. */
export interface ScriptedConnection {
  readonly socket: Socket
  /** 0 for the first connection. */
  readonly index: number
  /** Resolves with the next request's head, `\r\n\r\n` included; bodies are to be read with {@link bytes}. */
  head(): Promise<string>
  bytes(count: number): Promise<Buffer>
  write(text: string | Buffer): void
  /** Ends the connection with a reset. */
  reset(): void
}

export async function startScripted(
  script: (connection: ScriptedConnection) => Promise<void> | void,
  atPort = 0,
): Promise<ScriptedServer> {
  const received: Buffer[] = []
  const endings: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const index = received.length
    received.push(Buffer.alloc(0))
    endings.push('open')
    sockets.add(socket)
    let unread = Buffer.alloc(0)
    let wake = (): void => {}
    socket.on('data', (chunk: Buffer) => {
      received[index] = Buffer.concat([received[index] as Buffer, chunk])
      unread = Buffer.concat([unread, chunk])
      wake()
    })
    socket.on('end', () => {
      if (endings[index] === 'open') endings[index] = 'end'
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      endings[index] = error.code ?? 'error'
    })
    socket.on('close', () => sockets.delete(socket))
    const until = async (enough: () => number): Promise<Buffer> => {
      for (;;) {
        const count = enough()
        if (count >= 0) {
          const piece = unread.subarray(0, count)
          unread = unread.subarray(count)
          return piece
        }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    void script({
      socket,
      index,
      head: async () =>
        (
          await until(() => {
            const at = unread.indexOf('\r\n\r\n')
            return at === -1 ? -1 : at + 4
          })
        ).toString('latin1'),
      bytes: (count) => until(() => (unread.length >= count ? count : -1)),
      write: (text) => void socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text),
      reset: () => void socket.resetAndDestroy(),
    })
  })
  server.listen(atPort, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    get connections() {
      return received.length
    },
    received,
    endings,
    async close() {
      for (const socket of sockets) socket.destroy()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}

/** A whole, well-formed answer. */
export function answer(status: number, body = '', headers: readonly string[] = []): string {
  return [`HTTP/1.1 ${status} Whatever`, `Content-Length: ${body.length}`, ...headers, '', body].join('\r\n')
}
