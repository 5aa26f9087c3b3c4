/** Organizations: the outermost walls. Each has an owner and a default project, made with it. */
import type { Organization, Project, User } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { OrganizationFilters, OrganizationOrder, Page } from '../store/query.ts'
import type { ListInput } from './lists.ts'
import type { NewUser } from './users.ts'

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
