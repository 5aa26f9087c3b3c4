/**
 * The control plane's listener: HTTP, or HTTPS where it has a certificate, on an address of its own. It reads whole
 * requests of bounded size, has them answered, and writes JSON.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Subnet } from '../iam/address.ts'
import type { Renewal } from '../proxy/certificate.ts'
import { clientAddress } from '../proxy/client-address.ts'
import { makeServer } from '../proxy/web-server.ts'
import type { ControlAnswer, ControlRequest, Dispatch } from './dispatch.ts'
import { INTERNAL, invalid, renderError } from './errors.ts'

export interface ListenerSettings {
  readonly host: string
  readonly port: number
  /** Where the certificate comes from; null: plain HTTP. */
  readonly tls: Renewal | null
  /** Upper bound of a request's header section, in bytes. */
  readonly maxHeaderBytes: number
  /** How long a client may take to send its header section, in milliseconds. */
  readonly headersTimeoutMs: number
  /** How long an idle connection stays open, in milliseconds. */
  readonly keepAliveTimeoutMs: number
  /** How long a client may take nothing of its answer before it is cut off, in milliseconds. */
  readonly stallTimeoutMs: number
}

export interface ListenerDeps {
  readonly dispatch: Dispatch
  /** Peers whose `X-Forwarded-For` counts. */
  readonly trustedProxies: () => readonly Subnet[]
  /** A call came to its end. */
  readonly report: (call: ReportedCall) => void
  /** A defect: it was answered with "internal error". */
  readonly alarm: (requestId: string, error: unknown) => void
}

export interface ReportedCall {
  readonly request_id: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly ip: string
}

export interface ControlListener {
  /** Where it listens, e.g. `http://127.0.0.1:8486`. */
  readonly endpoint: string
  /** Takes no new call, and resolves when the last one is answered or `timeoutMs` has passed. */
  drain(timeoutMs: number): Promise<void>
}

/** The largest body that is read. */
const MAX_BODY = 1024 * 1024
/** What is read and thrown away of a larger one, so that its sender gets to see the answer. */
const MAX_DISCARDED = 64 * 1024 * 1024
/** For a whole call to arrive. */
const REQUEST_TIMEOUT_MS = 60_000
/** What the audit log keeps of that header. */
const MAX_USER_AGENT = 255

/** @throws CertificateError; Error where the address cannot be listened on */
export async function startControlListener(
  settings: ListenerSettings,
  deps: ListenerDeps,
): Promise<ControlListener> {
  const options = {
    maxHeaderSize: settings.maxHeaderBytes,
    headersTimeout: settings.headersTimeoutMs,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: settings.keepAliveTimeoutMs,
  }
  let draining = false
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    if (draining) response.shouldKeepAlive = false
    void answer(incoming, response, deps)
  }
  const { server, scheme, stopFollowing } = await makeServer(settings.tls, options)
  // Who takes nothing would have its answer kept here for ever. A call that is worked on for that long has failed too.
  server.timeout = settings.stallTimeoutMs
  server.on('request', listener)
  await listen(server, settings)
  return {
    endpoint: endpointOf(server, scheme),
    async drain(timeoutMs) {
      draining = true
      stopFollowing()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), timeoutMs)
      await closed
      clearTimeout(timer)
    },
  }
}

async function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  { dispatch, trustedProxies, report, alarm }: ListenerDeps,
): Promise<void> {
  const requestId = randomUUID()
  const request = readRequest(incoming, trustedProxies())
  const { status, body, headers } = await dispatch(request).then(succeeded, (error: unknown) =>
    refused(error, () => alarm(requestId, error)),
  )
  const text = body === null ? '' : JSON.stringify(body)
  discardRest(incoming)
  response.writeHead(status, {
    ...headers,
    'X-Request-Id': requestId,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    // Exactly this: Scaleway's SDK takes a type with a charset for no JSON at all.
    ...(body === null
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
  })
  response.end(text)
  report({ request_id: requestId, method: request.method, path: request.path, status, ip: request.ip })
}

interface Rendered {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

function succeeded({ body }: ControlAnswer): Rendered {
  return { status: body === null ? 204 : 200, body, headers: {} }
}

function refused(error: unknown, alarm: () => void): Rendered {
  const known = renderError(error)
  if (known === undefined) alarm()
  const { status, body } = known ?? INTERNAL
  const headers: Record<string, string> = {}
  if (typeof body.allow === 'string') headers.Allow = body.allow
  if (typeof body.reset_seconds === 'number') headers['Retry-After'] = String(body.reset_seconds)
  return { status, body, headers }
}

function readRequest(incoming: IncomingMessage, trustedProxies: readonly Subnet[]): ControlRequest {
  const { url = '/', method = '', headers, socket } = incoming
  const mark = url.indexOf('?')
  const header = (name: string): string | undefined => headersJoined(headers[name])
  return {
    method,
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    authToken: header('x-auth-token'),
    sessionToken: header('x-session-token'),
    ip: clientAddress(socket.remoteAddress ?? '', header('x-forwarded-for'), trustedProxies),
    userAgent: header('user-agent')?.slice(0, MAX_USER_AGENT) ?? '',
    body: () => readBody(incoming),
  }
}

/** A header that came twice is one with a comma, and so no token. */
function headersJoined(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value
}

function readBody(incoming: IncomingMessage): Promise<Buffer> {
  // Its sender may be gone since: no event would tell any more.
  if (incoming.destroyed) return Promise.reject(invalid(INTERRUPTED))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length <= MAX_BODY) {
        chunks.push(chunk)
        return
      }
      incoming.off('data', onData)
      reject(
        invalid({
          argument_name: 'body',
          reason: 'constraint',
          help_message: `must have at most ${MAX_BODY} bytes`,
        }),
      )
    }
    incoming.on('data', onData)
    incoming.once('end', () => resolve(Buffer.concat(chunks)))
    incoming.once('error', () => reject(invalid(INTERRUPTED)))
    incoming.once('close', () => reject(invalid(INTERRUPTED)))
  })
}

const INTERRUPTED = {
  argument_name: 'body',
  reason: 'format',
  help_message: 'must be sent to its end',
} as const

/** What was not read would stand before the connection's next request. */
function discardRest(incoming: IncomingMessage): void {
  if (incoming.complete) return
  let length = 0
  incoming.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > MAX_DISCARDED) incoming.destroy()
  })
  incoming.on('error', () => undefined)
  incoming.resume()
}

function listen(server: Server | SecureServer, { host, port }: ListenerSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function endpointOf(server: Server | SecureServer, scheme: 'http' | 'https'): string {
  const { address, port, family } = server.address() as AddressInfo
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
