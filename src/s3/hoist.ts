/**
 * Presigners move headers into the query. Before anything is decided they become headers again, so that what they ask
 * for is named, authorized and forwarded as what it is.
 *
 * For Signature Version 4 only: it covers the whole query. Version 2 does not, and nothing may be hoisted there.
 */
import { AUTHENTICATION_PARAMETERS } from './authentication-parameters.ts'
import { invalidArgument, S3Error } from './error.ts'
import { fieldValue, type Headers, isFieldValue, isHeaderName } from './headers.ts'
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
 * @throws S3Error 400 where a name stands in both places with another value, or twice; where name or value holds bytes that a header may
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
    if (AUTHENTICATION_NAMES.has(name) || !isHeaderName(name) || !isFieldValue(value)) {
      throw invalidArgument(parameter, value, `The parameter ${parameter} is not valid.`)
    }
    if (merged.has(name)) {
      // One SDK signs it as a header, and writes it into the query as well.
      if (headers.get(name) === fieldValue(value)) continue
      throw new S3Error('InvalidArgument', {
        message: `The value of ${name} must be given only once, as a header or as a parameter.`,
        elements: [
          ['ArgumentName', name],
          ['ArgumentValue', value],
        ],
      })
    }
    if (!MEANINGLESS.has(name)) merged.set(name, fieldValue(value))
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

/** Whether a parameter of that name is a header that a presigner moved. */
export function isHoisted(name: string): boolean {
  const first = name.charCodeAt(0)
  if (first !== 0x78 && first !== 0x58) return false
  return name.slice(0, 6).toLowerCase() === 'x-amz-' && !AUTHENTICATION_PARAMETERS.has(name)
}
