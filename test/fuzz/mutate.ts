/** Ways to bend a request: bytes, pieces, and pieces of other requests. */
import { type RawHeaders, type RawRequest, serialize } from '../support/raw-http.ts'
import type { Base } from './bases.ts'
import type { Random } from './random.ts'

export interface Mutant {
  /** The kind of the request that it was, and what was done to it. */
  readonly story: string
  readonly bytes: Buffer
}

type Mutation = (request: RawRequest, random: Random, others: readonly Base[]) => RawRequest

/** Characters that mean something somewhere. */
const TELLING = [...'%/+ \t\r\n\0\x7f\x80\xa0\xff.?&=;:,@#_-~0aAzZ"<>\\{}']

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH', 'get', 'COPY', 'TRACE', '']

const ADDED_HEADERS: RawHeaders = [
  ['x-amz-acl', 'public-read'],
  ['x-amz-copy-source', '/fuzz-0/get'],
  ['x-amz-tagging', 'a=b'],
  ['x-amz-meta-added', 'x'],
  ['x-amz-date', '20260101T000000Z'],
  ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
  ['x-amz-security-token', 'token'],
  ['x-amz-bypass-governance-retention', 'true'],
  ['x-amz-decoded-content-length', '1'],
  ['x-amz-trailer', 'x-amz-checksum-crc32'],
  ['x-amz-checksum-crc32', 'AAAAAA=='],
  ['x-amz-expected-bucket-owner', 'somebody'],
  ['x_amz_acl', 'public-read'],
  ['X_Request_Id', '1'],
  ['x-amz-te', 'append-md5'],
  ['x-amz-something-new', '1'],
  ['x-minio-source-mtime', '1'],
  ['x-rgw-storage-class', 'X'],
  [
    'Authorization',
    'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
  ],
  ['Content-Length', '0'],
  ['Content-Length', '5'],
  ['Transfer-Encoding', 'chunked'],
  ['Transfer-Encoding', 'identity'],
  ['Content-MD5', '1B2M2Y8AsgTpgAmY7PhCfg=='],
  ['Content-Encoding', 'aws-chunked'],
  ['Content-Type', 'text/html'],
  ['Cache-Control', 'public'],
  ['Range', 'bytes=0-0'],
  ['If-None-Match', '*'],
  ['If-Match', '"x"'],
  ['Expect', '100-continue'],
  ['Host', 'elsewhere.example'],
  ['Connection', 'close'],
  ['Connection', 'authorization'],
  ['Upgrade', 'h2c'],
  ['X-Forwarded-For', '10.0.0.1'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['Accept', 'text/html'],
  ['User-Agent', 'mutant'],
  ['Origin', 'http://evil.example'],
]

const ADDED_PARAMETERS = [
  'acl',
  'tagging',
  'uploads',
  'delete',
  'versionId=v2',
  'partNumber=1',
  'uploadId=u2',
  'prefix=',
  'x-amz-acl=public-read',
  'x-amz-copy-source=%2Ffuzz-0%2Fget',
  'x-amz-meta-added=x',
  'X-Amz-Expires=604800',
  'X-Amz-Signature=0',
  'X-Amz-SignedHeaders=host',
  'X-Amz-Content-Sha256=UNSIGNED-PAYLOAD',
  'X-Amz-Security-Token=x',
  'x-id=GetObject',
  'x-note=1',
  'frobnicate',
  'AWSAccessKeyId=x',
  'Signature=x',
  'Expires=9999999999',
  'response-content-type=text/html',
  '',
  '=',
]

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a byte of the method': (request, random) => ({ ...request, method: bend(request.method, random) }),
  'another method': (request, random) => ({ ...request, method: random.pick(METHODS) }),
  'a byte of the path': (request, random) => target(request, (path, query) => [bend(path, random), query]),
  'a byte of the query': (request, random) =>
    target(request, (path, query) => [path, bend(query ?? '', random)]),
  'a segment of the path': (request, random) =>
    target(request, (path, query) => [rearrange(path.split('/'), random).join('/'), query]),
  'a dot segment': (request, random) =>
    target(request, (path, query) => [
      path.replace('/', random.pick(['/./', '/../', '/%2e%2e/', '//', '/x/../'])),
      query,
    ]),
  'a parameter': (request, random) =>
    target(request, (path, query) => [path, rearrange((query ?? '').split('&'), random).join('&')]),
  'one more parameter': (request, random) =>
    target(request, (path, query) => [
      path,
      [query, random.pick(ADDED_PARAMETERS)].filter((part) => part !== undefined).join('&'),
    ]),
  'another encoding of the path': (request, random) =>
    target(request, (path, query) => [recode(path, random), query]),
  'another encoding of the query': (request, random) =>
    target(request, (path, query) => [path, query === undefined ? undefined : recode(query, random)]),
  'a byte of a header name': (request, random) =>
    header(request, random, ([name, value]) => [[bend(name, random), value]]),
  'a byte of a header value': (request, random) =>
    header(request, random, ([name, value]) => [[name, bend(value, random)]]),
  'a byte of the Authorization header': (request, random) =>
    namedHeader(request, 'authorization', (value) => bend(value, random)),
  'the case of a header name': (request, random) =>
    header(request, random, ([name, value]) => [
      [random.oneIn(2) ? name.toUpperCase() : name.toLowerCase(), value],
    ]),
  'white space around a value': (request, random) =>
    header(request, random, ([name, value]) => [
      [name, `${random.pick([' ', '\t', '  '])}${value}${random.pick([' ', '\t', ''])}`],
    ]),
  'white space within a value': (request, random) =>
    header(request, random, ([name, value]) => [[name, value.replace(' ', random.pick(['  ', '\t', '']))]]),
  'a header twice': (request, random) => header(request, random, (field) => [field, field]),
  'a header twice, bent': (request, random) =>
    header(request, random, (field) => rearrange([field, [field[0], bend(field[1], random)]], random)),
  'a header less': (request, random) => header(request, random, () => []),
  'headers in another order': (request, random) => ({
    ...request,
    headers: rearrange([...request.headers], random),
  }),
  'one more header': (request, random) => {
    const at = random.oneIn(2) ? request.headers.length : Math.min(1, request.headers.length)
    return { ...request, headers: request.headers.toSpliced(at, 0, random.pick(ADDED_HEADERS)) }
  },
  'a header less from the signed ones': (request, random) =>
    namedHeader(request, 'authorization', (value) =>
      value.replace(
        /SignedHeaders=([^,]*)/,
        (_, names: string) => `SignedHeaders=${rearrange(names.split(';'), random).join(';')}`,
      ),
    ),
  'a byte of the body': (request, random) => body(request, random, (bytes) => bend(bytes, random)),
  'a byte of a chunk signature': (request, random) =>
    body(request, random, (bytes) => bendIn(bytes, /signature[=:]([0-9a-f]{64})/g, random)),
  'a byte of a chunk size': (request, random) =>
    body(request, random, (bytes) => bendIn(bytes, /(?:^|\r\n)([0-9a-f]+)(?=;chunk|\r\n)/g, random)),
  'a byte of the tail': (request, random) =>
    body(request, random, (bytes) => bytes.slice(0, -200) + bend(bytes.slice(-200), random)),
  'a byte of a form field': (request, random) =>
    body(request, random, (bytes) => bendIn(bytes, /name="([^"]*)"\r\n/g, random)),
  'pieces of the body': (request, random) => body(request, random, (bytes) => pieces(bytes, random)),
  'a shorter body': (request, random) =>
    body(request, random, (bytes) => bytes.slice(0, random.below(bytes.length + 1))),
  'a longer body': (request, random) =>
    body(request, random, (bytes) => bytes + random.pick(['x', '\r\n', '0\r\n\r\n', bytes])),
  'the target of another': (request, random, others) => ({
    ...request,
    target: random.pick(others).request.target,
  }),
  'the body of another': (request, random, others) => ({
    ...request,
    body: random.pick(others).request.body ?? Buffer.alloc(0),
  }),
  'the headers of another': (request, random, others) => ({
    ...request,
    headers: random.pick(others).request.headers,
  }),
  'a header of another': (request, random, others) => {
    const from = random.pick(others).request.headers
    const [name, value] = random.pick(from)
    return {
      ...request,
      headers: [
        ...request.headers.filter(([given]) => random.oneIn(8) || given.toLowerCase() !== name.toLowerCase()),
        [name, value],
      ],
    }
  },
  'the signature of another': (request, random, others) => {
    const signature = signatureIn(random.pick(others).request)
    const own = signatureIn(request)
    if (signature === undefined || own === undefined) return request
    return {
      ...request,
      target: request.target.replace(own, signature),
      headers: request.headers.map(([name, value]) => [name, value.replace(own, signature)]),
    }
  },
}

const NAMES = Object.keys(MUTATIONS)

/** One mutation, sometimes two or three, and sometimes one of the bytes as they go out. */
export function mutate(base: Base, others: readonly Base[], random: Random): Mutant {
  let { request } = base
  const story = [base.kind]
  const count = random.oneIn(6) ? 2 + random.below(2) : 1
  for (let i = 0; i < count; i++) {
    const name = random.pick(NAMES)
    story.push(name)
    request = MUTATIONS[name]!(request, random, others)
  }
  let bytes = serialize(request)
  if (random.oneIn(20)) {
    story.push('a byte on the wire')
    bytes = Buffer.from(bend(bytes.toString('latin1'), random), 'latin1')
  } else if (random.oneIn(100)) {
    story.push('the same again behind it')
    bytes = Buffer.concat([bytes, bytes])
  }
  return { story: story.join(' / '), bytes }
}

/** Changes, inserts or removes one character. */
function bend(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  const character = random.oneIn(2) ? random.pick(TELLING) : String.fromCharCode(random.below(256))
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + character + text.slice(at)
    case 1:
      return text.slice(0, at) + text.slice(at + 1)
    case 2:
      return text.slice(0, at) + character + text.slice(at + 1)
    default: {
      const flipped = String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << random.below(8)))
      return at === text.length ? text : text.slice(0, at) + flipped + text.slice(at + 1)
    }
  }
}

/** Bends one match's first group. */
function bendIn(text: string, pattern: RegExp, random: Random): string {
  const matches = [...text.matchAll(pattern)]
  if (matches.length === 0) return bend(text, random)
  const match = random.pick(matches)
  const start = match.index + match[0].indexOf(match[1] ?? '')
  const end = start + (match[1] ?? '').length
  return text.slice(0, start) + bend(text.slice(start, end), random) + text.slice(end)
}

/** Doubles, drops or swaps. */
function rearrange<T>(list: T[], random: Random): T[] {
  if (list.length === 0) return list
  const at = random.below(list.length)
  const other = random.below(list.length)
  switch (random.below(3)) {
    case 0:
      return list.toSpliced(at, 0, list[other] as T)
    case 1:
      return list.toSpliced(at, 1)
    default:
      return list.with(at, list[other] as T).with(other, list[at] as T)
  }
}

/** Chunks, parts of a form, or elements, doubled, dropped or swapped. */
function pieces(text: string, random: Random): string {
  const marks = [
    /(?=\r\n--form-boundary)/,
    /(?<=\r\n)(?=[0-9a-f]+;chunk-signature)/,
    /(?<=\r\n)(?=[0-9a-f]+\r\n)/,
    /(?=<)/,
  ]
  const mark = marks.find((pattern) => text.split(pattern).length > 2)
  return rearrange(text.split(mark ?? ''), random).join('')
}

/** Another spelling of the same: other digits' case, more encoded than must be, `+` for a space. */
function recode(text: string, random: Random): string {
  const at = random.below(text.length)
  const character = text[at] ?? ''
  if (/[A-Za-z0-9\-._~]/.test(character) && !/%.?$/.test(text.slice(0, at))) {
    const hex = character.charCodeAt(0).toString(16)
    return `${text.slice(0, at)}%${random.oneIn(2) ? hex : hex.toUpperCase()}${text.slice(at + 1)}`
  }
  return random.oneIn(2)
    ? text.replace(/%[0-9A-Fa-f]{2}/g, (octet) =>
        random.oneIn(2) ? octet.toLowerCase() : octet.toUpperCase(),
      )
    : text.replaceAll('%20', '+')
}

function target(
  request: RawRequest,
  change: (path: string, query: string | undefined) => readonly [string, string | undefined],
): RawRequest {
  const mark = request.target.indexOf('?')
  const [path, query] =
    mark === -1
      ? change(request.target, undefined)
      : change(request.target.slice(0, mark), request.target.slice(mark + 1))
  return { ...request, target: query === undefined ? path : `${path}?${query}` }
}

type Field = RawHeaders[number]

function header(request: RawRequest, random: Random, change: (field: Field) => readonly Field[]): RawRequest {
  const at = random.below(request.headers.length)
  return { ...request, headers: request.headers.flatMap((field, i) => (i === at ? change(field) : [field])) }
}

function namedHeader(request: RawRequest, name: string, change: (value: string) => string): RawRequest {
  return {
    ...request,
    headers: request.headers.map(([given, value]) => [
      given,
      given.toLowerCase() === name ? change(value) : value,
    ]),
  }
}

/** The length is made to fit in half of all cases; some bodies' lengths are signed. */
function body(request: RawRequest, random: Random, change: (latin1: string) => string): RawRequest {
  const bytes = Buffer.from(change((request.body ?? Buffer.alloc(0)).toString('latin1')), 'latin1')
  const bent = { ...request, body: bytes }
  return random.oneIn(2) ? namedHeader(bent, 'content-length', () => String(bytes.length)) : bent
}

function signatureIn(request: RawRequest): string | undefined {
  return /Signature=([0-9a-f]{64})/.exec(
    request.target + request.headers.map(([, value]) => value).join(),
  )?.[1]
}
