/**
 * What a document shows a command to say, against what it said. A line `…` stands for any lines, `…` within one for any
 * text, and a time for any time. Ids and keys differ with every run: the first one that stands where the document shows
 * one is what the document means by it from then on, in later commands too.
 */

/** Documented ids and keys → those of this run. */
export type Bindings = Map<string, string>

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const ACCESS_KEY = 'SCW[0-9A-Z]{17}'
const ADDRESS = '127\\.0\\.0\\.1:[0-9]{2,5}'
const TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{3}Z)?'
const IDENTIFIERS = [UUID, ACCESS_KEY, ADDRESS] as const

const PIECES = new RegExp(`(?<time>${TIME})|(?<identifier>${IDENTIFIERS.join('|')})|(?<any>…)`, 'g')

/** The command with this run's ids and keys. @throws Error for one that was never shown */
export function commandOf(documented: string, bindings: Bindings): string {
  return documented.replaceAll(new RegExp(IDENTIFIERS.join('|'), 'g'), (identifier) => {
    const actual = bindings.get(identifier)
    if (actual === undefined) throw new Error(`\`${identifier}\` was not shown before it is used`)
    return actual
  })
}

/**
 * Whether the output is as documented; then what the document shows for the first time is bound.
 * @param extent `beginning`: more may follow
 */
export function fits(
  documented: readonly string[],
  output: string,
  bindings: Bindings,
  extent: 'whole' | 'beginning' = 'whole',
): boolean {
  const shown: string[] = []
  const lines = documented.map((line) => (line === '…' ? '(?:.*\\n)*?' : `${lineOf(line)}\\n`))
  const match = new RegExp(`^${lines.join('')}${extent === 'whole' ? '$' : ''}`).exec(output)
  if (match === null) return false
  for (const [index, identifier] of shown.entries()) bindings.set(identifier, match[index + 1]!)
  return true

  function lineOf(line: string): string {
    let pattern = ''
    let end = 0
    for (const piece of line.matchAll(PIECES)) {
      const { time, identifier } = piece.groups ?? {}
      pattern += escaped(line.slice(end, piece.index))
      pattern += time !== undefined ? TIME : identifier !== undefined ? referenceTo(identifier) : '.*'
      end = piece.index + piece[0].length
    }
    return pattern + escaped(line.slice(end))
  }

  function referenceTo(identifier: string): string {
    const known = bindings.get(identifier)
    if (known !== undefined) return escaped(known)
    const earlier = shown.indexOf(identifier)
    if (earlier !== -1) return `\\${earlier + 1}(?![0-9])`
    shown.push(identifier)
    return `(${IDENTIFIERS.find((pattern) => new RegExp(`^${pattern}$`).test(identifier))!})`
  }
}

/** The text as a pattern that matches it alone. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
