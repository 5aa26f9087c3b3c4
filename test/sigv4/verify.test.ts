import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import { requireCredential, scopeRules } from '../../src/sigv4/credential.ts'
import { HmacSha256 } from '../../src/sigv4/hmac.ts'
import { parseRequestDate } from '../../src/sigv4/request-date.ts'
import {
  createSigningKeys,
  deriveKey,
  type SigningKeys,
  signature,
  signaturesEqual,
  signingKey,
} from '../../src/sigv4/sign.ts'
import { type SignatureClaim, verifySignature } from '../../src/sigv4/verify.ts'
import { refusalOf } from './refusals.ts'

const SCOPE = { date: '20130524', region: 'us-east-1', service: 's3' }
const PROJECT = 'a529d1e9-0123-4567-89ab-cdef01233c37'
const good = new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')
const other = new Secret('another')

/** A claim for KEY that carries the right signature for `secret`. */
function claimFor(secret: Secret): SignatureClaim {
  const claim: SignatureClaim = {
    credential: requireCredential(
      `KEY@${PROJECT}/20130524/us-east-1/s3/aws4_request`,
      'header',
      scopeRules(['us-east-1']),
    ),
    date: parseRequestDate('20130524T000000Z')!,
    signature: '0'.repeat(64),
    request: {
      method: 'GET',
      canonicalPath: '/b/%C3%BC',
      query: [],
      headers: new Map([
        ['host', 'h'],
        ['x-amz-meta-a', 'Ã¼'],
      ]),
      signedHeaders: ['host', 'x-amz-meta-a'],
      payloadHash: 'UNSIGNED-PAYLOAD',
    },
  }
  const toSign = refusalOf(() => verifySignature(claim, secret, noKeys())).elements.StringToSign!
  return { ...claim, signature: signature(deriveKey(secret, SCOPE), toSign) }
}

const noKeys = () => createSigningKeys({ max: 10 })

describe('a mismatch', () => {
  test('carries what AWS sends', () => {
    const claim = claimFor(good)
    const refusal = refusalOf(() => verifySignature(claim, other, noKeys()))
    expect(refusal.code).toBe('SignatureDoesNotMatch')
    expect(refusal.status).toBe(403)
    expect(refusal.message).toBe(
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    )
    const canonical = 'GET\n/b/%C3%BC\n\nhost:h\nx-amz-meta-a:ü\n\nhost;x-amz-meta-a\nUNSIGNED-PAYLOAD'
    const bytes = (text: string) => (Buffer.from(text, 'utf8').toString('hex').match(/../g) ?? []).join(' ')
    expect(Object.keys(refusal.elements)).toEqual([
      'AWSAccessKeyId',
      'StringToSign',
      'SignatureProvided',
      'StringToSignBytes',
      'CanonicalRequest',
      'CanonicalRequestBytes',
    ])
    expect(refusal.elements).toMatchObject({
      AWSAccessKeyId: `KEY@${PROJECT}`,
      SignatureProvided: claim.signature,
      StringToSignBytes: bytes(refusal.elements.StringToSign!),
      CanonicalRequest: canonical,
      CanonicalRequestBytes: bytes(canonical),
    })
  })

  test.each([
    ['cut off', (text: string) => text.slice(1)],
    ['longer', (text: string) => `${text}0`],
    ['upper case', (text: string) => text.toUpperCase()],
    ['empty', () => ''],
    ['one bit off', (text: string) => text.slice(0, -1) + (text.endsWith('0') ? '1' : '0')],
  ])('is a signature that is %s', (_, change) => {
    const claim = claimFor(good)
    expect(
      refusalOf(() => verifySignature({ ...claim, signature: change(claim.signature) }, good, noKeys())).code,
    ).toBe('SignatureDoesNotMatch')
  })

  test.each<[string, Partial<SignatureClaim['request']>]>([
    ['method', { method: 'PUT' }],
    ['path', { canonicalPath: '/b/u' }],
    ['query', { query: [['acl', '']] }],
    ['signed headers', { signedHeaders: ['host'] }],
    ['header', { headers: new Map([['host', 'h']]) }],
    ['payload', { payloadHash: 'x' }],
  ])('is a request with another %s', (_, change) => {
    const claim = claimFor(good)
    expect(
      refusalOf(() => verifySignature({ ...claim, request: { ...claim.request, ...change } }, good, noKeys()))
        .code,
    ).toBe('SignatureDoesNotMatch')
  })
})

describe('an unknown key', () => {
  test('is named, and nothing else is said', () => {
    expect(refusalOf(() => verifySignature(claimFor(good), undefined, noKeys()))).toEqual({
      code: 'InvalidAccessKeyId',
      status: 403,
      message: 'The AWS Access Key Id you provided does not exist in our records.',
      elements: { AWSAccessKeyId: `KEY@${PROJECT}` },
    })
  })

  test('is no way in, whatever secret one signs with', () => {
    expect(refusalOf(() => verifySignature(claimFor(new Secret('')), undefined, noKeys())).code).toBe(
      'InvalidAccessKeyId',
    )
  })
})

describe('signing keys', () => {
  test('are kept for good signatures only', () => {
    const kept: string[] = []
    const keys: SigningKeys = {
      ...noKeys(),
      keep: (accessKey) => kept.push(accessKey),
    }
    refusalOf(() => verifySignature(claimFor(good), other, keys))
    refusalOf(() => verifySignature(claimFor(good), undefined, keys))
    expect(kept).toEqual([])
    verifySignature(claimFor(good), good, keys)
    expect(kept).toEqual(['KEY'])
  })

  test('of an old secret are never found for a new one', () => {
    const keys = noKeys()
    verifySignature(claimFor(good), good, keys)
    expect(keys.find('KEY', good, SCOPE)).toBeDefined()
    expect(keys.find('KEY', other, SCOPE)).toBeUndefined()
    expect(refusalOf(() => verifySignature(claimFor(good), other, keys)).code).toBe('SignatureDoesNotMatch')
    verifySignature(claimFor(other), other, keys)
    expect(keys.find('KEY', good, SCOPE)).toBeUndefined()
  })

  test('are bounded in number', () => {
    const keys = createSigningKeys({ max: 2 })
    for (const key of ['a', 'b', 'c']) keys.get(key, good, SCOPE)
    expect(['a', 'b', 'c'].map((key) => keys.find(key, good, SCOPE) !== undefined)).toEqual([
      false,
      true,
      true,
    ])
  })

  test('differ by day, region and service', () => {
    const keys = noKeys()
    keys.get('KEY', good, SCOPE)
    for (const change of [{ date: '20130525' }, { region: 'eu' }, { service: 'sts' }]) {
      expect(keys.find('KEY', good, { ...SCOPE, ...change })).toBeUndefined()
    }
  })

  test('are AWS’s: the documented one of the form example', () => {
    expect(signingKey(good, { ...SCOPE, date: '20151229' }).toString('hex')).toBe(
      'cbcef1ebeaefc82cce6530b9f0a9ae598846065f5c5bae0674bd5ebc4ba52d28',
    )
  })
})

test.each(['', 'a', 'ü€𝄞', 'x'.repeat(341), 'x'.repeat(342), 'ü'.repeat(5000)])(
  'HMAC agrees with node:crypto (%#)',
  (text) => {
    for (const length of [0, 1, 32, 63, 64]) {
      const key = Buffer.alloc(length, 7)
      expect(new HmacSha256(key).hex(text)).toBe(createHmac('sha256', key).update(text, 'utf8').digest('hex'))
    }
  },
)

test('HMAC with one key again and again', () => {
  const key = Buffer.alloc(32, 9)
  const hmac = new HmacSha256(key)
  for (let i = 300; i >= 0; i--) {
    const text = 'y'.repeat(i)
    expect(hmac.hex(text)).toBe(createHmac('sha256', key).update(text).digest('hex'))
  }
})

test('signatures are equal when all of them is', () => {
  expect(signaturesEqual('abc', 'abc')).toBe(true)
  for (const given of ['', 'ab', 'abcd', 'abd', 'Abc', 'bbc']) {
    expect(signaturesEqual(given, 'abc')).toBe(false)
  }
})
