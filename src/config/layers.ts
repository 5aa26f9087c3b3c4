/**
 * The three places a configuration comes from, each read into the same form: a list of values with the key they are
 * for and the place they were found. Unknown names are faults.
 *
 * The file is YAML 1.2: https://yaml.org/spec/1.2.2/
 */
import { readFileSync } from 'node:fs'
import { isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml'
import { didYouMean } from '../nearest.ts'
import { yamlFault } from '../yaml-fault.ts'
import { type ConfigFault, showGiven } from './fault.ts'
import { type KeyPath, schemaKeys } from './schema.ts'

/** One value as it was found. */
export interface GivenValue {
  readonly path: KeyPath
  readonly value: unknown
  readonly source: string
}

export interface Layer {
  readonly values: readonly GivenValue[]
  readonly faults: readonly ConfigFault[]
}

const PREFIX = 'S3WARDEN_'

/** Every name under which a key may be given: its own, and `…_file` where a file may hold it. */
export const namedPaths = (): readonly KeyPath[] =>
  schemaKeys().flatMap(({ path, facts }) =>
    facts.delivery === undefined ? [path] : [path, [...path.slice(0, -1), `${path.at(-1)}_file`]],
  )

/** The environment variable of a key: `S3WARDEN_BACKEND_REGION`. */
export const environmentName = (path: KeyPath): string => `${PREFIX}${path.join('_').toUpperCase()}`

/** What Kubernetes puts into the environment for a Service that is called `s3warden`: not meant for us. */
const SERVICE_LINK = /^S3WARDEN_(SERVICE_(HOST|PORT(_.+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/

/** What the command line reads by itself. */
const COMMAND_LINE: ReadonlySet<string> = new Set(
  ['CONFIG', 'ENDPOINT', 'TOKEN', 'TOKEN_FILE'].map((name) => PREFIX + name),
)

/** Reads `S3WARDEN_*`. An empty variable counts as absent. */
export function environmentLayer(environment: Readonly<Record<string, string | undefined>>): Layer {
  const known = new Map(namedPaths().map((path) => [environmentName(path), path]))
  const values: GivenValue[] = []
  const faults: ConfigFault[] = []
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX) || COMMAND_LINE.has(name) || !value || SERVICE_LINK.test(name)) continue
    const path = known.get(name)
    if (path !== undefined) values.push({ path, value, source: `environment ${name}` })
    else {
      faults.push({
        path: name,
        source: 'environment',
        given: null,
        expected: `the name of a known variable${didYouMean(name, known.keys())}`,
      })
    }
  }
  return { values, faults }
}

/** Reads the options of the command line: `{ listen: '…' }`. */
export function flagLayer(flags: Readonly<Record<string, string | undefined>>): Layer {
  const values = Object.entries(flags).flatMap(([name, value]): GivenValue[] =>
    value === undefined ? [] : [{ path: [name], value, source: `--${name.replaceAll('_', '-')}` }],
  )
  return { values, faults: [] }
}

/** Reads a configuration file. */
export function fileLayer(file: string): Layer {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    const expected = `a readable file (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`
    return { values: [], faults: [{ path: file, source: null, given: null, expected }] }
  }
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, merge: false })
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => ({
      path: `${file}:${lines.linePos(error.pos[0]).line}`,
      source: null,
      given: null,
      expected: `YAML (${yamlFault(error)})`,
    }))
    return { values: [], faults }
  }
  const root = document.contents
  if (root === null || (isScalar(root) && root.value === null)) return { values: [], faults: [] }
  if (!isMap(root)) {
    return { values: [], faults: [{ path: file, source: null, given: null, expected: 'a map of keys' }] }
  }
  return readMap(root, [], {
    known: namedPaths(),
    place: (node) => `${file}:${lines.linePos(node).line}`,
  })
}

interface FileReading {
  readonly known: readonly KeyPath[]
  /** File and line of an offset. */
  place(offset: number): string
}

function readMap(map: YAMLMap, above: KeyPath, reading: FileReading): Layer {
  const values: GivenValue[] = []
  const faults: ConfigFault[] = []
  const siblings = new Map<string, 'key' | 'group'>()
  for (const path of reading.known) {
    if (!above.every((name, depth) => path[depth] === name)) continue
    const name = path[above.length]
    if (name !== undefined) siblings.set(name, path.length === above.length + 1 ? 'key' : 'group')
  }
  for (const { key, value } of map.items) {
    const name = String(isScalar(key) ? key.value : key)
    const path = [...above, name]
    const source = reading.place((isScalar(key) ? key.range?.[0] : undefined) ?? 0)
    const sibling = siblings.get(name)
    if (sibling === undefined) {
      const expected = `a known key${didYouMean(name, siblings.keys())}`
      faults.push({ path: path.join('.'), source, given: null, expected })
    } else if (sibling === 'key') {
      values.push({ path, value: toPlain(value), source })
    } else if (isMap(value)) {
      const inner = readMap(value, path, reading)
      values.push(...inner.values)
      faults.push(...inner.faults)
    } else if (toPlain(value) !== null) {
      const given = showGiven(toPlain(value))
      faults.push({ path: path.join('.'), source, given, expected: 'a map of keys' })
    }
  }
  return { values, faults }
}

/** A YAML node's value as plain data. */
function toPlain(node: unknown): unknown {
  const convertible = node as { toJSON?: () => unknown } | null
  return convertible?.toJSON === undefined ? node : convertible.toJSON()
}
