/** Clients that take their time: uploads of a few bytes a second, and readers of a large object who are no faster. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { BUCKET, type StageCredentials } from './contenders.ts'
import { hashOf, signed, type UnsignedBody } from './sign.ts'

export interface SlowClients {
  /** Those whose connection the gate still holds. */
  served(): number
  close(): void
}

const MIB = 1024 * 1024
const READ_BYTES = 1_024
const BEAT_MS = 1_000
/** Opened at once: more would be more than the gate's backlog. */
const BATCH = 50

/** Every fourth has sent nothing of its body, every fourth its beginning; the others read. */
export async function openSlowClients(
  port: number,
  { full }: StageCredentials,
  count: number,
): Promise<SlowClients> {
  const body: UnsignedBody = { kind: 'unsigned', bytes: Buffer.alloc(MIB) }
  const target = (n: number) => `/${BUCKET}/${64 * MIB}/slow-${n}`
  const upload = (n: number) => signed({ method: 'PUT', target: target(n), body }, full, '').head
  const download = (n: number) =>
    signed({ method: 'GET', target: target(n), body: NO_BODY }, full, hashOf(NO_BODY)).head
  const sockets: Socket[] = []
  const timers: NodeJS.Timeout[] = []
  for (let start = 0; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start)
    await Promise.all(
      Array.from({ length: size }, async (_, place) => {
        const n = start + place
        const reads = n % 2 === 0
        const socket = reads ? connectReading(port) : connect(port, '127.0.0.1')
        socket.on('error', () => socket.destroy())
        await once(socket, 'connect')
        socket.write(reads ? download(n) : upload(n))
        if (n % 4 === 1) socket.write(body.bytes.subarray(0, 64 * 1024))
        timers.push(setInterval(() => (reads ? socket.resume() : socket.write('drops')), BEAT_MS))
        sockets.push(socket)
      }),
    )
  }
  return {
    served: () => sockets.filter(({ destroyed }) => !destroyed).length,
    close() {
      for (const timer of timers) clearInterval(timer)
      for (const socket of sockets) socket.destroy()
    },
  }
}

const NO_BODY: UnsignedBody = { kind: 'none' }

/** Reads a little whenever it is resumed. */
function connectReading(port: number): Socket {
  const socket = connect({
    port,
    host: '127.0.0.1',
    onread: {
      buffer: Buffer.alloc(READ_BYTES),
      callback: () => {
        socket.pause()
        return false
      },
    },
  })
  return socket
}
