/**
 * One endpoint of a backend: its connections, and whether it seems to be alive.
 *
 * It is marked down when no connection comes about, or when three exchanges in a row are lost, and up again by the first
 * answer, to a client's request or to a probe. A mark only says whom to prefer: where no endpoint is up, all are tried.
 */
import type { Pool } from 'undici'
import type { ReadBuffers } from '../read-buffers.ts'
import type { BackendEvent } from './backends.ts'
import { ConnectionFault } from './fault.ts'
import type { AnswerReceiver } from './plain/connection.ts'
import { PlainPool } from './plain/pool.ts'
import { isSendable, plainRequest } from './plain/request.ts'
import { openPool, type PoolSettings, type WireRequest } from './pool.ts'

export interface EndpointOptions {
  readonly backendId: string
  /** Scheme, host and port. */
  readonly origin: string
  readonly pool: PoolSettings
  readonly readBuffers: ReadBuffers
  readonly probeTimeoutMs: number
  readonly onEvent: (event: BackendEvent) => void
}

/** Exchanges lost in a row before an endpoint that takes connections counts as down. */
const LOSSES = 3

export class Endpoint {
  readonly origin: string
  /** `Host` of requests that name the bucket in their path: the default port is left out. */
  readonly host: string
  /** Whom its certificate names; `''`: it is an address. */
  readonly servername: string
  readonly #pool: Pool
  /** For requests without a body, or with a short one; null: the endpoint is reached over TLS. */
  readonly #plain: PlainPool | null
  readonly #options: EndpointOptions
  #losses = 0
  #state: 'up' | 'down' = 'up'
  #probing = false

  constructor(options: EndpointOptions) {
    const url = new URL(options.origin)
    this.#options = options
    this.origin = url.origin
    this.host = url.host
    this.servername = isAddress(url.hostname) ? '' : url.hostname
    this.#pool = openPool(this.origin, options.pool)
    this.#plain =
      url.protocol === 'http:'
        ? new PlainPool({
            ...options.pool,
            readBuffers: options.readBuffers,
            host: isAddress(url.hostname) ? url.hostname.replace(/[[\]]/g, '') : url.hostname,
            port: url.port === '' ? 80 : Number(url.port),
          })
        : null
  }

  /** Sends a request as soon as there is a connection for it. */
  dispatch(request: WireRequest, receiver: AnswerReceiver): void {
    const { body } = request
    if (this.#plain === null || !(body === null || Buffer.isBuffer(body))) {
      this.#pool.dispatch(request, receiver)
    } else if (isSendable(request)) {
      this.#plain.dispatch(plainRequest(request, body), receiver)
    } else {
      receiver.onResponseError(null, new ConnectionFault('gate', 'a request that cannot be sent'))
    }
  }

  /** Takes no new request, and resolves when the last one is over. */
  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#plain?.close()])
  }

  get healthy(): boolean {
    return this.#state === 'up'
  }

  /** It answered: whatever it said, it is there. */
  answered(): void {
    this.#losses = 0
    if (this.#state === 'up') return
    this.#state = 'up'
    this.#options.onEvent({ kind: 'endpoint-up', backendId: this.#options.backendId, endpoint: this.origin })
  }

  /** No connection came about. */
  unreachable(reason: string): void {
    this.#down(reason)
  }

  /** A connection was lost, or nothing came in time. */
  lost(reason: string): void {
    this.#losses += 1
    if (this.#losses >= LOSSES) this.#down(reason)
  }

  /** Asks for a sign of life: any answer but a server error, to a request without a signature. */
  probe(): void {
    if (this.#probing) return
    this.#probing = true
    const over = (): void => {
      this.#probing = false
    }
    const { probeTimeoutMs } = this.#options
    let status = 0
    this.#pool.dispatch(
      {
        method: 'HEAD',
        path: '/',
        headersTimeout: probeTimeoutMs,
        bodyTimeout: probeTimeoutMs,
        reset: false,
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode
        },
        onResponseData() {},
        onResponseEnd: () => {
          over()
          if (status < 500) this.answered()
          else this.lost(`answered a probe with ${status}`)
        },
        onResponseError: (_controller, error) => {
          over()
          this.#down(`probe: ${error.message}`)
        },
      },
    )
  }

  #down(reason: string): void {
    if (this.#state === 'down') return
    this.#state = 'down'
    const { backendId, onEvent } = this.#options
    onEvent({ kind: 'endpoint-down', backendId, endpoint: this.origin, reason })
  }
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^[0-9.]+$/.test(hostname)
}
