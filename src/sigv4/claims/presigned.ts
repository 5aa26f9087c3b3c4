/**
 * The claim in the parameters of a presigned URL.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
import { fieldValue, type Headers } from '../../s3/headers.ts'
import { isHoisted } from '../../s3/hoist.ts'
import type { ParsedTarget } from '../../s3/target.ts'
import type { QueryParameters } from '../../s3/uri.ts'
import type { Claim, ClaimHead, ClaimRules } from '../claim.ts'
import { checkScope } from '../credential.ts'
import { parsePayloadMode } from '../payload.ts'
import { checkPresignedTime, parsePresigned, presignedPayloadHash } from '../presigned.ts'
import { requireSigned } from '../signed-headers.ts'
import { signedClaim } from './signed.ts'

/** @throws S3Error as {@link readClaim} */
export function presignedClaim(head: ClaimHead, parsed: ParsedTarget, rules: ClaimRules): Claim {
  const { headers } = head
  const { query } = parsed
  const presigned = parsePresigned(query, rules)
  const { credential, signedHeaders, signature, date, signedQuery } = presigned
  checkScope(credential, 'query', rules.scope)
  checkPresignedTime(presigned, head.time)
  const payloadHash = presignedPayloadHash(query, headers)
  const payload = parsePayloadMode(payloadHash)
  requireSigned(headers, signedHeaders)
  return signedClaim(
    { credential, date, signature, signedHeaders, payload, payloadHash, query: signedQuery },
    { ...head, headers: withMoved(headers, signedHeaders, query) },
    parsed,
  )
}

/** AWS's SDK for JavaScript 2 signs metadata as headers, and moves them into the query all the same. */
function withMoved(headers: Headers, signed: readonly string[], query: QueryParameters): Headers {
  const missing = new Set(signed.filter((name) => !headers.has(name)))
  if (missing.size === 0) return headers
  const merged = new Map(headers)
  for (const [parameter, value] of query) {
    const name = parameter.toLowerCase()
    if (isHoisted(parameter) && missing.delete(name)) merged.set(name, fieldValue(value))
  }
  return merged
}
