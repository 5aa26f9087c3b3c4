/** How lists are asked for: filters, an order and a page; the words are the control plane's. */

export interface ListQuery<Filters, Column extends string> {
  /** An absent filter filters nothing. */
  readonly filters: Filters
  readonly order_by: OrderBy<Column>
  /** From 1. */
  readonly page: number
  readonly page_size: number
}

export type OrderBy<Column extends string> = `${Column}_${'asc' | 'desc'}`

export interface Page<Entity> {
  readonly items: readonly Entity[]
  /** How many there are on all pages. */
  readonly total_count: number
}

export interface OrganizationFilters {
  readonly organization_ids?: readonly string[] | undefined
  readonly name?: string | undefined
}
export type OrganizationOrder = 'created_at' | 'name'

export interface ProjectFilters {
  readonly organization_id?: string | undefined
  readonly project_ids?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly is_default?: boolean | undefined
}
export type ProjectOrder = 'created_at' | 'name'

export interface UserFilters {
  readonly organization_id?: string | undefined
  readonly user_ids?: readonly string[] | undefined
  readonly type?: 'owner' | 'member' | undefined
  readonly email?: string | undefined
  readonly username?: string | undefined
  readonly tag?: string | undefined
}
export type UserOrder = 'created_at' | 'updated_at' | 'email' | 'last_login_at' | 'username'

export interface ApplicationFilters {
  readonly organization_id?: string | undefined
  readonly application_ids?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly tag?: string | undefined
}
export type ApplicationOrder = 'created_at' | 'updated_at' | 'name'

export interface GroupFilters {
  readonly organization_id?: string | undefined
  readonly group_ids?: readonly string[] | undefined
  /** Groups of which any of these is a member. */
  readonly user_ids?: readonly string[] | undefined
  readonly application_ids?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly tag?: string | undefined
}
export type GroupOrder = 'created_at' | 'updated_at' | 'name'

export interface PolicyFilters {
  readonly organization_id?: string | undefined
  readonly policy_ids?: readonly string[] | undefined
  readonly user_ids?: readonly string[] | undefined
  readonly group_ids?: readonly string[] | undefined
  readonly application_ids?: readonly string[] | undefined
  /** True: only those without a principal; false: only those with one. */
  readonly no_principal?: boolean | undefined
  readonly name?: string | undefined
  readonly tag?: string | undefined
}
export type PolicyOrder = 'created_at' | 'name'

export interface KeyFilters {
  readonly organization_id?: string | undefined
  readonly access_keys?: readonly string[] | undefined
  readonly bearer_ids?: readonly string[] | undefined
  readonly bearer_type?: 'user' | 'application' | undefined
  readonly default_project_id?: string | undefined
  readonly name?: string | undefined
  readonly description?: string | undefined
  /** True: only keys with restrictions; false: only those without. */
  readonly restricted?: boolean | undefined
  /** At the given time (RFC 3339): `expired` true, only the expired; false, only the others. */
  readonly expiry?: { readonly expired: boolean; readonly at: string } | undefined
}
export type KeyOrder = 'created_at' | 'updated_at' | 'expires_at' | 'access_key'

export interface BucketFilters {
  readonly names?: readonly string[] | undefined
  readonly project_id?: string | undefined
  readonly project_ids?: readonly string[] | undefined
  readonly backend_id?: string | undefined
  readonly states?: readonly ('creating' | 'active' | 'deleting' | 'released')[] | undefined
}
export type BucketOrder = 'name' | 'created_at'

export interface BackendFilters {
  readonly backend_ids?: readonly string[] | undefined
  readonly name?: string | undefined
}
export type BackendOrder = 'created_at' | 'name'

export interface SshKeyFilters {
  readonly organization_id?: string | undefined
  readonly project_ids?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly disabled?: boolean | undefined
}
export type SshKeyOrder = 'created_at' | 'updated_at' | 'name'

export interface SessionFilters {
  readonly organization_id?: string | undefined
  readonly user_id?: string | undefined
  /** At the given time (RFC 3339). */
  readonly expiry?: { readonly expired: boolean; readonly at: string } | undefined
}
export type SessionOrder = 'created_at' | 'updated_at'

export interface LogFilters {
  readonly organization_id?: string | undefined
  readonly created_after?: string | undefined
  readonly created_before?: string | undefined
  readonly action?: 'created' | 'updated' | 'deleted' | 'refused' | undefined
  readonly resource_type?: string | undefined
  /** A bearer's or a resource's id. */
  readonly search?: string | undefined
}
export type LogOrder = 'created_at'
