/** Users: people. */
import type { User } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'
import type { Page, UserFilters, UserOrder } from '../store/query.ts'
import type { ListInput } from './lists.ts'

export interface NewUser {
  readonly organization_id: string
  readonly email: string
  /** Absent: the address, where it can be a username. */
  readonly username?: string | undefined
  /** Absent: the user is invited, `invitation_pending` until a password is set. */
  readonly password?: Secret | undefined
  readonly first_name?: string | undefined
  readonly last_name?: string | undefined
  readonly phone_number?: string | undefined
  readonly locale?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export type UserChange = Partial<Omit<NewUser, 'organization_id' | 'username' | 'password'>>

export interface Users {
  /** Makes a member; the owner is made with the organization. */
  create(actor: Actor, input: NewUser): Promise<User>
  get(id: string): Promise<User>
  list(input: ListInput<UserFilters, UserOrder>): Promise<Page<User>>
  update(actor: Actor, id: string, change: UserChange): Promise<User>
  /** Deletes its keys too; its policies stay without principal. Refused for the owner. */
  delete(actor: Actor, id: string): Promise<void>
  /** A locked user's keys are refused from the next request on. */
  lock(actor: Actor, id: string): Promise<User>
  unlock(actor: Actor, id: string): Promise<User>
  updatePassword(actor: Actor, id: string, password: Secret): Promise<User>
  updateUsername(actor: Actor, id: string, username: string): Promise<User>
  /** False for a wrong password, an unknown or locked user, and one without password: at the same cost. */
  verifyPassword(id: string, password: Secret): Promise<boolean>
}
