/**
 * Every row of the table of AWS's errors that is about signatures and bodies, provoked: status, code, message and the
 * names of extra elements are the table's. Rows of other layers are listed, so that a new row belongs somewhere.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import { parseAuthorizationHeader } from '../../src/sigv4/authorization.ts'
import type { BodyExpectation } from '../../src/sigv4/body-expectation.ts'
import { bodyExpectation } from '../../src/sigv4/body-expectation.ts'
import { type Checksums, loadChecksums } from '../../src/sigv4/checksum.ts'
import { declaredChecksum, declaredMd5 } from '../../src/sigv4/checksum-headers.ts'
import { checkScope, requireCredential, scopeRules } from '../../src/sigv4/credential.ts'
import { mechanismOf } from '../../src/sigv4/mechanism.ts'
import { parsePayloadMode, refuseStreaming, requirePayloadMode } from '../../src/sigv4/payload.ts'
import { checkPostLength, checkPostPolicy } from '../../src/sigv4/post-conditions.ts'
import { postClaim, postForm } from '../../src/sigv4/post-form.ts'
import { checkPresignedTime, parsePresigned } from '../../src/sigv4/presigned.ts'
import { checkSkew, parseRequestDate, requestDate } from '../../src/sigv4/request-date.ts'
import { createSigningKeys } from '../../src/sigv4/sign.ts'
import { requireSigned } from '../../src/sigv4/signed-headers.ts'
import { checkHeaderTime, verifySignature } from '../../src/sigv4/verify.ts'
import { run, SEED, signedBody } from './bodies.ts'
import { refusalOf } from './refusals.ts'
import { loadData } from './vectors.ts'

interface Row {
  readonly code: string
  readonly status: number
  readonly message: string
  readonly elements: readonly string[]
}

let checksums: Checksums
beforeAll(async () => {
  checksums = await loadChecksums()
})

const rows = Object.values(loadData<Record<string, readonly Row[]>>('s3-errors.json')).find(Array.isArray)!
const rules = scopeRules(['Y'])
const DATE = parseRequestDate('20130524T000000Z')!
const HEX = 'ab'.repeat(32)

const header = (credential: string) =>
  `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${HEX}`
const judgeHeader = (value: string): void => {
  const parsed = parseAuthorizationHeader(value)
  if (parsed.kind === 'sigv4') checkScope(parsed.credential, 'header', rules)
  if (parsed.kind === 'sigv4') checkHeaderTime(parsed.credential, DATE, DATE.time)
}

const judgeQuery = (changes: Record<string, string>, now = DATE.time): void => {
  const parameters = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'KEY/20130524/Y/s3/aws4_request',
    'X-Amz-Date': DATE.iso,
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': HEX,
    ...changes,
  }
  const presigned = parsePresigned(Object.entries(parameters), { maxExpiresSeconds: 604_800 })
  checkScope(presigned.credential, 'query', rules)
  checkPresignedTime(presigned, now)
}

const verify = (secret: Secret | undefined): unknown =>
  verifySignature(
    {
      credential: requireCredential('KEY/20130524/Y/s3/aws4_request', 'header', rules),
      date: DATE,
      signature: HEX,
      request: {
        method: 'GET',
        canonicalPath: '/',
        query: [],
        headers: new Map([['host', 'h']]),
        signedHeaders: ['host'],
        payloadHash: 'UNSIGNED-PAYLOAD',
      },
    },
    secret,
    createSigningKeys({ max: 1 }),
  )

const body = (changes: Partial<BodyExpectation>, ...pieces: (Buffer | string)[]): unknown =>
  run(
    {
      envelope: { kind: 'identity', sha256: null },
      wireLength: null,
      decodedLength: 5,
      lengthIs: 'exactly',
      md5: null,
      checksum: { kind: 'none' },
      ...changes,
    },
    pieces.map((piece) => Buffer.from(piece as string)),
    checksums,
  )

const declare = (headers: Record<string, string>, mode = 'UNSIGNED-PAYLOAD'): unknown =>
  declaredChecksum(new Map(Object.entries(headers)), parsePayloadMode(mode), new Set())

const policy = (fields: readonly (readonly [string, string])[], expiration: number): unknown =>
  checkPostPolicy({ expiration, conditions: [] }, postForm(fields, null), { bucket: 'b', now: 1 })

/** How each row is provoked, by `code: message`. */
const PROVOKED: Readonly<Record<string, () => unknown>> = {
  'AccessDenied: Access Denied': () => postClaim(postForm([], null), { scope: rules, sigV2: 'refused' }),
  'AccessDenied: There were headers present in the request which were not signed': () =>
    requireSigned(new Map([['x-amz-acl', 'private']]), ['host']),
  'AccessDenied: Request has expired': () => judgeQuery({}, DATE.time + 61_000),
  'AccessDenied: Request is not valid yet': () => judgeQuery({}, DATE.time - 901_000),
  'AccessDenied: AWS authentication requires a valid Date or x-amz-date header': () => requestDate(new Map()),
  'AccessDenied: Invalid according to Policy: Policy expired.': () => policy([], 0),
  'AccessDenied: Invalid according to Policy: Extra input fields: <name>': () => policy([['<name>', '']], 2),
  'InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.': () =>
    verify(undefined),
  'SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.':
    () => verify(new Secret('secret')),
  'RequestTimeTooSkewed: The difference between the request time and the current time is too large.': () =>
    checkSkew(DATE, 0),
  "AuthorizationHeaderMalformed: The authorization header is malformed; the region 'X' is wrong; expecting 'Y'":
    () => judgeHeader(header('KEY/20130524/X/s3/aws4_request')),
  'AuthorizationHeaderMalformed: The authorization header is malformed; missing Credential.': () =>
    judgeHeader(`AWS4-HMAC-SHA256 SignedHeaders=host, Signature=${HEX}`),
  'AuthorizationHeaderMalformed: The authorization header is malformed; missing SignedHeaders.': () =>
    judgeHeader(`AWS4-HMAC-SHA256 Credential=KEY/20130524/Y/s3/aws4_request, Signature=${HEX}`),
  'AuthorizationHeaderMalformed: The authorization header is malformed; missing Signature.': () =>
    judgeHeader('AWS4-HMAC-SHA256 Credential=KEY/20130524/Y/s3/aws4_request, SignedHeaders=host'),
  'AuthorizationHeaderMalformed: The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".':
    () => judgeHeader(header('KEY')),
  'AuthorizationHeaderMalformed: The authorization header is malformed; incorrect service "X". This endpoint belongs to "s3".':
    () => judgeHeader(header('KEY/20130524/Y/X/aws4_request')),
  'AuthorizationHeaderMalformed: The authorization header is malformed; incorrect terminal "X". This endpoint uses "aws4_request".':
    () => judgeHeader(header('KEY/20130524/Y/s3/X')),
  'AuthorizationHeaderMalformed: The authorization header is malformed; incorrect date format "X". This date in the credential must be in the format "yyyyMMdd".':
    () => judgeHeader(header('KEY/X/Y/s3/aws4_request')),
  'AuthorizationHeaderMalformed: The authorization header is malformed; Invalid credential date. Date is not the same as X-Amz-Date.':
    () => judgeHeader(header('KEY/20130525/Y/s3/aws4_request')),
  'AuthorizationHeaderMalformed: The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.':
    () => judgeHeader('AWS4-HMAC-SHA256 Credential=KEY/20130524/Y/s3/aws4_request'),
  'AuthorizationQueryParametersError: Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.':
    () => judgeQuery({ 'X-Amz-Date': '' }),
  'AuthorizationQueryParametersError: Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".':
    () => judgeQuery({ 'X-Amz-Credential': 'KEY' }),
  'AuthorizationQueryParametersError: Error parsing the X-Amz-Credential parameter; the region "X" is wrong; expecting "Y"':
    () => judgeQuery({ 'X-Amz-Credential': 'KEY/20130524/X/s3/aws4_request' }),
  'AuthorizationQueryParametersError: X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds':
    () => judgeQuery({ 'X-Amz-Expires': '604801' }),
  'AuthorizationQueryParametersError: X-Amz-Expires must be non-negative': () =>
    judgeQuery({ 'X-Amz-Expires': '-1' }),
  'AuthorizationQueryParametersError: X-Amz-Expires should be a number': () =>
    judgeQuery({ 'X-Amz-Expires': 'x' }),
  "AuthorizationQueryParametersError: X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"":
    () => judgeQuery({ 'X-Amz-Date': 'x' }),
  'AuthorizationQueryParametersError: Invalid credential date "X". This date is not the same as X-Amz-Date: "Y".':
    () => judgeQuery({ 'X-Amz-Credential': 'KEY/20130525/Y/s3/aws4_request' }),
  'AuthorizationQueryParametersError: X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"':
    () => judgeQuery({ 'X-Amz-Algorithm': 'x' }),
  "InvalidArgument: Authorization header is invalid -- one and only one ' ' (space) required.": () =>
    judgeHeader('x'),
  'InvalidArgument: Unsupported Authorization Type': () => judgeHeader('x y'),
  'InvalidArgument: Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified':
    () => mechanismOf(new Map([['authorization', 'x']]), [['Signature', 'x']]),
  'InvalidArgument: x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.':
    () => parsePayloadMode('x'),
  'InvalidRequest: Missing required header for this request: x-amz-content-sha256': () =>
    requirePayloadMode(undefined),
  'InvalidRequest: The value of x-amz-content-sha256 header is invalid.': () =>
    refuseStreaming(parsePayloadMode('STREAMING-UNSIGNED-PAYLOAD-TRAILER')),
  'InvalidRequest: x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.':
    () => declare({ 'x-amz-sdk-checksum-algorithm': 'CRC32' }),
  'InvalidRequest: Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.': () =>
    declare({ 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' }),
  'InvalidRequest: Value for x-amz-checksum-crc32 header is invalid.': () =>
    declare({ 'x-amz-checksum-crc32': 'x' }),
  'InvalidRequest: Value for x-amz-checksum-crc32 trailing header is invalid.': () =>
    body(
      { envelope: { kind: 'unsigned-trailer' }, checksum: { kind: 'trailer', algorithm: 'CRC32' } },
      '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:x\r\n\r\n',
    ),
  'InvalidRequest: The value specified in the x-amz-trailer header is not supported': () =>
    declare({ 'x-amz-trailer': 'x' }, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'),
  "XAmzContentSHA256Mismatch: The provided 'x-amz-content-sha256' header does not match what was computed.":
    () => body({ envelope: { kind: 'identity', sha256: HEX } }, 'hello'),
  'BadDigest: The Content-MD5 you specified did not match what we received.': () =>
    body({ md5: Buffer.alloc(16) }, 'hello'),
  'BadDigest: The CRC32 you specified did not match the calculated checksum.': () =>
    body({ checksum: { kind: 'header', algorithm: 'CRC32', value: Buffer.alloc(4) } }, 'hello'),
  'InvalidDigest: The Content-MD5 you specified was invalid.': () =>
    declaredMd5(new Map([['content-md5', 'x']])),
  'IncompleteBody: You did not provide the number of bytes specified by the Content-Length HTTP header': () =>
    body({}, 'hell'),
  'IncompleteBody: The request body terminated unexpectedly': () =>
    body({ envelope: { kind: 'unsigned-trailer' } }, '5\r\nhel'),
  'InvalidChunkSizeError: Only the last chunk is allowed to have a size less than 8192 bytes': () =>
    body(
      { envelope: { kind: 'signed-chunks', seed: SEED }, decodedLength: 2 },
      signedBody([Buffer.from('a'), Buffer.from('b'), Buffer.alloc(0)]),
    ),
  'MalformedTrailerError: The request contained trailing data that was not well-formed or did not conform to our published schema.':
    () => body({ envelope: { kind: 'unsigned-trailer' } }, '5\r\nhello\r\n0\r\nx\r\n\r\n'),
  'MissingContentLength: You must provide the Content-Length HTTP header.': () =>
    bodyExpectation({
      headers: new Map(),
      hoisted: new Set(),
      mode: { kind: 'unsigned' },
      seed: null,
      checksumOf: 'body',
    }),
  'EntityTooLarge: Your proposed upload exceeds the maximum allowed size': () =>
    checkPostLength({ min: 0, max: 1 }, 2),
  'EntityTooSmall: Your proposed upload is smaller than the minimum allowed size': () =>
    checkPostLength({ min: 2, max: 3 }, 1),
}

/** Codes, and `code: message`, of what is refused elsewhere. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'InvalidArgument: You can only specify a copy source header for copy requests.',
  'InvalidArgument: This operation does not accept partNumber without uploadId',
  'InvalidArgument: Conflicting query string parameters: acl, policy',
  'InvalidRequest: The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  'InvalidRequest: Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
  'MissingSecurityHeader',
  'UnexpectedContent',
  'ExpiredToken',
  'InvalidToken',
  'MethodNotAllowed',
  'NotImplemented',
  'NoSuchBucket',
  'NoSuchKey',
  'InvalidBucketName',
  'KeyTooLongError',
  'InvalidURI',
  'SlowDown',
  'InternalError',
  'ServiceUnavailable',
  'MalformedXML',
])

const titled = rows.map((row) => ({ ...row, title: `${row.code}: ${row.message}` }))
const ours = titled.filter(({ title, code }) => !ELSEWHERE.has(title) && !ELSEWHERE.has(code))

test('every row of ours is provoked, and nothing else', () => {
  expect(new Set(Object.keys(PROVOKED))).toEqual(new Set(ours.map(({ title }) => title)))
})

describe.each(ours)('$title', ({ title, code, status, message, elements }) => {
  test('is what AWS answers', () => {
    const refusal = refusalOf(PROVOKED[title]!)
    expect(refusal).toMatchObject({ code, status })
    // The one row whose placeholders are dates.
    const expected = message.replace(
      '"X". This date is not the same as X-Amz-Date: "Y"',
      '"20130525". This date is not the same as X-Amz-Date: "20130524"',
    )
    expect(refusal.message).toBe(expected)
    for (const element of elements) {
      // `Name`, `Name=value` or `Name (remark)`
      const [name = '', value] = element.replace(/ \(.*$/, '').split('=')
      expect(Object.keys(refusal.elements)).toContain(name)
      if (value !== undefined) expect(refusal.elements[name]).toBe(value)
    }
  })
})
