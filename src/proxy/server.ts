/**
 * The S3 listener: a Node HTTP or HTTPS server set up for strangers, which hands every request to the pipeline and can
 * drain.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { S3_ERRORS } from '../s3/error.ts'
import type { Renewal } from './certificate.ts'
import { Live, type Placed } from './live.ts'
import { makeServer } from './web-server.ts'

export interface ServerSettings {
  readonly host: string
  readonly port: number
  /** Upper bound of a request's header section, in bytes. */
  readonly maxHeaderBytes: number
  /** How long a client may take to send its header section, in milliseconds. */
  readonly headersTimeoutMs: number
  /** How long an idle connection stays open, in milliseconds. */
  readonly keepAliveTimeoutMs: number
  /** Connections at once; 0: no limit. */
  readonly maxConnections: number
  /** Where the certificate comes from; null: plain HTTP. */
  readonly tls: Renewal | null
}

export interface S3Server {
  /** Where it listens, e.g. `http://127.0.0.1:9000`. */
  readonly endpoint: string
  /** Takes no new connection, ends idle ones, and resolves when the last request is done or `timeoutMs` has passed. */
  drain(timeoutMs: number): Promise<void>
}

export type RequestListener = (
  incoming: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
) => void

/** Bytes that never became a request, and were refused. */
export interface UnreadableBytes {
  /** As the socket reports it. */
  readonly peer: string
  readonly code: 'BadRequest' | 'RequestTimeout'
  readonly reason: string
}

/** @throws CertificateError; Error where the address cannot be listened on */
export async function startServer(
  settings: ServerSettings,
  listener: RequestListener,
  /** Told of bytes that are refused. @returns the id that the answer carries */
  onUnreadable: (bytes: UnreadableBytes) => string,
): Promise<S3Server> {
  let draining = false
  const unanswered = new Live<Unanswered>()
  const { server, scheme, stopFollowing } = await makeServer(settings.tls, {
    maxHeaderSize: settings.maxHeaderBytes,
    headersTimeout: settings.headersTimeoutMs,
    // A body that makes progress may take as long as it takes: it has a minimum rate instead.
    requestTimeout: 0,
    keepAliveTimeout: settings.keepAliveTimeoutMs,
    connectionsCheckingInterval: 1_000,
    // The edge answers a missing Host itself, in S3's words.
    requireHostHeader: false,
    insecureHTTPParser: false,
    noDelay: true,
  })
  server.maxConnections = settings.maxConnections === 0 ? Number.POSITIVE_INFINITY : settings.maxConnections
  server.maxHeadersCount = 0
  const ending = new WeakSet<Socket>()
  const accept = (expectsContinue: boolean) => (incoming: IncomingMessage, response: ServerResponse) => {
    // Nobody knows where it began: see below.
    if (ending.has(incoming.socket)) return
    if (asksToUpgrade(incoming)) {
      // The upgrade is not made, which is the server's choice (RFC 9110, section 7.8). But Node drops what came in the
      // same read behind such a request: what is read next may be the middle of something.
      ending.add(incoming.socket)
      response.shouldKeepAlive = false
    }
    if (draining) response.shouldKeepAlive = false
    const entry = { response, place: -1 }
    unanswered.add(entry)
    response.on('close', () => unanswered.delete(entry))
    listener(incoming, response, expectsContinue)
  }
  server.on('request', accept(false))
  server.on('checkContinue', accept(true))
  server.on('checkExpectation', accept(false))
  const refused = new WeakSet<Socket>()
  const refuse = (socket: Socket, code: UnreadableBytes['code'], reason: string): void => {
    // What comes after is part of the same.
    if (refused.has(socket)) return
    refused.add(socket)
    refuseRaw(socket, code, onUnreadable({ peer: socket.remoteAddress ?? '', code, reason }))
  }
  server.on('connect', (_incoming, socket) => refuse(socket as Socket, 'BadRequest', 'CONNECT'))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
    // Whatever is not HTTP's fault is the connection's: a reset, or TLS that never came about.
    if (!(late || error.code?.startsWith('HPE_'))) socket.destroy()
    else refuse(socket as Socket, late ? 'RequestTimeout' : 'BadRequest', error.message)
  })
  await listen(server, settings)
  return {
    endpoint: `${scheme}://${addressOf(server)}`,
    async drain(timeoutMs) {
      draining = true
      for (const { response } of unanswered.snapshot()) endConnectionWith(response, server)
      stopFollowing()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), timeoutMs)
      await closed
      clearTimeout(timer)
    },
  }
}

function asksToUpgrade({ rawHeaders }: IncomingMessage): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (name.length === 7 && name.toLowerCase() === 'upgrade') return true
  }
  return false
}

interface Unanswered extends Placed {
  readonly response: ServerResponse
}

/** Says `Connection: close` where that can still be said; else the connection ends as soon as the answer is out. */
function endConnectionWith(response: ServerResponse, server: Server | SecureServer): void {
  response.shouldKeepAlive = false
  response.once('close', () => setImmediate(() => server.closeIdleConnections()))
}

function listen(server: Server, settings: ServerSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(settings.port, settings.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function addressOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo
  return `${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Node's answer that is due next on a connection; not in its types. */
interface AnsweredSocket {
  readonly _httpMessage?: ServerResponse | null
}

/**
 * Whether an answer to bytes that are no request would be taken for what it is: nothing is due on the connection but,
 * at most, the answer to the very request whose body those bytes are in.
 */
function mayBeAnswered(socket: Socket & AnsweredSocket): boolean {
  if (!socket.writable) return false
  const due = socket._httpMessage
  return due === undefined || due === null || (!due.headersSent && !due.req.complete)
}

/** How long a client may go on sending what was refused. */
const LINGER_MS = 1_000

/** Answers bytes that never became a request, and closes. */
function refuseRaw(socket: Socket, code: UnreadableBytes['code'], requestId: string): void {
  if (!mayBeAnswered(socket)) {
    // An answer that is out already, the edge's own refusal perhaps, still reaches the client.
    socket.destroySoon()
    return
  }
  const [status, message] = S3_ERRORS[code]
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${requestId}</RequestId></Error>`
  socket.end(
    `HTTP/1.1 ${status} Bad Request\r\nx-amz-request-id: ${requestId}\r\nContent-Type: application/xml\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
  linger(socket)
}

/** A connection that is closed before all has been read is reset, and the answer may be lost: the rest is read, for a while. */
function linger(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.once('end', () => socket.destroy())
  socket.resume()
}
