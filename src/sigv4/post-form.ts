/**
 * The form of a browser upload (PostObject): its fields, and who signed it.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
 */
import type { Secret } from '../iam/secret.ts'
import { invalidArgument, S3Error } from '../s3/error.ts'
import { type AccessKeyReference, decodeAt, parseAccessKey } from './access-key.ts'
import { ALGORITHM } from './authorization.ts'
import { type Credential, requireCredential, type ScopeRules } from './credential.ts'
import { parseBasicDate } from './request-date.ts'
import type { SigningKeys } from './sign.ts'
import { sigV2SwitchedOff, verifySigV2 } from './sigv2.ts'
import { matchingKey, refusal } from './verify.ts'

/** What stands before the file, parsed; the file itself is not needed here. */
export interface PostForm {
  /** Lower-case name → value, `${filename}` replaced. */
  readonly fields: ReadonlyMap<string, string>
  /** The names as they were sent, in order. */
  readonly names: readonly string[]
}

/**
 * @param fields names and values in the order of the form, up to the file
 * @param filename what the file's part says, without path; null where it has none: then `${filename}` stays as it is
 * @throws S3Error `InvalidArgument` where a field is repeated; `MaxPostPreDataLengthExceeded` where the filename makes the
 *   fields longer than they could be without it
 */
export function postForm(
  fields: readonly (readonly [name: string, value: string])[],
  filename: string | null,
): PostForm {
  const values = new Map<string, string>()
  const file = filename === null ? null : withoutPath(filename)
  let left = MAX_EXPANDED
  for (const [name, given] of fields) {
    const key = name.toLowerCase()
    if (values.has(key)) throw invalidArgument(name, given, `The form field ${name} is given more than once.`)
    const value = key === 'policy' || file === null ? given : expandFilename(given, file, left)
    left -= value.length
    values.set(key, value)
  }
  return { fields: values, names: fields.map(([name]) => name) }
}

/** @throws S3Error `InvalidArgument` where the form lacks it, or it is empty */
export function requireField(form: PostForm, name: string): string {
  const value = form.fields.get(name.toLowerCase())
  if (value !== undefined && value !== '') return value
  throw invalidArgument(
    name,
    '',
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
  )
}

/** Who says to have signed the form, and what: the policy document in base64, as it was sent. */
export type PostClaim =
  | {
      readonly kind: 'sigv4'
      readonly credential: Credential
      readonly policy: string
      readonly signature: string
    }
  | (AccessKeyReference & {
      readonly kind: 'sigv2'
      readonly givenKey: string
      readonly policy: string
      readonly signature: string
    })

export interface PostRules {
  readonly scope: ScopeRules
  readonly sigV2: 'accepted' | 'refused'
}

/**
 * Reads the authentication fields of a form.
 *
 * @throws S3Error `AccessDenied` for a form without any (there is no anonymous upload), `InvalidArgument` for one that
 *   is missing or malformed, `InvalidRequest` for SigV2 where it is off
 */
export function postClaim(form: PostForm, rules: PostRules): PostClaim {
  const has = (name: string): boolean => form.fields.has(name)
  const sigV4 = has('x-amz-algorithm') || has('x-amz-credential') || has('x-amz-signature')
  const sigV2 = has('awsaccesskeyid') || has('signature')
  if (!sigV4 && !sigV2) throw new S3Error('AccessDenied', { reason: 'the form is anonymous' })
  if (sigV4 && sigV2) {
    throw new S3Error('InvalidRequest', { message: 'Only one signature version may be used in a form.' })
  }
  if (sigV4) return sigV4Claim(form, rules.scope)
  if (rules.sigV2 === 'refused') throw sigV2SwitchedOff()
  return sigV2Claim(form)
}

/**
 * @param secret undefined for an unknown key: the work is the same
 * @throws S3Error `SignatureDoesNotMatch`, or `InvalidAccessKeyId` for an unknown key
 */
export function verifyPostClaim(claim: PostClaim, secret: Secret | undefined, keys: SigningKeys): void {
  const { policy, signature } = claim
  if (claim.kind === 'sigv2') {
    verifySigV2({ ...claim, stringToSign: policy }, secret)
    return
  }
  const { credential } = claim
  const match = matchingKey(credential.accessKey, secret, credential, keys, signature, { toSign: policy })
  if (match === undefined) throw refusal(secret, credential.givenKey, policy, signature, null)
}

function sigV4Claim(form: PostForm, scope: ScopeRules): PostClaim {
  const algorithm = requireField(form, 'X-Amz-Algorithm')
  const credentialText = requireField(form, 'X-Amz-Credential')
  const date = requireField(form, 'X-Amz-Date')
  const signature = requireField(form, 'X-Amz-Signature')
  const policy = requirePolicy(form)
  if (algorithm !== ALGORITHM) {
    throw invalidArgument('X-Amz-Algorithm', algorithm, `Only ${ALGORITHM} is supported`)
  }
  const credential = requireCredential(decodeAt(credentialText), 'form', scope)
  if (parseBasicDate(date) === undefined) {
    throw invalidArgument('X-Amz-Date', date, 'X-Amz-Date must be formated via ISO8601 Long format')
  }
  if (date.slice(0, 8) !== credential.date) {
    throw invalidArgument(
      'X-Amz-Credential',
      credentialText,
      `Invalid credential date "${credential.date}". This date is not the same as X-Amz-Date: "${date.slice(0, 8)}".`,
    )
  }
  return { kind: 'sigv4', credential, policy, signature }
}

function sigV2Claim(form: PostForm): PostClaim {
  const givenKey = requireField(form, 'AWSAccessKeyId')
  const signature = requireField(form, 'Signature')
  const policy = requirePolicy(form)
  const key = parseAccessKey(decodeAt(givenKey))
  if (key === undefined) throw new S3Error('InvalidAccessKeyId', { elements: [['AWSAccessKeyId', givenKey]] })
  return { kind: 'sigv2', ...key, givenKey, policy, signature }
}

/** The policy is signed as the text it is; a character beyond ASCII never belongs to base64. */
function requirePolicy(form: PostForm): string {
  const policy = requireField(form, 'policy')
  for (let i = 0; i < policy.length; i++) {
    if (policy.charCodeAt(i) > 0x7e) {
      throw new S3Error('InvalidPolicyDocument', { message: 'Invalid Policy: invalid Base64 encoding.' })
    }
  }
  return policy
}

/** The one variable of forms. */
const FILENAME = `\${filename}`

/** Of all fields together, in characters: as much as stands before a file. */
const MAX_EXPANDED = 32 * 1024

/** Only what follows the last slash or backslash is used: browsers differ in whether they send a path. */
function withoutPath(filename: string): string {
  return filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1)
}

/** @param most characters that the result may have */
function expandFilename(value: string, filename: string, most: number): string {
  const pieces = value.split(FILENAME)
  const length = value.length + (pieces.length - 1) * (filename.length - FILENAME.length)
  if (length > most) throw new S3Error('MaxPostPreDataLengthExceeded')
  return pieces.join(filename)
}
