/** What kinds of backend differ in, and what can be opened, from the tables that the gate itself uses. */
import { CAPABILITIES } from '../../../src/proxy/backend/capabilities.ts'
import { OPENABLE } from '../../../src/s3/opened.ts'
import { OPERATION_NAMES, OPERATIONS, type OperationRow } from '../../../src/s3/operation.ts'
import { code, names, table } from './table.ts'

const KINDS = ['embedded', 'ceph', 'minio', 'aws', 'generic'] as const

export function renderCapabilities(): string {
  const row = (title: string, value: (kind: (typeof KINDS)[number]) => string): readonly string[] => [
    title,
    ...KINDS.map(value),
  ]
  const list = (items: Iterable<string>): string => {
    const all = [...items]
    return all.length === 0 ? 'none' : all.join(', ')
  }
  return table(
    ['', ...KINDS.map(code)],
    [
      row('Keys', (kind) => KEYS[CAPABILITIES[kind].keys]),
      row('Checksums that it keeps and returns', (kind) => list(CAPABILITIES[kind].checksums)),
      row('Checksum behind the body', (kind) => TRAILERS[CAPABILITIES[kind].trailers]),
      row('Whole-object checksums (`x-amz-checksum-type`)', (kind) => CAPABILITIES[kind].checksumTypes),
      row('Parts that objects were made of', (kind) => PARTS[CAPABILITIES[kind].parts]),
      row(
        'Size of an upload’s object (`x-amz-mp-object-size`)',
        (kind) => SIZES[CAPABILITIES[kind].objectSizes],
      ),
      row('`_` in names of metadata', (kind) => NAMES[CAPABILITIES[kind].metadataNames]),
      row('Region in CreateBucket', (kind) => CAPABILITIES[kind].locationConstraint),
      row('A bucket made again by its owner', (kind) => CAPABILITIES[kind].madeAgain),
      row('Names that are no buckets', (kind) => list(CAPABILITIES[kind].reservedBuckets)),
    ],
  )
}

const KEYS = { any: 'any', path: 'none that a path cannot have' } as const

const TRAILERS = {
  computed: 'computed by the store',
  'sent-on': 'sent on',
  dropped: 'verified by the gate only',
} as const

const PARTS = { told: 'told by the store', derived: 'derived from HEAD: see below' } as const

const SIZES = { checked: 'checked by the store', overlooked: 'checked by the gate' } as const

const NAMES = { kept: 'kept', folded: 'taken for `-`' } as const

/** Headers and parameters that are refused, since the store would answer as if they were not there. */
export function renderIgnored(): string {
  const rows = OPERATION_NAMES.flatMap((operation) =>
    KINDS.flatMap((kind) => {
      const ignored = CAPABILITIES[kind].ignores[operation]
      return ignored === undefined || kind === 'generic'
        ? []
        : [[code(operation), code(kind), names(ignored)]]
    }),
  )
  return table(['Operation', 'Kind', 'Refused with'], rows)
}

/** Operations that the gate forwards, by the kinds of backend that cannot take them. */
export function renderLacks(): string {
  const served = OPERATION_NAMES.filter((name) => {
    const { disposition, matching, iam }: OperationRow = OPERATIONS[name]
    return matching === 'request' && disposition !== 'refuse' && iam.required.length > 0
  })
  const rows = served
    .filter((name) => KINDS.some((kind) => CAPABILITIES[kind].lacks.has(name)))
    .map((name) => [code(name), ...KINDS.map((kind) => (CAPABILITIES[kind].lacks.has(name) ? '–' : 'yes'))])
  return table(['Operation', ...KINDS.map(code)], rows)
}

export function renderOpenable(): string {
  return names(OPENABLE)
}

/** Operations that no setting opens. */
export function renderRefused(): string {
  return names(
    OPERATION_NAMES.filter((name) => {
      const { disposition, matching } = OPERATIONS[name]
      return matching === 'request' && disposition === 'refuse'
    }),
  )
}
