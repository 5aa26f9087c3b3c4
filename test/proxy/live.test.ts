/** What is under way: added, taken out in any order, looked at while it changes. */
import { expect, test } from 'vitest'
import { Live } from '../../src/proxy/live.ts'

const entries = (count: number) => Array.from({ length: count }, (_, name) => ({ name, place: -1 }))

test.each([
  ['first to last', [0, 1, 2, 3]],
  ['last to first', [3, 2, 1, 0]],
  ['from the middle', [1, 2, 0, 3]],
])('entries leave %s', (_order, leaving) => {
  const live = new Live<{ name: number; place: number }>()
  const all = entries(4)
  for (const entry of all) live.add(entry)
  const left = new Set(all)
  for (const name of leaving) {
    live.delete(all[name]!)
    left.delete(all[name]!)
    expect(new Set(live.snapshot())).toEqual(left)
    expect(live.size).toBe(left.size)
  }
})

test('an entry that left may come back', () => {
  const live = new Live<{ name: number; place: number }>()
  const [a, b] = entries(2)
  live.add(a!)
  live.add(b!)
  live.delete(a!)
  live.add(a!)
  expect(live.snapshot()).toEqual([b, a])
})

test('what is gone through does not change meanwhile', () => {
  const live = new Live<{ name: number; place: number }>()
  for (const entry of entries(3)) live.add(entry)
  const seen: number[] = []
  for (const entry of live.snapshot()) {
    seen.push(entry.name)
    live.delete(entry)
  }
  expect(seen).toEqual([0, 1, 2])
  expect(live.size).toBe(0)
})
