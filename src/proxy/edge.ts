/**
 * The edge: what Node's parser hands over becomes a {@link ReceivedRequest}, or is refused with 400 and the connection
 * closed. Whatever two HTTP implementations could read differently stops here.
 *
 * RFC 9112 (framing), RFC 9110 sections 5.3 and 5.5 (repeated fields, field values).
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Subnet } from '../iam/address.ts'
import { S3Error } from '../s3/error.ts'
import { foldsIntoMeaning } from '../s3/fates.ts'
import { type Headers, METADATA } from '../s3/headers.ts'
import { clientAddress } from './client-address.ts'
import { createJournal, type Journal } from './journal.ts'

/** A request whose framing and header list have one reading. Nothing of it is trusted yet. */
export interface ReceivedRequest {
  /** Ours, for the client, the log and the backend's log: 16 upper-case hex digits. */
  readonly id: string
  readonly method: string
  /** The request target as it was sent: always starts with `/`. */
  readonly rawTarget: string
  readonly headers: Headers
  /** The client's address: the peer's, or what a trusted proxy says it was. */
  readonly ip: string
  /** When it arrived, in milliseconds since the epoch. */
  readonly time: number
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  /** True while the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean
  readonly journal: Journal
}

/**
 * Headers that are lists by RFC 9110, or by S3's documents, and headers that no decision depends on: they may come in
 * several lines, which are joined with `,`, as signers do. Any other repeat is refused: which of two values counts is
 * exactly what two implementations disagree about. User metadata is joined too, as S3 says.
 */
const LISTS: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-encoding',
  'content-language',
  'cookie',
  'forwarded',
  'if-match',
  'if-none-match',
  'pragma',
  'te',
  'trailer',
  'upgrade',
  'via',
  'warning',
  'x-amz-object-attributes',
  'x-amz-optional-object-attributes',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
])

/** A framing or header fault after which the connection cannot be trusted any more. */
export class EdgeFault extends S3Error {}

const fault = (message: string): EdgeFault => new EdgeFault('BadRequest', { message })

/**
 * Parses Node's raw header list into single-valued headers.
 *
 * @param rawHeaders alternating names and values, latin1, as Node's parser kept them
 * @throws EdgeFault on a repeated header that is no list, or a name with `_` that a backend would take for another one
 *   (Ceph RGW reads `x_amz_acl` as `x-amz-acl`)
 */
export function parseHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Map<string, string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    const value = rawHeaders[i + 1] as string
    if (foldsIntoMeaning(name)) {
      throw fault(`The header name ${name} holds an underscore that object stores read as a hyphen.`)
    }
    const earlier = headers.get(name)
    if (earlier === undefined) headers.set(name, value)
    else if (LISTS.has(name) || name.startsWith(METADATA)) headers.set(name, `${earlier},${value}`)
    else throw fault(`The header ${name} was sent more than once.`)
  }
  return headers
}

/**
 * Refuses what could be framed or routed in two ways.
 *
 * @throws EdgeFault
 */
export function refuseAmbiguous(incoming: IncomingMessage, headers: Headers): void {
  const target = incoming.url as string
  if (!target.startsWith('/')) {
    throw fault('The request target must be in origin form: a path that starts with a slash.')
  }
  if (target.includes('#')) throw fault('The request target holds a fragment.')
  if (!headers.has('host')) throw fault('The Host header is missing.')
  const transferEncoding = headers.get('transfer-encoding')
  if (transferEncoding !== undefined) {
    if (headers.has('content-length')) throw fault('Both Content-Length and Transfer-Encoding were sent.')
    if (transferEncoding.toLowerCase() !== 'chunked') {
      throw fault('The only transfer coding that is accepted is chunked.')
    }
    if (incoming.httpVersionMinor === 0) throw fault('HTTP/1.0 has no transfer codings.')
  }
  const contentLength = headers.get('content-length')
  if (contentLength !== undefined && !isDecimal(contentLength)) throw fault('Content-Length is not a number.')
  const expectation = headers.get('expect')
  if (expectation !== undefined && expectation.toLowerCase() !== '100-continue') {
    throw fault('The only expectation that can be met is 100-continue.')
  }
}

function isDecimal(text: string): boolean {
  if (text.length === 0 || text.length > 15) return false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return false
  }
  return true
}

/** The announced length of the body in bytes; null: chunked; 0: none announced. */
export function announcedLength(headers: Headers): number | null {
  const contentLength = headers.get('content-length')
  if (contentLength !== undefined) return Number(contentLength)
  return headers.has('transfer-encoding') ? null : 0
}

export interface ReceiveDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Peers whose `X-Forwarded-For` counts. */
  readonly trustedProxies: () => readonly Subnet[]
  /** A new request's id. */
  readonly nextRequestId: () => string
}

/** A request on its way in: `fault` is set where its framing or headers have no single reading. */
export interface Reception {
  readonly request: ReceivedRequest
  readonly fault: S3Error | undefined
}

/** Never throws: a request that is refused here still has an id, an answer and a log line. */
export function receive(
  incoming: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
  deps: ReceiveDeps,
): Reception {
  let headers: Headers = NO_HEADERS
  let fault: S3Error | undefined
  try {
    headers = parseHeaders(incoming.rawHeaders)
    refuseAmbiguous(incoming, headers)
  } catch (error) {
    if (!(error instanceof S3Error)) throw error
    fault = error
  }
  const request: ReceivedRequest = {
    id: deps.nextRequestId(),
    method: incoming.method as string,
    rawTarget: incoming.url as string,
    headers,
    ip: clientAddress(
      incoming.socket.remoteAddress ?? '',
      headers.get('x-forwarded-for'),
      deps.trustedProxies(),
    ),
    time: deps.now(),
    incoming,
    response,
    expectsContinue,
    journal: createJournal(),
  }
  return { request, fault }
}

const NO_HEADERS: Headers = new Map()

/** Ids that no other worker or earlier process gives: random bits and a counter, in upper-case hex. */
export function createRequestIds(): () => string {
  const prefix = randomBytes(5).toString('hex').toUpperCase()
  let count = 0
  return () => {
    count = (count + 1) % 0x1000000
    return prefix + count.toString(16).toUpperCase().padStart(6, '0')
  }
}
