/** Organizations: the outermost walls. Each has an owner and a default project, made with it. */

import type { Organization, Project, User } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { OrganizationFilters, OrganizationOrder, Page } from '../store/query.ts'
import type { Transaction } from '../store/repositories.ts'
import { dropPrincipal, dropProject } from './cascades.ts'
import { mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found, stillInUse } from './errors.ts'
import type { ListInput } from './lists.ts'
import { listQuery } from './lists.ts'
import type { NewUser } from './users.ts'
import { buildUser, insertUser } from './users.ts'
import { createChecks } from './validate.ts'

export interface NewOrganization {
  readonly name: string
  readonly owner: Omit<NewUser, 'organization_id'>
  /** Absent: `default`. */
  readonly project_name?: string | undefined
}

export interface CreatedOrganization {
  readonly organization: Organization
  readonly owner: User
  /** The default project. */
  readonly project: Project
}

/** Every method throws ServiceError, and StoreUnavailable where the store does not answer. */
export interface Organizations {
  create(actor: Actor, input: NewOrganization): Promise<CreatedOrganization>
  get(id: string): Promise<Organization>
  list(input: ListInput<OrganizationFilters, OrganizationOrder>): Promise<Page<Organization>>
  update(actor: Actor, id: string, change: { readonly name?: string | undefined }): Promise<Organization>
  /** Refused while it has anything but its owner and its default project, or that project owns buckets. */
  delete(actor: Actor, id: string): Promise<void>
}

const DEFAULT_PROJECT_NAME = 'default'

export function createOrganizations(deps: ServiceDeps): Organizations {
  const { organizations } = deps.store.repositories
  return {
    async create(actor, input) {
      const checks = createChecks()
      checks.name('name', input.name)
      checks.projectName('project_name', input.project_name)
      checks.done()
      const at = timestamp(deps.now())
      const organization: Organization = {
        id: deps.random.uuid(),
        name: input.name,
        created_at: at,
        updated_at: at,
      }
      const owner = await buildUser(deps, { ...input.owner, organization_id: organization.id }, 'owner')
      const project: Project = {
        id: deps.random.uuid(),
        organization_id: organization.id,
        name: input.project_name ?? DEFAULT_PROJECT_NAME,
        description: '',
        is_default: true,
        backend_id: null,
        max_buckets: null,
        created_at: at,
        updated_at: at,
      }
      return mutate(deps, actor, { resource: 'organization', id: input.name }, async (transaction) => {
        await transaction.organizations.insert(organization)
        await insertUser(transaction, owner)
        await transaction.projects.insert(project)
        return { organization, owner: owner.user, project }
      })
    },

    get: async (id) => found(await organizations.find(id), 'organization', id),
    list: async (input) => organizations.list(listQuery(input)),

    async update(actor, id, change) {
      const checks = createChecks()
      checks.name('name', change.name)
      checks.done()
      return mutate(deps, actor, { resource: 'organization', id }, async (transaction) => {
        const before = found(await transaction.organizations.find(id), 'organization', id)
        const after: Organization = {
          ...before,
          name: change.name ?? before.name,
          updated_at: timestamp(deps.now()),
        }
        await transaction.organizations.update(after)
        return after
      })
    },

    delete: (actor, id) =>
      mutate(deps, actor, { resource: 'organization', id }, async (transaction) => {
        found(await transaction.organizations.find(id), 'organization', id)
        const { owner, project } = await whatOnlyItHas(transaction, id)
        await dropPrincipal(transaction, owner.id, timestamp(deps.now()))
        await transaction.users.delete(owner.id)
        await dropProject(transaction, project.id, timestamp(deps.now()))
        await transaction.projects.delete(project.id)
        await transaction.organizations.delete(id)
      }),
  }
}

/** Its owner and its default project; refused where it has more than these. */
async function whatOnlyItHas(
  transaction: Transaction,
  id: string,
): Promise<{ readonly owner: User; readonly project: Project }> {
  const query = {
    filters: { organization_id: id },
    order_by: 'created_at_asc',
    page: 1,
    page_size: 2,
  } as const
  const users = await transaction.users.list(query)
  const projects = await transaction.projects.list(query)
  const others = {
    users: users.total_count - 1,
    projects: projects.total_count - 1,
    applications: (await transaction.applications.list(query)).total_count,
    groups: (await transaction.groups.list(query)).total_count,
    policies: (await transaction.policies.list(query)).total_count,
  }
  const left = Object.entries(others).filter(([, count]) => count > 0)
  const [owner] = users.items
  const [project] = projects.items
  if (left.length > 0 || owner === undefined || project === undefined) {
    throw stillInUse(
      `the organization still has ${left.map(([noun, count]) => `${count} ${noun}`).join(', ')}`,
    )
  }
  return { owner, project }
}
