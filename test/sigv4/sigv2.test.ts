import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import type { Target } from '../../src/s3/target.ts'
import { parseQuery } from '../../src/s3/uri.ts'
import { parseAuthorizationHeader } from '../../src/sigv4/authorization.ts'
import {
  readSigV2Header,
  readSigV2Query,
  type SigV2Target,
  sigV2Signature,
  sigV2StringToSign,
  verifySigV2,
} from '../../src/sigv4/sigv2.ts'
import { refusalOf } from './refusals.ts'
import { headersOf } from './vectors.ts'

const KEY = 'AKIAIOSFODNN7EXAMPLE'
const secret = new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')

function targetOf(rawTarget: string, bucket: string | null): SigV2Target {
  const [rawPath = '', query = ''] = rawTarget.split('?')
  const target: Target = bucket === null ? { kind: 'service' } : { kind: 'bucket', bucket }
  return { target, rawPath, query: parseQuery(query), style: bucket === null ? 'path' : 'virtual' }
}

/** The examples of AWS's documentation, with its own key. */
const EXAMPLES = [
  {
    name: 'Object GET',
    method: 'GET',
    bucket: 'johnsmith',
    target: '/photos/puppy.jpg',
    headers: [['Date', 'Tue, 27 Mar 2007 19:36:42 +0000']],
    toSign: 'GET\n\n\nTue, 27 Mar 2007 19:36:42 +0000\n/johnsmith/photos/puppy.jpg',
    signature: 'bWq2s1WEIj+Ydj0vQ697zp+IXMU=',
  },
  {
    name: 'Object PUT',
    method: 'PUT',
    bucket: 'johnsmith',
    target: '/photos/puppy.jpg',
    headers: [
      ['Content-Type', 'image/jpeg'],
      ['Content-Length', '94328'],
      ['Date', 'Tue, 27 Mar 2007 21:15:45 +0000'],
    ],
    toSign: 'PUT\n\nimage/jpeg\nTue, 27 Mar 2007 21:15:45 +0000\n/johnsmith/photos/puppy.jpg',
    signature: 'MyyxeRY7whkBe+bq8fHCL/2kKUg=',
  },
  {
    name: 'List',
    method: 'GET',
    bucket: 'johnsmith',
    target: '/?prefix=photos&max-keys=50&marker=puppy',
    headers: [
      ['User-Agent', 'Mozilla/5.0'],
      ['Date', 'Tue, 27 Mar 2007 19:42:41 +0000'],
    ],
    toSign: 'GET\n\n\nTue, 27 Mar 2007 19:42:41 +0000\n/johnsmith/',
    signature: 'htDYFYduRNen8P9ZfE/s9SuKy0U=',
  },
  {
    name: 'Fetch',
    method: 'GET',
    bucket: 'johnsmith',
    target: '/?acl',
    headers: [['Date', 'Tue, 27 Mar 2007 19:44:46 +0000']],
    toSign: 'GET\n\n\nTue, 27 Mar 2007 19:44:46 +0000\n/johnsmith/?acl',
    signature: 'c2WLPFtWHVgbEmeEG93a4cG37dM=',
  },
  {
    name: 'Upload',
    method: 'PUT',
    bucket: 'static.johnsmith.net',
    target: '/db-backup.dat.gz',
    headers: [
      ['User-Agent', 'curl/7.15.5'],
      ['Host', 'static.johnsmith.net:8080'],
      ['Date', 'Tue, 27 Mar 2007 21:06:08 +0000'],
      ['x-amz-acl', 'public-read'],
      ['content-type', 'application/x-download'],
      ['Content-MD5', '4gJE4saaMU4BqNR0kLY+lw=='],
      ['X-Amz-Meta-ReviewedBy', 'joe@johnsmith.net'],
      ['X-Amz-Meta-ReviewedBy', 'jane@johnsmith.net'],
      ['X-Amz-Meta-FileChecksum', '0x02661779'],
      ['X-Amz-Meta-ChecksumAlgorithm', 'crc32'],
    ],
    toSign:
      'PUT\n4gJE4saaMU4BqNR0kLY+lw==\napplication/x-download\nTue, 27 Mar 2007 21:06:08 +0000\nx-amz-acl:public-read\nx-amz-meta-checksumalgorithm:crc32\nx-amz-meta-filechecksum:0x02661779\nx-amz-meta-reviewedby:joe@johnsmith.net,jane@johnsmith.net\n/static.johnsmith.net/db-backup.dat.gz',
    signature: 'ilyl83RwaSoYIEdixDQcA4OnAnc=',
  },
  {
    name: 'List all my buckets',
    method: 'GET',
    bucket: null,
    target: '/',
    headers: [['Date', 'Wed, 28 Mar 2007 01:29:59 +0000']],
    toSign: 'GET\n\n\nWed, 28 Mar 2007 01:29:59 +0000\n/',
    signature: 'qGdzdERIC03wnaRNKh6OqZehG9s=',
  },
  {
    name: 'Unicode keys',
    method: 'GET',
    bucket: null,
    target: '/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re',
    headers: [['Date', 'Wed, 28 Mar 2007 01:49:49 +0000']],
    toSign: 'GET\n\n\nWed, 28 Mar 2007 01:49:49 +0000\n/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re',
    signature: 'DNEZGsoieTZ92F3bUfSPQcbGmlM=',
  },
] as const

describe.each(EXAMPLES)('AWS’s example: $name', ({ method, bucket, target, headers, toSign, signature }) => {
  const parsed = headersOf(headers)
  const request = { method, headers: parsed, time: Date.parse(parsed.get('date')!) }

  test('string to sign', () => {
    expect(sigV2StringToSign(request, targetOf(target, bucket), parsed.get('date')!)).toBe(toSign)
  })

  test('signature', () => {
    expect(sigV2Signature(secret, toSign)).toBe(signature)
  })

  test('verified from what was sent', () => {
    const authorization = parseAuthorizationHeader(`AWS ${KEY}:${signature}`)
    if (authorization.kind !== 'sigv2') throw new Error('not SigV2')
    const claim = readSigV2Header(request, targetOf(target, bucket), authorization)
    expect(claim).toMatchObject({ accessKey: KEY, projectId: null })
    expect(() => verifySigV2(claim, secret)).not.toThrow()
    expect(refusalOf(() => verifySigV2(claim, new Secret('another')))).toMatchObject({
      code: 'SignatureDoesNotMatch',
      elements: { AWSAccessKeyId: KEY, StringToSign: toSign, SignatureProvided: signature },
    })
    expect(refusalOf(() => verifySigV2(claim, undefined))).toMatchObject({
      code: 'InvalidAccessKeyId',
      elements: { AWSAccessKeyId: KEY },
    })
  })
})

describe('header', () => {
  const TIME = Date.UTC(2007, 2, 27, 19, 36, 42)
  const authorization = {
    kind: 'sigv2',
    accessKey: KEY,
    projectId: null,
    givenKey: KEY,
    signature: 'x',
  } as const
  const claim = (headers: [string, string][], target = '/b/k', time = TIME) =>
    readSigV2Header({ method: 'GET', headers: new Map(headers), time }, targetOf(target, null), authorization)

  test('x-amz-date takes the place of Date', () => {
    const headers: [string, string][] = [
      ['date', 'Mon, 26 Mar 2007 19:36:42 GMT'],
      ['x-amz-date', 'Tue, 27 Mar 2007 19:36:42 +0000'],
    ]
    expect(claim(headers).stringToSign).toBe('GET\n\n\n\nx-amz-date:Tue, 27 Mar 2007 19:36:42 +0000\n/b/k')
  })

  test('no date, a date of long ago', () => {
    expect(refusalOf(() => claim([])).message).toBe(
      'AWS authentication requires a valid Date or x-amz-date header',
    )
    expect(
      refusalOf(() => claim([['date', 'Tue, 27 Mar 2007 19:36:42 GMT']], '/b/k', TIME + 16 * 60_000)).code,
    ).toBe('RequestTimeTooSkewed')
  })

  test('sub-resources are sorted, their values decoded', () => {
    const date: [string, string][] = [['date', 'Tue, 27 Mar 2007 19:36:42 GMT']]
    const target = '/b/k?versionId=a%2Fb&response-content-type=text%2Fplain%3B+x&acl&prefix=p'
    expect(claim(date, target).stringToSign).toBe(
      'GET\n\n\nTue, 27 Mar 2007 19:36:42 GMT\n/b/k?acl&response-content-type=text/plain; x&versionId=a/b',
    )
  })

  test.each([
    ['x-amz-acl=public-read', 'x-amz-acl'],
    ['x-amz-copy-source=%2Fb%2Fsecret&prefix=a', 'x-amz-copy-source'],
    ['x-id=PutObject&unknown', 'unknown'],
    ['X-Amz-Note=1&x-note=1', 'X-Amz-Note'],
    ['ACL', 'ACL'],
  ])('a parameter that is not signed is refused: %s', (query, names) => {
    const date: [string, string][] = [['date', 'Tue, 27 Mar 2007 19:36:42 GMT']]
    expect(refusalOf(() => claim(date, `/b/k?${query}`))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: 'There were query parameters present in the request which were not signed',
      elements: { ParametersNotSigned: names },
    })
  })
})

describe('presigned', () => {
  const GOOD = {
    AWSAccessKeyId: KEY,
    Expires: '1175139620',
    Signature: 'NpgCjnDzrM+WFzoENXmpNDUsSn8=',
  }
  const claim = (changes: Record<string, string | null> = {}, time = 1175139620_000, extra = '') => {
    const query = Object.entries({ ...GOOD, ...changes })
      .filter((entry): entry is [string, string] => entry[1] !== null)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&')
    return readSigV2Query(
      { method: 'GET', headers: new Map(), time },
      targetOf(`/photos/puppy.jpg?${query}${extra}`, 'johnsmith'),
      { maxExpiresSeconds: 3600 },
    )
  }

  test('AWS’s example', () => {
    expect(claim().stringToSign).toBe('GET\n\n\n1175139620\n/johnsmith/photos/puppy.jpg')
    expect(() => verifySigV2(claim(), secret)).not.toThrow()
    expect(refusalOf(() => verifySigV2(claim({ Expires: '1175139621' }), secret)).code).toBe(
      'SignatureDoesNotMatch',
    )
  })

  test('a project is named with @', () => {
    const project = 'a529d1e9-0123-4567-89ab-cdef01233c37'
    expect(claim({ AWSAccessKeyId: `${KEY}@${project}` })).toMatchObject({
      accessKey: KEY,
      projectId: project,
    })
    expect(refusalOf(() => claim({ AWSAccessKeyId: `${KEY}%40${project}` })).code).toBe('InvalidAccessKeyId')
  })

  test.each(Object.keys(GOOD))('without %s, with it empty, with two', (name) => {
    for (const act of [
      () => claim({ [name]: null }),
      () => claim({ [name]: '' }),
      () => claim({}, 1175139620_000, `&${name}=1`),
    ]) {
      expect(refusalOf(act)).toMatchObject({
        code: 'AccessDenied',
        status: 403,
        message: 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
      })
    }
  })

  test.each(['soon', '1e9', '-1', '1.5', '0x10', '9'.repeat(12)])('Expires=%s', (value) => {
    expect(refusalOf(() => claim({ Expires: value })).message).toBe(
      `Invalid date (should be seconds since epoch): ${value}`,
    )
  })

  test('no longer than this gate allows, give or take a clock', () => {
    const longest = 1175139620_000 - 3_600_000 - 900_000
    expect(() => claim({}, longest)).not.toThrow()
    expect(refusalOf(() => claim({}, longest - 1))).toMatchObject({
      code: 'AccessDenied',
      message: 'Expires must be less than 3600 seconds in the future',
    })
  })

  test('expired, to the millisecond', () => {
    expect(refusalOf(() => claim({}, 1175139620_001))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: 'Request has expired',
      elements: { Expires: '2007-03-29T03:40:20Z', ServerTime: '2007-03-29T03:40:20Z' },
    })
  })

  test('nothing may be added to it', () => {
    expect(refusalOf(() => claim({}, 1175139620_000, '&x-amz-acl=public-read')).code).toBe('AccessDenied')
  })
})
