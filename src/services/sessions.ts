/** Sessions: users who have logged in with their password, until they log out, are locked, or time runs out. */
import type { Session, User } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'
import type { Page, SessionFilters, SessionOrder } from '../store/query.ts'
import { mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found } from './errors.ts'
import { type ListInput, listQuery } from './lists.ts'
import { issueToken, readToken } from './session-token.ts'

/** The one time the token is shown. */
export interface OpenedSession {
  readonly session: Session
  readonly token: Secret
}

export interface Sessions {
  /** Opens one for a user whose password was verified. `actor`'s address and user agent are kept with it. */
  open(actor: Actor, userId: string): Promise<OpenedSession>
  get(id: string): Promise<Session>
  list(input: ListInput<SessionFilters, SessionOrder>): Promise<Page<Session>>
  /** Its token is refused from the next request on. */
  revoke(actor: Actor, id: string): Promise<void>
  /** The session that a token stands for, expired or not; `malformed` where the token is none of this store's. */
  findByToken(token: Secret): Promise<Session | 'malformed' | undefined>
}

/** Where nothing is configured. */
const DEFAULT_LIFETIME_MS = 12 * 3_600_000

/** For how long an expired session is still listed. */
const KEPT_MS = 30 * 86_400_000

export function createSessions(deps: ServiceDeps): Sessions {
  const { sessions } = deps.store.repositories
  return {
    open: (actor, userId) =>
      mutate(deps, actor, { resource: 'jwt', id: userId }, async (transaction) => {
        const user: User = found(await transaction.users.find(userId), 'user', userId)
        const at = timestamp(deps.now())
        const session: Session = {
          id: deps.random.uuid(),
          organization_id: user.organization_id,
          user_id: user.id,
          ip: actor.ip,
          user_agent: actor.user_agent,
          expires_at: timestamp(deps.now() + (deps.sessionLifetimeMs ?? DEFAULT_LIFETIME_MS)),
          created_at: at,
          updated_at: at,
        }
        await transaction.sessions.purgeExpired(timestamp(deps.now() - KEPT_MS))
        await transaction.sessions.insert(session)
        await transaction.users.update({ ...user, last_login_at: at })
        return { session, token: issueToken(deps.store, session) }
      }),

    get: async (id) => found(await sessions.find(id), 'jwt', id),
    list: async (input) => sessions.list(listQuery(input)),

    revoke: (actor, id) =>
      mutate(deps, actor, { resource: 'jwt', id }, async (transaction) => {
        found((await transaction.sessions.delete(id)) ? id : undefined, 'jwt', id)
      }),

    async findByToken(token) {
      const read = readToken(deps.store, token)
      return read === 'malformed' ? read : sessions.find(read.id)
    },
  }
}
