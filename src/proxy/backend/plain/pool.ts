/** Plain connections to one endpoint: the last one used is used first, the rest are closed when they have been idle. */
import type { ReadBuffers } from '../../read-buffers.ts'
import { type AnswerReceiver, PlainConnection, type PlainRequest } from './connection.ts'
import { LargeBuffers } from './large-buffers.ts'

export interface PlainPoolOptions {
  readonly host: string
  readonly port: number
  readonly connectTimeoutMs: number
  /** How long an idle connection is kept, in milliseconds; less where the backend says so. */
  readonly keepAliveMs: number
  /** Connections at once; requests beyond it wait. */
  readonly connections: number
  /** What answers are read into takes memory. */
  readonly readBuffers: ReadBuffers
  /** Milliseconds. */
  readonly now: () => number
}

interface Waiting {
  readonly request: PlainRequest
  readonly receiver: AnswerReceiver
}

/** How often connections are looked at. */
const CHECK_MS = 100
/** A connection is given up so long before the backend would close it. */
const MARGIN_MS = 1_000

export class PlainPool {
  readonly #options: PlainPoolOptions
  readonly #all = new Set<PlainConnection>()
  readonly #idle: PlainConnection[] = []
  /** Oldest first. */
  #waiting: Waiting[] = []
  /** For whom a connection is being made. */
  readonly #awaited = new Map<PlainConnection, Waiting>()
  readonly #largeBuffers: LargeBuffers
  readonly #timer: NodeJS.Timeout
  #whenEmpty: (() => void) | null = null

  constructor(options: PlainPoolOptions) {
    this.#options = options
    this.#largeBuffers = new LargeBuffers(options.readBuffers)
    this.#timer = setInterval(() => this.#check(), CHECK_MS).unref()
  }

  dispatch(request: PlainRequest, receiver: AnswerReceiver): void {
    const connection = this.#takeIdle()
    if (connection !== undefined) this.#start(connection, { request, receiver })
    else if (this.#all.size < this.#options.connections) this.#connect({ request, receiver })
    else this.#waiting.push({ request, receiver })
  }

  /** Takes no new request, and resolves when the last one is over. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve
    })
    for (const connection of this.#idle.splice(0)) connection.close()
    if (this.#all.size > 0) await closed
    clearInterval(this.#timer)
  }

  /** One that has begun to close stays among them until it is gone. */
  #takeIdle(): PlainConnection | undefined {
    for (;;) {
      const connection = this.#idle.pop()
      if (connection === undefined || connection.open) return connection
    }
  }

  #connect(first: Waiting): void {
    const { host, port, connectTimeoutMs, readBuffers, now } = this.#options
    const connection = new PlainConnection({
      host,
      port,
      connectTimeoutMs,
      largeBuffers: this.#largeBuffers,
      readBuffers,
      now,
      onFree: this.#onFree,
      onGone: this.#onGone,
    })
    this.#all.add(connection)
    this.#awaited.set(connection, first)
  }

  #start(connection: PlainConnection, { request, receiver }: Waiting): void {
    if (!connection.send(request, receiver)) this.#onFree(connection)
  }

  readonly #onFree = (connection: PlainConnection): void => {
    const first = this.#awaited.get(connection)
    if (first !== undefined) this.#awaited.delete(connection)
    const next = first ?? this.#waiting.shift()
    if (next !== undefined) this.#start(connection, next)
    else if (this.#whenEmpty !== null) connection.close()
    else {
      connection.idleSince = this.#options.now()
      this.#idle.push(connection)
    }
  }

  readonly #onGone = (connection: PlainConnection, error: Error | null): void => {
    this.#all.delete(connection)
    const index = this.#idle.indexOf(connection)
    if (index !== -1) this.#idle.splice(index, 1)
    const first = this.#awaited.get(connection)
    this.#awaited.delete(connection)
    const next = this.#waiting.shift()
    if (next !== undefined) this.#connect(next)
    if (first !== undefined && error !== null) first.receiver.onResponseError(null, error)
    if (this.#all.size === 0) this.#whenEmpty?.()
  }

  #check(): void {
    const now = this.#options.now()
    for (const connection of [...this.#all]) connection.check(now)
    for (const connection of this.#idle.filter((one) => now - one.idleSince > this.#keepMs(one))) {
      connection.close()
    }
  }

  #keepMs({ keptForMs }: PlainConnection): number {
    const { keepAliveMs } = this.#options
    return keptForMs === null ? keepAliveMs : Math.min(keepAliveMs, keptForMs - MARGIN_MS)
  }
}
