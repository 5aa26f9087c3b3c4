/** Seeded randomness: a failing case can be run again. */

/** Numbers in [0, 1) (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export function pick<T>(random: () => number, choices: readonly T[]): T {
  const choice = choices[Math.floor(random() * choices.length)]
  if (choice === undefined) throw new Error('nothing to pick from')
  return choice
}

/** A string of up to `length` pieces, each from `pieces`. */
export function randomText(random: () => number, pieces: readonly string[], length: number): string {
  let text = ''
  for (let count = Math.floor(random() * (length + 1)); count > 0; count--) text += pick(random, pieces)
  return text
}
