/** Sessions of users of the caller's organization; its own a caller may always see and end. */
import type { Sessions } from '../../services/sessions.ts'
import type { Users } from '../../services/users.ts'
import type { Rights } from './rights.ts'

export type GuardedSessions = Pick<Sessions, 'get' | 'list' | 'revoke'>

/** @param users unguarded */
export function guardSessions(sessions: Sessions, users: Users, rights: Rights): GuardedSessions {
  const own = async (id: string, action: 'read' | 'write') => {
    const session = await sessions.get(id).catch((error: unknown) => {
      // Whether there is such a session is not for everybody to know.
      rights.require(`user:${action}`)
      throw error
    })
    if (!rights.isSelf(session.user_id)) rights.require(`user:${action}`)
    return rights.ours(session, 'jwt', id)
  }
  return {
    get: (id) => own(id, 'read'),
    async list(input) {
      const user = input.filters?.user_id
      if (user === undefined || !rights.isSelf(user)) rights.require('user:read')
      if (user !== undefined) rights.ours(await users.get(user), 'user', user)
      return sessions.list(rights.within(input))
    },
    async revoke(actor, id) {
      await own(id, 'write')
      await sessions.revoke(actor, id)
    },
  }
}
