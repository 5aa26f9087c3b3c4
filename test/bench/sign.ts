/** Requests of the bench, signed ahead by the tests' own signer, each for a key of its own. */
import { crc32 } from 'node:zlib'
import type { RawHeaders } from '../support/raw-http.ts'
import {
  amzDate,
  type Credentials,
  canonicalRequest,
  EMPTY_SHA256,
  scopeText,
  sha256,
  signV4,
  stringToSignV4,
} from '../support/reference-signer.ts'
import type { WireRequest } from './load.ts'

export interface Unsigned {
  readonly method: string
  readonly target: string
  readonly body: UnsignedBody
}

/** `signed`: its SHA-256 is part of the signature. `trailer`: aws-chunked, with a CRC32 behind it. */
export type UnsignedBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'signed' | 'unsigned' | 'trailer'; readonly bytes: Buffer }

/** What `User-Agent` says: clients send long ones. */
const USER_AGENT =
  'aws-cli/2.15.0 md/Botocore#1.34.0 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.11.6 cfg/retry-mode#standard'

/** @param hash of the body, where it is signed: worked out once for a body that many requests share */
export function signed(request: Unsigned, credentials: Credentials, hash: string): WireRequest {
  const { method, target, body } = request
  const scope = { date: amzDate(Date.now()), region: 'us-east-1', service: 's3' }
  const payloadHash = payloadHashOf(body, hash)
  const headers: [string, string][] = [
    ['Host', 's3.example.org'],
    ['X-Amz-Content-SHA256', payloadHash],
    ['X-Amz-Date', scope.date],
    ...describing(body),
  ]
  const signedHeaders = headers.map(([name]) => name.toLowerCase()).sort((a, b) => (a < b ? -1 : 1))
  const canonical = canonicalRequest({ method, target, headers }, signedHeaders, payloadHash)
  const signature = signV4(credentials.secretKey, scope, stringToSignV4(scope, canonical))
  const bytes = wireBody(body)
  headers.push(
    [
      'Authorization',
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKey}/${scopeText(scope)}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
    ],
    ['User-Agent', USER_AGENT],
    ['Accept-Encoding', 'identity'],
  )
  if (body.kind !== 'none') headers.push(['Content-Length', String(bytes.length)])
  const head = headBytes(method, target, headers)
  // What is short goes out with its head, as clients send it.
  return bytes.length <= 16_384
    ? { head: Buffer.concat([head, bytes]), body: NOTHING, bodiless: method === 'HEAD' }
    : { head, body: bytes, bodiless: method === 'HEAD' }
}

const NOTHING = Buffer.alloc(0)

/** What {@link signed} wants to know of a body. */
export function hashOf(body: UnsignedBody): string {
  return body.kind === 'signed' ? sha256(body.bytes) : ''
}

function payloadHashOf(body: UnsignedBody, hash: string): string {
  switch (body.kind) {
    case 'none':
      return EMPTY_SHA256
    case 'signed':
      return hash
    case 'unsigned':
      return 'UNSIGNED-PAYLOAD'
    case 'trailer':
      return 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
  }
}

function describing(body: UnsignedBody): [string, string][] {
  if (body.kind !== 'trailer') return []
  return [
    ['Content-Encoding', 'aws-chunked'],
    ['X-Amz-Decoded-Content-Length', String(body.bytes.length)],
    ['X-Amz-Trailer', 'x-amz-checksum-crc32'],
  ]
}

/** Wire bytes of bodies that many requests share. */
const framed = new WeakMap<Buffer, Buffer>()

function wireBody(body: UnsignedBody): Buffer {
  if (body.kind === 'none') return NOTHING
  if (body.kind !== 'trailer') return body.bytes
  const known = framed.get(body.bytes)
  if (known !== undefined) return known
  const made = awsChunked(body.bytes)
  framed.set(body.bytes, made)
  return made
}

const CHUNK_BYTES = 1024 * 1024

/** In chunks of 1 MiB, as botocore sends it. */
function awsChunked(bytes: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES)
    pieces.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'))
  }
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(bytes))
  pieces.push(Buffer.from(`0\r\nx-amz-checksum-crc32:${checksum.toString('base64')}\r\n\r\n`))
  return Buffer.concat(pieces)
}

function headBytes(method: string, target: string, headers: RawHeaders): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1')
}
