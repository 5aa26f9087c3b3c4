/**
 * Who calls: the bearer of the key whose secret is in `X-Auth-Token`, or the user whose session token is in
 * `X-Session-Token`. Only secrets that the gate generated are found; imported keys are for S3 alone.
 */
import type { AccessKey, Session } from '../iam/model.ts'
import type { Bearer } from '../iam/reader.ts'
import { Secret } from '../iam/secret.ts'
import { ServiceError } from '../services/errors.ts'
import type { Services } from '../services/services.ts'
import { type AuthenticationReason, ControlError } from './errors.ts'

export interface Identity {
  readonly bearer: Pick<Bearer, 'kind' | 'id' | 'organization_id' | 'owner'>
  /** A restricted key has no rights here. */
  readonly restricted: boolean
}

export type Credential =
  | { readonly kind: 'api_key'; readonly secret: Secret }
  | { readonly kind: 'jwt'; readonly token: Secret }

/** An attempt that failed, with whom it seems to come from; what is not known is `''`. */
export class AuthenticationFailure extends ControlError {
  readonly bearerId: string
  readonly organizationId: string

  constructor(
    method: Credential['kind'],
    reason: AuthenticationReason,
    message: string,
    from: { readonly bearerId: string; readonly organizationId: string } = NOBODY,
  ) {
    super({ type: 'denied_authentication', method, reason, message })
    this.bearerId = from.bearerId
    this.organizationId = from.organizationId
  }
}

const NOBODY = { bearerId: '', organizationId: '' }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** @throws AuthenticationFailure where there is none, or two */
export function readCredential(authToken: string | undefined, sessionToken: string | undefined): Credential {
  if (authToken !== undefined && sessionToken !== undefined) {
    throw new AuthenticationFailure(
      'api_key',
      'invalid_argument',
      'give one of X-Auth-Token and X-Session-Token',
    )
  }
  if (sessionToken !== undefined) return { kind: 'jwt', token: new Secret(sessionToken) }
  if (authToken === undefined || authToken === '') {
    throw new AuthenticationFailure('api_key', 'invalid_argument', 'X-Auth-Token is missing or empty')
  }
  if (!UUID.test(authToken)) {
    throw new AuthenticationFailure(
      'api_key',
      'invalid_argument',
      'X-Auth-Token must be a secret key: a UUID',
    )
  }
  return { kind: 'api_key', secret: new Secret(authToken.toLowerCase()) }
}

/** @throws AuthenticationFailure */
export function identify(services: Services, credential: Credential, now: number): Promise<Identity> {
  return credential.kind === 'api_key'
    ? byKey(services, credential.secret, now)
    : bySession(services, credential.token, now)
}

async function byKey(services: Services, secret: Secret, now: number): Promise<Identity> {
  const key = await services.keys.findBySecret(secret)
  if (key === undefined) throw new AuthenticationFailure('api_key', 'not_found', 'there is no such key')
  if (expired(key, now))
    throw new AuthenticationFailure('api_key', 'expired', 'the key has expired', from(key))
  const restricted = key.restrictions !== null
  const { organization_id, user_id, application_id } = key
  if (user_id !== null) {
    return { bearer: await userBearer(services, 'api_key', user_id), restricted }
  }
  return {
    bearer: { kind: 'application', id: String(application_id), organization_id, owner: false },
    restricted,
  }
}

async function bySession(services: Services, token: Secret, now: number): Promise<Identity> {
  const session = await services.sessions.findByToken(token)
  if (session === 'malformed') {
    throw new AuthenticationFailure('jwt', 'invalid_argument', 'this is no token of this gate')
  }
  if (session === undefined) throw new AuthenticationFailure('jwt', 'not_found', 'the session was ended')
  if (expired(session, now)) {
    throw new AuthenticationFailure('jwt', 'expired', 'the session has expired', from(session))
  }
  return { bearer: await userBearer(services, 'jwt', session.user_id), restricted: false }
}

async function userBearer(
  services: Services,
  method: Credential['kind'],
  id: string,
): Promise<Identity['bearer']> {
  const user = await services.users.get(id).catch((error: unknown) => {
    if (error instanceof ServiceError)
      throw new AuthenticationFailure(method, 'not_found', 'the user is gone')
    throw error
  })
  const { organization_id } = user
  if (user.locked) {
    throw new AuthenticationFailure(method, 'not_found', 'the user is locked', {
      bearerId: id,
      organizationId: organization_id,
    })
  }
  return { kind: 'user', id, organization_id, owner: user.type === 'owner' }
}

function expired({ expires_at }: AccessKey | Session, now: number): boolean {
  return expires_at !== null && Date.parse(expires_at) <= now
}

function from(credential: AccessKey | Session): { bearerId: string; organizationId: string } {
  const application = 'application_id' in credential ? credential.application_id : null
  return { bearerId: credential.user_id ?? application ?? '', organizationId: credential.organization_id }
}
