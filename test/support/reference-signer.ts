/**
 * A second implementation of AWS's signatures, in a few lines of node:crypto, so that the gate is never checked against
 * itself. It signs as a client does, and it signs nonsense when told to.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html (version 2)
 */
import { createHash, createHmac } from 'node:crypto'
import type { RawHeaders, RawRequest } from './raw-http.ts'

export interface Credentials {
  readonly accessKey: string
  readonly secretKey: string
}

/** What a signature binds, beside the secret. */
export interface Scope {
  /** `20260131T120000Z` */
  readonly date: string
  readonly region: string
  readonly service: string
}

export const EMPTY_SHA256 = sha256('')

export function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

/** Milliseconds since the epoch → `20260131T120000Z`. */
export function amzDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

export function scopeText(scope: Scope): string {
  return `${scope.date.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`
}

export function signingKey(secretKey: string, scope: Scope): Buffer {
  return [scope.region, scope.service, 'aws4_request'].reduce(
    (key, part) => hmac(key, part),
    hmac(`AWS4${secretKey}`, scope.date.slice(0, 8)),
  )
}

export function signV4(secretKey: string, scope: Scope, stringToSign: string): string {
  return hmac(signingKey(secretKey, scope), stringToSign).toString('hex')
}

/** How a signer folds white space within the values of headers, which it has trimmed. */
export type Folding = (value: string, name: string) => string

/** As AWS's documents say. */
export const SPACES: Folding = (value) => value.replace(/ +/g, ' ')

/** @param signedHeaders lower-case and sorted */
export function canonicalRequest(
  request: RawRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
  fold: Folding = SPACES,
): string {
  const [path = '', query = ''] = split(request.target)
  return [
    request.method,
    percentEncode(percentDecode(path), true),
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(request.headers, name, fold)}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n')
}

export function stringToSignV4(scope: Scope, canonical: string): string {
  return ['AWS4-HMAC-SHA256', scope.date, scopeText(scope), sha256(Buffer.from(canonical, 'latin1'))].join(
    '\n',
  )
}

/** Signature version 2: base64. `resource` is the canonicalized resource. */
export function signV2(secretKey: string, stringToSign: string): string {
  return createHmac('sha1', secretKey).update(stringToSign).digest('base64')
}

/** Percent-encodes latin1-held bytes, all but `A-Za-z0-9-._~`. */
export function percentEncode(bytes: string, keepSlash: boolean): string {
  return bytes.replace(/[^A-Za-z0-9\-._~]/g, (character) =>
    keepSlash && character === '/'
      ? '/'
      : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** Text as a client's URL has it: UTF-8, percent-encoded, `/` kept. */
export function encodeKey(text: string): string {
  return percentEncode(Buffer.from(text, 'utf8').toString('latin1'), true)
}

/** A name or value as a client's query has it. */
export function encodeQuery(text: string): string {
  return percentEncode(Buffer.from(text, 'utf8').toString('latin1'), false)
}

function percentDecode(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function canonicalQuery(raw: string): string {
  if (raw === '') return ''
  return raw
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => {
      const equals = piece.indexOf('=')
      const [name, value] = equals === -1 ? [piece, ''] : [piece.slice(0, equals), piece.slice(equals + 1)]
      return [name, value].map((part) => percentEncode(percentDecode(part.replaceAll('+', ' ')), false))
    })
    .sort(([a = '', x = ''], [b = '', y = '']) => (a === b ? Number(x > y) - Number(x < y) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function canonicalValue(headers: RawHeaders, name: string, fold: Folding): string {
  return headers
    .filter(([other]) => other.toLowerCase() === name)
    .map(([, value]) => fold(value.replace(/^[ \t]+|[ \t]+$/g, ''), name))
    .join(',')
}

/** A request target's path and query, at the first `?`. */
export function split(target: string): readonly [path: string, query: string] {
  const mark = target.indexOf('?')
  return mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)]
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
