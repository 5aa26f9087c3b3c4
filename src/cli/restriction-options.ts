/** The options that limit a key itself: operations, tags, buckets and regions. */
import type { Command } from 'commander'
import { ACTION_NAMES } from '../iam/actions.ts'
import type { BucketResource, Restrictions } from '../iam/model.ts'
import { InvalidResource, parseResource } from '../iam/restriction-input.ts'
import { KNOWN_OPERATIONS, KNOWN_TAGS } from '../iam/sos-operations.ts'
import { UsageError } from './fault.ts'
import { severalKnownOption, severalOption } from './options.ts'

export interface RestrictionOptions {
  readonly operation?: readonly string[]
  readonly tag?: readonly string[]
  readonly resource?: readonly string[]
  readonly region?: readonly string[]
}

/** What a key can be limited to, by the names of both. */
const OPERATIONS: ReadonlySet<string> = new Set([
  ...KNOWN_OPERATIONS.map(({ operation }) => operation),
  ...ACTION_NAMES,
  'DeleteObjects',
])

/** A comma that ends a resource: prefixes may hold commas. */
const NEXT_RESOURCE = /,(?=\s*sos\/)/

export const restrictionOptions = (command: Command): Command =>
  command
    .addOption(
      severalKnownOption(
        '--operation <name>',
        'limit it to S3 operations or *-sos-* ones; see `key list-operations`',
        OPERATIONS,
      ),
    )
    .addOption(
      severalKnownOption('--tag <tag>', 'limit it to the operations with this tag, such as sos', KNOWN_TAGS),
    )
    .addOption(
      severalOption(
        '--resource <resource>',
        'limit it to sos/bucket:NAME or sos/bucket:NAME/PREFIX*',
        NEXT_RESOURCE,
      ),
    )
    .addOption(severalOption('--region <region>', "limit it to buckets whose backend's region this is"))

/** Null: no option limits the key. @throws UsageError */
export function restrictionsOf(options: RestrictionOptions): Restrictions | null {
  const { operation, tag, resource, region } = options
  if ([operation, tag, resource, region].every((given) => given === undefined)) return null
  return {
    operations: operation ?? null,
    tags: tag ?? null,
    resources: resource?.map(resourceOf) ?? null,
    regions: region ?? null,
  }
}

function resourceOf(given: string): BucketResource {
  try {
    return parseResource(given)
  } catch (error) {
    if (!(error instanceof InvalidResource)) throw error
    throw new UsageError(`--resource: ${error.message}`)
  }
}
