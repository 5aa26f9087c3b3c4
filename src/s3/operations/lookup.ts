/**
 * The operation table, arranged for look-up when the process starts: by level, method and sub-resource.
 */
import type { Expected, Level, OperationRow } from './row.ts'
import { type MatchableOperationName, OPERATION_NAMES, OPERATIONS } from './table.ts'

/** Required parameters that qualify a sub-resource and are none themselves. */
const QUALIFIERS: ReadonlySet<string> = new Set([
  'annotationName',
  'id',
  'list-type',
  'partNumber',
  'select-type',
])

/** The key of the operations that have no sub-resource. */
export const PLAIN = ''

export interface Candidate {
  readonly name: MatchableOperationName
  readonly row: OperationRow
  readonly required: readonly (readonly [name: string, expected: Expected])[]
  readonly parameters: ReadonlySet<string>
  /** The query is another request's: neither read nor kept. */
  readonly ignoresQuery: boolean
}

export interface LevelIndex {
  /** Method → sub-resource → candidates, those that require most first. */
  readonly methods: ReadonlyMap<string, ReadonlyMap<string, readonly Candidate[]>>
  readonly subresources: ReadonlySet<string>
  /** Those of them whose value says nothing: `?acl=x` is `?acl`. */
  readonly bare: ReadonlySet<string>
  /** Every parameter that any operation of this level takes. */
  readonly parameters: ReadonlySet<string>
}

export const INDEX: Readonly<Record<Level, LevelIndex>> = {
  service: indexLevel('service'),
  bucket: indexLevel('bucket'),
  object: indexLevel('object'),
}

function indexLevel(level: Level): LevelIndex {
  const methods = new Map<string, Map<string, Candidate[]>>()
  const subresources = new Set<string>()
  const bare = new Set<string>()
  const parameters = new Set<string>()
  for (const name of OPERATION_NAMES) {
    if (!isMatchable(name) || OPERATIONS[name].level !== level) continue
    const row: OperationRow = OPERATIONS[name]
    const required = Object.entries(row.query.required)
    const subresource = required.map(([key]) => key).find((key) => !QUALIFIERS.has(key)) ?? PLAIN
    if (subresource !== PLAIN) subresources.add(subresource)
    for (const [key, expected] of required) if (expected === 'any') bare.add(key)
    const own = new Set([...required.map(([key]) => key), ...row.query.optional])
    for (const key of own) parameters.add(key)
    const ofMethod = methods.get(row.method) ?? new Map<string, Candidate[]>()
    methods.set(row.method, ofMethod)
    const candidates = ofMethod.get(subresource) ?? []
    ofMethod.set(subresource, candidates)
    candidates.push({ name, row, required, parameters: own, ignoresQuery: row.query.optional.includes('*') })
    candidates.sort((a, b) => requirements(b) - requirements(a))
  }
  return { methods, subresources, bare, parameters }
}

function requirements(candidate: Candidate): number {
  return candidate.required.length + candidate.row.headers.required.length
}

function isMatchable(name: keyof typeof OPERATIONS): name is MatchableOperationName {
  return OPERATIONS[name].matching === 'request'
}
