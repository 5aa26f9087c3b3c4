/** The last published results of `npm run bench`. */
import { existsSync, readFileSync } from 'node:fs'

const TABLE = 'test/bench/results/results.md'
const PICTURE = 'test/bench/results/results.svg'

export function renderBenchmarks(): string {
  if (!existsSync(TABLE)) return 'No results have been published yet.'
  const picture = `![CPU time per request of the gate, as a multiple of what it is compared with](${PICTURE})`
  return `${picture}\n\n${readFileSync(TABLE, 'utf8').trim()}`
}
