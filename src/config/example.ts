/** `config/s3warden.example.yaml`, written from the schema: every key with its meaning, its default and its names. */
import { stringify } from 'yaml'
import { environmentName, namedPaths } from './layers.ts'
import { type SchemaKey, schemaKeys } from './schema.ts'

const WIDTH = 100

const HEADER = `\
## s3warden: every configuration key, with its meaning. What is commented out is at its default or an example;
## take the one \`#\` in front of a key away to set it (and that of the group it is in).
##
## A key may also be given in the environment, as named in brackets, and a few on the command line (see
## \`s3warden serve --help\`): an option beats the environment, the environment beats this file. A key with a
## second name that ends in _file may be given as the path of a file that holds the value.
## Keys marked "live" are taken over by a running gate on SIGHUP; the others at the next start.
## Check a file with \`s3warden config check --config FILE\`.
`

export function renderExample(): string {
  let group = ''
  const blocks = schemaKeys().map((key) => {
    const above = key.path.slice(0, -1).join('.')
    const opening = above === '' || above === group ? '' : `#${above}:\n`
    group = above
    return `${opening}${renderKey(key)}`
  })
  return `${HEADER}\n${blocks.join('\n')}`
}

function renderKey({ path, facts }: SchemaKey): string {
  const indent = '  '.repeat(path.length - 1)
  const names = [environmentName(path)]
  const filed = namedPaths().find((named) => named.join('.') === `${path.join('.')}_file`)
  if (filed !== undefined) names.push(`${filed.at(-1)}`, environmentName(filed))
  const notes = [
    facts.about,
    `Expected: ${facts.expected}.`,
    facts.example === undefined || facts.default === undefined ? '' : `Default: ${shown(facts.default)}.`,
    facts.reload === 'live' ? 'Live.' : '',
    `[${names.join(', ')}]`,
  ]
  const about = wrap(notes.filter((note) => note !== '').join(' '), WIDTH - indent.length)
  const value = facts.example ?? (facts.default === undefined ? '…' : shown(facts.default))
  return [...about.map((line) => `##${indent} ${line}`), `#${indent}${path.at(-1)}: ${value}`, ''].join('\n')
}

const shown = (value: unknown): string => stringify(value).trim()

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
