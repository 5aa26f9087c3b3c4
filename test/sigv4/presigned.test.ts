import { describe, expect, test } from 'vitest'
import { checkScope, scopeRules } from '../../src/sigv4/credential.ts'
import {
  checkPresignedTime,
  LONGEST_EXPIRY_SECONDS,
  parsePresigned,
  presignedPayloadHash,
} from '../../src/sigv4/presigned.ts'
import { refusalOf } from './refusals.ts'

const TIME = Date.UTC(2013, 4, 24)
const PROJECT = 'a529d1e9-0123-4567-89ab-cdef01233c37'
const GOOD: Readonly<Record<string, string>> = {
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': 'KEY/20130524/eu-test-1/s3/aws4_request',
  'X-Amz-Date': '20130524T000000Z',
  'X-Amz-Expires': '3600',
  'X-Amz-SignedHeaders': 'host',
  'X-Amz-Signature': 'ab'.repeat(32),
}
const rules = scopeRules(['eu-test-1'])

const query = (changes: Readonly<Record<string, string | null>> = {}) =>
  Object.entries({ ...GOOD, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null)

function judge(
  parameters: readonly [string, string][],
  now = TIME,
  maxExpiresSeconds = LONGEST_EXPIRY_SECONDS,
): void {
  const presigned = parsePresigned(parameters, { maxExpiresSeconds })
  checkScope(presigned.credential, 'query', rules)
  checkPresignedTime(presigned, now)
}

test('a good URL is taken apart, and only the signature leaves the query', () => {
  const presigned = parsePresigned([['versionId', 'a'], ...query()], { maxExpiresSeconds: 3600 })
  expect(presigned).toMatchObject({
    credential: { accessKey: 'KEY', projectId: null, region: 'eu-test-1' },
    signedHeaders: ['host'],
    signature: 'ab'.repeat(32),
    date: { time: TIME },
    expiresSeconds: 3600,
  })
  expect(presigned.signedQuery.map(([name]) => name)).toEqual([
    'versionId',
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Expires',
    'X-Amz-SignedHeaders',
  ])
})

test('a project is named with @ once decoded, and refused where it was encoded twice', () => {
  const scope = '20130524/eu-test-1/s3/aws4_request'
  const good = query({ 'X-Amz-Credential': `KEY@${PROJECT}/${scope}` })
  expect(parsePresigned(good, { maxExpiresSeconds: 3600 }).credential.projectId).toBe(PROJECT)
  expect(refusalOf(() => judge(query({ 'X-Amz-Credential': `KEY%40${PROJECT}/${scope}` }))).message).toBe(
    'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
  )
})

describe('AuthorizationQueryParametersError', () => {
  const MISSING =
    'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.'
  const IN_CREDENTIAL = 'Error parsing the X-Amz-Credential parameter; '
  const credential = (text: string) => ({ 'X-Amz-Credential': text })
  const WEEK =
    'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds'

  test.each<[string, Record<string, string | null>, string]>([
    ...Object.keys(GOOD).map(
      (name) => [`no ${name}`, { [name]: null }, MISSING] as [string, Record<string, null>, string],
    ),
    ...Object.keys(GOOD).map(
      (name) => [`empty ${name}`, { [name]: '' }, MISSING] as [string, Record<string, string>, string],
    ),
    [
      'another algorithm',
      { 'X-Amz-Algorithm': 'AWS4-HMAC-SHA1' },
      'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"',
    ],
    [
      'malformed credential',
      credential('KEY/20130524/eu-test-1/s3'),
      `${IN_CREDENTIAL}the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`,
    ],
    [
      'wrong service',
      credential('KEY/20130524/eu-test-1/ec2/aws4_request'),
      `${IN_CREDENTIAL}incorrect service "ec2". This endpoint belongs to "s3".`,
    ],
    [
      'wrong terminal',
      credential('KEY/20130524/eu-test-1/s3/aws5_request'),
      `${IN_CREDENTIAL}incorrect terminal "aws5_request". This endpoint uses "aws4_request".`,
    ],
    [
      'wrong date format',
      credential('KEY/2013-5-24/eu-test-1/s3/aws4_request'),
      `${IN_CREDENTIAL}incorrect date format "2013-5-24". This date in the credential must be in the format "yyyyMMdd".`,
    ],
    [
      'date of another day',
      credential('KEY/20130525/eu-test-1/s3/aws4_request'),
      'Invalid credential date "20130525". This date is not the same as X-Amz-Date: "20130524".',
    ],
    [
      'a date in HTTP’s format',
      { 'X-Amz-Date': 'Fri, 24 May 2013 00:00:00 GMT' },
      `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`,
    ],
    [
      'header names in upper case',
      { 'X-Amz-SignedHeaders': 'Host' },
      'X-Amz-SignedHeaders must be a list of lower-case header names separated by ";"',
    ],
    ['expiry that is no number', { 'X-Amz-Expires': 'soon' }, 'X-Amz-Expires should be a number'],
    ['expiry with a fraction', { 'X-Amz-Expires': '1.5' }, 'X-Amz-Expires should be a number'],
    ['expiry with a plus', { 'X-Amz-Expires': '+5' }, 'X-Amz-Expires should be a number'],
    ['expiry in hex', { 'X-Amz-Expires': '0x10' }, 'X-Amz-Expires should be a number'],
    ['negative expiry', { 'X-Amz-Expires': '-1' }, 'X-Amz-Expires must be non-negative'],
    ['no time at all', { 'X-Amz-Expires': '0' }, 'X-Amz-Expires must be at least 1 second'],
    ['a week and a second', { 'X-Amz-Expires': '604801' }, WEEK],
    ['for ever', { 'X-Amz-Expires': '9'.repeat(400) }, WEEK],
  ])('%s', (_, changes, message) => {
    expect(refusalOf(() => judge(query(changes)))).toEqual({
      code: 'AuthorizationQueryParametersError',
      status: 400,
      message,
      elements: {},
    })
  })

  test('wrong region names ours', () => {
    expect(refusalOf(() => judge(query(credential('KEY/20130524/mars/s3/aws4_request'))))).toEqual({
      code: 'AuthorizationQueryParametersError',
      status: 400,
      message: `${IN_CREDENTIAL}the region "mars" is wrong; expecting "eu-test-1"`,
      elements: { Region: 'eu-test-1' },
    })
  })

  test('the maximum can be set lower', () => {
    expect(() => judge(query({ 'X-Amz-Expires': '60' }), TIME, 60)).not.toThrow()
    expect(refusalOf(() => judge(query({ 'X-Amz-Expires': '61' }), TIME, 60)).message).toBe(
      'X-Amz-Expires must be less than the maximum; that is, the given X-Amz-Expires must be less than 60 seconds',
    )
  })
})

test.each(['1', '604800'])('%s seconds are accepted', (seconds) => {
  expect(() => judge(query({ 'X-Amz-Expires': seconds }))).not.toThrow()
})

test('ECDSA is known and not implemented', () => {
  expect(refusalOf(() => judge(query({ 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' })))).toMatchObject({
    code: 'NotImplemented',
    status: 501,
  })
})

test.each(Object.entries(GOOD))('a second %s is refused', (name, value) => {
  expect(refusalOf(() => judge([...query(), [name, value]]))).toMatchObject({
    code: 'InvalidArgument',
    elements: { ArgumentName: name },
  })
})

describe('time', () => {
  test.each([-15 * 60_000, 0, 3_600_000])('%d ms after its date a URL is good', (after) => {
    expect(() => judge(query(), TIME + after)).not.toThrow()
  })

  test('more than 15 minutes early it is not valid yet', () => {
    expect(refusalOf(() => judge(query(), TIME - 15 * 60_000 - 1))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: 'Request is not valid yet',
      elements: {},
    })
  })

  test('a millisecond late it has expired', () => {
    expect(refusalOf(() => judge(query(), TIME + 3_600_001))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: 'Request has expired',
      elements: {
        'X-Amz-Expires': '3600',
        Expires: '2013-05-24T01:00:00Z',
        ServerTime: '2013-05-24T01:00:00Z',
      },
    })
  })
})

describe('payload', () => {
  const hash = 'cd'.repeat(32)
  const other = 'ef'.repeat(32)
  test.each<[string, [string, string][], [string, string][], string]>([
    ['neither', [], [], 'UNSIGNED-PAYLOAD'],
    ['query', [['X-Amz-Content-Sha256', hash]], [], hash],
    ['header', [], [['x-amz-content-sha256', hash]], hash],
    ['both, the same', [['X-Amz-Content-Sha256', hash]], [['x-amz-content-sha256', hash]], hash],
  ])('%s', (_, parameters, headers, expected) => {
    expect(presignedPayloadHash(parameters, new Map(headers))).toBe(expected)
  })

  test('both, not the same', () => {
    expect(
      refusalOf(() =>
        presignedPayloadHash([['X-Amz-Content-Sha256', hash]], new Map([['x-amz-content-sha256', other]])),
      ),
    ).toMatchObject({ code: 'InvalidArgument', elements: { ArgumentName: 'x-amz-content-sha256' } })
  })
})
