/** Parameters of listings. */
import { invalidArgument } from '../../s3/error.ts'
import { type KeyEncoding, PLAIN, URL_ENCODED } from './xml-parts.ts'

const MAX_PAGE = 1000
const MAX_INTEGER = 2_147_483_647

/** How many entries a page may have: what was asked, at most 1,000. @throws S3Error `InvalidArgument` */
export function pageLimit(name: string, value: string | null): number {
  if (value === null || value === '') return MAX_PAGE
  return Math.min(MAX_PAGE, integer(name, value, 0, MAX_INTEGER))
}

/** @throws S3Error `InvalidArgument` for what is no integer from `least` to `most` */
export function integer(name: string, value: string, least: number, most: number): number {
  const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN
  if (Number.isNaN(number)) {
    throw invalidArgument(name, value, `Provided ${name} not an integer or within integer range`)
  }
  if (number < least || number > most) {
    throw invalidArgument(name, value, `Argument ${name} must be an integer between ${least} and ${most}`)
  }
  return number
}

/** @throws S3Error `InvalidArgument` */
export function partNumber(value: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0
  if (number >= 1 && number <= 10_000) return number
  throw invalidArgument('partNumber', value, 'Part number must be an integer between 1 and 10000, inclusive')
}

/** @throws S3Error `InvalidArgument` */
export function keyEncoding(value: string | null): KeyEncoding {
  if (value === null) return PLAIN
  if (value === 'url') return URL_ENCODED
  throw invalidArgument('encoding-type', value, 'Invalid Encoding Method specified in Request')
}
