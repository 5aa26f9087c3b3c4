/** Restrictions as they are given for a new key: parsed, checked, and held within those of the key that makes it. */
import { isBucketName } from '../s3/bucket-name.ts'
import type { BucketResource, Restrictions } from './model.ts'
import { coveredAtoms } from './restrictions.ts'
import { atomsOfOperation, atomsOfTag, KNOWN_TAGS } from './sos-operations.ts'

/** The only kind of resource a key can be restricted to. */
const RESOURCE_KIND = 'sos/bucket:'

/** What is wrong with one value, and what is expected. */
export interface RestrictionFault {
  readonly argument: 'operations' | 'tags' | 'resources' | 'regions' | 'expires_at'
  readonly value: string
  readonly message: string
}

/** Why `text` names no resource, as a sentence without its full stop. */
export class InvalidResource extends Error {
  override readonly name = 'InvalidResource'
}

/**
 * `sos/bucket:NAME` for a whole bucket, `sos/bucket:NAME/PREFIX*` for what lies below a prefix in it.
 * @throws InvalidResource
 */
export function parseResource(text: string): BucketResource {
  if (!text.startsWith(RESOURCE_KIND)) {
    throw new InvalidResource(
      `\`${text}\` is no resource of the kind \`sos/bucket:NAME\`, the only one there is`,
    )
  }
  const rest = text.slice(RESOURCE_KIND.length)
  const slash = rest.indexOf('/')
  const bucket = slash === -1 ? rest : rest.slice(0, slash)
  if (!isBucketName(bucket)) throw new InvalidResource(`\`${bucket}\` in \`${text}\` is no bucket name`)
  if (slash === -1) return { bucket, prefix: null }

  const pattern = rest.slice(slash + 1)
  if (!pattern.endsWith('*')) {
    throw new InvalidResource(`a prefix ends with \`*\`, as in \`${RESOURCE_KIND}${bucket}/${pattern}*\``)
  }
  const prefix = pattern.slice(0, -1)
  if (prefix.includes('*')) {
    throw new InvalidResource(`\`*\` stands at the end of a prefix only, and \`${text}\` has another`)
  }
  return { bucket, prefix }
}

/** The inverse of {@link parseResource}. */
export function formatResource({ bucket, prefix }: BucketResource): string {
  return prefix === null ? `${RESOURCE_KIND}${bucket}` : `${RESOURCE_KIND}${bucket}/${prefix}*`
}

/** All that is wrong with them; empty where nothing is. */
export function checkRestrictions(restrictions: Restrictions): readonly RestrictionFault[] {
  const { operations, tags, resources, regions } = restrictions
  return [
    ...emptyLists(restrictions),
    ...(operations ?? [])
      .filter((name) => atomsOfOperation(name) === undefined)
      .map((value) => ({
        argument: 'operations' as const,
        value,
        message: `\`${value}\` is neither an S3 operation nor one that \`key list-operations\` shows`,
      })),
    ...(tags ?? [])
      .filter((tag) => atomsOfTag(tag) === undefined)
      .map((value) => ({
        argument: 'tags' as const,
        value,
        message: `\`${value}\` is no tag; there are ${[...KNOWN_TAGS].join(', ')}`,
      })),
    ...(resources ?? [])
      .filter(({ bucket }) => !isBucketName(bucket))
      .map((resource) => ({
        argument: 'resources' as const,
        value: formatResource(resource),
        message: `\`${resource.bucket}\` is no bucket name`,
      })),
    ...(regions ?? [])
      .filter((region) => region === '')
      .map((value) => ({ argument: 'regions' as const, value, message: 'a region has a name' })),
  ]
}

/** An empty list would limit to nothing; who means "no limit" leaves it away. */
function emptyLists(restrictions: Restrictions): readonly RestrictionFault[] {
  return (['operations', 'tags', 'resources', 'regions'] as const)
    .filter((argument) => restrictions[argument]?.length === 0)
    .map((argument) => ({ argument, value: '', message: 'an empty list would permit nothing' }))
}

/** All that limits a key. */
export interface KeyLimits {
  readonly restrictions: Restrictions | null
  /** RFC 3339; null: never. */
  readonly expires_at: string | null
}

const UNLIMITED: Restrictions = { operations: null, tags: null, resources: null, regions: null }

/** What a new key is limited to that is made through another: where it leaves something open, the other's limits. */
export function inheritLimits(child: KeyLimits, parent: KeyLimits): KeyLimits {
  const own = child.restrictions ?? UNLIMITED
  const given = parent.restrictions ?? UNLIMITED
  // Operations and tags add up, so that they are one limit.
  const { operations, tags } = own.operations === null && own.tags === null ? given : own
  const restrictions: Restrictions = {
    operations,
    tags,
    resources: own.resources ?? given.resources,
    regions: own.regions ?? given.regions,
  }
  const unlimited = Object.values(restrictions).every((limit) => limit === null)
  return {
    restrictions: unlimited ? null : restrictions,
    expires_at: child.expires_at ?? parent.expires_at,
  }
}

/**
 * In what a key would go beyond the one through which it is made; empty where in nothing. To be asked of what
 * {@link inheritLimits} gave: a limit that is left open counts as exceeding.
 */
export function exceeds(child: KeyLimits, parent: KeyLimits): readonly RestrictionFault[] {
  const own = child.restrictions ?? UNLIMITED
  const given = parent.restrictions ?? UNLIMITED
  return [
    ...exceededOperations(own, given),
    ...exceededResources(own.resources, given.resources),
    ...exceededRegions(own.regions, given.regions),
    ...exceededLifetime(child.expires_at, parent.expires_at),
  ]
}

function exceededOperations(own: Restrictions, given: Restrictions): readonly RestrictionFault[] {
  const permitted = coveredAtoms(given)
  if (permitted === null) return []
  if (own.operations === null && own.tags === null) return [open('operations')]
  const beyond = (atoms: readonly string[]): boolean => atoms.some((atom) => !permitted.has(atom))
  return [
    ...(own.operations ?? [])
      .filter((name) => beyond(atomsOfOperation(name) ?? [name]))
      .map((value) => fault('operations', value)),
    ...(own.tags ?? [])
      .filter((tag) => beyond(atomsOfTag(tag) ?? [tag]))
      .map((value) => fault('tags', value)),
  ]
}

function exceededResources(
  own: readonly BucketResource[] | null,
  given: readonly BucketResource[] | null,
): readonly RestrictionFault[] {
  if (given === null) return []
  if (own === null) return [open('resources')]
  return own
    .filter((resource) => !given.some((wider) => holds(wider, resource)))
    .map((resource) => fault('resources', formatResource(resource)))
}

function holds(wider: BucketResource, narrower: BucketResource): boolean {
  if (wider.bucket !== narrower.bucket) return false
  if (wider.prefix === null) return true
  return narrower.prefix?.startsWith(wider.prefix) === true
}

function exceededRegions(
  own: readonly string[] | null,
  given: readonly string[] | null,
): readonly RestrictionFault[] {
  if (given === null) return []
  if (own === null) return [open('regions')]
  return own.filter((region) => !given.includes(region)).map((value) => fault('regions', value))
}

function exceededLifetime(own: string | null, given: string | null): readonly RestrictionFault[] {
  if (given === null) return []
  if (own === null) return [open('expires_at')]
  return Date.parse(own) <= Date.parse(given) ? [] : [fault('expires_at', own)]
}

function open(argument: RestrictionFault['argument']): RestrictionFault {
  return { argument, value: '', message: 'the key through which this one is made is limited here' }
}

function fault(argument: RestrictionFault['argument'], value: string): RestrictionFault {
  return { argument, value, message: `\`${value}\` goes beyond the key through which this one is made` }
}
