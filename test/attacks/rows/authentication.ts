/** Attacks on who is asking. */
import { readFileSync } from 'node:fs'
import type { RawHeaders, RawRequest } from '../../support/raw-http.ts'
import type { Credentials } from '../../support/reference-signer.ts'
import {
  type ChunkMode,
  chunked,
  postForm,
  presigned,
  presignedV2,
  type S3Request,
  signed,
  signedV2,
} from '../../support/s3-request.ts'
import { type Arena, as, deliver } from '../arena.ts'
import type { Attack } from '../attack.ts'

interface OperationRow {
  readonly name: string
  readonly method: string
  readonly level: 'service' | 'bucket' | 'object'
  readonly query: { readonly required: Readonly<Record<string, string>> }
  readonly headers: { readonly required: readonly string[] }
  readonly streamingAllowed: boolean
  readonly matchable: boolean
}

/** Every operation that S3 has and a request can be told to be. */
export const OPERATIONS = (
  JSON.parse(readFileSync('test/data/s3-operations.json', 'utf8')) as { operations: readonly OperationRow[] }
).operations.filter(({ matchable, name }) => matchable && name !== 'PostObject')

const HEADER_VALUES: Readonly<Record<string, string>> = {
  'x-amz-copy-source': '/ours/secret',
  'x-amz-object-attributes': 'ETag',
  'x-amz-rename-source': '/ours/secret',
  origin: 'http://example.com',
  'access-control-request-method': 'GET',
}

/** A plain request for an operation, on the bucket `ours` and its object `secret`. */
export function requestFor(operation: OperationRow): S3Request {
  const path = { service: '/', bucket: '/ours', object: '/ours/secret' }[operation.level]
  const query = Object.entries(operation.query.required).map(([name, value]) => {
    const given = value === '<non-empty>' ? (name === 'partNumber' ? '1' : 'x') : value
    return given === '' ? name : `${name}=${given}`
  })
  return {
    method: operation.method,
    target: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: operation.headers.required.map((name): [string, string] => [name, HEADER_VALUES[name] ?? 'x']),
  }
}

type Signature = 'header' | 'presigned' | 'v2 header' | 'v2 presigned' | ChunkMode

const SIGN: Readonly<
  Record<Signature, (credentials: Credentials, request: S3Request, host: string) => RawRequest>
> = {
  header: (credentials, request, host) => signed(credentials, request, { host }),
  presigned: (credentials, request, host) => presigned(credentials, request, { host }),
  'v2 header': (credentials, request, host) => signedV2(credentials, request, { host }),
  'v2 presigned': (credentials, request, host) => presignedV2(credentials, request, { host }),
  signed: (credentials, request, host) => chunked(credentials, request, { host, mode: 'signed' }).request,
  'signed-trailer': (credentials, request, host) =>
    chunked(credentials, request, {
      host,
      mode: 'signed-trailer',
      trailers: [['x-amz-checksum-crc32', 'AAAAAA==']],
    }).request,
  'unsigned-trailer': (credentials, request, host) =>
    chunked(credentials, request, {
      host,
      mode: 'unsigned-trailer',
      trailers: [['x-amz-checksum-crc32', 'AAAAAA==']],
    }).request,
}

const wrongSecret = (credentials: Credentials): Credentials => ({
  ...credentials,
  secretKey: 'not-the-secret',
})

const add = (request: RawRequest, headers: RawHeaders): RawRequest => ({
  ...request,
  headers: [...request.headers, ...headers],
})

const PUT: S3Request = { method: 'PUT', target: '/ours/new', body: 'x' }

const UNSIGNED: RawHeaders = [
  ['x-amz-copy-source', '/ours/secret'],
  ['x-amz-acl', 'public-read'],
  ['x-amz-tagging', 'a=1'],
  ['x-amz-object-lock-mode', 'GOVERNANCE'],
  ['x-amz-meta-a', '1'],
  ['x-amz-security-token', 'token'],
  ['x-amz-bypass-governance-retention', 'true'],
]

const unsignedHeaders: readonly Attack[] = UNSIGNED.flatMap(([name, value]) =>
  (['header', 'presigned'] as const).map(
    (way): Attack => ({
      row: 1,
      title: `${way}: ${name} added after signing`,
      attempt: (arena) => deliver(arena, add(SIGN[way](arena.owner, PUT, arena.gate.host), [[name, value]])),
      refusal: name === 'x-amz-security-token' ? '400 InvalidToken' : '403 AccessDenied',
    }),
  ),
)

const weakerPayloads: readonly Attack[] = [
  {
    row: 1,
    title: 'an unsigned x-amz-content-sha256 that says UNSIGNED-PAYLOAD',
    attempt: (arena) => {
      const request = signed(arena.owner, PUT, { host: arena.gate.host, unsigned: ['x-amz-content-sha256'] })
      return deliver(arena, {
        ...request,
        headers: request.headers.map(([name, value]) =>
          name === 'x-amz-content-sha256' ? [name, 'UNSIGNED-PAYLOAD'] : [name, value],
        ),
      })
    },
    refusal: '403 SignatureDoesNotMatch',
  },
  ...['STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'].map(
    (payload): Attack => ({
      row: 1,
      title: `presigned: an added x-amz-content-sha256: ${payload}`,
      attempt: (arena) =>
        deliver(
          arena,
          add(SIGN.presigned(arena.owner, PUT, arena.gate.host), [
            ['x-amz-content-sha256', payload],
            ['x-amz-decoded-content-length', '0'],
          ]),
        ),
      refusal: ['403 AccessDenied', '403 SignatureDoesNotMatch', '400 InvalidRequest', '400 InvalidArgument'],
    }),
  ),
]

const wrongSecrets: readonly Attack[] = OPERATIONS.flatMap((operation) => {
  const ways: readonly Signature[] = [
    'header',
    'presigned',
    ...(operation.streamingAllowed ? (['signed', 'signed-trailer', 'unsigned-trailer'] as const) : []),
  ]
  return ways.map(
    (way): Attack => ({
      row: operation.streamingAllowed && way === 'unsigned-trailer' ? 2 : 3,
      title: `${operation.name}, ${way}, with a wrong secret`,
      attempt: (arena) =>
        deliver(arena, SIGN[way](wrongSecret(arena.owner), requestFor(operation), arena.gate.host)),
      refusal:
        operation.method === 'HEAD' || operation.method === 'OPTIONS'
          ? /^403/
          : // What the gate has no handler for is refused before anybody's signature is looked at.
            ['403 SignatureDoesNotMatch', '501 NotImplemented'],
    }),
  )
})

const wrongForms: readonly Attack[] = [
  {
    row: 3,
    title: 'PostObject, form, with a wrong secret',
    attempt: (arena) =>
      deliver(
        arena,
        postForm(wrongSecret(arena.owner), {
          host: arena.gate.host,
          bucket: 'ours',
          fields: [['key', 'new']],
          file: 'x',
        }),
      ),
    refusal: '403 SignatureDoesNotMatch',
  },
  ...(['v2 header', 'v2 presigned'] as const).map(
    (way): Attack => ({
      row: 3,
      title: `${way}, which is off, with the right secret`,
      attempt: (arena) => deliver(arena, SIGN[way](arena.owner, PUT, arena.gate.host)),
      refusal: /^400/,
    }),
  ),
  {
    row: 3,
    title: 'header and query at once',
    attempt: (arena) => {
      const query = presigned(arena.owner, PUT, { host: arena.gate.host })
      return as(arena, arena.owner, { ...PUT, target: query.target })
    },
    refusal: '400 InvalidArgument',
  },
  {
    row: 3,
    title: 'a session token, which nobody was given',
    attempt: (arena) => as(arena, arena.owner, { ...PUT, headers: [['x-amz-security-token', 'token']] }),
    refusal: '400 InvalidToken',
  },
]

const anonymous: readonly Attack[] = OPERATIONS.map((operation) => ({
  row: 18,
  title: `${operation.name} without any credential`,
  attempt: (arena: Arena) => {
    const { method, target, headers = [] } = requestFor(operation)
    const length: RawHeaders = method === 'PUT' || method === 'POST' ? [['Content-Length', '0']] : []
    return deliver(arena, { method, target, headers: [['Host', arena.gate.host], ...headers, ...length] })
  },
  refusal:
    operation.method === 'HEAD' || operation.method === 'OPTIONS'
      ? /^403/
      : ['403 AccessDenied', '501 NotImplemented'],
}))

const MINUTE = 60_000

const dates: readonly Attack[] = [
  ...[-16, 16].map(
    (minutes): Attack => ({
      row: 19,
      title: `signed ${minutes} minutes from now`,
      attempt: (arena) => as(arena, arena.owner, PUT, { at: Date.now() + minutes * MINUTE }),
      refusal: '403 RequestTimeTooSkewed',
    }),
  ),
  {
    row: 19,
    title: 'no date at all',
    attempt: (arena) => {
      const request = signed(arena.owner, PUT, { host: arena.gate.host, unsigned: ['x-amz-date'] })
      return deliver(arena, {
        ...request,
        headers: request.headers.filter(([name]) => name !== 'x-amz-date'),
      })
    },
    refusal: '403 AccessDenied',
  },
  {
    row: 19,
    title: 'presigned for the future',
    attempt: (arena) =>
      deliver(arena, presigned(arena.owner, PUT, { host: arena.gate.host, at: Date.now() + 16 * MINUTE })),
    refusal: '403 AccessDenied',
  },
  {
    row: 19,
    title: 'presigned and expired',
    attempt: (arena) =>
      deliver(
        arena,
        presigned(arena.owner, PUT, { host: arena.gate.host, at: Date.now() - 2 * MINUTE, expires: 60 }),
      ),
    refusal: '403 AccessDenied',
  },
  {
    row: 19,
    title: 'presigned for more than a week',
    attempt: (arena) =>
      deliver(arena, presigned(arena.owner, PUT, { host: arena.gate.host, expires: 604_801 })),
    refusal: '400 AuthorizationQueryParametersError',
  },
]

const MALFORMED_PROJECTS = [
  '@',
  '@@PROJECT',
  '@PROJECT@PROJECT',
  '@PROJECT%40PROJECT',
  '%2540PROJECT',
  '@UPPER',
  '@a529d1e90-3c37',
  '@default',
  '%40',
]

const projects: readonly Attack[] = [
  ...MALFORMED_PROJECTS.flatMap((suffix) =>
    (['header', 'presigned'] as const).map(
      (way): Attack => ({
        row: 27,
        title: `${way}: KEY${suffix}`,
        attempt: (arena) => {
          const project = arena.operator.projectId
          const at = suffix.replaceAll('PROJECT', project).replace('UPPER', `${project.slice(0, -1)}A`)
          const credentials = { ...arena.owner, accessKey: `${arena.owner.accessKey}${at}` }
          return deliver(arena, SIGN[way](credentials, PUT, arena.gate.host))
        },
        refusal:
          way === 'header' ? '400 AuthorizationHeaderMalformed' : '400 AuthorizationQueryParametersError',
      }),
    ),
  ),
  ...(
    [
      ['of another organization', (arena: Arena) => arena.strangerProject],
      ['that does not exist', () => '00000000-0000-4000-8000-000000000000'],
    ] as const
  ).map(
    ([which, projectOf]): Attack => ({
      row: 27,
      title: `a project ${which}`,
      attempt: (arena) =>
        as(arena, { ...arena.owner, accessKey: `${arena.owner.accessKey}@${projectOf(arena)}` }, PUT),
      refusal: '403 AccessDenied',
    }),
  ),
]

export const authentication: readonly Attack[] = [
  ...unsignedHeaders,
  ...weakerPayloads,
  ...wrongSecrets,
  ...wrongForms,
  ...anonymous,
  ...dates,
  ...projects,
]
