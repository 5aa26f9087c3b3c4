/**
 * White space in the values of signed headers. AWS's documents say that surrounding white space goes and that runs of
 * spaces become one; what else is white space, signers and object stores see in different ways. Whoever writes
 * metadata with a tab or an ideographic space in it has no say in that: the gate takes what any of them signs, and
 * signs for each object store as that one reads.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html (Trim)
 */

import { METADATA, trimBlanks } from '../s3/headers.ts'

/**
 * `spaces`: runs of spaces become one (AWS's documents, its SDKs for Go and C++).
 * `blanks`: runs of spaces and tabs become one space (its SDKs for Python, Java, JavaScript, Ruby).
 * `unicode`: the same of everything that Unicode calls white space (MinIO and its clients).
 * `first`: of a run of spaces and tabs the first is left (Ceph).
 */
export type WhiteSpace = 'spaces' | 'blanks' | 'unicode' | 'first'

/** How clients read it. */
export const SIGNERS_FORMS = ['spaces', 'blanks', 'unicode'] as const satisfies readonly WhiteSpace[]

/** @param value a latin1 string, one character a byte */
export function canonicalHeaderValue(value: string, form: WhiteSpace = 'spaces'): string {
  // Most values have nothing in which the forms differ.
  return form === 'spaces' || !BEYOND_SPACES.test(value) ? withoutRuns(value) : FOLD[form](value)
}

/** Tabs, and whatever white space beyond ASCII begins with. */
const BEYOND_SPACES = /[\t\x80-\xff]/

/**
 * Whether white space in a header of that name is read in other ways than AWS's documents say: where it describes the
 * object, not where it says what to do. A source of a copy must not become another one.
 *
 * @param name lower-case
 */
export function isDescriptive(name: string): boolean {
  return !name.startsWith('x-amz-') || name.startsWith(METADATA)
}

/** Whether the forms differ for this value. */
export function isReadDifferently(value: string): boolean {
  return OTHER_WHITE_SPACE.test(value)
}

/**
 * White space beyond the space as bytes of UTF-8: what Go's `unicode.IsSpace` takes for it. Every one begins with the
 * first byte of a character, so that none is found inside of another.
 */
const UNICODE =
  '\\xc2[\\x85\\xa0]|\\xe1\\x9a\\x80|\\xe2\\x80[\\x80-\\x8a\\xa8\\xa9\\xaf]|\\xe2\\x81\\x9f|\\xe3\\x80\\x80'
const OTHER_WHITE_SPACE = new RegExp(`\\t|${UNICODE}`)
const UNICODE_RUN = new RegExp(`(?:[ \\t]|${UNICODE})+`, 'g')

const FOLD: Readonly<Record<Exclude<WhiteSpace, 'spaces'>, (value: string) => string>> = {
  blanks: (value) => trimBlanks(value.replace(/[ \t]+/g, ' ')),
  unicode: (value) => trimBlanks(value.replace(UNICODE_RUN, ' ')),
  first: (value) => trimBlanks(value.replace(/([ \t])[ \t]+/g, '$1')),
}

/** Surrounding spaces off, runs of spaces within made one. */
function withoutRuns(value: string): string {
  const length = value.length
  if (length === 0) return value
  if (value.charCodeAt(0) !== 0x20 && value.charCodeAt(length - 1) !== 0x20 && !value.includes('  ')) {
    return value
  }
  let text = ''
  for (let i = 0; i < length; i++) {
    if (value.charCodeAt(i) !== 0x20) text += value[i]
    else if (text !== '' && text.charCodeAt(text.length - 1) !== 0x20) text += ' '
  }
  return text.endsWith(' ') ? text.slice(0, -1) : text
}
