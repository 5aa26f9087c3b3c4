/**
 * The gate's own answers: errors (rendered here and nowhere else) and small XML documents, and what becomes of a
 * request body that nobody read.
 */
import type { ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import { S3Error } from '../s3/error.ts'
import type { HeaderList } from '../s3/headers.ts'
import { renderError } from '../s3/xml-error.ts'
import { announcedLength, EdgeFault, type ReceivedRequest } from './edge.ts'

/** A refused body up to this length is read to its end, so that the connection can be used again. */
const DRAIN_AND_KEEP = 256 * 1024
/** Beyond it the connection closes; until then this much is read so that the client gets to see the answer. */
const LINGER_BYTES = 128 * 1024 * 1024
const LINGER_MS = 10_000
/** A client that takes nothing of an answer, or has not sent the rest of a refused body, for this long has given up. */
const TAKING_MS = 60_000

/** The second of S3's two request ids: says nothing, but clients print it. */
export function hostId(requestId: string): string {
  return btoa(`s3warden:${requestId}`)
}

/** Where clients reach us: the URL that they are told, or the one that this client wrote: `https://host:port`. */
export function endpointOf({ incoming, headers }: ReceivedRequest, told: string | null): string {
  if (told !== null) return told
  const scheme = incoming.socket instanceof TLSSocket ? 'https' : 'http'
  return `${scheme}://${headers.get('host') ?? ''}`
}

/** Turns whatever was thrown into what the client is to see. An unknown error is ours: 500, its cause for the log. */
export function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error
  if (error instanceof Error && error.name === 'StoreUnavailable') {
    return new S3Error('ServiceUnavailable', { reason: `key database: ${error.message}`, cause: error })
  }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new S3Error('InternalError', { reason, cause: error })
}

/** Answers with `error`, or tears the connection down where an answer has already begun. */
export function sendError(request: ReceivedRequest, error: S3Error, resource: string): void {
  const { response, journal } = request
  // It was answered already, whole: what failed since then changes nothing for the client.
  if (response.writableEnded) return
  journal.code = error.code
  journal.fault = error.source
  journal.reason = error.reason ?? reasonOf(error)
  if (response.headersSent || response.destroyed) {
    tearDown(request)
    return
  }
  const body =
    request.method === 'HEAD'
      ? ''
      : renderError(error, { resource, requestId: request.id, hostId: hostId(request.id) })
  send(request, error.status, error.headers, 'application/xml', body, error instanceof EdgeFault)
}

/** What the client is told, with what it is about. Only elements that never hold a secret or what was signed. */
export function reasonOf({ message, elements }: S3Error): string {
  const about = elements.filter(([name]) => TELLING.has(name)).map(([name, value]) => `${name}: ${value}`)
  return (about.length === 0 ? message : `${message} (${about.join(', ')})`).slice(0, MAX_REASON)
}

const TELLING: ReadonlySet<string> = new Set([
  'ArgumentName',
  'BucketName',
  'Condition',
  'Element',
  'Header',
  'HeadersNotSigned',
  'Method',
  'Parameter',
  'ParametersNotSigned',
])

/** A client may name thousands of headers. */
const MAX_REASON = 1024

/** Answers with a document of the gate's own. */
export function sendXml(request: ReceivedRequest, status: number, headers: HeaderList, body: string): void {
  send(request, status, headers, 'application/xml', body, false)
}

/** Answers without a body. */
export function sendEmpty(request: ReceivedRequest, status: number, headers: HeaderList): void {
  send(request, status, headers, undefined, '', false)
}

function send(
  request: ReceivedRequest,
  status: number,
  headers: HeaderList,
  contentType: string | undefined,
  body: string,
  distrustConnection: boolean,
): void {
  const { response, journal } = request
  const unread = unreadBody(request)
  const close = distrustConnection || unread === 'close' || unread === 'linger'
  const list: string[] = ['x-amz-request-id', request.id, 'x-amz-id-2', hostId(request.id)]
  for (const [name, value] of headers) list.push(name, value)
  if (contentType !== undefined) list.push('Content-Type', contentType)
  const bytes = Buffer.byteLength(body)
  if (status !== 204 && status !== 304) list.push('Content-Length', String(bytes))
  if (close) list.push('Connection', 'close')
  journal.status = status
  journal.bytes_out = bytes
  response.writeHead(status, list)
  if (unread === 'linger') {
    response.write(body)
    linger(request)
  } else {
    response.end(body)
    closeUnlessTaken(response)
    if (unread === 'little') closeUnlessComplete(request)
  }
}

/** A short body that nobody wants may take its time, but not for ever. */
function closeUnlessComplete({ incoming }: ReceivedRequest): void {
  const timer = setTimeout(() => incoming.destroy(), TAKING_MS)
  incoming.once('close', () => clearTimeout(timer))
}

/**
 * To be called when an answer has been written to its end: what the client has not taken of it stays in memory, and
 * from here on nobody else watches over it.
 */
export function closeUnlessTaken(response: ServerResponse): void {
  if (response.socket?.writableLength === 0) return
  response.setTimeout(TAKING_MS, () => response.destroy())
}

/** HTTP/1.0 may have no other end of a body than the connection's: only a reset tells a cut one from a whole one. */
function tearDown({ incoming, response }: ReceivedRequest): void {
  const { socket } = incoming
  if (incoming.httpVersionMinor === 0 && !(socket instanceof TLSSocket)) socket.resetAndDestroy()
  else response.destroy()
}

/**
 * What to do about a body that was announced and not read.
 * `none`: there is none. `little`: Node discards what is left. `close`: the client waits for `100 Continue` and will
 * not get it. `linger`: it may be long: the answer goes out at once, the rest is discarded for a while.
 */
function unreadBody(request: ReceivedRequest): 'none' | 'little' | 'close' | 'linger' {
  const length = announcedLength(request.headers)
  if (length === 0 || request.incoming.complete) return 'none'
  if (request.expectsContinue && !continued.has(request)) return 'close'
  return length !== null && length <= DRAIN_AND_KEEP ? 'little' : 'linger'
}

/** Requests whose client was told to go on and send the body. */
const continued = new WeakSet<ReceivedRequest>()

/** Sends `100 Continue` where the client waits for it: only ever after authorization. */
export function sendContinue(request: ReceivedRequest): void {
  if (!request.expectsContinue || continued.has(request)) return
  continued.add(request)
  request.response.writeContinue()
}

/** The answer is out, whole; a client that is still sending reads it when it is done, or when we have had enough. */
function linger(request: ReceivedRequest): void {
  const { incoming, response } = request
  let discarded = 0
  const finish = (): void => {
    clearTimeout(timer)
    incoming.off('data', count)
    response.end()
  }
  const count = (chunk: Buffer): void => {
    discarded += chunk.length
    if (discarded > LINGER_BYTES) finish()
  }
  const timer = setTimeout(finish, LINGER_MS)
  incoming.on('data', count)
  incoming.once('end', finish)
  incoming.once('error', finish)
  incoming.once('close', finish)
}
