/**
 * Signed S3 requests as bytes: the same request in every way a client may authenticate it. What a function returns is
 * a plain {@link RawRequest}, which a test may bend before it sends it.
 */
import { createHmac } from 'node:crypto'
import type { RawHeaders, RawRequest } from './raw-http.ts'
import {
  amzDate,
  type Credentials,
  canonicalRequest,
  encodeQuery,
  type Folding,
  type Scope,
  scopeText,
  sha256,
  signingKey,
  signV2,
  signV4,
  split,
  stringToSignV4,
} from './reference-signer.ts'

/** What is asked, before anybody signed it. */
export interface S3Request {
  readonly method: string
  /** Path and query as they are to stand in the request line, percent-encoded. */
  readonly target: string
  readonly headers?: RawHeaders
  readonly body?: Buffer | string
}

export interface SigningOptions {
  readonly host: string
  readonly region?: string
  readonly service?: string
  /** Milliseconds since the epoch. */
  readonly at?: number
  /** The value of x-amz-content-sha256; by default the body's hash. */
  readonly payload?: string
  /** Lower-case names of headers that go along without being signed. */
  readonly unsigned?: readonly string[]
  /** How white space within values is signed; by default as AWS's documents say. */
  readonly fold?: Folding
}

/** AWS Signature Version 4 in the Authorization header. */
export function signed(credentials: Credentials, request: S3Request, given: SigningOptions): RawRequest {
  const options = settled(given)
  const body = Buffer.from(request.body ?? '')
  const payload = options.payload ?? sha256(body)
  const unsignedYet: RawRequest = {
    method: request.method,
    target: request.target,
    headers: [
      ['Host', options.host],
      ['x-amz-date', scopeOf(options).date],
      ['x-amz-content-sha256', payload],
      ...(request.headers ?? []),
      ...lengthOf(request, body),
    ],
    body,
  }
  return authorized(credentials, unsignedYet, options, payload)
}

/** Adds the Authorization header over all headers that are there, less those of `options.unsigned`. */
export function authorized(
  credentials: Credentials,
  request: RawRequest,
  options: SigningOptions,
  payload: string,
): RawRequest {
  const scope = scopeOf(options)
  const names = signedNames(request.headers, options.unsigned ?? [])
  const signature = signV4(
    credentials.secretKey,
    scope,
    stringToSignV4(scope, canonicalRequest(request, names, payload, options.fold)),
  )
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKey}/${scopeText(scope)}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { ...request, headers: [...request.headers, ['Authorization', authorization]] }
}

export interface PresignOptions extends SigningOptions {
  /** Seconds. */
  readonly expires?: number
}

/** AWS Signature Version 4 in the query. Headers of the request are signed, less those of `options.unsigned`. */
export function presigned(credentials: Credentials, request: S3Request, options: PresignOptions): RawRequest {
  const scope = scopeOf(options)
  const body = Buffer.from(request.body ?? '')
  const headers: RawHeaders = [['Host', options.host], ...(request.headers ?? []), ...lengthOf(request, body)]
  const names = signedNames(headers, [...(options.unsigned ?? []), 'content-length', 'transfer-encoding'])
  const parameters = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${credentials.accessKey}/${scopeText(scope)}`],
    ['X-Amz-Date', scope.date],
    ['X-Amz-Expires', String(options.expires ?? 900)],
    ['X-Amz-SignedHeaders', names.join(';')],
  ].map(([name = '', value = '']) => `${name}=${encodeQuery(value)}`)
  const [path, query] = split(request.target)
  const target = `${path}?${[...(query === '' ? [] : [query]), ...parameters].join('&')}`
  const canonical = canonicalRequest(
    { ...request, headers, target, body },
    names,
    options.payload ?? 'UNSIGNED-PAYLOAD',
  )
  const signature = signV4(credentials.secretKey, scope, stringToSignV4(scope, canonical))
  return { method: request.method, target: `${target}&X-Amz-Signature=${signature}`, headers, body }
}

export type ChunkMode = 'signed' | 'signed-trailer' | 'unsigned-trailer'

export interface ChunkOptions extends SigningOptions {
  readonly mode: ChunkMode
  /** Bytes a chunk; the last may be shorter. */
  readonly chunkSize?: number
  /** Lower-case name and value, as in the modes that carry trailers. */
  readonly trailers?: RawHeaders
  /** Send Transfer-Encoding: chunked in place of Content-Length, as boto3 does. */
  readonly framing?: 'length' | 'chunked'
  /** `aws-chunked`, after whatever encodings the object itself has; minio-go leaves it out: null. */
  readonly contentEncoding?: string | null
}

const CONTENT_SHA256: Readonly<Record<ChunkMode, string>> = {
  signed: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'signed-trailer': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'unsigned-trailer': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
}

/** One piece of an aws-chunked body: its header line, data and line end. */
export interface Chunk {
  readonly data: Buffer
  readonly signature: string | undefined
}

export interface ChunkedBody {
  readonly chunks: readonly Chunk[]
  /** What follows the last chunk's line: trailers, their signature, the final blank line. */
  readonly tail: string
}

export interface ChunkedRequest {
  readonly request: RawRequest
  readonly body: ChunkedBody
}

/** An aws-chunked upload. The body is also given in pieces, for tests that tamper with one. */
export function chunked(credentials: Credentials, request: S3Request, given: ChunkOptions): ChunkedRequest {
  const options = settled(given)
  const data = Buffer.from(request.body ?? '')
  const trailers = options.trailers ?? []
  const encoding = options.contentEncoding === undefined ? 'aws-chunked' : options.contentEncoding
  const payload = CONTENT_SHA256[options.mode]
  const scope = scopeOf(options)
  // Lengths do not depend on the signatures' values: measure with a dummy seed first.
  const measure = envelope(chunkedBody(credentials, scope, options, data, '0'.repeat(64)))
  const head: RawRequest = {
    method: request.method,
    target: request.target,
    headers: [
      ['Host', options.host],
      ['x-amz-date', scope.date],
      ['x-amz-content-sha256', payload],
      ['x-amz-decoded-content-length', String(data.length)],
      ...(encoding === null ? [] : [['Content-Encoding', encoding] as const]),
      ...(trailers.length === 0
        ? []
        : [['x-amz-trailer', trailers.map(([name]) => name).join(',')] as const]),
      ...(request.headers ?? []),
      options.framing === 'chunked'
        ? (['Transfer-Encoding', 'chunked'] as const)
        : (['Content-Length', String(measure.length)] as const),
    ],
  }
  const withSignature = authorized(
    credentials,
    head,
    { ...options, unsigned: [...(options.unsigned ?? []), 'transfer-encoding'] },
    payload,
  )
  const seed = /Signature=([0-9a-f]{64})/.exec(withSignature.headers.at(-1)?.[1] ?? '')?.[1] ?? ''
  const body = chunkedBody(credentials, scope, options, data, seed)
  return { request: { ...withSignature, body: wireBody(envelope(body), options) }, body }
}

/** The bytes of an aws-chunked body. */
export function envelope(body: ChunkedBody): Buffer {
  const pieces = body.chunks.flatMap(({ data, signature }) => {
    const extension = signature === undefined ? '' : `;chunk-signature=${signature}`
    return [
      Buffer.from(`${data.length.toString(16)}${extension}\r\n`),
      data,
      Buffer.from(data.length === 0 ? '' : '\r\n'),
    ]
  })
  return Buffer.concat([...pieces, Buffer.from(body.tail)])
}

/** HTTP's own chunking around it, where that was asked for. */
export function wireBody(bytes: Buffer, options: Pick<ChunkOptions, 'framing'>): Buffer {
  if (options.framing !== 'chunked') return bytes
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')])
}

function chunkedBody(
  credentials: Credentials,
  scope: Scope,
  options: ChunkOptions,
  data: Buffer,
  seed: string,
): ChunkedBody {
  const size = options.chunkSize ?? 64 * 1024
  const slices = Array.from({ length: Math.ceil(data.length / size) }, (_, i) =>
    data.subarray(i * size, (i + 1) * size),
  )
  const signer = chunkSigner(credentials, scope, seed)
  const chunks = [...slices, Buffer.alloc(0)].map((slice) => ({
    data: slice,
    signature: options.mode === 'unsigned-trailer' ? undefined : signer.chunk(slice),
  }))
  const trailers = (options.trailers ?? []).map(([name, value]) => `${name}:${value}\r\n`).join('')
  if (options.mode !== 'signed-trailer') return { chunks, tail: `${trailers}\r\n` }
  const signature = signer.trailers(options.trailers ?? [])
  return { chunks, tail: `${trailers}x-amz-trailer-signature:${signature}\r\n\r\n` }
}

/** Signs chunks one after the other, each signature over the one before, then the trailers. */
export function chunkSigner(
  credentials: Credentials,
  scope: Scope,
  seed: string,
): { chunk(data: Buffer): string; trailers(trailers: RawHeaders): string } {
  const key = signingKey(credentials.secretKey, scope)
  let previous = seed
  const sign = (algorithm: string, ...hashes: readonly string[]) => {
    const lines = [algorithm, scope.date, scopeText(scope), previous, ...hashes]
    previous = createHmac('sha256', key).update(lines.join('\n')).digest('hex')
    return previous
  }
  return {
    chunk: (data) => sign('AWS4-HMAC-SHA256-PAYLOAD', sha256(''), sha256(data)),
    trailers: (trailers) =>
      sign(
        'AWS4-HMAC-SHA256-TRAILER',
        sha256(trailers.map(([name, value]) => `${name}:${value}\n`).join('')),
      ),
  }
}

export interface PostFormOptions extends SigningOptions {
  readonly bucket: string
  /** Form fields beside policy and signature, in order. */
  readonly fields: RawHeaders
  /** The policy's conditions; by default exactly the fields and the bucket. */
  readonly conditions?: readonly unknown[]
  /** Milliseconds from `at` until the policy expires. */
  readonly expiresIn?: number
  readonly file: Buffer | string
  /** `upload.bin` where absent. */
  readonly filename?: string
  /** What follows the file part, in place of the closing boundary. */
  readonly closing?: string
  /** The policy document itself, where it is to be something else than a policy. */
  readonly document?: string
}

/** In a form's key: the name of the file that the browser sends. */
export const FILENAME = '\x24{filename}'

export const FORM_BOUNDARY = 'form-boundary-7MA4YWxkTrZu0gW'

/** A browser's form upload with a signed policy. */
export function postForm(credentials: Credentials, options: PostFormOptions): RawRequest {
  const scope = scopeOf(options)
  const fields: RawHeaders = [
    ...options.fields,
    ['x-amz-algorithm', 'AWS4-HMAC-SHA256'],
    ['x-amz-credential', `${credentials.accessKey}/${scopeText(scope)}`],
    ['x-amz-date', scope.date],
  ]
  const document =
    options.document ??
    JSON.stringify({
      expiration: new Date((options.at ?? Date.now()) + (options.expiresIn ?? 900_000)).toISOString(),
      conditions: [
        ...(options.conditions ?? [
          { bucket: options.bucket },
          ...options.fields.map(([name, value]) => ['starts-with', `$${name}`, name === 'key' ? '' : value]),
        ]),
        ...fields.slice(options.fields.length).map(([name, value]) => ({ [name]: value })),
      ],
    })
  const policy = Buffer.from(document).toString('base64')
  return formRequest(options, [
    ...fields,
    ['policy', policy],
    ['x-amz-signature', signV4(credentials.secretKey, scope, policy)],
  ])
}

/** multipart/form-data with these fields and then the file. */
export function formRequest(
  options: Pick<PostFormOptions, 'bucket' | 'host' | 'file' | 'filename' | 'closing'>,
  fields: RawHeaders,
): RawRequest {
  const parts = fields.map(
    ([name, value]) =>
      `--${FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const body = Buffer.concat([
    Buffer.from(parts.join('')),
    Buffer.from(
      `--${FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${options.filename ?? 'upload.bin'}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
    Buffer.from(options.file),
    Buffer.from(options.closing ?? `\r\n--${FORM_BOUNDARY}--\r\n`),
  ])
  return {
    method: 'POST',
    target: `/${options.bucket}`,
    headers: [
      ['Host', options.host],
      ['Content-Type', `multipart/form-data; boundary=${FORM_BOUNDARY}`],
      ['Content-Length', String(body.length)],
    ],
    body,
  }
}

/** Signature version 2 in the Authorization header. */
export function signedV2(credentials: Credentials, request: S3Request, options: SigningOptions): RawRequest {
  const body = Buffer.from(request.body ?? '')
  const date = new Date(options.at ?? Date.now()).toUTCString()
  const signature = signV2(credentials.secretKey, stringToSignV2(request, date))
  return {
    method: request.method,
    target: request.target,
    headers: [
      ['Host', options.host],
      ['Date', date],
      ...(request.headers ?? []),
      ...lengthOf(request, body),
      ['Authorization', `AWS ${credentials.accessKey}:${signature}`],
    ],
    body,
  }
}

/** Signature version 2 in the query. */
export function presignedV2(
  credentials: Credentials,
  request: S3Request,
  options: PresignOptions,
): RawRequest {
  const body = Buffer.from(request.body ?? '')
  const expires = String(Math.floor((options.at ?? Date.now()) / 1000) + (options.expires ?? 900))
  const signature = signV2(credentials.secretKey, stringToSignV2(request, expires))
  const joint = request.target.includes('?') ? '&' : '?'
  return {
    method: request.method,
    target: `${request.target}${joint}AWSAccessKeyId=${encodeQuery(credentials.accessKey)}&Signature=${encodeQuery(signature)}&Expires=${expires}`,
    headers: [['Host', options.host], ...(request.headers ?? []), ...lengthOf(request, body)],
    body,
  }
}

/** Sub-resources that version 2 signs. */
const V2_RESOURCES = [
  'acl',
  'delete',
  'location',
  'partNumber',
  'tagging',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
]

export function stringToSignV2(request: S3Request, date: string): string {
  const [path, query] = split(request.target)
  const value = (name: string) => request.headers?.find(([other]) => other.toLowerCase() === name)?.[1] ?? ''
  const resources = query
    .split('&')
    .filter((piece) => V2_RESOURCES.includes(piece.split('=')[0] ?? ''))
    .map((piece) => piece.replace(/=$/, ''))
    .sort()
  const amz = (request.headers ?? [])
    .filter(([name]) => name.toLowerCase().startsWith('x-amz-'))
    .map(([name, text]) => `${name.toLowerCase()}:${text}\n`)
    .sort()
  return `${request.method}\n${value('content-md5')}\n${value('content-type')}\n${date}\n${amz.join('')}${path}${resources.length === 0 ? '' : `?${resources.join('&')}`}`
}

/** The same options with their time settled: a request is signed for one second, however long that takes. */
function settled<T extends SigningOptions>(options: T): T & { readonly at: number } {
  return { ...options, at: options.at ?? Date.now() }
}

function scopeOf(options: SigningOptions): Scope {
  return {
    date: amzDate(options.at ?? Date.now()),
    region: options.region ?? 'us-east-1',
    service: options.service ?? 's3',
  }
}

function signedNames(headers: RawHeaders, unsigned: readonly string[]): readonly string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()))
  for (const name of unsigned) names.delete(name)
  return [...names].sort()
}

/** Content-Length where there is a body or a method that has one, unless the test frames the body itself. */
function lengthOf(request: S3Request, body: Buffer): RawHeaders {
  const framed = (request.headers ?? []).some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
  const wanted = body.length > 0 || request.method === 'PUT' || request.method === 'POST'
  return framed || !wanted ? [] : [['Content-Length', String(body.length)]]
}
