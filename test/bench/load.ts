/**
 * The load generator: plain sockets, requests that are ready bytes, one request at a time on each connection, answers
 * counted and thrown away. It runs in the process that measures, and costs a few microseconds a request.
 */
import { connect, type Socket } from 'node:net'

/** One request as it goes on the wire. */
export interface WireRequest {
  readonly head: Buffer
  /** May be shared between requests; empty: none. */
  readonly body: Buffer
  /** The answer has no body, whatever its length says. */
  readonly bodiless: boolean
}

export interface Load {
  /** Sends so many requests, as fast as answers come. @throws Error on any status but the expected one */
  run(requests: readonly WireRequest[], count: number): Promise<void>
  /**
   * Sends at a fixed rate, on whichever connection is free.
   * @returns milliseconds from when each request was due to its answer's end, sorted
   */
  runAtRate(requests: readonly WireRequest[], perSecond: number, seconds: number): Promise<Float64Array>
  close(): void
}

export interface LoadSettings {
  readonly port: number
  readonly connections: number
  /** Of every answer. */
  readonly status: number
}

const READ_BYTES = 256 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')

/** Opens the connections. */
export async function openLoad(settings: LoadSettings): Promise<Load> {
  const lanes = Array.from({ length: settings.connections }, () => new Lane(settings))
  await Promise.all(lanes.map((lane) => lane.opened))
  let next = 0
  const take = (requests: readonly WireRequest[]): WireRequest => requests[next++ % requests.length]!
  return {
    run: async (requests, count) => {
      let left = count
      await Promise.all(
        lanes.map(async (lane) => {
          while (left > 0) {
            left -= 1
            await lane.exchange(take(requests))
          }
        }),
      )
    },
    runAtRate: (requests, perSecond, seconds) => atRate(lanes, () => take(requests), perSecond, seconds),
    close: () => {
      for (const lane of lanes) lane.close()
    },
  }
}

async function atRate(
  lanes: readonly Lane[],
  take: () => WireRequest,
  perSecond: number,
  seconds: number,
): Promise<Float64Array> {
  const total = Math.floor(perSecond * seconds)
  const latencies = new Float64Array(total)
  const free = [...lanes]
  const start = performance.now()
  let sent = 0
  let done = 0
  await new Promise<void>((resolve, reject) => {
    const tick = (): void => {
      const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * perSecond))
      while (sent < due && free.length > 0) begin(free.pop()!, sent++)
      if (done < total) setTimeout(tick, 1)
    }
    const begin = (lane: Lane, index: number): void => {
      const dueAt = start + (index / perSecond) * 1000
      lane.exchange(take()).then(() => {
        latencies[done++] = performance.now() - dueAt
        free.push(lane)
        if (done === total) resolve()
      }, reject)
    }
    tick()
  })
  return latencies.sort()
}

/** One connection. */
class Lane {
  readonly opened: Promise<void>
  readonly #socket: Socket
  readonly #status: string
  #waiting: { resolve: () => void; reject: (error: Error) => void } | null = null
  #bodiless = false
  #head: Buffer = Buffer.alloc(0)
  #bodyLeft = 0
  #inBody = false

  constructor({ port, status }: LoadSettings) {
    this.#status = ` ${status} `
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: Buffer.alloc(READ_BYTES),
        callback: (length, buffer) => {
          this.#take(Buffer.from(buffer.buffer, buffer.byteOffset, length))
          return true
        },
      },
    })
    this.opened = new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve)
      this.#socket.once('error', reject)
    })
    this.#socket.on('close', () => this.#waiting?.reject(new Error('the connection was closed')))
  }

  exchange({ head, body, bodiless }: WireRequest): Promise<void> {
    this.#bodiless = bodiless
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      if (body.length === 0) {
        this.#socket.write(head)
        return
      }
      this.#socket.cork()
      this.#socket.write(head)
      this.#socket.write(body)
      this.#socket.uncork()
    })
  }

  close(): void {
    this.#waiting = null
    this.#socket.destroy()
  }

  #take(bytes: Buffer): void {
    if (this.#inBody) {
      this.#count(bytes.length)
      return
    }
    const all = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes])
    const end = all.indexOf(HEAD_END)
    if (end === -1) {
      this.#head = Buffer.from(all)
      return
    }
    const head = all.toString('latin1', 0, end)
    this.#head = Buffer.alloc(0)
    if (!head.startsWith(this.#status, 8)) {
      this.#waiting?.reject(new Error(`answered ${all.toString('latin1', 0, 2_000)}`))
      return
    }
    this.#bodyLeft = this.#bodiless ? 0 : lengthOf(head)
    this.#inBody = true
    this.#count(all.length - end - HEAD_END.length)
  }

  #count(length: number): void {
    this.#bodyLeft -= length
    if (this.#bodyLeft > 0) return
    this.#inBody = false
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve()
  }
}

function lengthOf(head: string): number {
  const lower = head.toLowerCase()
  const at = lower.indexOf('\r\ncontent-length:')
  if (at === -1) throw new Error(`an answer without a length:\n${head}`)
  return Number.parseInt(head.slice(at + 17), 10)
}
