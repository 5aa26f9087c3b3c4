/** The signature vectors of test/data/sigv4, and what turns one into the input of our functions. */
import { readFileSync } from 'node:fs'
import { Secret } from '../../src/iam/secret.ts'
import type { Headers } from '../../src/s3/headers.ts'
import { decode, encodePath, parseQuery, type QueryParameters } from '../../src/s3/uri.ts'
import type { CanonicalInput } from '../../src/sigv4/canonical.ts'
import type { ScopeRules } from '../../src/sigv4/credential.ts'

export interface Vector {
  readonly id: string
  readonly mode: 'header' | 'query'
  readonly service: string
  readonly region: string
  readonly amzDate: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly request: {
    readonly method: string
    readonly target: string
    readonly headers: readonly (readonly [string, string])[]
  }
  readonly signedHeaders: readonly string[]
  readonly payloadHash: string
  readonly canonicalRequest: string
  readonly stringToSign: string
  readonly signature: string
  readonly s3CanonicalUriAgrees?: boolean
  /** The token was added to the request after it was signed, which S3 does not do: it stays out. */
  readonly omitSessionTokenFromSignature?: boolean
}

export interface StreamingVector extends Omit<Vector, 'signature'> {
  readonly seedSignature: string
  readonly chunks: readonly {
    readonly size: number
    readonly dataSha256: string
    readonly stringToSign?: string
    readonly signature?: string
    readonly header: string
  }[]
  readonly trailer: {
    readonly trailers: readonly (readonly [string, string])[]
    readonly canonical: string
    readonly stringToSign?: string
    readonly signature?: string
  } | null
  readonly decoded: { readonly length: number; readonly fill: string | null; readonly base64: string | null }
  readonly wire: { readonly length: number; readonly sha256: string }
}

export function loadData<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../data/${file}`, import.meta.url), 'utf8')) as T
}

export function loadVectors<T>(name: string): readonly T[] {
  return loadData<{ readonly vectors: readonly T[] }>(`sigv4/${name}.json`).vectors
}

export const secretOf = (vector: Pick<Vector, 'credentials'>): Secret =>
  new Secret(vector.credentials.secretAccessKey)

/** Rules that accept the vector's own service and region. */
export const rulesOf = ({ service, region }: Pick<Vector, 'service' | 'region'>): ScopeRules => ({
  service,
  region,
  regions: new Set([region]),
})

/** As the edge does it: latin1, lower-case names, values trimmed, repeats joined with a comma. */
export function headersOf(list: readonly (readonly [string, string])[]): Headers {
  const headers = new Map<string, string>()
  for (const [name, value] of list) {
    const key = name.toLowerCase()
    const text = onWire(value).trim()
    const before = headers.get(key)
    headers.set(key, before === undefined ? text : `${before},${text}`)
  }
  return headers
}

export function queryOf(vector: Pick<Vector, 'request' | 'omitSessionTokenFromSignature'>): QueryParameters {
  const [, query = ''] = splitTarget(vector.request.target)
  return parseQuery(query).filter(
    ([name]) => name !== 'X-Amz-Security-Token' || vector.omitSessionTokenFromSignature !== true,
  )
}

export function canonicalInput(vector: Omit<Vector, 'signature'>): CanonicalInput {
  const [path] = splitTarget(vector.request.target)
  return {
    method: vector.request.method,
    canonicalPath: encodePath(decode(path)),
    query: queryOf(vector).filter(([name]) => name !== 'X-Amz-Signature'),
    headers: headersOf(vector.request.headers),
    signedHeaders: vector.signedHeaders,
    payloadHash: vector.payloadHash,
  }
}

/** The bytes of a streaming vector's body, rebuilt from its pieces. */
export function wireOf(vector: StreamingVector): { readonly wire: Buffer; readonly decoded: Buffer } {
  const { fill, base64, length } = vector.decoded
  const decoded = base64 === null ? Buffer.alloc(length, fill ?? '') : Buffer.from(base64, 'base64')
  const pieces: (Buffer | string)[] = []
  let at = 0
  for (const { size, header } of vector.chunks) {
    pieces.push(header)
    if (size > 0) pieces.push(decoded.subarray(at, at + size), '\r\n')
    at += size
  }
  for (const [name, value] of vector.trailer?.trailers ?? []) pieces.push(`${name}:${value}\r\n`)
  if (vector.trailer?.signature !== undefined) {
    pieces.push(`x-amz-trailer-signature:${vector.trailer.signature}\r\n`)
  }
  pieces.push('\r\n')
  return { wire: Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))), decoded }
}

/** The latin1 string of the UTF-8 bytes: what Node makes of what a client sends. */
export function onWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function splitTarget(target: string): [path: string, query?: string] {
  const raw = onWire(target)
  const mark = raw.indexOf('?')
  return mark === -1 ? [raw] : [raw.slice(0, mark), raw.slice(mark + 1)]
}

/** A reproducible source of numbers in `[0, limit)` (mulberry32). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % limit
  }
}
