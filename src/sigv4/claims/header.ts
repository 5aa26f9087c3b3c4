/**
 * The claim in an `Authorization` header.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 */
import type { ParsedTarget } from '../../s3/target.ts'
import { parseAuthorizationHeader } from '../authorization.ts'
import type { Claim, ClaimHead, ClaimRules } from '../claim.ts'
import { checkScope } from '../credential.ts'
import { requirePayloadMode } from '../payload.ts'
import { requestDate } from '../request-date.ts'
import { requireSigned } from '../signed-headers.ts'
import { checkHeaderTime } from '../verify.ts'
import { signedClaim } from './signed.ts'
import { sigV2HeaderClaim } from './sigv2.ts'

/** @throws S3Error as {@link readClaim} */
export function headerClaim(head: ClaimHead, parsed: ParsedTarget, value: string, rules: ClaimRules): Claim {
  const authorization = parseAuthorizationHeader(value)
  if (authorization.kind === 'sigv2') return sigV2HeaderClaim(head, parsed, authorization, rules)
  const { headers } = head
  const { credential, signedHeaders, signature } = authorization
  checkScope(credential, 'header', rules.scope)
  const date = requestDate(headers)
  checkHeaderTime(credential, date, head.time)
  const payloadHash = headers.get('x-amz-content-sha256')
  const payload = requirePayloadMode(payloadHash)
  requireSigned(headers, signedHeaders)
  return signedClaim(
    {
      credential,
      date,
      signature,
      signedHeaders,
      payload,
      payloadHash: payloadHash as string,
      query: parsed.query,
    },
    head,
    parsed,
  )
}
