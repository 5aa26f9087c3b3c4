/** Logging in with a password: the way to a session. Every attempt costs the same, and counts against its source. */
import type { User } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'
import type { Services } from '../services/services.ts'
import type { OpenedSession } from '../services/sessions.ts'
import { AuthenticationFailure } from './authenticate.ts'
import { invalid } from './errors.ts'

export interface Login {
  /** Absent: the only one that there is. */
  readonly organization_id?: string | undefined
  /** A username or an e-mail address. */
  readonly username: string
  readonly password: Secret
}

/** What a caller without authentication may attempt. */
export interface Attempts {
  login(login: Login): Promise<OpenedSession>
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

/** @throws AuthenticationFailure, the same for whatever is wrong */
export async function logIn(services: Services, actor: Actor, login: Login): Promise<OpenedSession> {
  const organizationId = login.organization_id ?? (await onlyOrganization(services))
  const user = await userNamed(services, organizationId, login.username)
  const wrong = () =>
    new AuthenticationFailure('jwt', 'not_found', 'username or password is wrong', {
      bearerId: user?.id ?? '',
      organizationId: user?.organization_id ?? '',
    })
  const proof = await services.users.verifyPassword(user?.id ?? NOBODY, login.password)
  if (proof === undefined) throw wrong()
  const self: Actor = { ...actor, bearer_id: proof.userId }
  return services.inTransaction(self, async (within) => {
    if (!(await within.users.stillHolds(proof))) throw wrong()
    return within.sessions.open(self, proof.userId)
  })
}

async function onlyOrganization({ organizations }: Services): Promise<string> {
  const { items, total_count } = await organizations.list({ page_size: 1 })
  if (total_count === 1) return items[0]!.id
  throw invalid({
    argument_name: 'organization_id',
    reason: 'required',
    help_message: 'is required: there is not exactly one organization',
  })
}

async function userNamed(
  { users }: Services,
  organization_id: string,
  username: string,
): Promise<User | undefined> {
  const named = await users.list({ filters: { organization_id, username }, page_size: 1 })
  if (named.items[0] !== undefined) return named.items[0]
  const addressed = await users.list({ filters: { organization_id, email: username }, page_size: 1 })
  return addressed.items[0]
}
