import { describe, expect, test } from 'vitest'
import { parseAuthorizationHeader } from '../../src/sigv4/authorization.ts'
import { checkScope, scopeRules } from '../../src/sigv4/credential.ts'
import { parseRequestDate } from '../../src/sigv4/request-date.ts'
import { checkHeaderTime } from '../../src/sigv4/verify.ts'
import { refusalOf } from './refusals.ts'

const SIGNATURE = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'
const PROJECT = 'a529d1e9-0123-4567-89ab-cdef01233c37'
const SCOPE = '20130524/eu-test-1/s3/aws4_request'
const rules = scopeRules(['eu-test-1', 'eu-test-2'])

/** A good header, with pieces exchanged. */
const header = (pieces: { credential?: string; signedHeaders?: string; separator?: string } = {}) =>
  [
    `AWS4-HMAC-SHA256 Credential=${pieces.credential ?? `KEY/${SCOPE}`}`,
    `SignedHeaders=${pieces.signedHeaders ?? 'host;x-amz-date'}`,
    `Signature=${SIGNATURE}`,
  ].join(pieces.separator ?? ', ')

/** What the gate does with a header before it looks at keys. */
function judge(value: string): void {
  const parsed = parseAuthorizationHeader(value)
  if (parsed.kind !== 'sigv4') return
  checkScope(parsed.credential, 'header', rules)
  const now = Date.UTC(2013, 4, 24)
  checkHeaderTime(parsed.credential, parseRequestDate('20130524T000000Z')!, now)
}

describe('accepted', () => {
  test.each([', ', ',', ',  '])('separator %j', (separator) => {
    expect(parseAuthorizationHeader(header({ separator }))).toEqual({
      kind: 'sigv4',
      credential: {
        accessKey: 'KEY',
        projectId: null,
        given: `KEY/${SCOPE}`,
        givenKey: 'KEY',
        date: '20130524',
        region: 'eu-test-1',
        service: 's3',
        terminal: 'aws4_request',
      },
      signedHeaders: ['host', 'x-amz-date'],
      signature: SIGNATURE,
    })
  })

  test('components in another order', () => {
    const value = `AWS4-HMAC-SHA256 Signature=${SIGNATURE},SignedHeaders=host,Credential=KEY/${SCOPE}`
    expect(parseAuthorizationHeader(value)).toMatchObject({ signedHeaders: ['host'], signature: SIGNATURE })
  })

  test.each([`KEY@${PROJECT}`, `KEY%40${PROJECT}`])('project in %s', (key) => {
    expect(parseAuthorizationHeader(header({ credential: `${key}/${SCOPE}` }))).toMatchObject({
      credential: { accessKey: 'KEY', projectId: PROJECT },
    })
    expect(parseAuthorizationHeader(`AWS ${key}:frJIUN8DYpKDtOLCwo//yllqDzg=`)).toEqual({
      kind: 'sigv2',
      accessKey: 'KEY',
      projectId: PROJECT,
      givenKey: key,
      signature: 'frJIUN8DYpKDtOLCwo//yllqDzg=',
    })
  })

  test.each(['eu-test-1', 'eu-test-2', 'us-east-1', 'US'])('region %s', (region) => {
    expect(() => judge(header({ credential: `KEY/20130524/${region}/s3/aws4_request` }))).not.toThrow()
  })
})

const MALFORMED = 'The authorization header is malformed; '
const CREDENTIAL = `${MALFORMED}the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`
const THREE = `${MALFORMED}the authorization header requires three components: Credential, SignedHeaders, and Signature.`

describe('AuthorizationHeaderMalformed', () => {
  test.each<readonly [string, string, string]>([
    ['no Credential', `AWS4-HMAC-SHA256 SignedHeaders=host, Signature=${SIGNATURE}`, 'missing Credential.'],
    [
      'empty Credential',
      `AWS4-HMAC-SHA256 Credential=, SignedHeaders=host, Signature=${SIGNATURE}`,
      'missing Credential.',
    ],
    [
      'misspelt Credential',
      `AWS4-HMAC-SHA256 Credentials=KEY/${SCOPE}, SignedHeaders=host, Signature=${SIGNATURE}`,
      'missing Credential.',
    ],
    [
      'no SignedHeaders',
      `AWS4-HMAC-SHA256 Credential=KEY/${SCOPE}, Signature=${SIGNATURE}`,
      'missing SignedHeaders.',
    ],
    ['no Signature', `AWS4-HMAC-SHA256 Credential=KEY/${SCOPE}, SignedHeaders=host`, 'missing Signature.'],
    [
      'empty Signature',
      `AWS4-HMAC-SHA256 Credential=KEY/${SCOPE}, SignedHeaders=host, Signature=`,
      'missing Signature.',
    ],
    [
      'a component that is none',
      `AWS4-HMAC-SHA256 Credential=KEY/${SCOPE}, SignedHeaders, Signature=${SIGNATURE}`,
      'the authorization component "SignedHeaders" is malformed.',
    ],
    [
      'header names in upper case',
      header({ signedHeaders: 'Host' }),
      'the authorization component "SignedHeaders=Host" is malformed.',
    ],
    [
      'a header named twice',
      header({ signedHeaders: 'host;host' }),
      'the authorization component "SignedHeaders=host;host" is malformed.',
    ],
    [
      'an empty header name',
      header({ signedHeaders: 'host;;x-amz-date' }),
      'the authorization component "SignedHeaders=host;;x-amz-date" is malformed.',
    ],
    [
      'wrong service',
      header({ credential: 'KEY/20130524/eu-test-1/ec2/aws4_request' }),
      'incorrect service "ec2". This endpoint belongs to "s3".',
    ],
    [
      'wrong terminal',
      header({ credential: 'KEY/20130524/eu-test-1/s3/aws5_request' }),
      'incorrect terminal "aws5_request". This endpoint uses "aws4_request".',
    ],
    [
      'all of it wrong: the terminal is named',
      header({ credential: 'KEY/x/mars/ec2/aws5_request' }),
      'incorrect terminal "aws5_request". This endpoint uses "aws4_request".',
    ],
    [
      'all but the terminal wrong: the service is named',
      header({ credential: 'KEY/x/mars/ec2/aws4_request' }),
      'incorrect service "ec2". This endpoint belongs to "s3".',
    ],
    ...['2013052', '2013-05-24', '20131324', 'yyyyMMdd', ''].map(
      (date) =>
        [
          `date ${date}`,
          header({ credential: `KEY/${date}/eu-test-1/s3/aws4_request` }),
          `incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`,
        ] as const,
    ),
    [
      'date of another day',
      header({ credential: 'KEY/20130525/eu-test-1/s3/aws4_request' }),
      'Invalid credential date. Date is not the same as X-Amz-Date.',
    ],
  ])('%s', (_, value, message) => {
    expect(refusalOf(() => judge(value))).toEqual({
      code: 'AuthorizationHeaderMalformed',
      status: 400,
      message: MALFORMED + message,
      elements: {},
    })
  })

  test.each([
    ['only the algorithm’s word', 'AWS4-HMAC-SHA256 Signature=x'],
    ['a fourth component', `${header()}, Extra=1`],
    ['a component twice', `${header()}, Signature=${SIGNATURE}`],
    ['a comma behind', `${header()},`],
  ])('%s', (_, value) => {
    expect(refusalOf(() => judge(value)).message).toBe(THREE)
  })

  test.each([
    ['four parts', 'KEY/20130524/eu-test-1/s3'],
    ['six parts', `KEY/KEY/${SCOPE}`],
    ['short key', `K/${SCOPE}`],
    ['no key', `/${SCOPE}`],
    ['empty project', `KEY@/${SCOPE}`],
    ['no UUID', `SCWVD8M2PZA01RWVNG9AR@a529d1e90-3c37/${SCOPE}`],
    ['two projects', `KEY@${PROJECT}@${PROJECT}/${SCOPE}`],
    ['encoded twice', `KEY%2540${PROJECT}/${SCOPE}`],
  ])('credential: %s', (_, credential) => {
    expect(refusalOf(() => judge(header({ credential })))).toMatchObject({ status: 400, message: CREDENTIAL })
  })

  test('region and date wrong: the region is named', () => {
    const { message } = refusalOf(() => judge(header({ credential: 'KEY/x/mars/s3/aws4_request' })))
    expect(message).toContain("the region 'mars' is wrong")
  })

  test('wrong region names ours', () => {
    expect(refusalOf(() => judge(header({ credential: 'KEY/20130524/mars/s3/aws4_request' })))).toEqual({
      code: 'AuthorizationHeaderMalformed',
      status: 400,
      message: `${MALFORMED}the region 'mars' is wrong; expecting 'eu-test-1'`,
      elements: { Region: 'eu-test-1' },
    })
  })
})

describe('InvalidArgument', () => {
  const SPACE = "Authorization header is invalid -- one and only one ' ' (space) required."
  test.each([
    ['AWS4-HMAC-SHA256', SPACE],
    ['AWS4-HMAC-SHA256 ', SPACE],
    ['', SPACE],
    [' AWS', SPACE],
    ['Bearer token', 'Unsupported Authorization Type'],
    ['Basic dTpw', 'Unsupported Authorization Type'],
    ['AWS4-HMAC-SHA512 Credential=x', 'Unsupported Authorization Type'],
    ['aws4-hmac-sha256 Credential=x', 'Unsupported Authorization Type'],
    ['AWS KEY', 'AWS authorization header is invalid.  Expected AwsAccessKeyId:signature'],
    ['AWS KEY:', 'AWS authorization header is invalid.  Expected AwsAccessKeyId:signature'],
    ['AWS :x', 'AWS authorization header is invalid.  Expected AwsAccessKeyId:signature'],
  ])('%j', (value, message) => {
    expect(refusalOf(() => judge(value))).toEqual({
      code: 'InvalidArgument',
      status: 400,
      message,
      elements: { ArgumentName: 'Authorization', ArgumentValue: value },
    })
  })
})

test('ECDSA is known and not implemented', () => {
  expect(
    refusalOf(() => judge(header().replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'))),
  ).toMatchObject({ code: 'NotImplemented', status: 501 })
})
