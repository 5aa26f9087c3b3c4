/** What a key is limited to: checked when it is given, and inherited by keys that are made through a limited one. */
import type { BucketResource, Restrictions } from '../iam/model.ts'
import { coveredAtoms } from '../iam/restrictions.ts'
import { atomsOfOperation, atomsOfTag } from '../iam/sos-operations.ts'
import { isBucketName } from '../s3/bucket-name.ts'
import { ServiceError } from './errors.ts'
import type { Checks } from './validate.ts'

const MAX_PREFIX_BYTES = 1024

/** Null where nothing is limited. Faults go to `checks`. */
export function checkRestrictions(
  checks: Checks,
  restrictions: Restrictions | null | undefined,
): Restrictions | null {
  if (restrictions === null || restrictions === undefined) return null
  const { operations, tags, resources, regions } = restrictions
  for (const [kind, values] of Object.entries({ operations, tags, resources, regions })) {
    if (values?.length === 0) {
      checks.fault(`restrictions.${kind}`, 'constraint', 'must not be empty: leave it out for no limit')
    }
  }
  for (const name of operations ?? []) {
    if (atomsOfOperation(name) === undefined) {
      checks.fault('restrictions.operations', 'unknown', `there is no operation \`${name}\``)
    }
  }
  for (const tag of tags ?? []) {
    if (atomsOfTag(tag) === undefined)
      checks.fault('restrictions.tags', 'unknown', `there is no tag \`${tag}\``)
  }
  for (const resource of resources ?? []) checkResource(checks, resource)
  if (regions?.includes('')) checks.fault('restrictions.regions', 'format', 'must be names of regions')
  return operations === null && tags === null && resources === null && regions === null ? null : restrictions
}

function checkResource(checks: Checks, { bucket, prefix }: BucketResource): void {
  const argument = 'restrictions.resources'
  if (!isBucketName(bucket)) checks.fault(argument, 'format', `\`${bucket}\` cannot be the name of a bucket`)
  if (prefix === '')
    checks.fault(argument, 'format', 'a prefix must not be empty: leave it out for the whole bucket')
  if (prefix !== null && (Buffer.byteLength(prefix) > MAX_PREFIX_BYTES || !prefix.isWellFormed())) {
    checks.fault(argument, 'format', `a prefix must have at most ${MAX_PREFIX_BYTES} bytes of UTF-8`)
  }
}

/**
 * The restrictions of a key made through one with `parent`'s: what `wanted` leaves open is inherited.
 * @throws ServiceError `permissions_denied` where `wanted` goes beyond
 */
export function inherit(parent: Restrictions, wanted: Restrictions | null): Restrictions {
  if (wanted === null) return parent
  const limitsOperations = wanted.operations !== null || wanted.tags !== null
  const child: Restrictions = {
    operations: limitsOperations ? wanted.operations : parent.operations,
    tags: limitsOperations ? wanted.tags : parent.tags,
    resources: wanted.resources ?? parent.resources,
    regions: wanted.regions ?? parent.regions,
  }
  const beyond: readonly (readonly [string, boolean])[] = [
    ['operations', !within(coveredAtoms(child), coveredAtoms(parent))],
    ['resources', child.resources?.some((resource) => !covered(resource, parent.resources)) === true],
    ['regions', !within(setOf(child.regions), setOf(parent.regions))],
  ]
  const exceeded = beyond.filter(([, exceeds]) => exceeds).map(([kind]) => kind)
  if (exceeded.length > 0) {
    throw new ServiceError({
      type: 'permissions_denied',
      details: exceeded.map((kind) => ({ resource: 'access_key', action: `create with wider ${kind}` })),
      help_message: `a key may not exceed the one it is made through: its ${exceeded.join(' and ')} do`,
    })
  }
  return child
}

/** Null: everything. */
function within(inner: ReadonlySet<string> | null, outer: ReadonlySet<string> | null): boolean {
  return outer === null || (inner !== null && [...inner].every((member) => outer.has(member)))
}

function setOf(values: readonly string[] | null): ReadonlySet<string> | null {
  return values === null ? null : new Set(values)
}

function covered({ bucket, prefix }: BucketResource, by: readonly BucketResource[] | null): boolean {
  if (by === null) return true
  return by.some(
    (outer) =>
      outer.bucket === bucket && (outer.prefix === null || prefix?.startsWith(outer.prefix) === true),
  )
}
