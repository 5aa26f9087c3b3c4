/** Applications: programs. */

import type { Application } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { ApplicationFilters, ApplicationOrder, Page } from '../store/query.ts'
import { dropPrincipal } from './cascades.ts'
import { type ChangeOf, mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found } from './errors.ts'
import type { ListInput } from './lists.ts'
import { listQuery } from './lists.ts'
import { checkQuota } from './quotas.ts'
import { createChecks } from './validate.ts'

export interface NewApplication {
  readonly organization_id: string
  readonly name: string
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export type ApplicationChange = ChangeOf<Omit<NewApplication, 'organization_id'>>

export interface Applications {
  create(actor: Actor, input: NewApplication): Promise<Application>
  get(id: string): Promise<Application>
  list(input: ListInput<ApplicationFilters, ApplicationOrder>): Promise<Page<Application>>
  update(actor: Actor, id: string, change: ApplicationChange): Promise<Application>
  /** How many keys it has. */
  countKeys(id: string): Promise<number>
  /** Deletes its keys too; its policies stay without principal. */
  delete(actor: Actor, id: string): Promise<void>
}

export function createApplications(deps: ServiceDeps): Applications {
  const { applications, keys } = deps.store.repositories
  return {
    async create(actor, input) {
      check(input)
      const at = timestamp(deps.now())
      const application: Application = {
        id: deps.random.uuid(),
        organization_id: input.organization_id,
        name: input.name,
        description: input.description ?? '',
        tags: input.tags ?? [],
        created_at: at,
        updated_at: at,
      }
      return mutate(deps, actor, { resource: 'application', id: input.name }, async (transaction) => {
        const { organization_id } = input
        found(await transaction.organizations.find(organization_id), 'organization', organization_id)
        await checkQuota(deps, 'iam_applications', () =>
          transaction.applications.list(listQuery({ filters: { organization_id } })),
        )
        await transaction.applications.insert(application)
        return application
      })
    },

    get: async (id) => found(await applications.find(id), 'application', id),
    list: async (input) => applications.list(listQuery(input)),

    async update(actor, id, change) {
      check(change)
      return mutate(deps, actor, { resource: 'application', id }, async (transaction) => {
        const before = found(await transaction.applications.find(id), 'application', id)
        const after: Application = {
          ...before,
          name: change.name ?? before.name,
          description: change.description ?? before.description,
          tags: change.tags ?? before.tags,
          updated_at: timestamp(deps.now()),
        }
        await transaction.applications.update(after)
        return after
      })
    },

    countKeys: async (id) => (await keys.list(listQuery({ filters: { bearer_ids: [id] } }))).total_count,

    delete: (actor, id) =>
      mutate(deps, actor, { resource: 'application', id }, async (transaction) => {
        found(await transaction.applications.find(id), 'application', id)
        await dropPrincipal(transaction, id, timestamp(deps.now()))
        await transaction.applications.delete(id)
      }),
  }
}

function check(input: ApplicationChange): void {
  const checks = createChecks()
  checks.name('name', input.name)
  checks.description('description', input.description)
  checks.tags('tags', input.tags)
  checks.done()
}
