/**
 * What a key itself is limited to, on top of what its bearer may do: operations, buckets or prefixes in them, regions.
 * Exoscale's restricted keys, with S3's own operation names and with prefixes beside.
 */
import { ACTIONS, type Action, isAction } from './actions.ts'
import type { BucketResource, Restrictions } from './model.ts'
import { type Atom, atomsOfOperation, atomsOfTag } from './sos-operations.ts'

export interface CompiledRestrictions {
  /** What its operations and tags cover; null: everything. */
  readonly atoms: ReadonlySet<Atom> | null
  /** The actions among {@link atoms}; null: every one. */
  readonly actions: ReadonlySet<Action> | null
  /** Bucket → prefixes below which its objects lie; a prefix null stands for the whole bucket. Null: every bucket. */
  readonly buckets: ReadonlyMap<string, readonly (string | null)[]> | null
  /** The buckets that a listing of buckets may show; null: every one. */
  readonly permittedBuckets: ReadonlySet<string> | null
  /** Regions of the bucket's backend; null: every one. */
  readonly regions: ReadonlySet<string> | null
}

/** What {@link refusedBy} needs to know of a request. */
export interface RestrictedAccess {
  readonly action: Action
  readonly bucket: string | null
  readonly key: string | null
  readonly region: string
  /** Of a list; null: not a list. */
  readonly prefix: string | null
}

export type RestrictionKind = 'operation' | 'resource' | 'region'

/** Where a key may only see part of a bucket, the lists that show a part of it. */
const PREFIX_LISTS: ReadonlySet<Action> = new Set(['ListObjects', 'ListObjectsV2', 'ListObjectVersions'])

/** What says nothing about a bucket's objects, and what clients ask before anything else. */
const HARMLESS: ReadonlySet<Action> = new Set(['HeadBucket', 'GetBucketLocation'])

/** Throws nothing: a stored name that is not known covers nothing. */
export function compileRestrictions(restrictions: Restrictions): CompiledRestrictions {
  const atoms = coveredAtoms(restrictions)
  const buckets = restrictions.resources === null ? null : groupByBucket(restrictions.resources)
  return {
    atoms,
    actions: atoms === null ? null : new Set([...atoms].filter(isAction)),
    buckets,
    permittedBuckets: buckets === null ? null : new Set(buckets.keys()),
    regions: restrictions.regions === null ? null : new Set(restrictions.regions),
  }
}

/** Operations and tags add up; null where neither limits. */
export function coveredAtoms({ operations, tags }: Restrictions): ReadonlySet<Atom> | null {
  if (operations === null && tags === null) return null
  return new Set([
    ...(operations ?? []).flatMap((name) => atomsOfOperation(name) ?? []),
    ...(tags ?? []).flatMap((tag) => atomsOfTag(tag) ?? []),
  ])
}

function groupByBucket(
  resources: readonly BucketResource[],
): ReadonlyMap<string, readonly (string | null)[]> {
  const buckets = new Map<string, (string | null)[]>()
  for (const { bucket, prefix } of resources) {
    const prefixes = buckets.get(bucket)
    if (prefixes === undefined) buckets.set(bucket, [prefix])
    else prefixes.push(prefix)
  }
  return buckets
}

/** What stands against it; undefined: nothing. */
export function refusedBy(
  restrictions: CompiledRestrictions,
  access: RestrictedAccess,
): RestrictionKind | undefined {
  const { actions, buckets, regions } = restrictions
  if (actions !== null && !actions.has(access.action)) return 'operation'
  const level = ACTIONS[access.action][1]
  // A listing of buckets is answered with those that the key may see.
  if (level === 'service') return undefined
  if (regions !== null && !regions.has(access.region)) return 'region'
  if (buckets === null) return undefined
  const prefixes = access.bucket === null ? undefined : buckets.get(access.bucket)
  return prefixes?.some((prefix) => reaches(prefix, access)) === true ? undefined : 'resource'
}

function reaches(prefix: string | null, { action, key, prefix: listed }: RestrictedAccess): boolean {
  if (prefix === null) return true
  if (ACTIONS[action][1] === 'object') return key?.startsWith(prefix) === true
  if (PREFIX_LISTS.has(action)) return listed?.startsWith(prefix) === true
  return HARMLESS.has(action)
}
