/**
 * A backend request as it goes on the wire: addressed as the backend wants it, signed with the gate's own credential.
 *
 * What is signed is what is sent: path and query are canonical already, and header values are latin1 strings on both
 * sides, one character per byte.
 */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { RequestSigner } from '../../sigv4/request-signer.ts'
import type { BackendRequest } from './backends.ts'
import type { Endpoint } from './endpoint.ts'
import type { WireRequest } from './pool.ts'

export interface WireTimeouts {
  readonly headersTimeout: number
  readonly bodyTimeout: number
}

/** SHA-256 of nothing. */
const EMPTY_PAYLOAD = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
/** Of bodies that were verified on their way in: hashing them once more would prove nothing. */
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/**
 * @param body what is left to send; null: nothing
 * @param length its length in bytes
 */
export function wireRequest(
  request: BackendRequest,
  endpoint: Endpoint,
  body: Buffer | Readable | null,
  length: number,
  signer: RequestSigner,
  timeouts: WireTimeouts,
): WireRequest {
  const { record, secretKey } = request.backend
  const virtual = record.addressing === 'virtual' && request.bucket !== null
  const host = virtual ? `${request.bucket}.${endpoint.host}` : endpoint.host
  const path = virtual ? request.path.slice(1 + (request.bucket as string).length) || '/' : request.path
  const headers = signer.sign({
    method: request.method,
    host,
    path,
    query: request.query,
    headers: request.headers,
    payloadHash: payloadHash(request, body),
    accessKey: record.access_key,
    secretKey,
    region: record.region,
  })
  const flat: string[] = []
  for (const [name, value] of headers) flat.push(name, value)
  if (body !== null) flat.push('content-length', String(length))
  return {
    method: request.method,
    path: request.query === '' ? path : `${path}?${request.query}`,
    headers: flat,
    body,
    servername: endpoint.servername,
    // undici would close the connection after every HEAD.
    reset: false,
    ...timeouts,
  }
}

function payloadHash(request: BackendRequest, body: Buffer | Readable | null): string {
  if (body === null) return EMPTY_PAYLOAD
  return request.body.kind === 'bytes'
    ? createHash('sha256').update(request.body.bytes).digest('hex')
    : UNSIGNED_PAYLOAD
}
