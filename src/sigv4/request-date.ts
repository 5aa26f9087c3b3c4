/**
 * When a request says it was made: `x-amz-date`, else `Date`, and how far that may be from our own clock.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
import { S3Error } from '../s3/error.ts'
import type { Headers } from '../s3/headers.ts'

export interface RequestDate {
  /** As it was sent. */
  readonly given: string
  /** Milliseconds since the epoch. */
  readonly time: number
  /** `yyyyMMddTHHmmssZ`: what stands in a string to sign. */
  readonly iso: string
}

/** How far a request's date may lie from now, either way. */
export const MAX_SKEW_MS = 15 * 60 * 1000

/**
 * The date of a request signed in its header.
 *
 * @throws S3Error `AccessDenied` where there is none, or it cannot be read; an unreadable `x-amz-date` never falls
 *   back to `Date`
 */
export function requestDate(headers: Headers): RequestDate {
  const given = headers.get('x-amz-date') ?? headers.get('date')
  const date = given === undefined ? undefined : parseRequestDate(given)
  if (date === undefined) {
    throw new S3Error('AccessDenied', {
      message: 'AWS authentication requires a valid Date or x-amz-date header',
    })
  }
  return date
}

/** Reads ISO 8601 basic, or one of the three forms of an HTTP date. Undefined for anything else. */
export function parseRequestDate(given: string): RequestDate | undefined {
  const basic = parseBasicDate(given)
  if (basic !== undefined) return { given, time: basic, iso: given }
  const time = parseHttpDate(given)
  return time === undefined ? undefined : { given, time, iso: basicDate(time) }
}

/** @throws S3Error `RequestTimeTooSkewed` more than 15 minutes from `now`, in milliseconds */
export function checkSkew(date: RequestDate, now: number): void {
  if (Math.abs(now - date.time) <= MAX_SKEW_MS) return
  throw new S3Error('RequestTimeTooSkewed', {
    elements: [
      ['RequestTime', date.given],
      ['ServerTime', isoSeconds(now)],
      ['MaxAllowedSkewMilliseconds', String(MAX_SKEW_MS)],
    ],
  })
}

/** `yyyyMMddTHHmmssZ` → milliseconds; undefined where it is not exactly that, or names no instant. */
export function parseBasicDate(text: string): number | undefined {
  if (text.length !== 16 || text.charCodeAt(8) !== 0x54 || text.charCodeAt(15) !== 0x5a) return undefined
  const year = digits(text, 0, 4)
  const month = digits(text, 4, 6)
  const day = digits(text, 6, 8)
  const hour = digits(text, 9, 11)
  const minute = digits(text, 11, 13)
  const second = digits(text, 13, 15)
  return instant(year, month, day, hour, minute, second)
}

/** Milliseconds → `yyyyMMddTHHmmssZ`. */
export function basicDate(time: number): string {
  const iso = new Date(time).toISOString()
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}T${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`
}

/** Milliseconds → `yyyy-MM-ddTHH:mm:ssZ`, as AWS writes times in errors. */
export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** `Sun, 06 Nov 1994 08:49:37 GMT`; SigV2 clients write `+0000` for `GMT`. */
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (?:GMT|UTC|[+-]0000)$/
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const RFC_850 =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d{2})-([A-Za-z]{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/
/** `Sun Nov  6 08:49:37 1994` */
const ASCTIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Za-z]{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/

function parseHttpDate(text: string): number | undefined {
  const imf = IMF_FIXDATE.exec(text)
  if (imf !== null) return fromParts(imf[3]!, imf[2]!, imf[1]!, imf[4]!, imf[5]!, imf[6]!)
  const rfc850 = RFC_850.exec(text)
  if (rfc850 !== null) {
    // Two digits: RFC 9110 reads a year that would be more than 50 years ahead as past; no request is from either.
    const year = Number(rfc850[3]) < 70 ? `20${rfc850[3]}` : `19${rfc850[3]}`
    return fromParts(year, rfc850[2]!, rfc850[1]!, rfc850[4]!, rfc850[5]!, rfc850[6]!)
  }
  const asctime = ASCTIME.exec(text)
  if (asctime === null) return undefined
  return fromParts(asctime[6]!, asctime[1]!, asctime[2]!, asctime[3]!, asctime[4]!, asctime[5]!)
}

function fromParts(
  year: string,
  month: string,
  day: string,
  hour: string,
  minute: string,
  second: string,
): number | undefined {
  const monthNumber = MONTHS.indexOf(month.toLowerCase()) + 1
  return instant(Number(year), monthNumber, Number(day), Number(hour), Number(minute), Number(second))
}

/** Milliseconds, or undefined where a part is out of range (31 April included). */
function instant(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (!(month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59)) return undefined
  if (!(year >= 1970 && hour >= 0 && minute >= 0 && second >= 0)) return undefined
  const lastDay = month === 2 ? (isLeap(year) ? 29 : 28) : DAYS[month - 1]!
  return day > lastDay ? undefined : Date.UTC(year, month - 1, day, hour, minute, second)
}

const DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** The number that the digits in `[start, end)` write; NaN where one is no digit. */
function digits(text: string, start: number, end: number): number {
  let value = 0
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}
