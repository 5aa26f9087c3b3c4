/** Attacks on how a request is read: paths, framing, header names, XML. */
import { createHash } from 'node:crypto'
import { sendBytes } from '../../support/raw-http.ts'
import { encodeQuery } from '../../support/reference-signer.ts'
import { presigned, type S3Request, signed } from '../../support/s3-request.ts'
import { type Arena, as, deliver } from '../arena.ts'
import type { Attack } from '../attack.ts'

const PUT: S3Request = { method: 'PUT', target: '/ours/new', body: 'x' }

/** Row 15 and 16: targets that must not be understood at all. */
const TARGETS: readonly (readonly [row: 15 | 16, title: string, target: string])[] = [
  [15, 'a climb into another bucket', '/ours/../theirs/secret'],
  [15, 'an encoded climb', '/ours/%2e%2e/theirs/secret'],
  [15, 'a climb with an encoded slash', '/ours/..%2Ftheirs/secret'],
  [15, 'a dot segment', '/ours/./secret'],
  [15, 'a dot segment at the end', '/ours/secret/..'],
  [15, 'a bucket of dots', '/../theirs'],
  [15, 'a climb before the bucket', '/../ours/secret'],
  [16, 'NUL', '/ours/secret%00.txt'],
  [16, 'a bad escape', '/ours/secret%zz'],
  [16, 'half an escape', '/ours/secret%2'],
  [16, 'overlong UTF-8', '/ours/%c0%afsecret'],
  [16, 'a lone continuation byte', '/ours/%80'],
  [16, 'an encoded surrogate', '/ours/%ed%a0%80'],
  [16, 'a tenant in front of the bucket', '/tenant%3Aours/secret'],
  [16, 'an empty tenant', '/:ours/secret'],
  [16, 'an empty bucket', '//secret'],
]

const targets: readonly Attack[] = TARGETS.flatMap(([row, title, target]) =>
  (['header', 'presigned'] as const).map(
    (way): Attack => ({
      row,
      title: `${way}: ${title}`,
      attempt: (arena) =>
        way === 'header'
          ? as(arena, arena.owner, { method: 'GET', target })
          : deliver(arena, presigned(arena.owner, { method: 'GET', target }, { host: arena.gate.host })),
      refusal: /^400/,
    }),
  ),
)

const encodings: readonly Attack[] = [
  {
    row: 16,
    title: 'an encoded slash is a slash: outside the prefix of the key',
    attempt: (arena) => as(arena, arena.below, { method: 'GET', target: '/ours%2Fsecret' }),
    refusal: '403 AccessDenied',
  },
  {
    row: 16,
    title: 'a prefix that only looks right encoded',
    attempt: (arena) => as(arena, arena.below, { method: 'GET', target: '/ours/team-a%252Fmine' }),
    refusal: '403 AccessDenied',
  },
]

function withMd5(method: string, target: string, body: string): S3Request {
  return {
    method,
    target,
    headers: [['Content-MD5', createHash('md5').update(body).digest('base64')]],
    body,
  }
}

const ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
const BOMB = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>`
const COMPLETION =
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&e;</ETag></Part></CompleteMultipartUpload>'

const XML: readonly (readonly [row: 15 | 21 | 35, title: string, request: S3Request])[] = [
  [
    15,
    'a climb among the keys of a batch delete',
    withMd5(
      'POST',
      '/ours?delete',
      '<Delete><Object><Key>a</Key></Object><Object><Key>../theirs/secret</Key></Object></Delete>',
    ),
  ],
  [
    15,
    'a dot segment among the keys of a batch delete',
    withMd5('POST', '/ours?delete', '<Delete><Object><Key>a/./b</Key></Object></Delete>'),
  ],
  [
    21,
    'an external entity in a batch delete',
    withMd5('POST', '/ours?delete', `${ENTITY}<Delete><Object><Key>&e;</Key></Object></Delete>`),
  ],
  [
    21,
    'an entity bomb',
    withMd5('POST', '/ours?delete', `${BOMB}<Delete><Object><Key>&j;</Key></Object></Delete>`),
  ],
  [
    21,
    'an undeclared entity',
    withMd5('POST', '/ours?delete', '<Delete><Object><Key>&e;</Key></Object></Delete>'),
  ],
  [
    21,
    'a DOCTYPE alone',
    withMd5('POST', '/ours?delete', '<!DOCTYPE x><Delete><Object><Key>k</Key></Object></Delete>'),
  ],
  [
    21,
    'an entity in a completion',
    { method: 'POST', target: '/ours/k?uploadId=x', body: `${ENTITY}${COMPLETION}` },
  ],
  [
    21,
    'an entity in tags',
    withMd5(
      'PUT',
      '/ours/secret?tagging',
      `${ENTITY}<Tagging><TagSet><Tag><Key>&e;</Key><Value>x</Value></Tag></TagSet></Tagging>`,
    ),
  ],
  [
    21,
    'an entity in a location constraint',
    {
      method: 'PUT',
      target: '/fresh-bucket',
      body: `${ENTITY}<CreateBucketConfiguration><LocationConstraint>&e;</LocationConstraint></CreateBucketConfiguration>`,
    },
  ],
  [21, 'nesting without end', withMd5('POST', '/ours?delete', `${'<Delete>'.repeat(20_000)}`)],
  [
    21,
    'bytes that are no UTF-8',
    withMd5('POST', '/ours?delete', '<Delete><Object><Key>\u0000</Key></Object></Delete>'),
  ],
  [
    35,
    'two keys in one object',
    withMd5('POST', '/ours?delete', '<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>'),
  ],
  [
    35,
    'an element that is not known',
    withMd5('POST', '/ours?delete', '<Delete><Object><Key>a</Key><Evil>b</Evil></Object></Delete>'),
  ],
  [
    35,
    'a key with a child',
    withMd5('POST', '/ours?delete', '<Delete><Object><Key>a<b/>c</Key></Object></Delete>'),
  ],
]

const xml: readonly Attack[] = XML.map(([row, title, request]) => ({
  row,
  title,
  attempt: (arena: Arena) => as(arena, arena.owner, request),
  refusal: [
    '400 MalformedXML',
    '400 MaxMessageLengthExceeded',
    '400 InvalidTag',
    '400 InvalidArgument',
    '400 InvalidURI',
  ],
}))

/** Row 31 and 36: names and values that turn into something else on the other side. */
const headers: readonly Attack[] = [
  ...(
    [
      ['x_amz_copy_source', '/ours/secret'],
      ['x_amz_acl', 'public-read'],
      ['x-amz_acl', 'public-read'],
      ['X_Amz_Meta_A', '1'],
      ['x-amz-meta-snowball_auto_extract', 'true'],
      ['x_minio_extract', 'true'],
      ['content_length', '0'],
      ['Transfer_Encoding', 'chunked'],
    ] as const
  ).flatMap(([name, value]) =>
    (['header', 'presigned'] as const).map(
      (way): Attack => ({
        row: 31,
        title: `${way}: ${name}`,
        attempt: (arena) => {
          const request =
            way === 'header'
              ? signed(arena.owner, PUT, { host: arena.gate.host })
              : presigned(arena.owner, PUT, { host: arena.gate.host })
          return deliver(arena, { ...request, headers: [...request.headers, [name, value]] })
        },
        refusal: '400 BadRequest',
      }),
    ),
  ),
  {
    row: 31,
    title: 'presigned: x_amz_copy_source in the query',
    attempt: (arena) =>
      deliver(
        arena,
        presigned(
          arena.owner,
          { ...PUT, target: '/ours/new?x_amz_copy_source=%2Fours%2Fsecret' },
          { host: arena.gate.host },
        ),
      ),
    refusal: /^(400|501)/,
  },
  ...['a%0d%0ax-amz-acl:%20public-read', 'a%0a', 'a%00b', 'a%0d'].map(
    (value): Attack => ({
      row: 36,
      title: `a hoisted x-amz-meta-a of ${value}`,
      attempt: (arena) =>
        deliver(
          arena,
          presigned(
            arena.owner,
            { ...PUT, target: `/ours/new?x-amz-meta-a=${value}` },
            { host: arena.gate.host },
          ),
        ),
      refusal: /^400/,
    }),
  ),
  {
    row: 36,
    title: 'a hoisted x-amz-copy-source is a copy, and is authorized as one',
    attempt: (arena) =>
      deliver(
        arena,
        presigned(
          arena.owner,
          { method: 'PUT', target: `/ours/new?x-amz-copy-source=${encodeQuery('/theirs/secret')}` },
          { host: arena.gate.host },
        ),
      ),
    refusal: '403 AccessDenied',
  },
  {
    row: 36,
    title: 'the same name in query and headers',
    attempt: (arena) =>
      deliver(
        arena,
        presigned(
          arena.owner,
          { ...PUT, target: '/ours/new?x-amz-acl=private', headers: [['x-amz-acl', 'public-read']] },
          { host: arena.gate.host },
        ),
      ),
    refusal: /^400/,
  },
  {
    row: 36,
    title: 'a response-content-type with a line break',
    attempt: (arena) =>
      as(arena, arena.owner, {
        method: 'GET',
        target: '/ours/secret?response-content-type=text%2Fplain%0d%0aSet-Cookie:%20a=b',
      }),
    refusal: /^400/,
  },
]

const DOUBLED = [
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-copy-source',
  'x-amz-acl',
  'Content-Type',
  'Content-MD5',
  'Authorization',
  'Host',
  'Range',
  'If-Match',
  'Expect',
]

const repeats: readonly Attack[] = DOUBLED.map((name) => ({
  row: 28,
  title: `two ${name} headers`,
  attempt: (arena: Arena) => {
    const extra: S3Request['headers'] = ['x-amz-copy-source', 'x-amz-acl'].includes(name)
      ? [[name, '/ours/secret']]
      : []
    const request = signed(arena.owner, { ...PUT, headers: extra }, { host: arena.gate.host })
    const first = request.headers.find(([other]) => other.toLowerCase() === name.toLowerCase())
    const value = first?.[1] ?? 'x'
    const again =
      first === undefined ? [[name, value] as const, [name, value] as const] : [[name, value] as const]
    return deliver(arena, { ...request, headers: [...request.headers, ...again] })
  },
  // A list by RFC 9110, and never one of a write's.
  refusal: name === 'If-Match' ? '501 NotImplemented' : '400 BadRequest',
}))

/** Requests as bytes; HOST stands for the gate's. */
const RAW: readonly (readonly [title: string, bytes: string])[] = [
  [
    'Content-Length and Transfer-Encoding',
    'PUT /ours/new HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'two Content-Lengths',
    'PUT /ours/new HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
  ],
  ['a list of Content-Lengths', 'PUT /ours/new HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1, 1\r\n\r\nx'],
  ['a signed Content-Length', 'PUT /ours/new HTTP/1.1\r\nHost: HOST\r\nContent-Length: +1\r\n\r\nx'],
  [
    'a transfer coding in front of chunked',
    'PUT /ours/new HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'an unknown transfer coding',
    'PUT /ours/new HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: identity\r\n\r\n',
  ],
  [
    'a disguised transfer coding',
    'PUT /ours/new HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n',
  ],
  ['a space before the colon', 'GET /ours HTTP/1.1\r\nHost: HOST\r\nContent-Length : 0\r\n\r\n'],
  ['a folded header', 'GET /ours HTTP/1.1\r\nHost: HOST\r\nx-amz-date: a\r\n b\r\n\r\n'],
  ['bare line feeds', 'GET /ours HTTP/1.1\nHost: HOST\n\n'],
  ['a bare carriage return', 'GET /ours HTTP/1.1\r\nHost: HOST\r\nx-a: b\rc: d\r\n\r\n'],
  ['NUL in a header', 'GET /ours HTTP/1.1\r\nHost: HOST\r\nx-a: b\0c\r\n\r\n'],
  ['no Host', 'GET /ours HTTP/1.1\r\n\r\n'],
  ['HTTP/1.0 without Host', 'GET /ours HTTP/1.0\r\n\r\n'],
  ['an absolute target', 'GET http://theirs.example/ours HTTP/1.1\r\nHost: HOST\r\n\r\n'],
  ['an authority as the target', 'GET theirs.example:80 HTTP/1.1\r\nHost: HOST\r\n\r\n'],
  ['an asterisk as the target', 'OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n'],
  ['a fragment in the target', 'GET /ours/secret#x HTTP/1.1\r\nHost: HOST\r\n\r\n'],
  ['a space in the target', 'GET /ours/sec ret HTTP/1.1\r\nHost: HOST\r\n\r\n'],
  ['an unknown version of HTTP', 'GET /ours HTTP/3.7\r\nHost: HOST\r\n\r\n'],
  ['an unknown expectation', 'GET /ours HTTP/1.1\r\nHost: HOST\r\nExpect: the-unexpected\r\n\r\n'],
  ['no HTTP at all', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'.repeat(20)],
  ['headers of 1 MiB', `GET /ours HTTP/1.1\r\nHost: HOST\r\nx-a: ${'a'.repeat(1024 * 1024)}\r\n\r\n`],
  ['20,000 headers', `GET /ours HTTP/1.1\r\nHost: HOST\r\n${'a: b\r\n'.repeat(20_000)}\r\n`],
]

const smuggling: readonly Attack[] = RAW.map(([title, bytes]) => ({
  row: 28,
  title,
  attempt: (arena: Arena) => sendBytes(arena.gate.port, bytes.replace('HOST', arena.gate.host)),
  refusal: /^(400|431|417)/,
}))

const chunkFraming: readonly Attack[] = [
  ['a chunk extension', '1;evil=1\r\nx\r\n0\r\n\r\n'],
  ['a chunk size that is no number', 'z\r\nx\r\n0\r\n\r\n'],
  ['a chunk size that overflows', 'ffffffffffffffffff\r\nx\r\n0\r\n\r\n'],
  ['a trailer field', '1\r\nx\r\n0\r\nx-amz-acl: public-read\r\n\r\n'],
].map(([title = '', body = '']) => ({
  row: 28,
  title: `${title} in HTTP's own chunking`,
  attempt: (arena: Arena) =>
    as(
      arena,
      arena.owner,
      { method: 'PUT', target: '/ours/new', headers: [['Transfer-Encoding', 'chunked']], body },
      { payload: 'UNSIGNED-PAYLOAD', unsigned: ['transfer-encoding'] },
    ),
  refusal: /^(400|411)/,
}))

const operations: readonly Attack[] = [
  ['an unknown sub-resource', 'DELETE', '/ours?frobnicate', '501 NotImplemented'],
  ['a sub-resource twice', 'GET', '/ours?acl&acl', '400 InvalidArgument'],
  ['two sub-resources', 'DELETE', '/ours?cors&tagging', '400 InvalidArgument'],
  ['part number without upload', 'PUT', '/ours/new?partNumber=1', '400 InvalidArgument'],
  ["RGW's append", 'PUT', '/ours/new?append&position=0', '501 NotImplemented'],
  ["RGW's bucket index", 'POST', '/ours?bilog', '501 NotImplemented'],
  ["a backend's own API", 'POST', '/', '501 NotImplemented'],
].map(([title = '', method = '', target = '', refusal = '']) => ({
  row: 12,
  title,
  attempt: (arena: Arena) => as(arena, arena.owner, { method, target }),
  refusal: [refusal, '400 InvalidArgument', '405 MethodNotAllowed'],
}))

export const wire: readonly Attack[] = [
  ...targets,
  ...encodings,
  ...xml,
  ...headers,
  ...repeats,
  ...smuggling,
  ...chunkFraming,
  ...operations,
]
