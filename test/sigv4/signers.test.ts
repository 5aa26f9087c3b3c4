import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import type { HeaderList } from '../../src/s3/headers.ts'
import { canonicalQuery, encodePath } from '../../src/s3/uri.ts'
import { parseAuthorizationHeader } from '../../src/sigv4/authorization.ts'
import { createAws4Signer } from '../../src/sigv4/aws4-signer.ts'
import { parseRequestDate } from '../../src/sigv4/request-date.ts'
import { createRequestSigner, type UnsignedRequest } from '../../src/sigv4/request-signer.ts'
import { createSigningKeys } from '../../src/sigv4/sign.ts'
import { verifySignature } from '../../src/sigv4/verify.ts'
import { randomNumbers } from './vectors.ts'

const NOW = Date.UTC(2026, 1, 3, 4, 5, 6, 789)
const own = createRequestSigner({ keys: createSigningKeys({ max: 10 }), now: () => NOW })
const aws4 = createAws4Signer({ now: () => NOW })
const random = randomNumbers(2026)

const pick = <T>(values: readonly T[]): T => values[random(values.length)]!
const some = (alphabet: readonly string[], longest: number): string =>
  Array.from({ length: random(longest + 1) }, () => pick(alphabet)).join('')

/** Characters that signers, URL parsers and HTTP clients have stumbled over. */
const ODD = [
  ...'aZ09-._~ +%/\\?#&=;:@!$\'()*,[]{}|^`"<>\t',
  '%2F',
  '%25',
  '..',
  '//',
  'ü',
  'à',
  '€',
  '𝄞',
  '\u00a0',
  '\u2028',
  '\u0301',
]
/** Bytes of a header value: all that HTTP allows, bytes that are no UTF-8 among them. */
const BYTES = [
  ...Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)),
  ...Array.from({ length: 0x80 }, (_, i) => String.fromCharCode(0x80 + i)),
  '  ',
  '\u00c3\u00bc',
  '\u00c3\u00a0',
  '\u00c2\u00a0',
]

function randomRequest(): UnsignedRequest {
  const names = new Set<string>()
  for (let i = random(6); i > 0; i--) {
    names.add(
      pick([
        'x-amz-meta-a',
        'x-amz-meta-zz',
        'x-amz-acl',
        'content-type',
        'content-md5',
        'range',
        'expect',
        'user-agent',
        'if-none-match',
        'cache-control',
      ]),
    )
  }
  const parameters = new Map<string, string>()
  for (let i = random(4); i > 0; i--) parameters.set(`p${some(ODD, 4)}`, some(ODD, 8))
  return {
    method: pick(['GET', 'PUT', 'POST', 'DELETE', 'HEAD']),
    host: pick(['localhost:9000', 's3.example.com', '[::1]:8080', 's3.eu-west-1.amazonaws.com']),
    path: `/bucket/${encodePath(some(ODD, 20))}`,
    query: canonicalQuery([...parameters]),
    headers: [...names].map((name) => [name, some(BYTES, 12).trim()] as const),
    payloadHash: pick(['UNSIGNED-PAYLOAD', 'ab'.repeat(32)]),
    accessKey: pick(['KEY', 'AKIAIOSFODNN7EXAMPLE']),
    secretKey: new Secret(pick(['secret', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', 'ü€,20130524'])),
    region: pick(['us-east-1', 'fr-par', 'default']),
    whiteSpace: 'spaces',
  }
}

const authorizationOf = (headers: HeaderList): string => headers.at(-1)![1]

describe('our signer and aws4', () => {
  test('make the same headers for a thousand odd requests', () => {
    for (let i = 0; i < 1000; i++) {
      const request = randomRequest()
      expect(own.sign(request), JSON.stringify(request)).toEqual(aws4.sign(request))
    }
  })

  test('make what our own verifier accepts', () => {
    for (let i = 0; i < 200; i++) {
      const request = randomRequest()
      const signed = own.sign(request)
      const headers = new Map(signed)
      const authorization = parseAuthorizationHeader(authorizationOf(signed))
      if (authorization.kind !== 'sigv4') throw new Error('not SigV4')
      const query = request.query
        .split('&')
        .filter((piece) => piece !== '')
        .map((piece) => piece.split('=').map(decodeURIComponent) as [string, string])
      expect(() =>
        verifySignature(
          {
            credential: authorization.credential,
            date: parseRequestDate(headers.get('x-amz-date')!)!,
            signature: authorization.signature,
            request: {
              method: request.method,
              canonicalPath: request.path,
              query,
              headers,
              signedHeaders: authorization.signedHeaders,
              payloadHash: request.payloadHash,
            },
          },
          request.secretKey,
          createSigningKeys({ max: 1 }),
        ),
      ).not.toThrow()
    }
  })
})

describe.each([
  ['our signer', own],
  ['aws4', aws4],
])('%s', (_, signer) => {
  const request: UnsignedRequest = {
    method: 'PUT',
    host: 'localhost:9000',
    path: '/b/k',
    query: '',
    headers: [
      ['range', 'bytes=0-9'],
      ['x-amz-meta-a', '\u00c3\u00a0 \u00a0'],
    ],
    payloadHash: 'UNSIGNED-PAYLOAD',
    accessKey: 'KEY',
    secretKey: new Secret('secret'),
    region: 'us-east-1',
    whiteSpace: 'spaces',
  }

  test('sends what it was given, host first, authorization last', () => {
    const headers = signer.sign(request)
    expect(headers.slice(0, -1)).toEqual([
      ['host', 'localhost:9000'],
      ['range', 'bytes=0-9'],
      ['x-amz-meta-a', '\u00c3\u00a0 \u00a0'],
      ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
      ['x-amz-date', '20260203T040506Z'],
    ])
    expect(authorizationOf(headers)).toMatch(
      /^AWS4-HMAC-SHA256 Credential=KEY\/20260203\/us-east-1\/s3\/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date;x-amz-meta-a, Signature=[0-9a-f]{64}$/,
    )
  })

  test('never signs with what the environment holds', () => {
    const before = authorizationOf(signer.sign({ ...request, accessKey: '', secretKey: new Secret('') }))
    const saved = { ...process.env }
    try {
      process.env.AWS_ACCESS_KEY_ID = 'ENVIRONMENT'
      process.env.AWS_SECRET_ACCESS_KEY = 'environment'
      process.env.AWS_SESSION_TOKEN = 'environment'
      const signed = signer.sign({ ...request, accessKey: '', secretKey: new Secret('') })
      expect(authorizationOf(signed)).toBe(before)
      expect(authorizationOf(signed)).not.toContain('ENVIRONMENT')
      expect(signed.map(([name]) => name)).not.toContain('x-amz-security-token')
    } finally {
      process.env = saved
    }
  })

  test('follows a changed secret', () => {
    const one = authorizationOf(signer.sign(request))
    const two = authorizationOf(signer.sign({ ...request, secretKey: new Secret('another') }))
    expect(one).not.toBe(two)
    expect(authorizationOf(signer.sign(request))).toBe(one)
  })
})
