// biome-ignore-all lint/suspicious/noTemplateCurlyInString: forms write their variable so
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import { scopeRules } from '../../src/sigv4/credential.ts'
import { checkPostPolicy } from '../../src/sigv4/post-conditions.ts'
import {
  type PostClaim,
  postClaim,
  postForm,
  requireField,
  verifyPostClaim,
} from '../../src/sigv4/post-form.ts'
import { parsePostPolicy } from '../../src/sigv4/post-policy.ts'
import { createSigningKeys, signingKey } from '../../src/sigv4/sign.ts'
import { sigV2Signature } from '../../src/sigv4/sigv2.ts'
import { refusalOf } from './refusals.ts'
import { loadVectors, secretOf } from './vectors.ts'

type Field = readonly [name: string, value: string]

interface PostVector {
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly policyText: string
  readonly policyBase64: string
  readonly signingKeyHex: string
  readonly signature: string
  readonly formFields: readonly Field[]
  readonly expectedKey: string
}

const vector = loadVectors<PostVector>('s3-post-policy')[0]!
const rules = { scope: scopeRules(['us-east-1']), sigV2: 'accepted' } as const
const keys = () => createSigningKeys({ max: 10 })

describe('AWS’s documented form', () => {
  const form = postForm(vector.formFields, 'MyFilename.jpg')
  const claim = postClaim(form, rules)

  test('signing key and signature', () => {
    const scope = { date: '20151229', region: 'us-east-1', service: 's3' }
    expect(signingKey(secretOf(vector), scope).toString('hex')).toBe(vector.signingKeyHex)
    expect(claim).toMatchObject({
      kind: 'sigv4',
      credential: { accessKey: 'AKIAIOSFODNN7EXAMPLE' },
      policy: vector.policyBase64,
      signature: vector.signature,
    })
    expect(() => verifyPostClaim(claim, secretOf(vector), keys())).not.toThrow()
  })

  test('policy and conditions', () => {
    const policy = parsePostPolicy(vector.policyBase64)
    expect(policy.expiration).toBe(Date.UTC(2015, 11, 30, 12))
    const context = { bucket: 'sigv4examplebucket', now: Date.UTC(2015, 11, 29) }
    expect(checkPostPolicy(policy, form, context)).toEqual({ min: 0, max: Number.MAX_SAFE_INTEGER })
    expect(form.fields.get('key')).toBe(vector.expectedKey)
    expect(refusalOf(() => checkPostPolicy(policy, form, { ...context, bucket: 'another' })).message).toBe(
      'Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "sigv4examplebucket"]',
    )
  })

  test('another secret, an unknown key', () => {
    expect(refusalOf(() => verifyPostClaim(claim, new Secret('another'), keys()))).toEqual({
      code: 'SignatureDoesNotMatch',
      status: 403,
      message:
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      elements: {
        AWSAccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        StringToSign: vector.policyBase64,
        SignatureProvided: vector.signature,
        StringToSignBytes: (Buffer.from(vector.policyBase64).toString('hex').match(/../g) ?? []).join(' '),
      },
    })
    expect(refusalOf(() => verifyPostClaim(claim, undefined, keys())).code).toBe('InvalidAccessKeyId')
  })

  test('every character of the policy counts', () => {
    const policy = `${vector.policyBase64.slice(0, -4)}fQ==`
    const changed = { ...claim, policy } as PostClaim
    expect(refusalOf(() => verifyPostClaim(changed, secretOf(vector), keys())).code).toBe(
      'SignatureDoesNotMatch',
    )
  })
})

const SIGV4_FIELDS: readonly Field[] = [
  ['policy', 'e30='],
  ['x-amz-algorithm', 'AWS4-HMAC-SHA256'],
  ['x-amz-credential', 'KEY/20151229/us-east-1/s3/aws4_request'],
  ['x-amz-date', '20151229T000000Z'],
  ['x-amz-signature', 'ab'.repeat(32)],
]
const SIGV2_FIELDS: readonly Field[] = [
  ['policy', 'e30='],
  ['AWSAccessKeyId', 'KEY'],
  ['signature', 'frJIUN8DYpKDtOLCwo//yllqDzg='],
]
const PROJECT = 'a529d1e9-0123-4567-89ab-cdef01233c37'

const changed = (fields: readonly Field[], name: string, value: string | null): readonly Field[] =>
  fields.flatMap((field) =>
    field[0].toLowerCase() !== name.toLowerCase()
      ? [field]
      : value === null
        ? []
        : [[field[0], value] as const],
  )
const claimOf = (fields: readonly Field[], sigV2: 'accepted' | 'refused' = 'accepted') =>
  postClaim(postForm(fields, null), { ...rules, sigV2 })

describe('who signed', () => {
  test.each([`KEY@${PROJECT}`, `KEY%40${PROJECT}`])('%s names a project', (key) => {
    const scope = '20151229/us-east-1/s3/aws4_request'
    expect(claimOf(changed(SIGV4_FIELDS, 'x-amz-credential', `${key}/${scope}`))).toMatchObject({
      credential: { accessKey: 'KEY', projectId: PROJECT },
    })
    expect(claimOf(changed(SIGV2_FIELDS, 'AWSAccessKeyId', key))).toMatchObject({
      accessKey: 'KEY',
      projectId: PROJECT,
    })
  })

  test('field names are read in any case', () => {
    expect(claimOf(SIGV4_FIELDS.map(([name, value]) => [name.toUpperCase(), value])).kind).toBe('sigv4')
    expect(claimOf(SIGV2_FIELDS.map(([name, value]) => [name.toLowerCase(), value])).kind).toBe('sigv2')
  })

  test.each<[string, readonly Field[], string]>([
    ...(['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature', 'policy'] as const).flatMap(
      (name): [string, readonly Field[], string][] => [
        [`no ${name}`, changed(SIGV4_FIELDS, name, null), name],
        [`empty ${name}`, changed(SIGV4_FIELDS, name, ''), name],
      ],
    ),
    ...(['AWSAccessKeyId', 'Signature', 'policy'] as const).map(
      (name): [string, readonly Field[], string] => [
        `SigV2 without ${name}`,
        changed(SIGV2_FIELDS, name, null),
        name,
      ],
    ),
    [
      'algorithm and credential missing',
      changed(changed(SIGV4_FIELDS, 'x-amz-algorithm', null), 'x-amz-credential', null),
      'X-Amz-Algorithm',
    ],
  ])('%s', (_, fields, name) => {
    expect(refusalOf(() => claimOf(fields))).toEqual({
      code: 'InvalidArgument',
      status: 400,
      message: `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
      elements: { ArgumentName: name, ArgumentValue: '' },
    })
  })

  test.each<[string, string, string, Record<string, string>]>([
    [
      'x-amz-algorithm',
      'AWS4-HMAC-SHA1',
      'Only AWS4-HMAC-SHA256 is supported',
      { ArgumentName: 'X-Amz-Algorithm', ArgumentValue: 'AWS4-HMAC-SHA1' },
    ],
    [
      'x-amz-date',
      'today',
      'X-Amz-Date must be formated via ISO8601 Long format',
      { ArgumentName: 'X-Amz-Date', ArgumentValue: 'today' },
    ],
    ...(
      [
        [
          'KEY/20151229/us-east-1/s3',
          'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
        ],
        [
          'KEY/2015/us-east-1/s3/aws4_request',
          'incorrect date format "2015". This date in the credential must be in the format "yyyyMMdd".',
        ],
        [
          'KEY/20151229/us-east-1/ec2/aws4_request',
          'incorrect service "ec2". This endpoint belongs to "s3".',
        ],
        [
          'KEY/20151229/us-east-1/s3/aws5_request',
          'incorrect terminal "aws5_request". This endpoint uses "aws4_request".',
        ],
        [
          'KEY/20151230/us-east-1/s3/aws4_request',
          'Invalid credential date "20151230". This date is not the same as X-Amz-Date: "20151229".',
        ],
      ] as const
    ).map(([credential, message]): [string, string, string, Record<string, string>] => [
      'x-amz-credential',
      credential,
      message,
      { ArgumentName: 'X-Amz-Credential', ArgumentValue: credential },
    ]),
    [
      'x-amz-credential',
      'KEY/20151229/mars/s3/aws4_request',
      "the region 'mars' is wrong; expecting 'us-east-1'",
      {
        ArgumentName: 'X-Amz-Credential',
        ArgumentValue: 'KEY/20151229/mars/s3/aws4_request',
        Region: 'us-east-1',
      },
    ],
  ])('%s: %s', (name, value, message, elements) => {
    expect(refusalOf(() => claimOf(changed(SIGV4_FIELDS, name, value)))).toEqual({
      code: 'InvalidArgument',
      status: 400,
      message,
      elements,
    })
  })

  test('nobody', () => {
    expect(
      refusalOf(() =>
        claimOf([
          ['key', 'k'],
          ['policy', 'e30='],
        ]),
      ),
    ).toMatchObject({ code: 'AccessDenied', message: 'Access Denied' })
  })

  test('SigV2 where it is off, and both at once', () => {
    expect(refusalOf(() => claimOf(SIGV2_FIELDS, 'refused'))).toMatchObject({
      code: 'InvalidRequest',
      status: 400,
      message: expect.stringContaining('Please use AWS4-HMAC-SHA256.') as string,
    })
    expect(refusalOf(() => claimOf([...SIGV4_FIELDS, ...SIGV2_FIELDS.slice(1)])).code).toBe('InvalidRequest')
  })

  test('a field given twice is refused, in any case', () => {
    expect(
      refusalOf(() =>
        postForm(
          [
            ['acl', 'private'],
            ['Acl', 'public-read'],
          ],
          null,
        ),
      ).code,
    ).toBe('InvalidArgument')
  })

  test('SigV2 is HMAC-SHA1 over the policy', () => {
    const secret = new Secret('secret')
    const good = claimOf(changed(SIGV2_FIELDS, 'signature', sigV2Signature(secret, 'e30=')))
    expect(() => verifyPostClaim(good, secret, keys())).not.toThrow()
    expect(refusalOf(() => verifyPostClaim(good, new Secret('another'), keys())).code).toBe(
      'SignatureDoesNotMatch',
    )
    expect(refusalOf(() => verifyPostClaim(good, undefined, keys())).code).toBe('InvalidAccessKeyId')
  })

  test('a policy with characters beyond ASCII is none, whatever its bytes', () => {
    const folded = String.fromCharCode(...Array.from('e30=', (c) => c.charCodeAt(0) + 0x100))
    expect(refusalOf(() => claimOf(changed(SIGV4_FIELDS, 'policy', folded))).code).toBe(
      'InvalidPolicyDocument',
    )
  })
})

describe('${filename}', () => {
  const key = (value: string, filename: string | null) =>
    requireField(postForm([['key', value]], filename), 'key')
  test.each([
    ['up/${filename}', 'a.jpg', 'up/a.jpg'],
    ['${filename}-${filename}', 'a', 'a-a'],
    ['${filename}', '/etc/a.jpg', 'a.jpg'],
    ['${filename}', 'C:\\Documents\\a.jpg', 'a.jpg'],
    ['${filename}', "$&$'", "$&$'"],
    ['x${filename}', '', 'x'],
    ['x${filename}', null, 'x${filename}'],
    ['${other}', 'a', '${other}'],
  ])('%s of %s is %s', (value, filename, expected) => {
    expect(key(value, filename)).toBe(expected)
  })

  test('a key that becomes empty is missing', () => {
    expect(refusalOf(() => key('${filename}', '')).elements).toEqual({
      ArgumentName: 'key',
      ArgumentValue: '',
    })
  })
})
