/** The configuration reference, from the schema. */
import { environmentName, namedPaths } from '../../../src/config/layers.ts'
import { type KeyPath, type SchemaKey, schemaKeys } from '../../../src/config/schema.ts'
import { code } from './table.ts'

/** A section for each group of keys, and an entry for each key. */
export function renderConfiguration(): string {
  const groups = Map.groupBy(schemaKeys(), ({ path }) => path.slice(0, -1).join('.'))
  return [...groups]
    .map(([group, keys]) => {
      const heading = group === '' ? '## At the top level' : `## ${code(group)}`
      return [heading, ...keys.map(renderKey)].join('\n\n')
    })
    .join('\n\n')
}

function renderKey({ path, facts }: SchemaKey): string {
  const file = [...path.slice(0, -1), `${path.at(-1)}_file`]
  const fromFile = namedPaths().some((named) => named.join('.') === file.join('.'))
  const given = fromFile
    ? `${variable(path)}, or as a file: ${code(file.join('.'))}, ${variable(file)}`
    : variable(path)
  const facet = (name: string, text: string | undefined): readonly string[] =>
    text === undefined ? [] : [`- ${name}: ${text}`]
  return [
    `### ${code(path.join('.'))}`,
    '',
    facts.about,
    '',
    ...facet('Expected', expectation(facts.expected)),
    ...facet('Default', facts.default === undefined ? 'none, must be given' : shown(facts.default)),
    ...facet('Example', facts.example === undefined ? undefined : code(facts.example)),
    ...facet('Environment', given),
    ...facet('Taken over', facts.reload === 'live' ? 'by a running gate, on SIGHUP' : 'at the next start'),
  ].join('\n')
}

const variable = (path: KeyPath): string => code(environmentName(path))

function shown(value: unknown): string {
  if (Array.isArray(value) && value.length === 0) return 'an empty list'
  return code(String(value))
}

/** A long list of names is better looked up where they are explained. */
function expectation(text: string): string {
  return text.length > 300
    ? 'a list of the names in [what can be opened](backends.md#what-can-be-opened)'
    : text
}
