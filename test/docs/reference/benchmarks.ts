/** The last published results of `npm run bench` and `npm run bench:memory`. */
import { existsSync, readFileSync } from 'node:fs'

const TABLE = 'test/bench/results/results.md'
const PICTURE = 'test/bench/results/results.svg'
const MEMORY = 'test/bench/results/memory.md'

export function renderBenchmarks(): string {
  const picture = `![CPU time per request of the gate, as a multiple of what it is compared with](${PICTURE})`
  const parts = [
    ...(existsSync(TABLE) ? [picture, published(TABLE)] : []),
    ...(existsSync(MEMORY) ? [published(MEMORY)] : []),
  ]
  return parts.length === 0 ? 'No results have been published yet.' : parts.join('\n\n')
}

function published(file: string): string {
  return readFileSync(file, 'utf8').trim()
}
