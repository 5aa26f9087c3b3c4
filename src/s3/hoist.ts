/**
 * Presigners move headers into the query. Before anything is decided they become headers again, so that what they ask
 * for is named, authorized and forwarded as what it is.
 *
 * For Signature Version 4 only: it covers the whole query. Version 2 does not, and nothing may be hoisted there.
 */
import { invalidArgument, S3Error } from './error.ts'
import type { Headers } from './headers.ts'
import { AUTHENTICATION_PARAMETERS } from './operation.ts'
import { CHECKSUMS, SDK_CHECKSUM } from './operations/header-lists.ts'
import type { QueryParameters } from './uri.ts'

export interface Hoisted {
  /** What stays in the query, authentication parameters included. */
  readonly query: QueryParameters
  readonly headers: Headers
}

/** Authentication parameters in any spelling but their own would pass for headers. */
const AUTHENTICATION_NAMES: ReadonlySet<string> = new Set(
  [...AUTHENTICATION_PARAMETERS].map((name) => name.toLowerCase()),
)

/** The JS SDK puts the checksum of an *empty* body into presigned URLs: says nothing about the body that will come. */
const MEANINGLESS: ReadonlySet<string> = new Set([...CHECKSUMS, SDK_CHECKSUM])

/**
 * @throws S3Error 400 where a name stands in both places or twice, where name or value holds bytes that a header may
 *   not hold, or where an authentication parameter is not spelt as AWS spells it
 */
export function hoist(query: QueryParameters, headers: Headers): Hoisted {
  if (!query.some(([name]) => isHoisted(name))) return { query, headers }
  const merged = new Map(headers)
  const remaining: (readonly [string, string])[] = []
  for (const entry of query) {
    const [parameter, value] = entry
    if (!isHoisted(parameter)) {
      remaining.push(entry)
      continue
    }
    const name = parameter.toLowerCase()
    if (AUTHENTICATION_NAMES.has(name) || !isToken(name) || !isFieldValue(value)) {
      throw invalidArgument(parameter, value, `The parameter ${parameter} is not valid.`)
    }
    if (merged.has(name)) {
      throw new S3Error('InvalidArgument', {
        message: `The value of ${name} must be given only once, as a header or as a parameter.`,
        elements: [
          ['ArgumentName', name],
          ['ArgumentValue', value],
        ],
      })
    }
    if (!MEANINGLESS.has(name)) merged.set(name, trimBlanks(Buffer.from(value, 'utf8').toString('latin1')))
  }
  return { query: remaining, headers: merged }
}

/**
 * `response-…` parameters become headers of the answer, whoever writes them.
 * @throws S3Error `InvalidArgument` for bytes that a header may not hold
 */
export function checkResponseParameters(parameters: QueryParameters): void {
  for (const [name, value] of parameters) {
    if (name.startsWith('response-') && !isFieldValue(value)) {
      throw invalidArgument(name, value, `The parameter ${name} is not valid.`)
    }
  }
}

function isHoisted(name: string): boolean {
  const first = name.charCodeAt(0)
  if (first !== 0x78 && first !== 0x58) return false
  return name.slice(0, 6).toLowerCase() === 'x-amz-' && !AUTHENTICATION_PARAMETERS.has(name)
}

/** `a-z0-9-.` : of the characters of a header name, those that S3's have. Never `_`, which backends take for `-`. */
function isToken(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    const known =
      (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e
    if (!known) return false
  }
  return true
}

/** No control character but the tab (RFC 9110, section 5.5). */
function isFieldValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return false
  }
  return true
}

/** Not `trim()`: that takes the byte 0xA0, which may be part of a UTF-8 character, for white space. */
function trimBlanks(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value.charCodeAt(start))) start++
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--
  return value.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
