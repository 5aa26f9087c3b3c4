/** Projects: what owns buckets, and where keys work. */

import type { Project } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Page, ProjectFilters, ProjectOrder } from '../store/query.ts'
import type { Transaction } from '../store/repositories.ts'
import { dropProject } from './cascades.ts'
import { type ChangeOf, mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found, notDeletable } from './errors.ts'
import type { ListInput } from './lists.ts'
import { listQuery } from './lists.ts'
import { checkQuota } from './quotas.ts'
import { createChecks } from './validate.ts'

export interface NewProject {
  readonly organization_id: string
  readonly name: string
  readonly description?: string | undefined
  readonly backend_id?: string | null | undefined
  readonly max_buckets?: number | null | undefined
}

export type ProjectChange = ChangeOf<Omit<NewProject, 'organization_id'>>

export interface Projects {
  create(actor: Actor, input: NewProject): Promise<Project>
  get(id: string): Promise<Project>
  list(input: ListInput<ProjectFilters, ProjectOrder>): Promise<Page<Project>>
  update(actor: Actor, id: string, change: ProjectChange): Promise<Project>
  /**
   * Keys that prefer it lose their preference, rules that name it lose it from their scope (a rule that named no other
   * goes). Refused for the default project, and while it owns buckets.
   */
  delete(actor: Actor, id: string): Promise<void>
}

const MOST_BUCKETS = 1_000_000

export function createProjects(deps: ServiceDeps): Projects {
  const { projects } = deps.store.repositories
  return {
    async create(actor, input) {
      check(input)
      const at = timestamp(deps.now())
      const project: Project = {
        id: deps.random.uuid(),
        organization_id: input.organization_id,
        name: input.name,
        description: input.description ?? '',
        is_default: false,
        backend_id: input.backend_id ?? null,
        max_buckets: input.max_buckets ?? null,
        created_at: at,
        updated_at: at,
      }
      return mutate(deps, actor, { resource: 'project_id', id: input.name }, async (transaction) => {
        found(
          await transaction.organizations.find(input.organization_id),
          'organization',
          input.organization_id,
        )
        await checkBackend(transaction, project.backend_id)
        const { organization_id } = input
        await checkQuota(deps, 'projects', () =>
          transaction.projects.list(listQuery({ filters: { organization_id } })),
        )
        await transaction.projects.insert(project)
        return project
      })
    },

    get: async (id) => found(await projects.find(id), 'project_id', id),
    list: async (input) => projects.list(listQuery(input)),

    async update(actor, id, change) {
      check(change)
      return mutate(deps, actor, { resource: 'project_id', id }, async (transaction) => {
        const before = found(await transaction.projects.find(id), 'project_id', id)
        const after: Project = {
          ...before,
          name: change.name ?? before.name,
          description: change.description ?? before.description,
          backend_id: change.backend_id === undefined ? before.backend_id : change.backend_id,
          max_buckets: change.max_buckets === undefined ? before.max_buckets : change.max_buckets,
          updated_at: timestamp(deps.now()),
        }
        await checkBackend(transaction, after.backend_id)
        await transaction.projects.update(after)
        return after
      })
    },

    delete: (actor, id) =>
      mutate(deps, actor, { resource: 'project_id', id }, async (transaction) => {
        const project = found(await transaction.projects.find(id), 'project_id', id)
        if (project.is_default) throw notDeletable('the default project of an organization cannot be deleted')
        await dropProject(transaction, id, timestamp(deps.now()))
        await transaction.projects.delete(id)
      }),
  }
}

function check(input: ProjectChange): void {
  const checks = createChecks()
  checks.projectName('name', input.name)
  checks.description('description', input.description)
  if (typeof input.max_buckets === 'number') checks.integer('max_buckets', input.max_buckets, 0, MOST_BUCKETS)
  checks.done()
}

async function checkBackend(transaction: Transaction, id: string | null): Promise<void> {
  if (id !== null) found(await transaction.backends.find(id), 'backend', id)
}
