/** Users of the caller's organization. Whoever sets a password, or takes a lock away, could act as that user. */
import type { Users } from '../../services/users.ts'
import type { Rights } from './rights.ts'

export type GuardedUsers = Omit<Users, 'verifyPassword' | 'stillHolds'>

export function guardUsers(users: Users, rights: Rights): GuardedUsers {
  const own = async (id: string) => rights.ours(await users.get(id), 'user', id)
  const asStrong = async (id: string) => {
    await own(id)
    await rights.requireAsStrongAs({ kind: 'user', id })
  }
  return {
    async create(actor, input) {
      rights.here(input.organization_id)
      return users.create(actor, input)
    },
    /** Itself it may always see. */
    async get(id) {
      if (!rights.isSelf(id)) rights.require('user:read')
      return own(id)
    },
    list: async (input) => users.list(rights.within(input)),
    async update(actor, id, change) {
      // The address is one of the names under which a user logs in.
      await (change.email === undefined ? own(id) : asStrong(id))
      return users.update(actor, id, change)
    },
    async delete(actor, id) {
      await own(id)
      await users.delete(actor, id)
    },
    async lock(actor, id) {
      await own(id)
      return users.lock(actor, id)
    },
    async unlock(actor, id) {
      await asStrong(id)
      return users.unlock(actor, id)
    },
    async updatePassword(actor, id, password) {
      await asStrong(id)
      return users.updatePassword(actor, id, password)
    },
    async updateUsername(actor, id, username) {
      await asStrong(id)
      return users.updateUsername(actor, id, username)
    },
  }
}
