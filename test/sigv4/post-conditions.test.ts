// biome-ignore-all lint/suspicious/noTemplateCurlyInString: forms write their variable so
import { describe, expect, test } from 'vitest'
import { checkPostLength, checkPostPolicy } from '../../src/sigv4/post-conditions.ts'
import { postForm } from '../../src/sigv4/post-form.ts'
import { parsePostPolicy } from '../../src/sigv4/post-policy.ts'
import { refusalOf } from './refusals.ts'

type Field = readonly [name: string, value: string]

/** Fields that no condition needs to cover. */
const SIGNATURE: readonly Field[] = [
  ['policy', 'e30='],
  ['x-amz-signature', 'ab'.repeat(32)],
]

describe('conditions', () => {
  const NOW = Date.UTC(2029, 0, 1)
  const judge = (conditions: unknown, fields: readonly Field[], now = NOW) =>
    checkPostPolicy(
      parsePostPolicy(
        Buffer.from(JSON.stringify({ expiration: '2030-01-01T00:00:00Z', conditions })).toString('base64'),
      ),
      postForm([...fields, ...SIGNATURE], 'f.jpg'),
      { bucket: 'bucket', now },
    )

  test.each<[string, unknown, readonly Field[]]>([
    ['an object', [{ acl: 'private' }], [['acl', 'private']]],
    ['eq', [['eq', '$acl', 'private']], [['acl', 'private']]],
    ['starts-with', [['starts-with', '$key', 'user/']], [['key', 'user/a']]],
    ['starts-with nothing', [['starts-with', '$key', '']], [['key', 'anything']]],
    ['an operation in other letters', [['StArTs-WiTh', '$key', 'user/']], [['key', 'user/a']]],
    ['a name in other letters', [['eq', '$X-Amz-Meta-A', 'b']], [['x-amz-meta-a', 'b']]],
    ['key with its file name', [['eq', '$key', 'up/f.jpg']], [['key', 'up/${filename}']]],
    ['one content type', [['starts-with', '$Content-Type', 'image/']], [['Content-Type', 'image/png']]],
    [
      'a list of content types',
      [['starts-with', '$Content-Type', 'image/']],
      [['Content-Type', 'image/png, image/jpeg,image/gif']],
    ],
    ['the bucket of the request', [{ bucket: 'bucket' }], []],
    ['the bucket, also named', [{ bucket: 'bucket' }], [['bucket', 'bucket']]],
    [
      'fields to ignore',
      [],
      [
        ['x-ignore-me', 'a'],
        ['X-Ignore-', 'b'],
      ],
    ],
    ['the file among the fields', [], [['file', 'a']]],
    [
      'the same field twice',
      [
        ['starts-with', '$key', 'a'],
        ['starts-with', '$key', 'ab'],
      ],
      [['key', 'abc']],
    ],
    ['characters beyond ASCII', [{ 'x-amz-meta-a': 'ü' }], [['x-amz-meta-a', 'ü']]],
  ])('%s', (_, conditions, fields) => {
    expect(() => judge(conditions, fields)).not.toThrow()
  })

  const failed = (text: string) => `Invalid according to Policy: Policy Condition failed: ${text}`
  test.each<[string, unknown, readonly Field[], string]>([
    ['another value', [{ acl: 'private' }], [['acl', 'public-read']], '["eq", "$acl", "private"]'],
    ['another case', [{ acl: 'private' }], [['acl', 'Private']], '["eq", "$acl", "private"]'],
    [
      'another prefix',
      [['starts-with', '$key', 'user/']],
      [['key', 'use/a']],
      '["starts-with", "$key", "user/"]',
    ],
    ['no such field', [['eq', '$acl', 'private']], [], '["eq", "$acl", "private"]'],
    ['no such field, any value', [['starts-with', '$acl', '']], [], '["starts-with", "$acl", ""]'],
    ['no $', [['eq', 'acl', 'private']], [['acl', 'private']], '["eq", "acl", "private"]'],
    [
      'quotes',
      [['eq', '$Content-Disposition', 'a"b']],
      [['content-disposition', 'ab']],
      '["eq", "$Content-Disposition", "a\\"b"]',
    ],
    [
      'one content type of a list',
      [['starts-with', '$Content-Type', 'image/']],
      [['Content-Type', 'image/png,text/html']],
      '["starts-with", "$Content-Type", "image/"]',
    ],
    [
      'a list for eq',
      [['eq', '$Content-Type', 'image/png']],
      [['Content-Type', 'image/png,image/png']],
      '["eq", "$Content-Type", "image/png"]',
    ],
    ['another bucket', [{ bucket: 'other' }], [['bucket', 'other']], '["eq", "$bucket", "other"]'],
    [
      'a bucket that is not the request’s',
      [{ bucket: 'bucket' }],
      [['bucket', 'other']],
      '["eq", "$bucket", "bucket"]',
    ],
    [
      'a file name with a path',
      [['eq', '$key', 'up/f.jpg']],
      [['key', '../${filename}']],
      '["eq", "$key", "up/f.jpg"]',
    ],
    [
      'a range of no numbers',
      [['content-length-range', 'test', '10']],
      [],
      '["content-length-range", "test", "10"]',
    ],
    [
      'the first that fails',
      [{ acl: 'private' }, ['eq', '$key', 'a'], ['eq', '$key', 'b']],
      [
        ['acl', 'private'],
        ['key', 'c'],
      ],
      '["eq", "$key", "a"]',
    ],
  ])('%s fails', (_, conditions, fields, text) => {
    expect(refusalOf(() => judge(conditions, fields))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: failed(text),
      elements: {},
    })
  })

  test.each<[readonly Field[], string]>([
    [[['acl', 'private']], 'acl'],
    [[['StorageClass', 'x']], 'StorageClass'],
    [[['x-amz-algorithm', 'AWS4-HMAC-SHA256']], 'x-amz-algorithm'],
    [[['bucket', 'bucket']], 'bucket'],
    [
      [
        ['x-amz-meta-a', '1'],
        ['tagging', 'x'],
      ],
      'x-amz-meta-a, tagging',
    ],
    [[['x-ignor', '1']], 'x-ignor'],
  ])('fields that no condition covers: %j', (fields, names) => {
    expect(refusalOf(() => judge([], fields))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: `Invalid according to Policy: Extra input fields: ${names}`,
      elements: {},
    })
  })

  test('expired, to the millisecond', () => {
    expect(() => judge([], [], Date.UTC(2030, 0, 1) - 1)).not.toThrow()
    expect(refusalOf(() => judge([], [], Date.UTC(2030, 0, 1)))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: 'Invalid according to Policy: Policy expired.',
      elements: {},
    })
  })

  test.each<[unknown, { min: number; max: number }]>([
    [[['content-length-range', 5, 10]], { min: 5, max: 10 }],
    [[['content-length-range', '5', '10']], { min: 5, max: 10 }],
    [
      [
        ['content-length-range', 0, 10],
        ['content-length-range', 5, 100],
      ],
      { min: 5, max: 10 },
    ],
  ])('%j bounds the length', (conditions, range) => {
    expect(judge(conditions, [])).toEqual(range)
  })

  test('the bounds are inclusive', () => {
    const range = { min: 5, max: 10 }
    for (const length of [5, 10]) expect(() => checkPostLength(range, length)).not.toThrow()
    expect(refusalOf(() => checkPostLength(range, 4))).toEqual({
      code: 'EntityTooSmall',
      status: 400,
      message: 'Your proposed upload is smaller than the minimum allowed size',
      elements: { ProposedSize: '4', MinSizeAllowed: '5' },
    })
    expect(refusalOf(() => checkPostLength(range, 11))).toEqual({
      code: 'EntityTooLarge',
      status: 400,
      message: 'Your proposed upload exceeds the maximum allowed size',
      elements: { ProposedSize: '11', MaxSizeAllowed: '10' },
    })
  })
})
