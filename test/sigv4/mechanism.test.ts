import { expect, test } from 'vitest'
import { mechanismOf } from '../../src/sigv4/mechanism.ts'
import { refusalOf } from './refusals.ts'

const HEADER: [string, string] = ['authorization', 'AWS4-HMAC-SHA256 x']
const V4 = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Expires']
const V2 = ['AWSAccessKeyId', 'Signature', 'Expires']

test.each<[string, [string, string][], [string, string][], object]>([
  ['nothing', [], [['prefix', 'a']], { kind: 'none' }],
  ['a header', [HEADER], [['prefix', 'a']], { kind: 'header', value: HEADER[1] }],
  ['an empty header', [['authorization', '']], [], { kind: 'header', value: '' }],
  ...V4.map((name): [string, [string, string][], [string, string][], object] => [
    name,
    [],
    [[name, 'x']],
    { kind: 'presigned' },
  ]),
  ...V2.map((name): [string, [string, string][], [string, string][], object] => [
    name,
    [],
    [[name, 'x']],
    { kind: 'presigned-sigv2' },
  ]),
])('%s', (_, headers, query, expected) => {
  expect(mechanismOf(new Map(headers), query)).toEqual(expected)
})

test.each<[string, [string, string][], [string, string][]]>([
  ['header and presigned', [HEADER], [['X-Amz-Signature', 'x']]],
  ['header and SigV2', [HEADER], [['Signature', 'x']]],
  [
    'both in the query',
    [],
    [
      ['X-Amz-Algorithm', 'x'],
      ['AWSAccessKeyId', 'x'],
    ],
  ],
])('%s is refused', (_, headers, query) => {
  expect(refusalOf(() => mechanismOf(new Map(headers), query))).toEqual({
    code: 'InvalidArgument',
    status: 400,
    message:
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    elements: { ArgumentName: 'Authorization', ArgumentValue: headers[0]?.[1] ?? '' },
  })
})
