/**
 * The operations that restrict a key: Exoscale's names with their tags, and S3's own. Which S3 actions an operation
 * `*-sos-*` covers is derived from the table of actions.
 */
import { ACTION_NAMES, ACTIONS, type Action, isAction, type SosOperation } from './actions.ts'
import { OTHER_OPERATIONS } from './other-operations.ts'

/** An operation that the vendor's clients know, as `key list-operations` shows it. */
export interface KnownOperation {
  readonly operation: string
  readonly tags: readonly string[]
}

/**
 * The smallest thing a key can be restricted to: an action, or an operation that is no S3 request (`list-zones`).
 * What two restrictions allow is compared in these.
 */
export type Atom = string

/** Parts of the object storage's API that are no S3 requests. */
const SOS_BESIDE_S3 = ['list-sos-buckets-usage', 'get-sos-presigned-url'] as const

const SOS_TAG = 'sos'

const SOS_ACTIONS: ReadonlyMap<SosOperation, readonly Action[]> = groupByOperation()

/** Operation → tags, in alphabetical order. */
const KNOWN: ReadonlyMap<string, readonly string[]> = new Map(
  [
    ...[...SOS_ACTIONS.keys(), ...SOS_BESIDE_S3].map((name) => [name, SOS_TAG] as const),
    ...Object.entries(OTHER_OPERATIONS).flatMap(([tag, names]) => names.map((name) => [name, tag] as const)),
  ]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, tag]) => [name, [tag]]),
)

export const KNOWN_OPERATIONS: readonly KnownOperation[] = [...KNOWN].map(([operation, tags]) => ({
  operation,
  tags,
}))

export const KNOWN_TAGS: ReadonlySet<string> = new Set([...KNOWN.values()].flat())

function groupByOperation(): ReadonlyMap<SosOperation, readonly Action[]> {
  const groups = new Map<SosOperation, Action[]>()
  for (const action of ACTION_NAMES) {
    const sos = ACTIONS[action][3]
    if (sos === null) continue
    const group = groups.get(sos)
    if (group === undefined) groups.set(sos, [action])
    else group.push(action)
  }
  return groups
}

/**
 * What a name given as `--operation` covers; undefined for an unknown one. An S3 name that is also the name of an AWS
 * permission covers what that permission covers (`GetObject` lets one HeadObject too) as far as it is in the same
 * permission set (SelectObjectContent is not), versions excluded; any other S3 name covers itself. DeleteObjects is
 * DeleteObject for each key.
 */
export function atomsOfOperation(name: string): readonly Atom[] | undefined {
  if (isAction(name)) return s3Covers(name)
  if (name === 'DeleteObjects') return ['DeleteObject']
  if (!KNOWN.has(name)) return undefined
  return SOS_ACTIONS.get(name as SosOperation) ?? [name]
}

/** What a tag covers: all the operations that have it. Undefined for an unknown one. */
export function atomsOfTag(tag: string): readonly Atom[] | undefined {
  if (!KNOWN_TAGS.has(tag)) return undefined
  return KNOWN_OPERATIONS.filter(({ tags }) => tags.includes(tag)).flatMap(
    ({ operation }) => atomsOfOperation(operation) ?? [],
  )
}

function s3Covers(name: Action): readonly Action[] {
  const covered = ACTION_NAMES.filter(
    (action) => ACTIONS[action][0] === `s3:${name}` && ACTIONS[action][2] === ACTIONS[name][2],
  )
  return covered.includes(name) ? covered : [name, ...covered]
}

/** The known operations that are covered as a whole: what `key list-operations --mine` shows. */
export function operationsWithin(atoms: ReadonlySet<Atom>): readonly KnownOperation[] {
  return KNOWN_OPERATIONS.filter(({ operation }) =>
    (atomsOfOperation(operation) ?? []).every((atom) => atoms.has(atom)),
  )
}
