/**
 * `/s3warden/v1/sessions`: logging in with a password, ours since Scaleway's own login is not public. The token goes
 * into `X-Session-Token`; `/iam/v1alpha1/jwts` lists and ends what was opened here.
 */
import { z } from 'zod'
import { Secret } from '../iam/secret.ts'
import { optional, text, uuid } from './fields.ts'
import { publicRoute, type Route } from './route.ts'
import { Jwt, jwtView } from './scaleway/jwts.ts'

const open = publicRoute({
  name: 'OpenSession',
  method: 'POST',
  path: '/s3warden/v1/sessions',
  about: 'Log in with username (or address) and password. Where there are several organizations, name one.',
  body: z.strictObject({
    organization_id: optional(uuid),
    username: text.min(1).max(320),
    password: text.min(1).max(128),
  }),
  answer: z.object({ token: z.string(), jwt: Jwt }),
  handle: async ({ attempts, body }) => {
    const { session, token } = await attempts.login({ ...body, password: new Secret(body.password) })
    return { token: token.reveal(), jwt: jwtView(session) }
  },
})

export const SESSION_ROUTES: readonly Route[] = [open]
