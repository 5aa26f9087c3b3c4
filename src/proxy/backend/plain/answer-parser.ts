/**
 * Reads one HTTP/1.1 answer after the other from one connection, strictly: an answer has one reading or is refused. It
 * copies nothing but a head that came in pieces.
 *
 * RFC 9112. Refused beside what is no HTTP: two lengths, a length beside a transfer coding, any coding but `chunked`,
 * folded headers, line ends that are not CR LF, control characters. Trailers and chunk extensions are skipped.
 */
import type { BackendHeaders } from '../backends.ts'
import { ConnectionFault } from '../fault.ts'

/** Takes an answer apart as it arrives. */
export interface AnswerEvents {
  /** Interim answers among them. */
  head(status: number, headers: BackendHeaders): void
  /** A view of what was pushed. */
  data(slice: Buffer): void
}

/** S3's own limit for user metadata is 2 KiB; backends allow more. Beyond this an answer is nonsense. */
export const MAX_HEADER_BYTES = 64 * 1024
/** Of a chunk's size with its extensions, and of one line of a trailer. */
const MAX_LINE_BYTES = 4 * 1024
const MAX_TRAILER_LINES = 64

const HEAD_END = Buffer.from('\r\n\r\n')
const LF = 0x0a
const NOTHING = Buffer.alloc(0)

/** `until-close`: nothing says where the body ends. */
type State = 'head' | 'sized' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer' | 'until-close' | 'done'

export class AnswerParser {
  /** Whether the connection may be used again, as far as the answer says. */
  keepAlive = true
  /** Seconds for which the backend keeps the idle connection; null: it did not say. */
  keptFor: number | null = null
  readonly #events: AnswerEvents
  #state: State = 'done'
  #bodiless = false
  /** The start of a head, or of a line of chunked framing, whose end has not come. */
  #pending: Buffer = NOTHING
  /** Of the body or the chunk. */
  #left = 0
  #trailerLines = 0

  constructor(events: AnswerEvents) {
    this.#events = events
  }

  /** The last answer is whole. */
  get done(): boolean {
    return this.#state === 'done'
  }

  /** An answer to a request with this method comes next. */
  expect(method: string): void {
    this.#state = 'head'
    this.#bodiless = method === 'HEAD'
    this.keepAlive = true
    this.keptFor = null
    this.#trailerLines = 0
  }

  /**
   * @returns how many of the bytes belonged to the answer
   * @throws ConnectionFault `nonsense`, or `lost` where the backend turns to another protocol
   */
  push(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length) {
      switch (this.#state) {
        case 'head':
          at = this.#takeHead(bytes, at)
          break
        case 'sized':
        case 'chunk-data':
        case 'until-close':
          at = this.#takeData(bytes, at)
          break
        case 'chunk-size':
        case 'chunk-end':
        case 'trailer':
          at = this.#takeLine(bytes, at)
          break
        case 'done':
          return at
      }
    }
    return at
  }

  #takeHead(bytes: Buffer, at: number): number {
    const before = this.#pending.length
    const all = before === 0 ? bytes.subarray(at) : Buffer.concat([this.#pending, bytes.subarray(at)])
    const end = all.indexOf(HEAD_END)
    if ((end === -1 ? all.length : end) > MAX_HEADER_BYTES) throw nonsense('sent an overlong head')
    if (end === -1) {
      if (!'HTTP/1.'.startsWith(all.toString('latin1', 0, 7))) throw nonsense('does not speak HTTP/1')
      this.#pending = Buffer.from(all)
      return bytes.length
    }
    this.#pending = NOTHING
    this.#readHead(all.toString('latin1', 0, end + 2))
    return at + end + HEAD_END.length - before
  }

  /** @param head each line with its CR LF */
  #readHead(head: string): void {
    const lineEnd = head.indexOf('\r\n')
    const status = statusOf(head, lineEnd)
    const headers = parseHeaders(head, lineEnd + 2)
    if (status === 101) throw new ConnectionFault('lost', 'turned to another protocol')
    if (status >= 200) this.#frame(status, headers, head.charCodeAt(7))
    this.#events.head(status, headers)
  }

  #frame(status: number, headers: BackendHeaders, minorVersion: number): void {
    const coding = headers['transfer-encoding']
    const length = headers['content-length']
    if (coding !== undefined && length !== undefined) throw nonsense('framed its answer twice')
    const bytes = lengthOf(length)
    const chunked = typeof coding === 'string' && coding.toLowerCase() === 'chunked'
    if (coding !== undefined && !chunked) throw nonsense('used an unknown transfer coding')
    const connection = String(headers.connection ?? '').toLowerCase()
    this.keepAlive = minorVersion === 0x31 ? !connection.includes('close') : connection.includes('keep-alive')
    this.keptFor = keptFor(headers['keep-alive'])
    if (this.#bodiless) this.#state = 'done'
    else if (status === 204 || status === 304) {
      // Whoever announces a body here may send one.
      if (chunked || (bytes ?? 0) > 0) this.keepAlive = false
      this.#state = 'done'
    } else if (chunked) this.#state = 'chunk-size'
    else if (bytes === null) {
      this.keepAlive = false
      this.#state = 'until-close'
      this.#left = Number.POSITIVE_INFINITY
    } else {
      this.#left = bytes
      this.#state = bytes === 0 ? 'done' : 'sized'
    }
  }

  #takeData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left)
    this.#left -= end - at
    if (this.#left === 0) this.#state = this.#state === 'sized' ? 'done' : 'chunk-end'
    this.#events.data(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end))
    return end
  }

  #takeLine(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at)
    const end = lf === -1 ? bytes.length : lf + 1
    const line = Buffer.concat([this.#pending, bytes.subarray(at, end)])
    if (line.length > MAX_LINE_BYTES) throw nonsense('sent an overlong line of framing')
    if (lf === -1) {
      this.#pending = line
      return end
    }
    this.#pending = NOTHING
    const text = line.toString('latin1')
    if (!text.endsWith('\r\n')) throw nonsense('sent a bad line of framing')
    this.#readLine(text.slice(0, -2))
    return end
  }

  #readLine(line: string): void {
    if (this.#state === 'chunk-size') {
      this.#left = chunkSizeOf(line)
      this.#state = this.#left === 0 ? 'trailer' : 'chunk-data'
    } else if (this.#state === 'chunk-end') {
      if (line !== '') throw nonsense('sent a longer chunk than it said')
      this.#state = 'chunk-size'
    } else if (line === '') {
      this.#state = 'done'
    } else {
      this.#trailerLines += 1
      if (this.#trailerLines > MAX_TRAILER_LINES) throw nonsense('sent an overlong trailer')
    }
  }
}

/** `HTTP/1.1 200 OK` */
function statusOf(head: string, lineEnd: number): number {
  const version = head.charCodeAt(7)
  const wellFormed =
    head.startsWith('HTTP/1.') &&
    (version === 0x30 || version === 0x31) &&
    head.charCodeAt(8) === 0x20 &&
    (lineEnd === 12 || head.charCodeAt(12) === 0x20)
  const status = wellFormed ? decimal(head.slice(9, 12)) : null
  if (status === null || status < 100) throw nonsense('sent a bad status line')
  return status
}

function parseHeaders(head: string, start: number): BackendHeaders {
  const headers: Record<string, string | string[]> = {}
  for (let at = start; at < head.length; ) {
    const end = head.indexOf('\r\n', at)
    const colon = head.indexOf(':', at)
    if (colon === -1 || colon >= end || !isToken(head, at, colon)) throw nonsense('sent a bad header')
    const name = head.slice(at, colon).toLowerCase()
    const value = fieldValue(head, colon + 1, end)
    const earlier = headers[name]
    if (name === '__proto__') throw nonsense('sent a bad header')
    if (earlier === undefined) headers[name] = value
    else if (name === 'content-length' || name === 'transfer-encoding') {
      throw nonsense('framed its answer twice')
    } else if (typeof earlier === 'string') headers[name] = [earlier, value]
    else earlier.push(value)
    at = end + 2
  }
  return headers
}

/** Without the white space around it. */
function fieldValue(head: string, start: number, end: number): string {
  let from = start
  let to = end
  while (from < to && isBlank(head.charCodeAt(from))) from += 1
  while (to > from && isBlank(head.charCodeAt(to - 1))) to -= 1
  for (let i = from; i < to; i++) {
    const code = head.charCodeAt(i)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) throw nonsense('sent a control character')
  }
  return head.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** `TOKEN[code]` is 1 for what a header's name may hold (RFC 9110, section 5.6.2). */
const TOKEN = new Uint8Array(256)
for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKEN[character.charCodeAt(0)] = 1
}

function isToken(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (TOKEN[text.charCodeAt(i)] === 0) return false
  return end > start
}

/** Null: there is none. */
function lengthOf(value: string | readonly string[] | undefined): number | null {
  if (value === undefined) return null
  const length = typeof value === 'string' ? decimal(value) : null
  if (length === null) throw nonsense('gave a length that is none')
  return length
}

/** Null where it is no number, or one that is not exact. */
function decimal(text: string): number | null {
  if (text.length === 0 || text.length > 15) return null
  let value = 0
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return null
    value = value * 10 + digit
  }
  return value
}

function chunkSizeOf(line: string): number {
  const semicolon = line.indexOf(';')
  const digits = (semicolon === -1 ? line : line.slice(0, semicolon)).trim()
  if (!/^[0-9A-Fa-f]{1,13}$/.test(digits)) throw nonsense('sent a bad chunk')
  return Number.parseInt(digits, 16)
}

/** `timeout=5, max=100` */
function keptFor(value: string | readonly string[] | undefined): number | null {
  const seconds = value === undefined ? undefined : /timeout=(\d{1,9})/.exec(String(value))?.[1]
  return seconds === undefined ? null : Number(seconds)
}

function nonsense(message: string): ConnectionFault {
  return new ConnectionFault('nonsense', message)
}
