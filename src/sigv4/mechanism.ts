/**
 * How a request says who it is from. Exactly one way may be used.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
import { SIGV2_PARAMETERS, SIGV4_PARAMETERS } from '../s3/authentication-parameters.ts'
import { invalidArgument } from '../s3/error.ts'
import type { Headers } from '../s3/headers.ts'
import type { QueryParameters } from '../s3/uri.ts'

export type Mechanism =
  | { readonly kind: 'header'; readonly value: string }
  | { readonly kind: 'presigned' }
  | { readonly kind: 'presigned-sigv2' }
  | { readonly kind: 'none' }

const PRESIGNED: Mechanism = { kind: 'presigned' }
const PRESIGNED_SIGV2: Mechanism = { kind: 'presigned-sigv2' }
const NONE: Mechanism = { kind: 'none' }

/**
 * Any one of the parameters makes a request presigned, so that a URL with a piece missing is refused for that piece; a
 * session token alone is refused by itself.
 *
 * @throws S3Error `InvalidArgument` where more than one mechanism is used
 */
export function mechanismOf(headers: Headers, query: QueryParameters): Mechanism {
  const authorization = headers.get('authorization')
  let sigV4 = false
  let sigV2 = false
  for (const [name] of query) {
    if (SIGV4_PARAMETERS.has(name) && name !== 'X-Amz-Security-Token') sigV4 = true
    else if (SIGV2_PARAMETERS.has(name)) sigV2 = true
  }
  const used = (authorization === undefined ? 0 : 1) + (sigV4 ? 1 : 0) + (sigV2 ? 1 : 0)
  if (used > 1) {
    throw invalidArgument(
      'Authorization',
      authorization ?? '',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    )
  }
  if (authorization !== undefined) return { kind: 'header', value: authorization }
  if (sigV4) return PRESIGNED
  return sigV2 ? PRESIGNED_SIGV2 : NONE
}
