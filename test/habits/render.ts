/**
 * A recorded request as bytes again: placeholders filled in, and signed as its client signed it, with the headers that
 * it signed, the hash that it named and the chunks that it cut. The recorder holds this to account: a request is
 * written down only if what comes out here, with the recorded values, is what the client sent, signatures included.
 */
import { createHash } from 'node:crypto'
import type { RawHeaders } from '../support/raw-http.ts'
import {
  amzDate,
  type Credentials,
  canonicalRequest,
  encodeQuery,
  type Scope,
  sha256,
  signV2,
  signV4,
  split,
  stringToSignV4,
} from '../support/reference-signer.ts'
import { chunkSigner, stringToSignV2 } from '../support/s3-request.ts'
import { type RecordedBody, type RecordedData, type SentRequest, sizesOf } from './habits.ts'

/** What placeholders stand for, by name. */
export interface Values {
  readonly host: string
  readonly bucket: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The rest: what earlier answers gave, and noise. */
  readonly others: ReadonlyMap<string, string>
}

export interface Rendered {
  /** Request line and header lines, filled in and signed. */
  readonly lines: readonly string[]
  /** The same as bytes, with the empty line. */
  readonly head: Buffer
  readonly body: Buffer
  /** The body out of all framing. */
  readonly data: Buffer
}

/** `{name}`, where the name is one of those that a template may hold. */
export const PLACEHOLDER =
  /\{(accessKey|credential|userAgent|host|bucket|date|day|httpDate|expires|signature|sha256|md5|uploadId|etag:[^{}]+|lastModified|uuid|kernel|later)\}/g

const CHUNK_SIGNATURE = '{chunkSignature}'
const TRAILER_SIGNATURE = '{trailerSignature}'

export function render(request: SentRequest, credentials: Credentials, values: Values): Rendered {
  const date = amzDate(values.at)
  const others = new Map([
    ['accessKey', credentials.accessKey],
    ['credential', `${credentials.accessKey}/${date.slice(0, 8)}/us-east-1/s3/aws4_request`],
    ['host', values.host],
    ['bucket', values.bucket],
    ['date', date],
    ['day', date.slice(0, 8)],
    ['httpDate', new Date(values.at).toUTCString()],
    ...values.others,
  ])
  const hashes: Readonly<Record<string, () => string>> = {
    sha256: () => sha256(data),
    md5: () => createHash('md5').update(data).digest('base64'),
  }
  const fill = (text: string) =>
    text.replace(PLACEHOLDER, (whole, name: string): string => {
      const value = hashes[name]?.() ?? others.get(name)
      if (value === undefined && name !== 'signature') throw new Error(`nothing for ${whole} in ${text}`)
      return value ?? whole
    })

  const data = request.body === undefined ? Buffer.alloc(0) : dataOf(request.body.data, fill)
  const lines = signedLines(request.head.map(fill), credentials)
  const body = wire(request.body, data, (shape) => chunks(shape, lines, credentials))
  return { lines, head: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body, data }
}

/** The name and value of a header line, as sent. */
export function fieldsOf(lines: readonly string[]): RawHeaders {
  return lines.slice(1).map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1)] as const
  })
}

/** The first value of a header, whatever its case. */
export function fieldOf(lines: readonly string[], name: string): string | undefined {
  return fieldsOf(lines)
    .find(([other]) => other.toLowerCase() === name)?.[1]
    .trim()
}

/** @param fill puts in what placeholders stand for */
export function dataOf(data: RecordedData, fill: (text: string) => string): Buffer {
  if (typeof data === 'string') return Buffer.from(fill(data), 'utf8')
  if ('base64' in data) return Buffer.from(data.base64, 'base64')
  return Buffer.concat(data.fill.map(([character, count]) => Buffer.alloc(count, character, 'latin1')))
}

/** Puts the signature where its place is. */
function signedLines(lines: readonly string[], credentials: Credentials): readonly string[] {
  if (!lines.some((line) => line.includes('{signature}'))) return lines
  const signature = signatureOf(lines, credentials)
  return lines.map((line, i) => line.replace('{signature}', i === 0 ? encodeQuery(signature) : signature))
}

function signatureOf(lines: readonly string[], credentials: Credentials): string {
  const [method = '', target = ''] = (lines[0] ?? '').split(' ')
  const headers = fieldsOf(lines)
  const authorization = fieldOf(lines, 'authorization')
  if (authorization?.startsWith('AWS4-HMAC-SHA256') === true) {
    const names = /SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(';') ?? []
    const canonical = canonicalRequest(
      { method, target, headers },
      names,
      fieldOf(lines, 'x-amz-content-sha256') ?? '',
    )
    return signV4(credentials.secretKey, scopeOf(lines), stringToSignV4(scopeOf(lines), canonical))
  }
  const [path, query] = split(target)
  const parameters = query.split('&')
  const parameter = (name: string) => {
    const piece = parameters.find((other) => other.toLowerCase().startsWith(`${name}=`))
    return piece === undefined ? undefined : decodeURIComponent(piece.slice(name.length + 1))
  }
  if (authorization === undefined && parameter('x-amz-signature') !== undefined) {
    const [, day = '', region = '', service = ''] =
      /\/(\d{8})\/([^/]*)\/([^/]*)\//.exec(parameter('x-amz-credential') ?? '') ?? []
    const scope = { date: parameter('x-amz-date') ?? day, region, service }
    const unsigned = parameters.filter((piece) => !/^x-amz-signature=/i.test(piece)).join('&')
    const names = (parameter('x-amz-signedheaders') ?? '').split(';')
    // Some sign headers that they say in the query only.
    const moved = names
      .filter((name) => fieldOf(lines, name) === undefined)
      .map((name) => [name, parameter(name) ?? ''] as const)
    const canonical = canonicalRequest(
      { method, target: `${path}?${unsigned}`, headers: [...headers, ...moved] },
      names,
      parameter('x-amz-content-sha256') ?? fieldOf(lines, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
    )
    return signV4(credentials.secretKey, scope, stringToSignV4(scope, canonical))
  }
  const trimmed = headers.map(([name, value]) => [name, value.trim()] as const)
  const date = parameter('expires') ?? fieldOf(lines, 'date') ?? ''
  return signV2(credentials.secretKey, stringToSignV2({ method, target, headers: trimmed }, date))
}

/** What the Authorization header says it is signed for. */
function scopeOf(lines: readonly string[]): Scope {
  const [, region = '', service = ''] =
    /\/\d{8}\/([^/]*)\/([^/]*)\//.exec(fieldOf(lines, 'authorization') ?? '') ?? []
  return { date: fieldOf(lines, 'x-amz-date') ?? '', region, service }
}

function wire(
  body: RecordedBody | undefined,
  data: Buffer,
  framed: (shape: NonNullable<RecordedBody['awsChunked']> & { readonly data: Buffer }) => Buffer,
): Buffer {
  if (body === undefined) return data
  const inner = body.awsChunked === undefined ? data : framed({ ...body.awsChunked, data })
  if (body.httpChunks === undefined) return inner
  let at = 0
  const pieces = sizesOf(body.httpChunks).flatMap((size) => {
    const piece = inner.subarray(at, at + size)
    at += size
    return [Buffer.from(`${size.toString(16)}\r\n`), piece, Buffer.from('\r\n')]
  })
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')])
}

/** An aws-chunked body, its chunks signed one after the other where its last one says so. */
function chunks(
  { sizes, end, capitals, data }: NonNullable<RecordedBody['awsChunked']> & { readonly data: Buffer },
  lines: readonly string[],
  credentials: Credentials,
): Buffer {
  const authorization = fieldOf(lines, 'authorization') ?? ''
  const seed = /Signature=([0-9a-f]{64})/.exec(authorization)?.[1] ?? ''
  const signer = chunkSigner(credentials, scopeOf(lines), seed)
  const extension = end.includes(CHUNK_SIGNATURE)
  let at = 0
  const pieces = sizesOf(sizes).flatMap((size) => {
    const piece = data.subarray(at, at + size)
    at += size
    const signature = extension ? `;chunk-signature=${signer.chunk(piece)}` : ''
    const hex = capitals === true ? size.toString(16).toUpperCase() : size.toString(16)
    return [Buffer.from(`${hex}${signature}\r\n`), piece, Buffer.from('\r\n')]
  })
  const last = extension ? end.replace(CHUNK_SIGNATURE, signer.chunk(Buffer.alloc(0))) : end
  const trailers = [...last.matchAll(/^([^:;\r\n]+):([^\r\n]*)\r?\n/gm)]
    .filter(([, name]) => name?.toLowerCase() !== 'x-amz-trailer-signature')
    .map(([, name = '', value = '']) => [name, value] as const)
  return Buffer.concat([
    ...pieces,
    Buffer.from(last.replace(TRAILER_SIGNATURE, () => signer.trailers(trailers))),
  ])
}
