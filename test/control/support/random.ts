/** Chance that is the same at every run. */

export interface Chance {
  /** From 0 up to, not including, 1. */
  number(): number
  /** True in this share of cases. */
  of(share: number): boolean
  pick<T>(items: readonly T[]): T
}

/** Mulberry32: a small generator of numbers that look random. */
export function createChance(seed: number): Chance {
  let state = seed
  const number = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    number,
    of: (share) => number() < share,
    pick: (items) => items[Math.floor(number() * items.length)]!,
  }
}
