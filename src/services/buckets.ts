/** Buckets as the operator sees them: whose they are. Clients make and delete theirs over S3. */

import type { Bucket } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import { isBucketName } from '../s3/bucket-name.ts'
import type { BucketFilters, BucketOrder, Page } from '../store/query.ts'
import { mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found, ServiceError } from './errors.ts'
import type { ListInput } from './lists.ts'
import { listQuery } from './lists.ts'
import { createChecks } from './validate.ts'

export interface Adoption {
  readonly name: string
  readonly project_id: string
  readonly backend_id: string
}

export interface Buckets {
  get(name: string): Promise<Bucket>
  list(input: ListInput<BucketFilters, BucketOrder>): Promise<Page<Bucket>>
  /** Puts a bucket that the backend has already into a project. Refused where the name has an owner. */
  adopt(actor: Actor, adoption: Adoption): Promise<Bucket>
  /**
   * Forgets whose it is; the backend keeps it, invisible to clients. `quarantineMs` is for how long no other project
   * may claim the name.
   */
  release(actor: Actor, name: string, quarantineMs: number): Promise<void>
}

const MAX_QUARANTINE_MS = 366 * 86_400_000

export function createBuckets(deps: ServiceDeps): Buckets {
  const { buckets } = deps.store.repositories
  return {
    get: async (name) => found(await buckets.find(name), 'bucket', name),
    list: async (input) => buckets.list(listQuery(input)),

    async adopt(actor, adoption) {
      const { name, project_id, backend_id } = adoption
      const checks = createChecks()
      if (!isBucketName(name)) checks.fault('name', 'format', `\`${name}\` cannot be the name of a bucket`)
      checks.done()
      return mutate(deps, actor, { resource: 'bucket', id: name }, async (transaction) => {
        found(await transaction.projects.find(project_id), 'project_id', project_id)
        found(await transaction.backends.find(backend_id), 'backend', backend_id)
        const owned = await transaction.buckets.find(name)
        if (owned !== undefined && owned.state !== 'released') throw ownedAlready(owned)
        return transaction.buckets.adopt({ name, project_id, backend_id })
      })
    },

    async release(actor, name, quarantineMs) {
      const checks = createChecks()
      checks.integer('quarantine', quarantineMs, 0, MAX_QUARANTINE_MS)
      checks.done()
      await mutate(deps, actor, { resource: 'bucket', id: name }, async (transaction) => {
        const bucket = await transaction.buckets.find(name)
        if (bucket?.state === 'creating' || bucket?.state === 'deleting') {
          throw new ServiceError({
            type: 'transient_state',
            resource: 'bucket',
            resource_id: name,
            current_state: bucket.state,
          })
        }
        const released = await transaction.buckets.release(name, timestamp(deps.now() + quarantineMs))
        found(released ? bucket : undefined, 'bucket', name)
      })
    },
  }
}

function ownedAlready({ name, project_id }: Bucket): ServiceError {
  return new ServiceError({
    type: 'already_exists',
    resource: 'bucket',
    resource_id: name,
    help_message: `bucket \`${name}\` belongs to project \`${project_id}\` already: release it there first`,
  })
}
