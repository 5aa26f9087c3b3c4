/** `explain --request`: what the gate would make of a request that somebody has recorded. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RequestExplanation } from '../../src/cli/explain-request.ts'
import { parseRequestLines } from '../../src/cli/request-file.ts'
import { Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { type RawRequest, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { presigned, signed } from '../support/s3-request.ts'

// Each command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const LONG_AGO = Date.UTC(2026, 0, 2, 3, 4, 5)

let gate: Gate
let owner: Credentials
let reader: Credentials
beforeAll(async () => {
  gate = await Gate.start({ env: { S3WARDEN_PUBLIC_ENDPOINTS: 'https://example.test/s3' } })
  const operator = await Operator.of(gate)
  owner = await operator.tenant('owner', ['ObjectStorageFullAccess'])
  reader = await operator.tenant('reader', ['ObjectStorageReadOnly'])
  const made = await send(gate.port, signed(owner, { method: 'PUT', target: '/photos' }, { host: gate.host }))
  expect(made.status).toBe(200)
})
afterAll(() => gate.destroy())

/** As `curl -v` shows it, with what it prints around it. */
const verbose = ({ method, target, headers }: RawRequest) =>
  [
    '*   Trying 127.0.0.1:8484...',
    '* Connected to 127.0.0.1 (127.0.0.1) port 8484 (#0)',
    `> ${method} ${target} HTTP/1.1`,
    ...headers.map(([name, value]) => `> ${name}: ${value}`),
    '> ',
    '< HTTP/1.1 403 Forbidden',
    '< x-amz-request-id: 0000000000000001',
    '<Error>…</Error>',
    '',
  ].join('\n')

async function explained(request: RawRequest, ...options: readonly string[]) {
  const file = join(gate.data, 'request.txt')
  await writeFile(file, verbose(request))
  const { code, stdout } = await gate.cli(['explain', '--request', file, '--output', 'json', ...options])
  return { code, answer: JSON.parse(stdout) as RequestExplanation }
}

test('one that is allowed, long ago, with the fate of all that it came with', async () => {
  const { code, answer } = await explained(
    signed(
      owner,
      {
        method: 'GET',
        target: '/s3/photos/cat.jpg?versionId=v1&x-note=1&unknown',
        headers: [
          ['x-amz-te', 'append-md5'],
          ['X_Request_Id', '7'],
          ['Range', 'bytes=0-9'],
        ],
      },
      { host: 'example.test', at: LONG_AGO },
    ),
  )
  expect([code, answer]).toEqual([
    0,
    expect.objectContaining({
      allowed: true,
      code: null,
      auth: 'header',
      signed_host: 'example.test',
      signed_at: '2026-01-02T03:04:05.000Z',
      access_key: owner.accessKey,
      operation: 'GetObject',
      bucket: 'photos',
      key: 'cat.jpg',
      canonical_request: null,
    }),
  ])
  expect(Object.fromEntries(answer.fates.map(({ name, fate }) => [name, fate]))).toEqual({
    'x-amz-date': 'meant',
    'x-amz-content-sha256': 'meant',
    'x-amz-te': 'idle',
    x_request_id: 'idle',
    range: 'meant',
    versionId: 'meant',
    'x-note': 'idle',
    unknown: 'idle',
  })
})

test.for<[title: string, make: () => RawRequest, options: readonly string[], code: string, reason: RegExp]>([
  [
    'by the clock',
    () => signed(owner, { method: 'GET', target: '/photos/k' }, { host: 'h', at: LONG_AGO }),
    ['--time', '2026-01-02T04:00:00Z'],
    'RequestTimeTooSkewed',
    /too large/,
  ],
  [
    'by a header',
    () => signed(owner, { method: 'PUT', target: '/photos/k', headers: [['x-amz-new', '1']] }, { host: 'h' }),
    [],
    'NotImplemented',
    /Header: x-amz-new/,
  ],
  [
    'by a header that some store reads as another',
    () => signed(owner, { method: 'GET', target: '/photos/k', headers: [['x_amz_acl', 'a']] }, { host: 'h' }),
    [],
    'BadRequest',
    /x_amz_acl/,
  ],
  [
    'by what may be done',
    () => presigned(reader, { method: 'PUT', target: '/photos/k' }, { host: 'h', at: LONG_AGO }),
    [],
    'AccessDenied',
    /PutObject/,
  ],
])('one that is refused %s', async ([, make, options, code, reason]) => {
  const { code: exit, answer } = await explained(make(), ...options)
  expect([exit, answer.allowed, answer.code, answer.bucket]).toEqual([
    1,
    false,
    code,
    code === 'BadRequest' ? '' : 'photos',
  ])
  expect(answer.reason).toMatch(reason)
  expect(answer.access_key).toMatch(/^SCW/)
})

test('one whose signature is wrong, with what had to be signed', async () => {
  const { answer } = await explained(
    signed({ ...owner, secretKey: 'wrong' }, { method: 'GET', target: '/photos/k' }, { host: 'h' }),
  )
  expect(answer).toMatchObject({
    code: 'SignatureDoesNotMatch',
    access_key: owner.accessKey,
    signed_host: null,
    canonical_request: expect.stringMatching(/^GET\n\/photos\/k\n\nhost:h\n/),
  })
})

test('on a terminal a table, and the rule that decided', async () => {
  const file = join(gate.data, 'request.txt')
  await writeFile(file, verbose(signed(owner, { method: 'GET', target: '/photos?x=1' }, { host: 'h' })))
  const { stdout } = await gate.cli(['explain', '--request', file, '--output', 'table'])
  expect(stdout).toMatch(/^signed_host +h$/m)
  expect(stdout).toMatch(/^parameter +x +idle$/m)
  expect(stdout).toMatch(/^ListObjects on bucket `photos` is allowed: rule/m)
})

test.for([
  [['--request', '/nowhere'], /cannot be read/],
  [['--request', 'package.json'], /no request line/],
  [['--request', 'package.json', '--ip', 'x'], /not an address/],
  [[], /give --request FILE/],
  [['KEY', '--request', 'x'], /KEY and OPERATION .*leave them out/],
] as const)('%j is a mistake, and says what to do', async ([args, said]) => {
  const { code, stderr } = await gate.cli(['explain', ...args])
  expect(code).toBe(2)
  expect(stderr).toMatch(said)
})

describe('lines of a request', () => {
  test.for([
    ['bare', 'GET /a HTTP/1.1\r\nHost: h\r\nx-a:  b \r\n\r\nbody: x'],
    ['of curl', '* x\n> GET /a HTTP/1.1\n> Host: h\n> x-a:  b \n> \n< HTTP/1.1 200 OK\n'],
    [
      'of several, the last',
      '> PUT /b HTTP/1.1\n> Host: i\n>\n< HTTP/1.1 307\n> GET /a HTTP/1.1\n> Host: h\n> x-a: b\n>\n',
    ],
  ])('%s', ([, text]) => {
    expect(parseRequestLines(text!)).toEqual({
      method: 'GET',
      target: '/a',
      rawHeaders: ['Host', 'h', 'x-a', 'b'],
    })
  })

  test('bytes beyond ASCII are as on the wire', () => {
    expect(parseRequestLines('GET /a HTTP/1.1\nx-a: ü').rawHeaders).toEqual(['x-a', '\u00c3\u00bc'])
  })
})
