/** What claims by Signature Version 4 have in common, wherever their parts were found. */
import type { ParsedTarget } from '../../s3/target.ts'
import type { QueryParameters } from '../../s3/uri.ts'
import type { Claim, ClaimHead } from '../claim.ts'
import type { Credential } from '../credential.ts'
import type { PayloadMode } from '../payload.ts'
import type { RequestDate } from '../request-date.ts'
import { verifySignature } from '../verify.ts'

/** Read, in time, and for this gate. */
export interface SignedParts {
  readonly credential: Credential
  readonly date: RequestDate
  /** As the client sent it. */
  readonly signature: string
  readonly signedHeaders: readonly string[]
  readonly payload: PayloadMode
  /** What stands for the payload in the canonical request. */
  readonly payloadHash: string
  /** What was signed of it. */
  readonly query: QueryParameters
}

export function signedClaim(parts: SignedParts, { method, headers }: ClaimHead, parsed: ParsedTarget): Claim {
  const { credential, date, signature, signedHeaders, payloadHash, query } = parts
  return {
    reference: credential,
    payload: parts.payload,
    hoists: true,
    verify(secret, keys) {
      const { canonicalPath, others } = parsed
      const request = { method, canonicalPath, query, headers, signedHeaders, payloadHash }
      const seed = verifySignature({ credential, date, signature, request }, secret, keys, others)
      return { reading: seed.under ?? parsed, seed }
    },
  }
}
