/**
 * Regular expressions of conditions: RE2, whose matching time is linear in the text, where a backtracking engine can
 * be held up for seconds by 28 characters. https://github.com/google/re2/wiki/Syntax
 */
import { RE2JS } from 're2js'
import { memoized } from './memo.ts'

/** Longer patterns are refused. */
export const MAX_PATTERN_LENGTH = 256

/** Larger programs (`x{1000}`) are refused: a match takes up to text × program steps. */
const MAX_PROGRAM_SIZE = 128

/** Does it match anywhere in the text? */
export type Pattern = (text: string) => boolean

/** @throws Error that says what is wrong with it */
export const compilePattern: (source: string) => Pattern = memoized(compile, 1000)

function compile(source: string): Pattern {
  if (source.length > MAX_PATTERN_LENGTH) {
    throw new Error(`a pattern has at most ${MAX_PATTERN_LENGTH} characters`)
  }
  const compiled = RE2JS.compile(source)
  if (compiled.programSize() > MAX_PROGRAM_SIZE) throw new Error('the pattern repeats too much')
  return (text) => compiled.test(text)
}
