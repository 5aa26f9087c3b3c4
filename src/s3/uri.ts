/**
 * Percent-encoding exactly as S3's canonical request wants it, and nothing else.
 *
 * A request's path and query are decoded once, here, into well-formed Unicode; what is authorized, signed and
 * forwarded afterwards is *their one canonical encoding*. Nothing is normalised, trimmed or joined.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html (UriEncode)
 */
import { S3Error } from './error.ts'

/** Decoded query parameters in the order in which they were sent; `?acl` and `?acl=` are both `['acl', '']`. */
export type QueryParameters = readonly (readonly [name: string, value: string])[]

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const PERCENT = 0x25
const PLUS = 0x2b

/** `UNRESERVED[byte]` is 1 for `A-Za-z0-9-._~`. */
const UNRESERVED = new Uint8Array(128)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~') {
  UNRESERVED[character.charCodeAt(0)] = 1
}
const SLASH = 0x2f

const ENCODED: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
)

/**
 * Percent-decodes `text` once. A `+` is a plus.
 *
 * @param text the bytes as they stood in the request line, one latin1 character each
 * @throws S3Error `InvalidURI` on a bad escape, a byte that a request line may not hold, or invalid UTF-8
 */
export function decode(text: string): string {
  if (isPlain(text)) return text
  return decodeBytes(text, false)
}

/** As {@link decode}, but a raw `+` means a space: for query strings. */
export function decodeQueryComponent(text: string): string {
  if (isPlain(text) && !text.includes('+')) return text
  return decodeBytes(text, true)
}

/** Percent-encodes all but `A-Za-z0-9-._~`, with upper-case hex: for query names and values. */
export function encode(text: string): string {
  return encodeWith(text, false)
}

/** As {@link encode}, but `/` stays: for paths and keys. */
export function encodePath(text: string): string {
  return encodeWith(text, true)
}

/**
 * Splits a raw query string on `&` and the first `=`, and decodes each side. Empty pieces (`a&&b`) are dropped.
 *
 * @param raw what stands behind the `?`, without it
 */
export function parseQuery(raw: string): QueryParameters {
  if (raw === '') return []
  const parameters: [string, string][] = []
  for (const piece of raw.split('&')) {
    if (piece === '') continue
    const equals = piece.indexOf('=')
    parameters.push(
      equals === -1
        ? [decodeQueryComponent(piece), '']
        : [decodeQueryComponent(piece.slice(0, equals)), decodeQueryComponent(piece.slice(equals + 1))],
    )
  }
  return parameters
}

/**
 * The canonical query string: encoded, sorted by encoded name and then by encoded value, `name=value` joined by `&`.
 * It is what is signed, and it is what is sent to the backend.
 */
export function canonicalQuery(parameters: QueryParameters): string {
  if (parameters.length === 0) return ''
  const encoded = parameters.map(([name, value]): [string, string] => [encode(name), encode(value)])
  if (encoded.length > 1) encoded.sort(byNameThenValue)
  return encoded.map(([name, value]) => `${name}=${value}`).join('&')
}

function byNameThenValue(a: readonly [string, string], b: readonly [string, string]): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  if (a[1] !== b[1]) return a[1] < b[1] ? -1 : 1
  return 0
}

/** True where decoding changes nothing: printable ASCII without `%`. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === PERCENT || code <= 0x20 || code > 0x7e) return false
  }
  return true
}

function decodeBytes(text: string, plusIsSpace: boolean): string {
  const bytes = Buffer.allocUnsafe(text.length)
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === PERCENT) {
      const high = hexValue(text.charCodeAt(i + 1))
      const low = hexValue(text.charCodeAt(i + 2))
      if (high === -1 || low === -1) throw invalidUri(text)
      bytes[length++] = (high << 4) | low
      i += 2
    } else if (code <= 0x20 || code === 0x7f || code > 0xff) {
      throw invalidUri(text)
    } else {
      bytes[length++] = plusIsSpace && code === PLUS ? 0x20 : code
    }
  }
  try {
    return utf8.decode(bytes.subarray(0, length))
  } catch (cause) {
    throw invalidUri(text, cause)
  }
}

function encodeWith(text: string, keepSlash: boolean): string {
  let plain = true
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f || (UNRESERVED[code] === 0 && !(keepSlash && code === SLASH))) {
      plain = false
      break
    }
  }
  if (plain) return text
  const bytes = Buffer.from(text, 'utf8')
  let encoded = ''
  for (const byte of bytes) {
    encoded +=
      byte < 0x80 && (UNRESERVED[byte] === 1 || (keepSlash && byte === SLASH))
        ? String.fromCharCode(byte)
        : ENCODED[byte]
  }
  return encoded
}

/** The value of one hex digit, or -1. */
function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x41 && code <= 0x46) return code - 0x37
  if (code >= 0x61 && code <= 0x66) return code - 0x57
  return -1
}

function invalidUri(text: string, cause?: unknown): S3Error {
  return new S3Error('InvalidURI', { elements: [['URI', printable(text)]], cause })
}

/** At most 200 characters of it, control characters escaped: what came in may be anything. */
function printable(text: string): string {
  return encodeURI(text.slice(0, 200).replace(/[\ud800-\udfff]/g, '\ufffd'))
}
