/**
 * The claim in the parameters of a presigned URL.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
import type { ParsedTarget } from '../../s3/target.ts'
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
    head,
    parsed,
  )
}
