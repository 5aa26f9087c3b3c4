/** Users: people. */

import type { User } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'
import type { Page, UserFilters, UserOrder } from '../store/query.ts'
import type { Transaction } from '../store/repositories.ts'
import { dropPrincipal } from './cascades.ts'
import { type ChangeOf, mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found, notDeletable, ServiceError } from './errors.ts'
import type { ListInput } from './lists.ts'
import { listQuery } from './lists.ts'
import { checkPassword, matchesPassword, type Password, PasswordProof, preparePassword } from './password.ts'
import { checkQuota } from './quotas.ts'
import { createChecks, USERNAME } from './validate.ts'

export interface NewUser {
  readonly organization_id: string
  readonly email: string
  /** Absent: the address, where it can be a username. */
  readonly username?: string | undefined
  /** Absent: the user is invited, `invitation_pending` until a password is set. */
  readonly password?: Password | undefined
  readonly first_name?: string | undefined
  readonly last_name?: string | undefined
  readonly phone_number?: string | undefined
  readonly locale?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export type UserChange = ChangeOf<Omit<NewUser, 'organization_id' | 'username' | 'password'>>

export interface Users {
  /** Makes a member; the owner is made with the organization. */
  create(actor: Actor, input: NewUser): Promise<User>
  get(id: string): Promise<User>
  list(input: ListInput<UserFilters, UserOrder>): Promise<Page<User>>
  update(actor: Actor, id: string, change: UserChange): Promise<User>
  /** Deletes its keys too; its policies stay without principal. Refused for the owner. */
  delete(actor: Actor, id: string): Promise<void>
  /** A locked user's keys and sessions are refused from the next request on. Refused for the owner. */
  lock(actor: Actor, id: string): Promise<User>
  unlock(actor: Actor, id: string): Promise<User>
  /** Ends the user's sessions. */
  updatePassword(actor: Actor, id: string, password: Password): Promise<User>
  updateUsername(actor: Actor, id: string, username: string): Promise<User>
  /** Undefined for a wrong password, an unknown or locked user, and one without password: at the same cost. */
  verifyPassword(id: string, password: Secret): Promise<PasswordProof | undefined>
  /** Whether it is still so; to be asked within the transaction that relies on it, since comparing took its time. */
  stillHolds(proof: PasswordProof): Promise<boolean>
}

/** A user that is not in the store yet, and the hash of its password, if it has one. */
export interface BuiltUser {
  readonly user: User
  readonly passwordHash: Secret | null
}

export function createUsers(deps: ServiceDeps): Users {
  const { users } = deps.store.repositories
  const edit = (actor: Actor, id: string, changed: (user: User) => Partial<User>): Promise<User> =>
    mutate(deps, actor, { resource: 'user', id }, async (transaction) => {
      const before = found(await transaction.users.find(id), 'user', id)
      const after: User = { ...before, ...changed(before), updated_at: timestamp(deps.now()) }
      await transaction.users.update(after)
      if (after.email !== before.email || after.username !== before.username) {
        await refuseSharedName(transaction, after)
      }
      return after
    })

  return {
    async create(actor, input) {
      const built = await buildUser(deps, input, 'member')
      return mutate(deps, actor, { resource: 'user', id: input.email }, async (transaction) => {
        const { organization_id } = input
        found(await transaction.organizations.find(organization_id), 'organization', organization_id)
        await checkQuota(deps, 'iam_users', () =>
          transaction.users.list(listQuery({ filters: { organization_id } })),
        )
        await insertUser(transaction, built)
        return built.user
      })
    },

    get: async (id) => found(await users.find(id), 'user', id),
    list: async (input) => users.list(listQuery(input)),

    async update(actor, id, change) {
      check(change)
      return edit(actor, id, (user) => ({
        email: change.email ?? user.email,
        first_name: change.first_name ?? user.first_name,
        last_name: change.last_name ?? user.last_name,
        phone_number: change.phone_number ?? user.phone_number,
        locale: change.locale ?? user.locale,
        tags: change.tags ?? user.tags,
      }))
    },

    delete: (actor, id) =>
      mutate(deps, actor, { resource: 'user', id }, async (transaction) => {
        const user = found(await transaction.users.find(id), 'user', id)
        if (user.type === 'owner') throw notDeletable('the owner of an organization cannot be deleted')
        await dropPrincipal(transaction, id, timestamp(deps.now()))
        await transaction.users.delete(id)
      }),

    lock: (actor, id) =>
      edit(actor, id, ({ type }) => {
        if (type === 'owner') throw notLockable()
        return { locked: true }
      }),
    unlock: (actor, id) => edit(actor, id, () => ({ locked: false })),

    async updatePassword(actor, id, password) {
      const { hash } = await preparePassword(password, deps.random)
      return mutate(deps, actor, { resource: 'user', id }, async (transaction) => {
        const before = found(await transaction.users.find(id), 'user', id)
        const after: User = { ...before, status: 'activated', updated_at: timestamp(deps.now()) }
        await transaction.users.update(after)
        await transaction.users.setPasswordHash(id, hash.reveal())
        for (const session of await transaction.sessions.ofUser(id)) {
          await transaction.sessions.delete(session.id)
        }
        return after
      })
    },

    async updateUsername(actor, id, username) {
      const checks = createChecks()
      checks.username('username', username)
      checks.done()
      return edit(actor, id, () => ({ username }))
    },

    async verifyPassword(id, password) {
      const user = await users.find(id)
      const hash = await users.passwordHash(id)
      const matches = await matchesPassword(password, hash)
      return matches && hash !== null && user?.locked === false ? new PasswordProof(id, hash) : undefined
    },

    async stillHolds(proof) {
      const user = await users.find(proof.userId)
      return user?.locked === false && proof.holdsFor(await users.passwordHash(proof.userId))
    },
  }
}

/** @throws ServiceError `invalid_arguments` */
export async function buildUser(deps: ServiceDeps, input: NewUser, type: User['type']): Promise<BuiltUser> {
  check(input)
  const at = timestamp(deps.now())
  const user: User = {
    id: deps.random.uuid(),
    organization_id: input.organization_id,
    type,
    email: input.email,
    username: input.username ?? (USERNAME.test(input.email) ? input.email : ''),
    first_name: input.first_name ?? '',
    last_name: input.last_name ?? '',
    phone_number: input.phone_number ?? '',
    locale: input.locale ?? '',
    tags: input.tags ?? [],
    status: input.password === undefined ? 'invitation_pending' : 'activated',
    locked: false,
    last_login_at: null,
    created_at: at,
    updated_at: at,
  }
  const prepared = input.password && (await preparePassword(input.password, deps.random))
  return { user, passwordHash: prepared?.hash ?? null }
}

export async function insertUser(transaction: Transaction, { user, passwordHash }: BuiltUser): Promise<void> {
  await transaction.users.insert(user)
  await refuseSharedName(transaction, user)
  if (passwordHash !== null) await transaction.users.setPasswordHash(user.id, passwordHash.reveal())
}

/**
 * People log in by either: what one has as the one, nobody else may have as the other, or would stand in their way. To
 * be called when it is written: what the schema refuses has words of its own, and what is thrown undoes it.
 */
async function refuseSharedName(transaction: Transaction, user: User): Promise<void> {
  const { organization_id, email, username } = user
  const others = async (filters: UserFilters) =>
    (await transaction.users.list(listQuery({ filters: { organization_id, ...filters } }))).items
  const named = [...(await others({ username: email })), ...(await others({ email: username }))]
  if (named.every(({ id }) => id === user.id)) return
  throw new ServiceError({
    type: 'already_exists',
    resource: 'user',
    resource_id: email,
    help_message: 'another user has the same name: as username the one, as address the other',
  })
}

function check(input: ChangeOf<NewUser>): void {
  const checks = createChecks()
  checks.email('email', input.email)
  checks.username('username', input.username)
  checkPassword(checks, 'password', input.password)
  checks.shortText('first_name', input.first_name)
  checks.shortText('last_name', input.last_name)
  checks.shortText('phone_number', input.phone_number)
  checks.shortText('locale', input.locale)
  checks.tags('tags', input.tags)
  checks.done()
}

function notLockable(): ServiceError {
  return new ServiceError({
    type: 'precondition_failed',
    precondition: 'owner_not_lockable',
    help_message: 'the owner of an organization cannot be locked',
  })
}
