/** Groups of users and applications. */
import type { Group } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { GroupFilters, GroupOrder, Page } from '../store/query.ts'
import type { ListInput } from './lists.ts'

export interface Members {
  readonly user_ids?: readonly string[] | undefined
  readonly application_ids?: readonly string[] | undefined
}

export interface NewGroup extends Members {
  readonly organization_id: string
  /** Unique in the organization. */
  readonly name: string
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export type GroupChange = Partial<Pick<NewGroup, 'name' | 'description' | 'tags'>>

export interface Groups {
  create(actor: Actor, input: NewGroup): Promise<Group>
  get(id: string): Promise<Group>
  list(input: ListInput<GroupFilters, GroupOrder>): Promise<Page<Group>>
  update(actor: Actor, id: string, change: GroupChange): Promise<Group>
  /** Its policies stay without principal. */
  delete(actor: Actor, id: string): Promise<void>
  /** Existing members stay. */
  addMembers(actor: Actor, id: string, members: Members): Promise<Group>
  /** Refused where one of them is not a member. */
  removeMembers(actor: Actor, id: string, members: Members): Promise<Group>
  /** The group has these members and no others; an absent list is an empty one. */
  setMembers(actor: Actor, id: string, members: Members): Promise<Group>
}
