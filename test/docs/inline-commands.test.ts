/** Commands that stand in the text are not run, as those in blocks are: they are ones that there are. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { DOCUMENTS } from './documents.ts'
import { readInlineCode } from './markdown.ts'

const program = createProgram({
  terminal: processTerminal({}),
  environment: {},
  now: () => 0,
  exitWith: () => {},
})
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }

/** Stands for something else: `NOUN`, `[BUCKET[/KEY]]`, `…`. */
const isPlaceholder = (word: string): boolean => /^[[\]A-Z/…]+$/.test(word)

/** The words of `s3warden …` that mean nothing. */
function unknownWords(words: readonly string[]): readonly string[] {
  let command: Command = program
  return words.filter((word) => {
    if (word.startsWith('-')) {
      return ![...program.options, ...command.options].some(({ short, long }) => [short, long].includes(word))
    }
    const next = command.commands.find((child) => [child.name(), ...child.aliases()].includes(word))
    const isArgument = command.commands.length === 0
    command = next ?? command
    return next === undefined && !isArgument && !isPlaceholder(word)
  })
}

/** What is wrong with a piece of code, where it is a command of ours. */
function unknownIn(text: string): readonly string[] {
  const [tool, ...words] = text.split(' ')
  if (tool === 's3warden') return unknownWords(words)
  if (tool !== 'npm' || words[0] !== 'run') return []
  return words
    .slice(1)
    .filter((word) => !word.startsWith('-'))
    .slice(0, 1)
    .filter((script) => !Object.hasOwn(scripts, script))
}

test.for(DOCUMENTS)('the text of %s names only commands that there are', (document) => {
  const wrong = readInlineCode(document).filter((text) => unknownIn(text).length > 0)
  expect(wrong).toEqual([])
})

test.for([
  ['s3warden key mint', 'mint'],
  ['s3warden serve --acces access.yaml', '--acces'],
  ['npm run bench:nothing', 'bench:nothing'],
])('`%s` would be found', ([text = '', word]) => {
  expect(unknownIn(text)).toEqual([word])
})
