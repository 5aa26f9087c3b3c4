/**
 * The second opinion: whether a request, as bytes, may be carried out. It shares nothing with the gate but AWS's
 * documents, and wants to be right only in one direction: what it says may not pass must not pass.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
import { createHash, createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { RawHeaders } from '../support/raw-http.ts'
import {
  amzDate,
  canonicalRequest,
  type Folding,
  SPACES,
  sha256,
  split,
} from '../support/reference-signer.ts'

/** A request that may pass, as far as its signature and payload are concerned. */
export interface Passable {
  readonly method: string
  readonly target: string
  /** No two requests have the same one: which valid request it is at heart. */
  readonly signature: string
  /** Those that the signature does not cover, lower-case names. */
  readonly unsigned: RawHeaders
  /** The object's bytes, or the document. */
  readonly body: Buffer
}

export interface Opinion {
  /** In the order of the bytes: requests that may pass. Nothing else may. */
  readonly passable: readonly Passable[]
  /** The methods of the requests there are, in order. */
  readonly methods: readonly string[]
  /** The bytes are whole requests and nothing more, on a connection that stays open. */
  readonly clean: boolean
}

interface Read {
  readonly method: string
  readonly target: string
  readonly headers: RawHeaders
  readonly body: Buffer
  readonly rest: Buffer
  readonly closes: boolean
}

/** @param secrets of every access key there is */
export function opinionOf(bytes: Buffer, secrets: ReadonlyMap<string, string>, now: number): Opinion {
  const passable: Passable[] = []
  let rest = bytes
  const methods: string[] = []
  while (rest.length > 0) {
    const read = readRequest(rest)
    if (read === undefined) return { passable, methods, clean: false }
    methods.push(read.method)
    const passes = judged(read, secrets, now)
    if (passes !== undefined) passable.push(passes)
    rest = read.rest
    if (read.closes) return { passable, methods, clean: false }
  }
  return { passable, methods, clean: true }
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/**
 * One request off the front; undefined: there is none. Empty lines before it and several spaces in its first line are
 * overlooked, as RFC 9112 (2.2 and 3) lets a server do; nothing else is.
 */
function readRequest(all: Buffer): Read | undefined {
  const bytes = all.subarray(all.findIndex((byte) => byte !== 0x0d && byte !== 0x0a))
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const line = /^([A-Z-]+) +(\/[\x21-\x7e\x80-\xff]*) +HTTP\/1\.([01])$/.exec(first)
  if (line === null) return undefined
  const headers: [string, string][] = []
  for (const text of lines) {
    const colon = text.indexOf(':')
    const name = text.slice(0, Math.max(colon, 0))
    const value = text.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')
    if (!TOKEN.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) return undefined
    headers.push([name.toLowerCase(), value])
  }
  const values = (name: string) => headers.filter(([other]) => other === name).map(([, value]) => value)
  const [length, coding] = [values('content-length'), values('transfer-encoding')]
  if (values('host').length !== 1 || length.length + coding.length > 1) return undefined
  const closes = line[3] === '0' || values('connection').join().toLowerCase().includes('close')
  const request = { method: line[1] ?? '', target: line[2] ?? '', headers, closes }
  const after = bytes.subarray(end + 4)
  if (coding.length === 1) {
    const body = coding[0]?.toLowerCase() === 'chunked' ? plainChunks(after) : undefined
    return body === undefined ? undefined : { ...request, ...body }
  }
  const announced = length[0] ?? '0'
  if (!/^\d{1,9}$/.test(announced) || after.length < Number(announced)) return undefined
  return { ...request, body: after.subarray(0, Number(announced)), rest: after.subarray(Number(announced)) }
}

function plainChunks(bytes: Buffer): { body: Buffer; rest: Buffer } | undefined {
  const pieces: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    const line = lineEnd === -1 ? '' : bytes.toString('latin1', at, lineEnd)
    if (!/^[0-9a-fA-F]{1,8}$/.test(line)) return undefined
    const size = Number.parseInt(line, 16)
    const data = bytes.subarray(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + 2 + size
    if (bytes.toString('latin1', at, at + 2) !== '\r\n') return undefined
    at += 2
    if (size === 0) return { body: Buffer.concat(pieces), rest: bytes.subarray(at) }
    pieces.push(data)
  }
}

function judged(read: Read, secrets: ReadonlyMap<string, string>, now: number): Passable | undefined {
  const type = textOf(read, 'content-type')
  if (read.method === 'POST' && /^multipart\/form-data/i.test(type) && textOf(read, 'authorization') === '') {
    return formPasses(read, type, secrets, now)
  }
  const claim = claimOf(read, now)
  const secret = secrets.get(claim?.credential[0]?.split('@')[0] ?? '')
  if (claim === undefined || secret === undefined) return undefined
  const names = claim.signedHeaders.split(';')
  const unsigned = merged(read.headers.filter(([name]) => !names.includes(name)))
  if (
    unsigned.some(
      ([name]) => name === 'host' || (name.startsWith('x-amz-') && name !== 'x-amz-content-sha256'),
    )
  ) {
    return undefined
  }
  const [, ...scope] = claim.credential
  const chain = chainOf(secret, claim.date, scope)
  const { signature } = claim
  const isSigned = FOLDINGS.some((fold) => {
    const canonical = canonicalRequest({ ...read, target: claim.target }, names, claim.payload, fold)
    return chain('AWS4-HMAC-SHA256', [sha256(Buffer.from(canonical, 'latin1'))]) === signature
  })
  if (!isSigned) return undefined
  const body = payloadOf(read, claim.payload, (kind, lines) => chain(kind, lines), signature)
  if (body === undefined) return undefined
  return { method: read.method, target: read.target, signature, unsigned, body }
}

/** All that any signer takes for white space, made one space: bytes of UTF-8, held as latin1. */
export const foldAll = (value: string): string =>
  value.replace(
    /(?:[\t ]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)+/g,
    ' ',
  )

/** How signers read white space within values: in other ways than spaces, only where those describe the object. */
const FOLDINGS: readonly Folding[] = [
  SPACES,
  ofDescriptions((value) => value.replace(/[ \t]+/g, ' ')),
  ofDescriptions((value) => foldAll(value).trim()),
]

function ofDescriptions(fold: (value: string) => string): Folding {
  return (value, name) => (/^x-amz-(?!meta-)/.test(name) ? SPACES(value, name) : fold(value))
}

/** Repeated headers as the one that they are together. */
function merged(headers: RawHeaders): RawHeaders {
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    const earlier = values.get(name)
    values.set(name, earlier === undefined ? value : `${earlier},${value}`)
  }
  return [...values]
}

interface Claim {
  /** Key, date, region, service, terminal. */
  readonly credential: readonly string[]
  readonly signedHeaders: string
  readonly signature: string
  readonly date: string
  readonly payload: string
  /** What was signed of it. */
  readonly target: string
}

function claimOf(read: Read, now: number): Claim | undefined {
  const given = read.headers.filter(([name]) => name === 'authorization')
  const [path, query] = split(read.target)
  const pieces = query.split('&')
  const parameters = pieces.map((piece): [string, string] => {
    const equals = piece.indexOf('=')
    return equals === -1
      ? [decoded(piece), '']
      : [decoded(piece.slice(0, equals)), decoded(piece.slice(equals + 1))]
  })
  const one = (name: string): string => {
    const values = parameters.filter(([other]) => other === name)
    return values.length === 1 ? (values[0]?.[1] ?? '') : ''
  }
  const signs = parameters.some(([name]) => name === 'X-Amz-Signature')
  if (given.length + Number(signs) !== 1) return undefined
  if (signs) {
    const claim: Claim = {
      credential: one('X-Amz-Credential').split('/'),
      signedHeaders: one('X-Amz-SignedHeaders'),
      signature: one('X-Amz-Signature'),
      date: one('X-Amz-Date'),
      payload: one('X-Amz-Content-Sha256') || textOf(read, 'x-amz-content-sha256') || 'UNSIGNED-PAYLOAD',
      target: `${path}?${pieces.filter((_, i) => parameters[i]?.[0] !== 'X-Amz-Signature').join('&')}`,
    }
    const age = (now - timeOf(claim.date)) / 1000
    return age > -900 && age < Number(one('X-Amz-Expires')) + 1 ? claim : undefined
  }
  const components = new Map(
    (given[0]?.[1] ?? '')
      .replace(/^AWS4-HMAC-SHA256 /, '')
      .split(',')
      .map((text): [string, string] => {
        const equals = text.indexOf('=')
        return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
      }),
  )
  const date = textOf(read, 'x-amz-date')
  return {
    credential: (components.get('Credential') ?? '').replace('%40', '@').split('/'),
    signedHeaders: components.get('SignedHeaders') ?? '',
    signature: components.get('Signature') ?? '',
    date: date === '' ? amzDate(Date.parse(textOf(read, 'date')) || 0) : date,
    payload: textOf(read, 'x-amz-content-sha256'),
    target: read.target,
  }
}

type Chain = (kind: string, lines: readonly string[]) => string

function chainOf(secret: string, date: string, scope: readonly string[]): Chain {
  const key = scope.reduce((last, part) => hmac(last, part), Buffer.from(`AWS4${secret}`))
  return (kind, lines) => hmac(key, [kind, date, scope.join('/'), ...lines].join('\n')).toString('hex')
}

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** The body, where it is what was promised. */
function payloadOf(read: Read, payload: string, chain: Chain, seed: string): Buffer | undefined {
  const body = payload.startsWith('STREAMING-') ? unwrapped(read, payload, chain, seed) : read.body
  if (body === undefined) return undefined
  if (/^[0-9a-f]{64}$/.test(payload) && sha256(body) !== payload) return undefined
  const md5 = textOf(read, 'content-md5')
  if (md5 !== '' && digest('md5', body) !== md5) return undefined
  for (const [name, value] of read.headers) {
    if (name.startsWith('x-amz-checksum-') && checksum(name, body) !== value) return undefined
  }
  return body
}

function unwrapped(read: Read, payload: string, chain: Chain, seed: string): Buffer | undefined {
  const signs = payload.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')
  const pieces: Buffer[] = []
  let previous = seed
  let at = 0
  for (;;) {
    const lineEnd = read.body.indexOf('\r\n', at)
    const line = lineEnd === -1 ? '' : read.body.toString('latin1', at, lineEnd)
    const match = (signs ? /^([0-9a-fA-F]+);chunk-signature=(.{64})$/ : /^([0-9a-fA-F]+)$/).exec(line)
    if (match === null) return undefined
    const size = Number.parseInt(match[1] ?? '', 16)
    const data = read.body.subarray(lineEnd + 2, lineEnd + 2 + size)
    if (data.length !== size) return undefined
    if (signs) {
      previous = chain('AWS4-HMAC-SHA256-PAYLOAD', [previous, sha256(''), sha256(data)])
      if (previous !== match[2]) return undefined
    }
    at = lineEnd + 2 + size
    if (size === 0) break
    if (read.body.toString('latin1', at, at + 2) !== '\r\n') return undefined
    at += 2
    pieces.push(data)
  }
  const body = Buffer.concat(pieces)
  if (String(body.length) !== textOf(read, 'x-amz-decoded-content-length').replace(/^0+(?=.)/, ''))
    return undefined
  return trailerHolds(read, payload, read.body.toString('latin1', at), body, (text) =>
    chain('AWS4-HMAC-SHA256-TRAILER', [previous, sha256(Buffer.from(text, 'latin1'))]),
  )
    ? body
    : undefined
}

function trailerHolds(
  read: Read,
  payload: string,
  tail: string,
  body: Buffer,
  sign: (canonical: string) => string,
): boolean {
  if (!tail.endsWith('\r\n')) return false
  if (!payload.endsWith('-TRAILER')) return tail === '\r\n'
  const fields = tail
    .slice(0, -2)
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]
    })
  const signature = fields.find(([name]) => name === 'x-amz-trailer-signature')
  const rest = fields.filter((field) => field !== signature)
  const announced = textOf(read, 'x-amz-trailer').toLowerCase().split(',')
  if (rest.some(([name, value]) => !announced.includes(name) || checksum(name, body) !== value)) return false
  if (payload === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return signature === undefined
  return signature?.[1] === sign(rest.map(([name, value]) => `${name}:${value}\n`).join(''))
}

function checksum(name: string, body: Buffer): string | undefined {
  if (name === 'x-amz-checksum-sha256') return digest('sha256', body)
  if (name !== 'x-amz-checksum-crc32') return undefined
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(body))
  return bytes.toString('base64')
}

/** A form passes where its policy is signed, holds, and covers every field up to the file; what follows it is ignored. */
function formPasses(
  read: Read,
  type: string,
  secrets: ReadonlyMap<string, string>,
  now: number,
): Passable | undefined {
  const boundary = /boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(type)
  const mark = `\r\n--${boundary?.[1] ?? boundary?.[2]}`
  const parts = `\r\n${read.body.toString('latin1')}`.split(mark)
  if (parts.shift() !== '') return undefined
  const fields = new Map<string, string>()
  let file: string | undefined
  let behind: readonly string[] = []
  for (const [i, part] of parts.entries()) {
    const head = part.indexOf('\r\n\r\n')
    const name = /\bname=(?:"([^"]*)"|([^\s;"]+))/i.exec(part.slice(0, head))
    const key = (name?.[1] ?? name?.[2] ?? '').toLowerCase()
    if (!part.startsWith('\r\n') || head === -1 || fields.has(key)) return undefined
    if (key === 'file') {
      file = part.slice(head + 4)
      behind = parts.slice(i + 1)
      break
    }
    fields.set(key, part.slice(head + 4))
  }
  // The boundary that ended the file is one, and one of them is the last.
  if (!/^(--)?[ \t]*(\r\n|$)/.test(behind[0] ?? 'none')) return undefined
  if (!behind.some((part) => /^--[ \t]*(\r\n|$)/.test(part))) return undefined
  const field = (name: string) => fields.get(name) ?? ''
  const [accessKey = '', ...scope] = field('x-amz-credential').split('/')
  const secret = secrets.get(accessKey.split('@')[0] ?? '')
  if (secret === undefined || file === undefined) return undefined
  const key = scope.reduce((last, part) => hmac(last, part), Buffer.from(`AWS4${secret}`))
  if (hmac(key, field('policy')).toString('hex') !== field('x-amz-signature')) return undefined
  const policy = JSON.parse(Buffer.from(field('policy'), 'base64').toString()) as {
    expiration: string
    conditions: (Record<string, string> | unknown[])[]
  }
  if (Date.parse(policy.expiration) < now) return undefined
  const exact = new Map(
    policy.conditions.flatMap((condition) => (Array.isArray(condition) ? [] : Object.entries(condition))),
  )
  for (const [name, value] of fields) {
    if (!['policy', 'x-amz-signature'].includes(name) && exact.get(name) !== value) return undefined
  }
  const [path] = split(read.target)
  if (decoded(path).replace(/^\/|\/$/g, '') !== exact.get('bucket')) return undefined
  return {
    method: 'PUT',
    target: `${path.replace(/\/$/, '')}/${field('key')}`,
    signature: field('x-amz-signature'),
    unsigned: read.headers,
    body: Buffer.from(file, 'latin1'),
  }
}

const textOf = ({ headers }: Read, name: string) => headers.find(([other]) => other === name)?.[1] ?? ''

const digest = (algorithm: string, data: Buffer) => createHash(algorithm).update(data).digest('base64')

const decoded = (text: string) =>
  text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** `20260131T120000Z` → milliseconds. */
function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}
