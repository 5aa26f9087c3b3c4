/** `/iam/v1alpha1/jwts`: the sessions of users who have logged in. Their tokens are shown once, at the login. */
import { z } from 'zod'
import type { Session } from '../../iam/model.ts'
import { flag, listQuery, microseconds, moment, pageOf, paging, uuid } from '../fields.ts'
import { type Route, route } from '../route.ts'

export const Jwt = z.object({
  jti: z.uuid(),
  issuer_id: z.uuid(),
  audience_id: z.uuid(),
  created_at: moment,
  updated_at: moment,
  expires_at: moment,
  ip: z.string(),
  user_agent: z.string(),
})

/** Who issued it and whom it is for is the user who logged in. */
export function jwtView(session: Session): z.input<typeof Jwt> {
  const { id, user_id, ip, user_agent, created_at, updated_at, expires_at } = session
  return {
    jti: id,
    issuer_id: user_id,
    audience_id: user_id,
    created_at: microseconds(created_at),
    updated_at: microseconds(updated_at),
    expires_at: microseconds(expires_at),
    ip,
    user_agent,
  }
}

const list = route({
  name: 'ListJWTs',
  method: 'GET',
  path: '/iam/v1alpha1/jwts',
  about: "List a user's sessions.",
  needs: 'caller',
  query: listQuery({ audience_id: uuid, expired: flag }, ['created_at', 'updated_at']),
  answer: pageOf('jwts', Jwt),
  handle: async ({ services, query, now }) => {
    const { audience_id, expired, organization_id, order_by } = query
    const { items, total_count } = await services.sessions.list({
      ...paging(query),
      order_by,
      filters: {
        organization_id,
        user_id: audience_id,
        expiry: expired === undefined ? undefined : { expired, at: new Date(now).toISOString() },
      },
    })
    return { jwts: items.map(jwtView), total_count }
  },
})

const get = route({
  name: 'GetJWT',
  method: 'GET',
  path: '/iam/v1alpha1/jwts/{jti}',
  about: 'Get a session.',
  needs: 'caller',
  answer: Jwt,
  handle: async ({ services, params }) => jwtView(await services.sessions.get(params.jti)),
})

const remove = route({
  name: 'DeleteJWT',
  method: 'DELETE',
  path: '/iam/v1alpha1/jwts/{jti}',
  about: 'End a session: its token is refused from the next request on.',
  needs: 'caller',
  handle: ({ services, actor, params }) => services.sessions.revoke(actor, params.jti),
})

export const JWT_ROUTES: readonly Route[] = [list, get, remove]
