/** Options and arguments that several commands share, with their kinds. A wrong one names itself and says what to do. */
import { randomBytes } from 'node:crypto'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../config/kinds.ts'
import { didYouMean } from '../nearest.ts'
import { UsageError } from './fault.ts'

/** An option that may be given several times or with commas: `--tag a --tag b,c`. */
export function severalOption(flags: string, about: string, separator: RegExp = /,/): Option {
  return new Option(flags, severally(about)).argParser<readonly string[]>((value, before) =>
    joined(before, splitList(value, separator)),
  )
}

/** As {@link severalOption}, of a closed set. */
export function severalOfOption(flags: string, about: string, choices: readonly string[]): Option {
  return new Option(flags, severally(about))
    .choices(choices)
    .argParser<readonly string[]>((value, before) => {
      const items = splitList(value, /,/)
      if (items.every((item) => choices.includes(item))) return joined(before, items)
      throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`)
    })
}

/** As {@link severalOption}, of names too many to show. */
export function severalKnownOption(flags: string, about: string, known: ReadonlySet<string>): Option {
  return new Option(flags, severally(about)).argParser<readonly string[]>((value, before) => {
    const items = splitList(value, /,/)
    const unknown = items.find((item) => !known.has(item))
    if (unknown === undefined) return joined(before, items)
    throw new InvalidArgumentError(`There is no \`${unknown}\`${didYouMean(unknown, known)}.`)
  })
}

const severally = (about: string): string => `${about} (several, or comma-separated)`

const joined = (before: unknown, items: readonly string[]): readonly string[] => [
  ...(Array.isArray(before) ? before : []),
  ...items,
]

function splitList(value: string, separator: RegExp): readonly string[] {
  const items = value
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '')
  if (items.length === 0) throw new InvalidArgumentError('Expected at least one item.')
  return items
}

export function countOption(flags: string, about: string): Option {
  return new Option(flags, about).argParser<number>((value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : 0
    if (number < 1) throw new InvalidArgumentError('Expected a whole number from 1.')
    return number
  })
}

/** A duration; its value is milliseconds. */
export function durationOption(flags: string, about: string): Option {
  return new Option(flags, about).argParser<number>((value) => {
    const duration = parseDuration(value)
    if (duration === undefined) {
      throw new InvalidArgumentError('Expected a duration such as 30s, 15m, 12h or 7d.')
    }
    return duration
  })
}

/** What `--limit` and the like of lists come to. */
export interface ListOptions {
  readonly limit?: number
}

export const limitOption = (): Option => countOption('--limit <n>', 'at most this many')

/** Asks nothing before doing what cannot be undone. */
export const yesOption = (): Option => new Option('--yes', 'do not ask')

/** RFC 3339 in full: a date, a time and a zone. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/**
 * A time as records hold it, from RFC 3339, a date (its first instant in UTC), or a duration from now.
 * @param sign which way a duration counts: 1 into the future, -1 into the past
 * @throws UsageError
 */
export function parseTime(option: string, given: string, now: number, sign: 1 | -1): string {
  const duration = parseDuration(given)
  if (duration !== undefined) return new Date(now + sign * duration).toISOString()
  const text = /^\d{4}-\d{2}-\d{2}$/.test(given) ? `${given}T00:00:00Z` : given
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) {
    throw new UsageError(
      `${option}: \`${given}\` is no time; expected one such as 2030-01-31T12:00:00Z, 2030-01-31, or 90d`,
    )
  }
  return new Date(time).toISOString()
}

/** A name for what was given none, in the way of Scaleway's clients. */
export function randomName(kind: 'app' | 'grp' | 'pol' | 'proj'): string {
  return `${kind}-${randomBytes(4).toString('hex')}`
}

/** Adds examples to a command's help. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`)
}

/** Those of the values that were given. */
type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

/** What is to change: the options that were given. @throws UsageError where none was */
export function changeOf<T extends object>(values: T): Given<T> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  if (given.length === 0) throw new UsageError('nothing to change: give at least one option (see --help)')
  return Object.fromEntries(given) as Given<T>
}
