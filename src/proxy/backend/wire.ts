/**
 * A backend request as it goes on the wire: addressed as the backend wants it, signed with the gate's own credential.
 *
 * What is signed is what is sent: path and query are canonical already, and header values are latin1 strings on both
 * sides, one character per byte.
 */
import { hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { HeaderList } from '../../s3/headers.ts'
import type { RequestSigner } from '../../sigv4/request-signer.ts'
import type { BackendRequest } from './backends.ts'
import { capabilitiesOf } from './capabilities.ts'
import type { Endpoint } from './endpoint.ts'
import type { WireRequest } from './pool.ts'
import { STREAMING_PAYLOAD, type TrailerFraming } from './trailer.ts'

export interface WireTimeouts {
  readonly headersTimeout: number
  readonly bodyTimeout: number
}

/** What is to be sent behind the headers. */
export interface WireBody {
  /** Null: nothing. */
  readonly content: Buffer | Readable | null
  /** In bytes, framing included. */
  readonly length: number
  /** What `x-amz-content-sha256` says of it. */
  readonly payloadHash: string
  /** What other headers say of it. */
  readonly headers: HeaderList
}

export const NO_BODY: WireBody = {
  content: null,
  length: 0,
  // SHA-256 of nothing.
  payloadHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  headers: [],
}

/** A document of the gate's own making. */
export function signedBody(bytes: Buffer): WireBody {
  return { content: bytes, length: bytes.length, payloadHash: hash('sha256', bytes, 'hex'), headers: [] }
}

/** Bytes that were verified on their way in: hashing them once more would prove nothing. */
export function verifiedBody(content: Buffer | Readable, length: number, headers: HeaderList): WireBody {
  return { content, length, payloadHash: 'UNSIGNED-PAYLOAD', headers }
}

/** The same, with a checksum behind them. */
export function framedBody(content: Readable, framing: TrailerFraming): WireBody {
  return { content, length: framing.wireLength, payloadHash: STREAMING_PAYLOAD, headers: framing.headers }
}

export function wireRequest(
  request: BackendRequest,
  endpoint: Endpoint,
  body: WireBody,
  signer: RequestSigner,
  timeouts: WireTimeouts,
): WireRequest {
  const { record, secretKey } = request.backend
  const virtual = record.addressing === 'virtual' && request.bucket !== null
  const path = virtual ? request.path.slice(1 + (request.bucket as string).length) || '/' : request.path
  const headers = signer.sign({
    method: request.method,
    host: virtual ? `${request.bucket}.${endpoint.host}` : endpoint.host,
    path,
    query: request.query,
    headers: body.headers.length === 0 ? request.headers : describing(body, request.headers),
    payloadHash: body.payloadHash,
    accessKey: record.access_key,
    secretKey,
    region: record.region,
    whiteSpace: capabilitiesOf(record.kind).whiteSpace,
  })
  const flat: string[] = []
  for (const [name, value] of headers) flat.push(name, value)
  if (body.content !== null) flat.push('content-length', String(body.length))
  return {
    method: request.method,
    path: request.query === '' ? path : `${path}?${request.query}`,
    headers: flat,
    body: body.content,
    servername: endpoint.servername,
    // undici would close the connection after every HEAD.
    reset: false,
    ...timeouts,
  }
}

function describing(body: WireBody, headers: HeaderList): HeaderList {
  if (body.payloadHash !== STREAMING_PAYLOAD) return [...headers, ...body.headers]
  const encoding = headers.find(([name]) => name === 'content-encoding')?.[1]
  return [
    ...headers.filter(([name]) => name !== 'content-encoding'),
    ...body.headers,
    ['content-encoding', encoding === undefined ? 'aws-chunked' : `aws-chunked,${encoding}`],
  ]
}
