/** White space in signed values, as signers and object stores read it. */
import { expect, test } from 'vitest'
import { canonicalHeaderValue, isReadDifferently, type WhiteSpace } from '../../src/sigv4/white-space.ts'

const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

/** What was found with MinIO of February 2026 (`unicode`) and Ceph RGW 16.2.15 (`first`). */
test.for<[value: string, Readonly<Record<WhiteSpace, string>>]>([
  ['a b', { spaces: 'a b', blanks: 'a b', unicode: 'a b', first: 'a b' }],
  [' a  b ', { spaces: 'a b', blanks: 'a b', unicode: 'a b', first: 'a b' }],
  ['a\tb', { spaces: 'a\tb', blanks: 'a b', unicode: 'a b', first: 'a\tb' }],
  ['a \tb', { spaces: 'a \tb', blanks: 'a b', unicode: 'a b', first: 'a b' }],
  ['a\t b', { spaces: 'a\t b', blanks: 'a b', unicode: 'a b', first: 'a\tb' }],
  ['\ta\t', { spaces: '\ta\t', blanks: 'a', unicode: 'a', first: 'a' }],
  [
    utf8('a\u00a0b'),
    { spaces: 'a\u00c2\u00a0b', blanks: 'a\u00c2\u00a0b', unicode: 'a b', first: 'a\u00c2\u00a0b' },
  ],
  [
    utf8('\u3000a\u3000\u3000 b'),
    {
      spaces: utf8('\u3000a\u3000\u3000 b'),
      blanks: utf8('\u3000a\u3000\u3000 b'),
      unicode: 'a b',
      first: utf8('\u3000a\u3000\u3000 b'),
    },
  ],
  // Bytes that are not UTF-8 are nobody's white space; the second byte of `à` is not one by itself.
  ['a\xa0b', { spaces: 'a\xa0b', blanks: 'a\xa0b', unicode: 'a\xa0b', first: 'a\xa0b' }],
  [utf8('à b'), { spaces: utf8('à b'), blanks: utf8('à b'), unicode: utf8('à b'), first: utf8('à b') }],
  ['', { spaces: '', blanks: '', unicode: '', first: '' }],
  [' \t ', { spaces: '\t', blanks: '', unicode: '', first: '' }],
])('%j', ([value, expected]) => {
  for (const form of ['spaces', 'blanks', 'unicode', 'first'] as const) {
    expect([form, canonicalHeaderValue(value, form)]).toEqual([form, expected[form]])
  }
  const forms = new Set(Object.values(expected))
  expect(isReadDifferently(value)).toBe(forms.size > 1)
})

test('a long run costs no more than its length', () => {
  for (const form of ['spaces', 'blanks', 'unicode', 'first'] as const) {
    const blanks = ' \t'.repeat(500_000)
    expect(canonicalHeaderValue(`a${blanks}b`, form).length).toBeLessThanOrEqual(1_000_002)
  }
})
