/**
 * The kinds of value that configuration keys have. Each takes what YAML gives (a number, a boolean, a list) as well as
 * the text that the environment and the command line give, and says in one phrase what it expects.
 */
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { parseSubnet, type Subnet } from '../iam/address.ts'
import { Secret } from '../iam/secret.ts'

/** One kind of value. `parse` gives undefined for what is not of the kind. */
export interface Kind<T> {
  /** What is expected, fit to follow "expected …". */
  readonly expected: string
  parse(given: unknown): T | undefined
}

/** Where a listener binds. Port 0: any free one. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const kind = <T>(expected: string, parse: (given: unknown) => T | undefined): Kind<T> => ({ expected, parse })

const asText = (given: unknown): string | undefined =>
  typeof given === 'string' && given.trim() !== '' ? given.trim() : undefined

const wholeNumber = (given: unknown): number | undefined => {
  const number = typeof given === 'string' && /^\d{1,15}$/.test(given.trim()) ? Number(given) : given
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}

export const text = (expected: string): Kind<string> => kind(expected, asText)

export const matching = (pattern: RegExp, expected: string): Kind<string> =>
  kind(expected, (given) => {
    const value = asText(given)
    return value !== undefined && pattern.test(value) ? value : undefined
  })

export const oneOf = <const T extends readonly string[]>(values: T): Kind<T[number]> =>
  kind(`one of ${values.join(', ')}`, (given) => values.find((value) => value === given))

export const count = (least: number, most: number): Kind<number> =>
  kind(`a whole number from ${least} to ${most}`, (given) => {
    const number = wholeNumber(given)
    return number !== undefined && number >= least && number <= most ? number : undefined
  })

export const yesOrNo: Kind<boolean> = kind('true or false', (given) => {
  if (typeof given === 'boolean') return given
  return given === 'true' ? true : given === 'false' ? false : undefined
})

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A duration in milliseconds, or undefined where the text is none: `500ms`, `30s`, `15m`, `12h`, `7d`. */
export function parseDuration(given: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(given.trim()) ?? []
  return amount === undefined || unit === undefined ? undefined : Number(amount) * DURATION_UNITS[unit]!
}

/** Milliseconds. The bounds are durations too, so that the phrase can show them as they would be written. */
export const duration = (least: string, most: string): Kind<number> =>
  kind(`a duration from ${least} to ${most}, such as 30s, 15m or 7d`, (given) => {
    const value = typeof given === 'string' ? parseDuration(given) : undefined
    return value !== undefined && value >= parseDuration(least)! && value <= parseDuration(most)!
      ? value
      : undefined
  })

const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

const parseSize = (given: unknown): number | undefined => {
  if (typeof given !== 'string') return wholeNumber(given)
  const [, amount, unit = 'B'] = /^(\d{1,9})(B|KiB|MiB|GiB)?$/.exec(given.trim()) ?? []
  return amount === undefined ? undefined : Number(amount) * SIZE_UNITS[unit]!
}

/** Bytes. */
export const size = (least: string, most: string): Kind<number> =>
  kind(`a size from ${least} to ${most}, such as 64KiB`, (given) => {
    const value = parseSize(given)
    return value !== undefined && value >= parseSize(least)! && value <= parseSize(most)! ? value : undefined
  })

/** Either the word or null (which say the same), or a value of the kind. */
export const orWord = <T>(word: string, inner: Kind<T>): Kind<T | null> =>
  kind(`${inner.expected}, or \`${word}\``, (given) =>
    given === word || given === null ? null : inner.parse(given),
  )

/** A list, or its items separated by commas. Repeats count once. */
export const listOf = <T>(item: Kind<T>): Kind<readonly T[]> =>
  kind(`a list, each item ${item.expected}`, (given) => {
    const items: readonly unknown[] | undefined = Array.isArray(given)
      ? given
      : typeof given === 'string'
        ? given.split(',').filter((piece) => piece.trim() !== '')
        : undefined
    const parsed = items?.map((one) => item.parse(typeof one === 'string' ? one.trim() : one))
    return parsed?.every((one) => one !== undefined) ? [...new Set(parsed)] : undefined
  })

/** As {@link listOf}, with at least one item. */
export const someOf = <T>(item: Kind<T>): Kind<readonly T[]> =>
  kind(`${item.expected}, or a list of such`, (given) => {
    const parsed = listOf(item).parse(given)
    return parsed !== undefined && parsed.length > 0 ? parsed : undefined
  })

/** `HOST:PORT`; IPv6 in brackets. */
export const listenAddress: Kind<ListenAddress> = kind(
  'HOST:PORT, such as 127.0.0.1:8484 or [::1]:8484',
  (given) => {
    const [, bracketed, plain, digits] =
      /^(?:\[([^\]]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(asText(given) ?? '') ?? []
    const port = Number(digits)
    if (digits === undefined || port > 65_535) return undefined
    if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : undefined
    return { host: plain!, port }
  },
)

/** An absolute path. */
export const path: Kind<string> = kind('a path', (given) => {
  const value = asText(given)
  return value === undefined || value.includes('\0') ? undefined : resolve(value)
})

/** An http or https URL without path, query, credentials or fragment, as `scheme://host[:port]`. */
export const origin: Kind<string> = kind('a URL such as http://10.0.0.1:7480, without a path', (given) => {
  const value = asText(given)
  if (value === undefined || !URL.canParse(value)) return undefined
  const url = new URL(value)
  const bare = url.pathname === '/' && !/[?#@\\]/.test(value)
  return bare && (url.protocol === 'http:' || url.protocol === 'https:') ? url.origin : undefined
})

/** An http or https URL, with a path or without: `https://s3.example.org`, `https://example.org/s3`. */
export const publicUrl: Kind<string> = kind(
  'a URL such as https://s3.example.org or https://example.org/s3 (a path of letters, digits, `-`, `.`, `_`, `~`)',
  (given) => {
    const [, bare, path = ''] =
      /^(https?:\/\/[^/?#@\\]+)((?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)*)\/?$/.exec(asText(given) ?? '') ??
      []
    return bare !== undefined && URL.canParse(bare) ? new URL(bare).origin + path : undefined
  },
)

/** An address or a CIDR block. */
export const addressRange: Kind<Subnet> = kind('an address or a block such as 10.0.0.0/8', (given) =>
  parseSubnet(asText(given) ?? ''),
)

/** A domain name, in lower case and without a trailing dot. */
export const domain: Kind<string> = kind('a domain name such as s3.example.org', (given) => {
  const value = asText(given)?.toLowerCase().replace(/\.$/, '')
  return value !== undefined &&
    value.length <= 253 &&
    isIP(value) === 0 &&
    value.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
    ? value
    : undefined
})

export const regionName: Kind<string> = matching(
  /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/,
  'a region name such as fr-par (letters, digits and hyphens)',
)

/** Text that is never shown again. */
export const secret = (expected: string, pattern: RegExp): Kind<Secret> =>
  kind(expected, (given) => {
    const value = asText(given)
    return value !== undefined && pattern.test(value) ? new Secret(value) : undefined
  })
