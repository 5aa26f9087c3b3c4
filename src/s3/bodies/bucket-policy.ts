/**
 * A bucket policy, where the operator opened them: JSON that speaks of the backend's own principals. It may speak of
 * its own bucket alone.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
 */
import { S3Error } from '../error.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** What AWS takes. */
const MAX_POLICY_BYTES = 20 * 1024

/**
 * @returns the policy, written anew
 * @throws S3Error `MalformedPolicy` for what is no policy, and for a resource outside `bucket`
 */
export function readBucketPolicy(bytes: Uint8Array, bucket: string): Buffer {
  if (bytes.length > MAX_POLICY_BYTES) throw malformed('Policy exceeds the maximum allowed document size.')
  const policy = parse(bytes)
  if (!isRecord(policy)) throw malformed("Policies must be valid JSON and the first byte must be '{'")
  for (const statement of listOf(policy.Statement)) {
    if (!isRecord(statement)) throw malformed('Statement is not valid')
    // Everything but what is named: reaches beyond the bucket by its nature.
    if ('NotResource' in statement) throw malformed('Policy has invalid resource')
    const resources = listOf(statement.Resource)
    if (resources.length === 0 || !resources.every((resource) => isWithin(resource, bucket))) {
      throw malformed('Policy has invalid resource')
    }
  }
  return Buffer.from(JSON.stringify(policy))
}

/** `arn:PARTITION:s3:::BUCKET` or anything below it. */
function isWithin(resource: unknown, bucket: string): boolean {
  if (typeof resource !== 'string') return false
  const match = /^arn:[a-z-]+:s3:::([^/]*)(?:\/.*)?$/s.exec(resource)
  return match !== null && match[1] === bucket
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    throw malformed("Policies must be valid JSON and the first byte must be '{'")
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) throw malformed('Missing required field Statement or Resource')
  return Array.isArray(value) ? value : [value]
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(message: string): S3Error {
  return new S3Error('MalformedPolicy', { message })
}
