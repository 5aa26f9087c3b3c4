/**
 * The embedded backend: a development store on the local file system that speaks S3 on a loopback port of its own, so
 * that to the gate it is one more backend. The gate decides, it stores: it knows one credential, made at its start and
 * handed to nobody else, and refuses everything that it does not implement.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { finished } from 'node:stream/promises'
import { Secret } from '../iam/secret.ts'
import { S3Error } from '../s3/error.ts'
import type { Headers } from '../s3/headers.ts'
import { createNames } from '../s3/names.ts'
import { matchOperation } from '../s3/operation.ts'
import { parseTarget, refuseUnsafeTarget } from '../s3/target.ts'
import { renderError } from '../s3/xml-error.ts'
import { type Checksums, loadChecksums } from '../sigv4/checksum.ts'
import { EMBEDDED_OPERATIONS, isEmbeddedOperation } from './operations/table.ts'
import { type Reply, send } from './reply.ts'
import { openStore, type Store } from './store.ts'
import { type Authenticator, createAuthenticator } from './wire/authenticate.ts'
import { refuseUnsupportedHeaders } from './wire/supported-headers.ts'

export interface EmbeddedBackend {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string
  readonly region: string
  readonly accessKey: string
  readonly secretKey: Secret
  /** Lets running requests end, and closes the store. */
  close(): Promise<void>
}

export interface EmbeddedBackendOptions {
  /** Where everything is kept; made where there is none. */
  readonly directory: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told of faults of the backend's own: an answer was 500, or a file could not be removed. */
  readonly onFault?: (error: unknown) => void
}

const REGION = 'us-east-1'
const HOST = '127.0.0.1'
/** Longer than any client keeps an idle connection, so that it is the client who closes it. */
const KEEP_ALIVE_MS = 120_000
const NO_NAMES = createNames({ domains: [], endpoints: [] })
const NO_RESERVED_NAMES: ReadonlySet<string> = new Set()

/** @throws Error where another process has the directory open */
export async function startEmbeddedBackend(options: EmbeddedBackendOptions): Promise<EmbeddedBackend> {
  const onFault = options.onFault ?? (() => {})
  const credential = {
    accessKey: `EMBEDDED${randomBytes(12).toString('hex').toUpperCase()}`,
    secretKey: new Secret(randomBytes(32).toString('base64url')),
    region: REGION,
  }
  const checksums = await loadChecksums()
  const store = await openStore({ directory: options.directory, now: options.now, onFault })
  const authenticator = createAuthenticator(credential, options.now)
  const context: Context = { store, checksums, authenticator, now: options.now, onFault }
  const running = new Set<Promise<void>>()
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 },
    (incoming, response) => {
      const exchange = serve(context, incoming, response).finally(() => running.delete(exchange))
      running.add(exchange)
    },
  )
  try {
    await listen(server)
  } catch (error) {
    await store.close()
    throw error
  }
  return {
    ...credential,
    endpoint: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      while (running.size > 0) await Promise.all(running)
      server.closeAllConnections()
      await closed
      await store.close()
    },
  }
}

interface Context {
  readonly store: Store
  readonly checksums: Checksums
  readonly authenticator: Authenticator
  readonly now: () => number
  readonly onFault: (error: unknown) => void
}

/** Answers one request, and waits until the answer is out or the connection broken. Never rejects. */
async function serve(context: Context, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const out = finished(response, { readable: false }).catch(() => {})
  const requestId = randomBytes(8).toString('hex').toUpperCase()
  response.setHeader('x-amz-request-id', requestId)
  response.setHeader('server', 's3warden-embedded')
  // Whoever hung up is not told; what is wrong with a request shows where its body is read.
  incoming.on('error', () => {})
  response.on('error', () => {})
  try {
    const reply = await answer(context, incoming)
    await send(response, reply, context.store.blobs)
  } catch (error) {
    sendError(response, incoming, asS3Error(error, context.onFault), requestId)
  }
  await out
}

async function answer(context: Context, incoming: IncomingMessage): Promise<Reply> {
  const { store, checksums, now } = context
  const method = incoming.method ?? ''
  const headers = parseHeaders(incoming.rawHeaders)
  const parsed = parseTarget(incoming.url ?? '', headers.get('host') ?? '', NO_NAMES)
  const payload = context.authenticator.authenticate({ method, parsed, headers })
  const operation = matchOperation(method, parsed.target, parsed.query, headers)
  if (!isEmbeddedOperation(operation.name)) {
    throw new S3Error('NotImplemented', {
      message: `The embedded backend does not implement ${operation.name}.`,
    })
  }
  refuseUnsupportedHeaders(operation, headers)
  refuseUnsafeTarget(parsed.target, NO_RESERVED_NAMES)
  const body = { source: incoming, length: bodyLength(incoming, headers), payload }
  if (operation.row.body === 'none' && body.length > 0) throw new S3Error('UnexpectedContent')
  return EMBEDDED_OPERATIONS[operation.name]({
    operation,
    target: parsed.target,
    headers,
    body,
    store,
    checksums,
    region: REGION,
    now,
  })
}

/** @throws S3Error `InvalidRequest` for a repeated header: which of two counts is not for us to say */
function parseHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Map<string, string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    if (headers.has(name)) {
      throw new S3Error('InvalidRequest', { message: `The header ${name} was sent more than once.` })
    }
    headers.set(name, rawHeaders[i + 1] ?? '')
  }
  return headers
}

/** @throws S3Error `MissingContentLength` for a body of unknown length */
function bodyLength(incoming: IncomingMessage, headers: Headers): number {
  const length = headers.get('content-length')
  if (headers.has('transfer-encoding')) throw new S3Error('MissingContentLength')
  if (length !== undefined) return Number(length)
  if (incoming.method === 'PUT' || incoming.method === 'POST') throw new S3Error('MissingContentLength')
  return 0
}

/** How a connection breaks that the other side closed. */
const HANG_UPS: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])

function asS3Error(error: unknown, onFault: (error: unknown) => void): S3Error {
  if (error instanceof S3Error) return error
  if (error instanceof Error && 'code' in error && HANG_UPS.has(error.code)) {
    return new S3Error('IncompleteBody', { cause: error })
  }
  onFault(error)
  return new S3Error('InternalError', { cause: error })
}

function sendError(
  response: ServerResponse,
  incoming: IncomingMessage,
  error: S3Error,
  requestId: string,
): void {
  if (response.headersSent) {
    // Half an answer must not look like a whole one.
    response.destroy()
    return
  }
  for (const [name, value] of error.headers) response.setHeader(name, value)
  const context = { resource: '', requestId, hostId: requestId }
  const body = incoming.method === 'HEAD' ? '' : renderError(error, context)
  response.writeHead(error.status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, HOST, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
