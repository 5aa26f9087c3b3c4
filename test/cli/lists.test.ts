import { expect, test } from 'vitest'
import { some } from '../../src/cli/lists.ts'

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `n${index}`)

test.each([
  [1, 'n0'],
  [10, 'n0, n1, n2, n3, n4, n5, n6, n7, n8, n9'],
  [5000, 'n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 4990 more'],
])('of %d names a line shows %s', (count, shown) => {
  expect(some(names(count))).toBe(shown)
})
