/** The claim of a request, by whichever mechanism it uses. */
import type { ParsedTarget } from '../../s3/target.ts'
import type { Claim, ClaimedBy, ClaimHead, ClaimRules } from '../claim.ts'
import { mechanismOf } from '../mechanism.ts'
import { headerClaim } from './header.ts'
import { presignedClaim } from './presigned.ts'
import { sigV2PresignedClaim } from './sigv2.ts'

/**
 * @param noteMechanism told how the request is signed, before what it says is read
 * @returns undefined: the request is anonymous
 * @throws S3Error in AWS's words for whatever about it is malformed, out of time, or not for this gate
 */
export function readClaim(
  head: ClaimHead,
  parsed: ParsedTarget,
  rules: ClaimRules,
  noteMechanism: (by: ClaimedBy) => void,
): Claim | undefined {
  const mechanism = mechanismOf(head.headers, parsed.query)
  switch (mechanism.kind) {
    case 'none':
      return undefined
    case 'header':
      noteMechanism(mechanism.value.startsWith('AWS ') ? 'sigv2-header' : 'header')
      return headerClaim(head, parsed, mechanism.value, rules)
    case 'presigned':
      noteMechanism('presigned')
      return presignedClaim(head, parsed, rules)
    case 'presigned-sigv2':
      noteMechanism('sigv2-presigned')
      return sigV2PresignedClaim(head, parsed, rules)
  }
}
