/**
 * Session tokens: JSON Web Tokens, HS256, under a key derived from the store's own. A token says which session it is;
 * whether that one still counts, the store says.
 *
 * https://www.rfc-editor.org/rfc/rfc7519
 */
import { timingSafeEqual } from 'node:crypto'
import type { Session } from '../iam/model.ts'
import { Secret } from '../iam/secret.ts'
import type { Store } from '../store/store.ts'

const HEADER = encode({ alg: 'HS256', typ: 'JWT' })

type Signer = Pick<Store, 'signToken'>

export function issueToken({ signToken }: Signer, session: Session): Secret {
  const claims = encode({
    jti: session.id,
    iss: session.user_id,
    aud: session.user_id,
    iat: seconds(session.created_at),
    exp: seconds(session.expires_at),
  })
  const signed = `${HEADER}.${claims}`
  return new Secret(`${signed}.${signToken(signed).toString('base64url')}`)
}

/** What a token of this store's says; `malformed`: it is none. */
export function readToken({ signToken }: Signer, token: Secret): { readonly id: string } | 'malformed' {
  const [header, claims, signature, ...more] = token.reveal().split('.')
  if (header !== HEADER || claims === undefined || signature === undefined || more.length > 0)
    return 'malformed'
  // The text is compared, not the bytes it stands for: another spelling of the same signature is another token.
  const expected = Buffer.from(signToken(`${header}.${claims}`).toString('base64url'))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'malformed'
  const { jti } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly jti: string }
  return { id: jti }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000)
}
