/**
 * A form measured against its policy: every condition holds, and every field is covered by one.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
import { S3Error } from '../s3/error.ts'
import type { PostForm } from './post-form.ts'
import type { LengthRange, PostCondition, PostPolicy } from './post-policy.ts'

/** Fields that no condition needs to cover; the two of SigV2 are among them. `x-ignore-*` are the others. */
const UNCOVERED: ReadonlySet<string> = new Set([
  'awsaccesskeyid',
  'file',
  'policy',
  'signature',
  'x-amz-signature',
])

export interface PostContext {
  /** The bucket that the request names. A form may name it too; then it must be the same. */
  readonly bucket: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * @returns the lengths that the policy allows: the narrowest of all its ranges
 * @throws S3Error `AccessDenied` in AWS's words: expired, a condition that fails (and which), fields that none covers
 */
export function checkPostPolicy(policy: PostPolicy, form: PostForm, context: PostContext): LengthRange {
  if (context.now >= policy.expiration) throw notAllowed('Policy expired.')
  const covered = new Set<string>()
  let allowed: LengthRange = { min: 0, max: Number.MAX_SAFE_INTEGER }
  for (const condition of policy.conditions) {
    if (condition.kind === 'content-length-range') {
      if (condition.range === null) throw conditionFailed(condition)
      allowed = {
        min: Math.max(allowed.min, condition.range.min),
        max: Math.min(allowed.max, condition.range.max),
      }
      continue
    }
    const { field } = condition
    const value = field === 'bucket' ? context.bucket : field === null ? undefined : form.fields.get(field)
    if (field === null || value === undefined || !holds(condition, value)) throw conditionFailed(condition)
    covered.add(field)
  }
  const named = form.fields.get('bucket')
  if (named !== undefined && named !== context.bucket) {
    throw notAllowed(`Policy Condition failed: ["eq", "$bucket", ${JSON.stringify(context.bucket)}]`)
  }
  const extra = form.names.filter((name) => !isCovered(name.toLowerCase(), covered))
  if (extra.length > 0) throw notAllowed(`Extra input fields: ${extra.join(', ')}`)
  return allowed
}

/**
 * A policy that names no bucket would be good for every one that its signer may write to.
 * @throws S3Error `AccessDenied`, in the words that AWS has for a field that no condition covers
 */
export function requireBucketCondition({ conditions }: PostPolicy): void {
  const named = conditions.some((one) => one.kind !== 'content-length-range' && one.field === 'bucket')
  if (!named) throw notAllowed('Extra input fields: bucket')
}

/**
 * @param length of the file
 * @throws S3Error `EntityTooSmall`, `EntityTooLarge`
 */
export function checkPostLength(allowed: LengthRange, length: number): void {
  if (length < allowed.min) {
    throw new S3Error('EntityTooSmall', {
      elements: [
        ['ProposedSize', String(length)],
        ['MinSizeAllowed', String(allowed.min)],
      ],
    })
  }
  if (length > allowed.max) {
    throw new S3Error('EntityTooLarge', {
      elements: [
        ['ProposedSize', String(length)],
        ['MaxSizeAllowed', String(allowed.max)],
      ],
    })
  }
}

type FieldCondition = Exclude<PostCondition, { kind: 'content-length-range' }>

/** Values are compared as they are; of a Content-Type with commas every member must start as asked. */
function holds({ kind, field, value: expected }: FieldCondition, value: string): boolean {
  if (kind === 'eq') return value === expected
  if (field !== 'content-type') return value.startsWith(expected)
  return value.split(',').every((member) => member.trim().startsWith(expected))
}

function isCovered(name: string, covered: ReadonlySet<string>): boolean {
  return covered.has(name) || UNCOVERED.has(name) || name.startsWith('x-ignore-')
}

function conditionFailed(condition: PostCondition): S3Error {
  return notAllowed(`Policy Condition failed: ${condition.text}`)
}

function notAllowed(message: string): S3Error {
  return new S3Error('AccessDenied', { message: `Invalid according to Policy: ${message}` })
}
