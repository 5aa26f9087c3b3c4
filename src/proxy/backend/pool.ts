/**
 * Connections to one endpoint: undici, set up for a peer that is trusted with data but not with its framing.
 *
 * https://github.com/nodejs/undici/blob/main/docs/docs/api/Pool.md
 */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { buildConnector, type Dispatcher, errors, Pool } from 'undici'

export interface PoolSettings {
  readonly connectTimeoutMs: number
  readonly keepAliveMs: number
  /** Connections at once; requests beyond it wait. */
  readonly connections: number
  /** PEM of the authority that must have signed the endpoint's certificate; null: the system's. */
  readonly ca: string | null
  /** Milliseconds. */
  readonly now: () => number
}

/** What undici takes, and a field that its types leave out. */
export interface WireRequest extends Dispatcher.DispatchOptions {
  /** Whom the certificate must name, whatever `Host` says; `''`: the endpoint is an address. */
  readonly servername: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly headersTimeout: number
  readonly bodyTimeout: number
}

/** S3's own limit for user metadata is 2 KiB; backends allow more. Beyond this an answer is nonsense. */
const MAX_HEADER_BYTES = 64 * 1024

/** @param origin scheme, host and port: `https://10.0.0.1:7480` */
export function openPool(origin: string, settings: PoolSettings): Pool {
  const connect = buildConnector({
    timeout: settings.connectTimeoutMs,
    allowH2: false,
    ...(settings.ca === null ? {} : { ca: settings.ca }),
  })
  return new Pool(origin, {
    connect: (options, callback) => {
      connect(options, (...[error, socket]) => {
        if (error !== null) {
          callback(error, null)
          return
        }
        resetOnAbort(socket)
        callback(null, socket)
      })
    },
    connections: settings.connections,
    keepAliveTimeout: settings.keepAliveMs,
    keepAliveMaxTimeout: settings.keepAliveMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Time-outs are set with every request, and here for what undici does by itself.
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
    strictContentLength: true,
  })
}

/**
 * An aborted request ends in a reset instead of a regular end behind what was sent so far: what lies in buffers is
 * dropped, and no backend can take the piece that it has for a whole body.
 */
function resetOnAbort(socket: Socket): void {
  if (socket instanceof TLSSocket) return
  const destroy = socket.destroy.bind(socket)
  let reason: Error | undefined
  socket.destroy = (error?: Error) => {
    if (reason === undefined && isAbort(error) && !socket.destroyed) {
      reason = error
      // Comes back here without an error.
      socket.resetAndDestroy()
      return socket
    }
    return destroy(error ?? reason)
  }
}

function isAbort(error: Error | undefined): boolean {
  return error instanceof errors.InformationalError && error.message === 'aborted'
}
