/**
 * Signs requests towards backends with the gate's own credential: SigV4 in the Authorization header. Every header given
 * is signed; the caller leaves out what the HTTP client writes itself (`Content-Length`, `Connection`).
 *
 * This is the hot path's signer. `aws4-signer.ts` makes the same header with aws4, and tests hold one against the other.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import type { Secret } from '../iam/secret.ts'
import type { HeaderList } from '../s3/headers.ts'
import { ALGORITHM } from './authorization.ts'
import { stringToSign } from './canonical.ts'
import { scopeOf } from './credential.ts'
import { basicDate } from './request-date.ts'
import { type SigningKeys, signature } from './sign.ts'
import { canonicalHeaderValue, type WhiteSpace } from './white-space.ts'

export interface UnsignedRequest {
  readonly method: string
  readonly host: string
  /** Canonical, as it is sent. */
  readonly path: string
  /** Canonical, as it is sent. */
  readonly query: string
  /** Lower-case names, each once; latin1 values. */
  readonly headers: HeaderList
  /** What `x-amz-content-sha256` is to say: `UNSIGNED-PAYLOAD`, or the SHA-256 of the body in hex. */
  readonly payloadHash: string
  readonly accessKey: string
  readonly secretKey: Secret
  readonly region: string
  /** How whoever verifies it reads white space within values. */
  readonly whiteSpace: WhiteSpace
}

export interface RequestSigner {
  /** All headers of the signed request, `host` first, `authorization` last. */
  sign(request: UnsignedRequest): HeaderList
}

type Header = readonly [name: string, value: string]

/** @param deps.now milliseconds since the epoch */
export function createRequestSigner(deps: { readonly keys: SigningKeys; now(): number }): RequestSigner {
  let second = Number.NaN
  let isoDate = ''
  const refreshDate = (): void => {
    const current = Math.floor(deps.now() / 1000)
    if (current === second) return
    second = current
    isoDate = basicDate(current * 1000)
  }
  return {
    sign(request) {
      refreshDate()
      const scope = { date: isoDate.slice(0, 8), region: request.region, service: 's3' }
      const scopeText = scopeOf(scope)
      const headers = unsignedHeaders(request, isoDate)
      const { canonical, signedHeaders } = canonicalForm(request, headers.toSorted(byName))
      const key = deps.keys.get(request.accessKey, request.secretKey, scope)
      const signed = signature(key, stringToSign(isoDate, scopeText, canonical))
      headers.push([
        'authorization',
        `${ALGORITHM} Credential=${request.accessKey}/${scopeText}, SignedHeaders=${signedHeaders}, Signature=${signed}`,
      ])
      return headers
    },
  }
}

/** The request's headers and those that every signed request has, without the signature. */
export function unsignedHeaders(request: UnsignedRequest, isoDate: string): Header[] {
  return [
    ['host', request.host],
    ...request.headers,
    ['x-amz-content-sha256', request.payloadHash],
    ['x-amz-date', isoDate],
  ]
}

/** Path and query are in their canonical encoding already, so that nothing is taken apart and put together again. */
function canonicalForm(request: UnsignedRequest, sorted: readonly Header[]) {
  let lines = ''
  let signedHeaders = ''
  for (const [name, value] of sorted) {
    lines += `${name}:${canonicalHeaderValue(value, request.whiteSpace)}\n`
    signedHeaders += signedHeaders === '' ? name : `;${name}`
  }
  const canonical = `${request.method}\n${request.path}\n${request.query}\n${lines}\n${signedHeaders}\n${request.payloadHash}`
  return { canonical, signedHeaders }
}

function byName(a: Header, b: Header): number {
  return a[0] < b[0] ? -1 : 1
}
