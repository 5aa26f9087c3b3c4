/**
 * Claims by Signature Version 2, in a header or in the query: only where the operator switched it on.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 */
import { S3Error } from '../../s3/error.ts'
import type { ParsedTarget } from '../../s3/target.ts'
import type { SigV2Authorization } from '../authorization.ts'
import type { Claim, ClaimHead, ClaimRules } from '../claim.ts'
import {
  readSigV2Header,
  readSigV2Query,
  type SigV2Claim,
  type SigV2Target,
  sigV2SwitchedOff,
  verifySigV2,
} from '../sigv2.ts'

/** @throws S3Error as {@link readClaim} */
export function sigV2HeaderClaim(
  head: ClaimHead,
  parsed: ParsedTarget,
  authorization: SigV2Authorization,
  rules: ClaimRules,
): Claim {
  if (rules.sigV2 === 'refused') throw sigV2SwitchedOff()
  return claimOf(parsed, (target) => readSigV2Header(head, target, authorization))
}

/** @throws S3Error as {@link readClaim} */
export function sigV2PresignedClaim(head: ClaimHead, parsed: ParsedTarget, rules: ClaimRules): Claim {
  if (rules.sigV2 === 'refused') throw sigV2SwitchedOff()
  return claimOf(parsed, (target) => readSigV2Query(head, target, rules))
}

function claimOf(parsed: ParsedTarget, read: (target: SigV2Target) => SigV2Claim): Claim {
  const claim = read(parsed)
  const others = parsed.others.map((reading) => ({
    reading,
    stringToSign: read({ ...reading, query: parsed.query }).stringToSign,
  }))
  return {
    reference: claim,
    payload: { kind: 'unsigned' },
    hoists: false,
    verify(secret) {
      const reading = verifySigV2(claim, secret, others)?.reading ?? parsed
      if (!parsed.names.isOneTarget(reading)) throw ambiguous()
      return { reading, seed: null }
    },
  }
}

/** Version 2 does not cover the Host: the same path may have been signed for two names, and mean two things. */
function ambiguous(): S3Error {
  return new S3Error('AccessDenied', {
    message:
      'Signature Version 2 does not say which of the names of this endpoint was signed. Please use AWS4-HMAC-SHA256.',
  })
}
