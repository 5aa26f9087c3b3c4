/**
 * Query parameters that are numbers. Backends read what is none in their own ways (as 0, as the default, as an error of
 * some other kind): the gate says what S3 says.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html, API_UploadPart.html
 */
import { invalidArgument } from './error.ts'
import type { QueryParameters } from './uri.ts'

const MAX_INTEGER = 2_147_483_647

interface NumberRule {
  readonly least: number
  readonly most: number
  /** Whether an empty value stands for the default. */
  readonly empty: 'default' | 'refused'
  readonly messages: { readonly noNumber: string; readonly outOfRange: string }
}

/** @param argument how S3 calls it when it is out of range */
function count(name: string, argument = name): readonly [string, NumberRule] {
  const messages = {
    noNumber: `Provided ${name} not an integer or within integer range`,
    outOfRange: `Argument ${argument} must be an integer between 0 and ${MAX_INTEGER}`,
  }
  return [name, { least: 0, most: MAX_INTEGER, empty: 'default', messages }]
}

const NO_PART = 'Part number must be an integer between 1 and 10000, inclusive'

const RULES: ReadonlyMap<string, NumberRule> = new Map([
  count('max-keys', 'maxKeys'),
  count('max-parts'),
  count('max-uploads'),
  count('part-number-marker'),
  [
    'partNumber',
    {
      least: 1,
      most: 10_000,
      empty: 'refused',
      messages: { noNumber: NO_PART, outOfRange: NO_PART },
    },
  ],
])

/** @throws S3Error `InvalidArgument` for a value that is no number, or out of its range */
export function checkNumbers(params: QueryParameters): void {
  for (const [name, value] of params) checkNumber(name, value)
}

function checkNumber(name: string, value: string): void {
  const rule = RULES.get(name)
  if (rule === undefined || (value === '' && rule.empty === 'default')) return
  const number = /^-?[0-9]{1,15}$/.test(value) ? Number(value) : Number.NaN
  if (number >= rule.least && number <= rule.most) return
  const { noNumber, outOfRange } = rule.messages
  throw invalidArgument(name, value, Number.isNaN(number) ? noNumber : outOfRange)
}
