/**
 * Who may speak to the embedded backend: whoever signs with the one credential that it made at its start, which is the
 * gate. Anything but a complete SigV4 signature in the Authorization header is refused.
 */
import type { Secret } from '../../iam/secret.ts'
import { S3Error } from '../../s3/error.ts'
import type { Headers } from '../../s3/headers.ts'
import type { ParsedTarget } from '../../s3/target.ts'
import { parseAuthorizationHeader } from '../../sigv4/authorization.ts'
import { checkScope, scopeRules } from '../../sigv4/credential.ts'
import { type PayloadMode, requirePayloadMode } from '../../sigv4/payload.ts'
import { requestDate } from '../../sigv4/request-date.ts'
import { createSigningKeys, signaturesEqual } from '../../sigv4/sign.ts'
import { requireSigned } from '../../sigv4/signed-headers.ts'
import { checkHeaderTime, verifySignature } from '../../sigv4/verify.ts'

export interface OwnCredential {
  readonly accessKey: string
  readonly secretKey: Secret
  readonly region: string
}

/** A body as its sender vouches for it: by its hash, or not at all. */
export type SignedPayload = Extract<PayloadMode, { readonly kind: 'sha256' | 'unsigned' }>

export interface Claim {
  readonly method: string
  readonly parsed: ParsedTarget
  readonly headers: Headers
}

export interface Authenticator {
  /** @throws S3Error where the request is not signed with the credential, whole and in time */
  authenticate(claim: Claim): SignedPayload
}

/** Today's key, and yesterday's around midnight. */
const SIGNING_KEYS = 2

export function createAuthenticator(credential: OwnCredential, now: () => number): Authenticator {
  const rules = scopeRules([credential.region])
  const keys = createSigningKeys({ max: SIGNING_KEYS })
  return {
    authenticate({ method, parsed, headers }) {
      const header = headers.get('authorization')
      if (header === undefined) throw new S3Error('AccessDenied')
      const authorization = parseAuthorizationHeader(header)
      if (authorization.kind !== 'sigv4') throw new S3Error('AccessDenied')
      checkScope(authorization.credential, 'header', rules)
      const date = requestDate(headers)
      const payloadHash = headers.get('x-amz-content-sha256')
      const payload = requirePayloadMode(payloadHash)
      requireSigned(headers, authorization.signedHeaders)
      const ours = signaturesEqual(authorization.credential.givenKey, credential.accessKey)
      const request = {
        method,
        canonicalPath: parsed.canonicalPath,
        query: parsed.query,
        headers,
        signedHeaders: authorization.signedHeaders,
        payloadHash: payloadHash ?? '',
      }
      verifySignature(
        { credential: authorization.credential, date, signature: authorization.signature, request },
        ours ? credential.secretKey : undefined,
        keys,
      )
      checkHeaderTime(authorization.credential, date, now())
      if (payload.kind !== 'sha256' && payload.kind !== 'unsigned') {
        throw new S3Error('NotImplemented', { elements: [['Header', 'x-amz-content-sha256']] })
      }
      return payload
    },
  }
}
