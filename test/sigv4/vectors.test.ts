import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import { parseAuthorizationHeader } from '../../src/sigv4/authorization.ts'
import { canonicalRequest, stringToSign } from '../../src/sigv4/canonical.ts'
import { checkScope, scopeOf } from '../../src/sigv4/credential.ts'
import { LONGEST_EXPIRY_SECONDS, parsePresigned, presignedPayloadHash } from '../../src/sigv4/presigned.ts'
import { parseRequestDate } from '../../src/sigv4/request-date.ts'
import { createSigningKeys, deriveKey, signature } from '../../src/sigv4/sign.ts'
import { verifySignature } from '../../src/sigv4/verify.ts'
import { refusalOf } from './refusals.ts'
import {
  canonicalInput,
  loadVectors,
  onWire,
  queryOf,
  rulesOf,
  type StreamingVector,
  secretOf,
  type Vector,
} from './vectors.ts'

const vectors: readonly Vector[] = [
  ...loadVectors<Vector>('aws-sigv4-testsuite').filter((vector) => vector.s3CanonicalUriAgrees === true),
  ...loadVectors<Vector>('s3-documented'),
  ...loadVectors<Vector>('s3-derived'),
  ...loadVectors<Vector>('s3-presigned-derived'),
  ...loadVectors<StreamingVector>('s3-streaming').map((vector) => ({
    ...vector,
    signature: vector.seedSignature,
  })),
]

test('every vector that fits an S3 verifier is here', () => {
  expect(vectors.length).toBe(84 + 5 + 38 + 8 + 15)
})

describe.each(vectors)('$id', (vector) => {
  const scope = { date: vector.amzDate.slice(0, 8), region: vector.region, service: vector.service }

  test('canonical request', () => {
    expect(canonicalRequest(canonicalInput(vector))).toBe(onWire(vector.canonicalRequest))
  })

  test('string to sign', () => {
    expect(stringToSign(vector.amzDate, scopeOf(scope), onWire(vector.canonicalRequest))).toBe(
      vector.stringToSign,
    )
  })

  test('signature', () => {
    expect(signature(deriveKey(secretOf(vector), scope), vector.stringToSign)).toBe(vector.signature)
  })

  test('verified from what was sent, and refused with another secret', () => {
    const claim = claimOf(vector)
    const keys = createSigningKeys({ max: 10 })
    expect(verifySignature(claim, secretOf(vector), keys).signature).toBe(vector.signature)
    expect(verifySignature(claim, secretOf(vector), keys).signature).toBe(vector.signature)
    const { code, elements } = refusalOf(() => verifySignature(claim, new Secret('another'), keys))
    expect(code).toBe('SignatureDoesNotMatch')
    expect(elements.StringToSign).toBe(vector.stringToSign)
    expect(elements.CanonicalRequest).toBe(vector.canonicalRequest)
  })
})

/** Parses header or query as the gate does. */
function claimOf(vector: Vector) {
  const input = canonicalInput(vector)
  const date = parseRequestDate(vector.amzDate)!
  if (vector.mode === 'query') {
    const presigned = parsePresigned(queryOf(vector), { maxExpiresSeconds: LONGEST_EXPIRY_SECONDS })
    checkScope(presigned.credential, 'query', rulesOf(vector))
    expect(presigned.date).toEqual(date)
    const payloadHash =
      vector.service === 's3' ? presignedPayloadHash(queryOf(vector), input.headers) : vector.payloadHash
    return {
      ...presigned,
      request: {
        ...input,
        query: presigned.signedQuery,
        signedHeaders: presigned.signedHeaders,
        payloadHash,
      },
    }
  }
  const authorization = parseAuthorizationHeader(input.headers.get('authorization')!)
  if (authorization.kind !== 'sigv4') throw new Error('not SigV4')
  checkScope(authorization.credential, 'header', rulesOf(vector))
  return { ...authorization, date, request: { ...input, signedHeaders: authorization.signedHeaders } }
}
