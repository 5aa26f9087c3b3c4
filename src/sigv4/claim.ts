/**
 * What a request says of its sender, read and in time, and not believed before it is verified.
 *
 * One file a mechanism in `claims/`, read by `claims/read.ts`; forms, whose claim is in their body, by `post-form.ts`.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
import type { Secret } from '../iam/secret.ts'
import type { Headers } from '../s3/headers.ts'
import type { Reading } from '../s3/names.ts'
import type { AccessKeyReference } from './access-key.ts'
import type { ScopeRules } from './credential.ts'
import type { PayloadMode } from './payload.ts'
import type { SigningKeys } from './sign.ts'
import type { VerifiedSignature } from './verify.ts'

/** How a request says who it is from. `form`: in the fields of a browser's upload. */
export type ClaimedBy = 'header' | 'presigned' | 'sigv2-header' | 'sigv2-presigned' | 'form'

export interface Claim {
  /** The key, and the project that it is to work in. */
  readonly reference: AccessKeyReference
  readonly payload: PayloadMode
  /** Whether `x-amz-*` parameters are headers that a presigner moved: only where the signature covers the query. */
  readonly hoists: boolean
  /**
   * @param secret of the key that the claim names; undefined for an unknown key: the work is the same
   * @throws S3Error `SignatureDoesNotMatch`, or `InvalidAccessKeyId` for an unknown key
   */
  verify(secret: Secret | undefined, keys: SigningKeys): Proof
}

/** What a verified claim proves. */
export interface Proof {
  /** The host and path that were signed, and what they name: nothing else of them counts. */
  readonly reading: Reading
  /** What the chunks of a signed body are chained to; null with SigV2 and forms. */
  readonly seed: VerifiedSignature | null
}

/** What a claim is read from, beside the target. */
export interface ClaimHead {
  readonly method: string
  readonly headers: Headers
  /** When it was received: milliseconds since the epoch. */
  readonly time: number
}

export interface ClaimRules {
  readonly scope: ScopeRules
  /** The longest life of a presigned URL, in seconds. */
  readonly maxExpiresSeconds: number
  readonly sigV2: 'accepted' | 'refused'
}
