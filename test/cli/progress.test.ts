import { describe, expect, it } from 'vitest'
import { createProgress } from '../../src/cli/progress.ts'
import { processTerminal } from '../../src/cli/terminal.ts'

/** What is shown of work that takes this long, step by step. */
function shown(messagesAreTerminal: boolean, steps: readonly number[]): readonly string[] {
  const lines: string[] = []
  let time = 0
  const write = (line: string): void => void lines.push(line)
  const terminal = { ...processTerminal({}), messagesAreTerminal, note: write, status: write }
  const progress = createProgress({ terminal, now: () => time }, { work: 'copy', counted: 'pages' })
  for (const [index, duration] of steps.entries()) {
    time += duration
    progress.at(index + 1, steps.length)
  }
  progress.end()
  return lines
}

describe('progress', () => {
  it.each([
    ['nothing of what is over at once', [10, 10, 10], []],
    [
      'a line a second, and the last one',
      [600, 600, 600, 600],
      ['copy: 50 % (2 of 4 pages)', 'copy: 100 % (4 of 4 pages)'],
    ],
    [
      'the last line, whenever it comes',
      [1000, 10],
      ['copy: 50 % (1 of 2 pages)', 'copy: 100 % (2 of 2 pages)'],
    ],
  ])('in a pipe is %s', (_what, steps, lines) => {
    expect(shown(false, steps)).toEqual(lines)
  })

  it('on a terminal is one line that is taken away', () => {
    expect(shown(true, [50, 50, 50])).toEqual(['copy: 33 % (1 of 3 pages)', 'copy: 100 % (3 of 3 pages)', ''])
  })
})
