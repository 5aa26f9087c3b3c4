/**
 * The `Authorization` header, parsed once into a closed union. Each malformed piece gets the code and the message that
 * AWS gives for exactly that piece.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 */
import { invalidArgument, S3Error } from '../s3/error.ts'
import { type AccessKeyReference, decodeAt, parseAccessKey } from './access-key.ts'
import { type Credential, malformedCredential, parseCredential } from './credential.ts'
import { parseSignedHeaders } from './signed-headers.ts'

export const ALGORITHM = 'AWS4-HMAC-SHA256'
export const ECDSA_ALGORITHM = 'AWS4-ECDSA-P256-SHA256'

export interface SigV4Authorization {
  readonly kind: 'sigv4'
  readonly credential: Credential
  /** Lower-case names in the order of the header. */
  readonly signedHeaders: readonly string[]
  /** As sent: nothing but a comparison with the computed one decides whether it is any good. */
  readonly signature: string
}

export interface SigV2Authorization extends AccessKeyReference {
  readonly kind: 'sigv2'
  /** The key part as it was sent, project included. */
  readonly givenKey: string
  /** Base64, as sent. */
  readonly signature: string
}

/**
 * Parses the value of an `Authorization` header. Components may be separated by `, ` or `,`. The scope is not judged
 * here: see `checkScope`.
 *
 * @throws S3Error with AWS's code and message for the piece that is wrong
 */
export function parseAuthorizationHeader(value: string): SigV4Authorization | SigV2Authorization {
  const space = value.indexOf(' ')
  if (space <= 0 || space === value.length - 1) {
    throw invalidArgument(
      'Authorization',
      value,
      "Authorization header is invalid -- one and only one ' ' (space) required.",
    )
  }
  const scheme = value.slice(0, space)
  const rest = value.slice(space + 1)
  if (scheme === ALGORITHM) return parseComponents(rest)
  if (scheme === 'AWS') return parseSigV2(value, rest)
  if (scheme === ECDSA_ALGORITHM) {
    throw new S3Error('NotImplemented', { elements: [['Header', 'Authorization']] })
  }
  throw invalidArgument('Authorization', value, 'Unsupported Authorization Type')
}

/** `Credential=…, SignedHeaders=…, Signature=…`, each exactly once, in any order, and nothing else. */
function parseComponents(text: string): SigV4Authorization {
  let credential = ''
  let signedHeaders = ''
  let signature = ''
  let components = 0
  for (let start = 0; start <= text.length; components++) {
    const comma = text.indexOf(',', start)
    const end = comma === -1 ? text.length : comma
    const component = text.slice(start, end).trim()
    start = end + 1
    const content = component.slice(component.indexOf('=') + 1)
    if (component.startsWith('Credential=') && credential === '') credential = content
    else if (component.startsWith('SignedHeaders=') && signedHeaders === '') signedHeaders = content
    else if (component.startsWith('Signature=') && signature === '') signature = content
    else if (component !== '' && !component.includes('=')) throw malformedComponent(component)
  }
  const missing = (credential === '' ? 1 : 0) + (signedHeaders === '' ? 1 : 0) + (signature === '' ? 1 : 0)
  if (missing > 1 || (missing === 0 && components !== 3)) {
    throw headerMalformed(
      'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
    )
  }
  if (credential === '') throw headerMalformed('missing Credential.')
  if (signedHeaders === '') throw headerMalformed('missing SignedHeaders.')
  if (signature === '') throw headerMalformed('missing Signature.')
  const parsed = parseCredential(decodeAt(credential))
  if (parsed === undefined) throw malformedCredential(credential, 'header')
  const names = parseSignedHeaders(signedHeaders)
  if (names === undefined) throw malformedComponent(`SignedHeaders=${signedHeaders}`)
  return { kind: 'sigv4', credential: parsed, signedHeaders: names, signature }
}

/** `AWS KEY:SIGNATURE` */
function parseSigV2(value: string, rest: string): SigV2Authorization {
  const colon = rest.indexOf(':')
  const signature = rest.slice(colon + 1)
  if (colon <= 0 || signature === '' || rest.includes(' ')) {
    throw invalidArgument(
      'Authorization',
      value,
      'AWS authorization header is invalid.  Expected AwsAccessKeyId:signature',
    )
  }
  const givenKey = rest.slice(0, colon)
  const key = parseAccessKey(decodeAt(givenKey))
  if (key === undefined) throw malformedCredential(givenKey, 'header')
  return { kind: 'sigv2', ...key, givenKey, signature }
}

function malformedComponent(component: string): S3Error {
  return headerMalformed(`the authorization component "${component}" is malformed.`)
}

/** `AuthorizationHeaderMalformed` with the given end of its message. */
export function headerMalformed(text: string): S3Error {
  return new S3Error('AuthorizationHeaderMalformed', {
    message: `The authorization header is malformed; ${text}`,
  })
}
