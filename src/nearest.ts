/** "Did you mean": the known name that a mistyped one is closest to. */

/** Edit distance with swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let best = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1))
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, beforeLast[column - 2]! + 1)
      }
      current.push(best)
    }
    beforeLast = last
    last = current
  }
  return last[b.length]!
}

/** The closest of the known names, without regard to case; undefined where none is close. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  const wanted = given.slice(0, 128).toLowerCase()
  let found: string | undefined
  let closest = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const name of known) {
    const away = distance(wanted, name.toLowerCase())
    if (away < closest) {
      closest = away
      found = name
    }
  }
  return found
}

/** ` (did you mean x?)`, or nothing. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const name = nearest(given, known)
  return name === undefined ? '' : ` (did you mean \`${name}\`?)`
}
