/**
 * The names by which clients know the gate, and what proxies in front of it make of them. What a client signs is its own
 * URL; what arrives is what the proxy sends on.
 */
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { element, verdict } from '../behaviour/world.ts'
import { type RawRequest, type RawResponse, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import {
  chunked,
  postForm,
  presigned,
  presignedV2,
  type S3Request,
  signed,
  signedV2,
} from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const PLAIN = 's3.example.test'
const BELOW = 'example.test'

let stage: Stage
let owner: Credentials
beforeAll(async () => {
  stage = await raise({
    S3WARDEN_PUBLIC_ENDPOINTS: `https://${PLAIN},https://${BELOW}/s3`,
    S3WARDEN_DOMAINS: PLAIN,
    S3WARDEN_SIGV2: 'true',
    S3WARDEN_LIMITS_FAILED_SIGNATURES: '20',
  })
  owner = await stage.operator.tenant('owner', ['ObjectStorageFullAccess'])
  // A bucket that is called like the prefix, with an object whose key is another bucket's object.
  for (const target of ['/photos', '/photos/x', '/s3x', '/s3x/photos/x']) {
    const body = target === '/photos/x' ? 'of photos' : target.endsWith('/x') ? 'of s3x' : ''
    const made = await send(
      stage.gate.port,
      signed(owner, { method: 'PUT', target, body }, { host: stage.gate.host }),
    )
    expect(verdict(made)).toBe('200')
  }
})
afterAll(() => lower(stage))

const WAYS: Readonly<Record<string, (request: S3Request, host: string) => RawRequest>> = {
  header: (request, host) => signed(owner, request, { host }),
  presigned: (request, host) => presigned(owner, request, { host }),
  'signed chunks': (request, host) =>
    chunked(owner, { ...request, method: 'PUT', body: 'new' }, { host, mode: 'signed' }).request,
  'version 2': (request) => signedV2(owner, request, { host: '' }),
  'version 2, presigned': (request) => presignedV2(owner, request, { host: '' }),
}

/** As a proxy sends it on. */
function proxied(request: RawRequest, host: string, path: (given: string) => string): RawRequest {
  return {
    ...request,
    target: path(request.target),
    headers: request.headers.map(([name, value]) => [name, name === 'Host' ? host : value]),
  }
}

const as = (given: string) => given
const withoutPrefix = (given: string) => given.replace(/^\/s3(?=\/)/, '')

/** What a proxy makes of what was signed, and what the backend is then asked for. */
const PROXIES: readonly (readonly [
  title: string,
  signedHost: string,
  signedPath: string,
  host: string | null,
  path: (given: string) => string,
])[] = [
  ['nobody in between', 'GATE', '/photos/x', null, as],
  ['Host kept', PLAIN, '/photos/x', PLAIN, as],
  ['Host rewritten', PLAIN, '/photos/x', null, as],
  ['Host and prefix kept', BELOW, '/s3/photos/x', BELOW, as],
  ['Host kept, prefix taken off', BELOW, '/s3/photos/x', BELOW, withoutPrefix],
  ['Host rewritten, prefix kept', BELOW, '/s3/photos/x', null, as],
  ['Host rewritten, prefix taken off', BELOW, '/s3/photos/x', null, withoutPrefix],
]

/** It does not cover the Host: the path could have been signed for the gate’s own, and be about a bucket `s3`. */
const AMBIGUOUS_TO_VERSION_2 = 'Host rewritten, prefix kept'

describe.each(Object.entries(WAYS))('%s', (way, sign) => {
  test.for(PROXIES)('%s', async ([title, signedHost, signedPath, host, path]) => {
    stage.backend.clear()
    const { host: own, port } = stage.gate
    const request = sign({ method: 'GET', target: signedPath }, signedHost === 'GATE' ? own : signedHost)
    if (way.startsWith('version 2') && title === AMBIGUOUS_TO_VERSION_2) {
      expect(verdict(await send(port, proxied(request, own, path)))).toBe('403 AccessDenied')
      expect(stage.backend.received).toEqual([])
      return
    }
    expect(verdict(await send(port, proxied(request, host ?? own, path)))).toBe('200')
    const { method, target } = stage.backend.received[0]!
    expect([method, target]).toEqual([way === 'signed chunks' ? 'PUT' : 'GET', '/photos/x'])
  })
})

test.for([
  ['Host kept', `photos.${PLAIN}`],
  ['Host with a port', `photos.${PLAIN}:443`],
] as const)('a bucket in the Host: %s', async ([, host]) => {
  stage.backend.clear()
  const request = signed(owner, { method: 'GET', target: '/x' }, { host })
  expect(verdict(await send(stage.gate.port, request))).toBe('200')
  expect(stage.backend.received[0]?.target).toBe('/photos/x')
})

describe('what was signed for one place is good for no other', () => {
  test.for<[title: string, signedHost: string, signedPath: string, host: string, path: string]>([
    [
      'another name of the gate’s, under which the path is another bucket’s',
      PLAIN,
      '/s3/photos/x',
      BELOW,
      '/s3/photos/x',
    ],
    ['the same the other way round', BELOW, '/s3/photos/x', PLAIN, '/s3/photos/x'],
    ['the host of a bucket', PLAIN, '/photos/x', `s3x.${PLAIN}`, '/photos/x'],
    ['a bucket’s host for the path', `s3x.${PLAIN}`, '/photos/x', PLAIN, '/photos/x'],
    ['a bucket’s host for another one’s', `photos.${PLAIN}`, '/x', `s3x.${PLAIN}`, '/x'],
    ['a name that is none of the gate’s', 'elsewhere.test', '/photos/x', 'elsewhere.example', '/photos/x'],
    ['a prefix that was not signed', BELOW, '/photos/x', BELOW, '/s3/photos/x'],
  ])('%s', async ([, signedHost, signedPath, host, path]) => {
    for (const sign of [WAYS.header!, WAYS.presigned!]) {
      stage.backend.clear()
      const request = sign({ method: 'GET', target: signedPath }, signedHost)
      const sent = proxied(request, host, (given) => given.replace(signedPath, path))
      expect(verdict(await send(stage.gate.port, sent))).toBe('403 SignatureDoesNotMatch')
      expect(stage.backend.received).toEqual([])
    }
  })

  test('whatever Host is sent with it, a signed URL is about one object or nothing', async () => {
    const { host: own, port } = stage.gate
    for (const [signedHost, signedPath, meant] of [
      [PLAIN, '/s3x/photos/x', '/s3x/photos/x'],
      [BELOW, '/s3/photos/x', '/photos/x'],
      [BELOW, '/s3/s3x/photos/x', '/s3x/photos/x'],
      [own, '/s3x/photos/x', '/s3x/photos/x'],
    ] as const) {
      for (const host of [own, PLAIN, BELOW, `photos.${PLAIN}`, `s3x.${PLAIN}`, 'elsewhere.test']) {
        for (const path of [signedPath, withoutPrefix(signedPath), `/s3${signedPath}`]) {
          stage.backend.clear()
          const request = presigned(owner, { method: 'GET', target: signedPath }, { host: signedHost })
          const sent = proxied(request, host, (given) => given.replace(signedPath, path))
          const answer = await send(port, sent, '127.0.0.77')
          const asked = stage.backend.received.map(({ target }) => target)
          expect([verdict(answer), ...asked]).toEqual(
            answer.status === 200 ? ['200', meant] : [expect.stringMatching(/^(403|503)/)],
          )
        }
      }
    }
  })
})

test('a wrong secret counts once, however many names were tried', async () => {
  const guess = { ...owner, secretKey: 'guess' }
  const verdicts: string[] = []
  for (let i = 0; i < 21; i++) {
    const request = signed(guess, { method: 'GET', target: '/s3/photos/x' }, { host: BELOW })
    verdicts.push(verdict(await send(stage.gate.port, proxied(request, stage.gate.host, as), '127.0.0.78')))
  }
  expect(verdicts.slice(0, 20)).toEqual(Array(20).fill('403 SignatureDoesNotMatch'))
  expect(verdicts[20]).toBe('503 SlowDown')
})

describe('clients are told the first', () => {
  test('by the place of a completed upload', async () => {
    const request = signed(
      owner,
      {
        method: 'POST',
        target: '/photos/parts?uploadId=u',
        body: '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"a"</ETag></Part></CompleteMultipartUpload>',
      },
      { host: stage.gate.host },
    )
    const answer = await send(stage.gate.port, request)
    expect(element(answer, 'Location')).toBe(`https://${PLAIN}/photos/parts`)
  })

  test.for([
    [PLAIN, '/photos', as],
    [BELOW, '/s3/photos', as],
    [BELOW, '/s3/photos', withoutPrefix],
  ] as const)('by a form’s answer; its own path may be %s%s', async ([host, target, path]) => {
    for (const received of [host, stage.gate.host]) {
      const form = postForm(owner, {
        host,
        bucket: 'photos',
        fields: [
          ['key', 'form'],
          ['success_action_status', '201'],
        ],
        file: 'of a browser',
      })
      const answer = await send(stage.gate.port, proxied({ ...form, target }, received, path))
      expect(verdict(answer)).toBe('201')
      expect(element(answer, 'Location')).toBe(`https://${PLAIN}/photos/form`)
    }
  })

  test('by the settings that are printed', async () => {
    const key = await stage.gate.json<{ client_settings: string }>([
      ...['key', 'create', '--application', 'owner', '--for', 'env'],
    ])
    expect(key.client_settings).toContain(`AWS_ENDPOINT_URL_S3=https://${PLAIN}\n`)
  })
})

/** A real proxy, which speaks for itself. */
describe('behind a proxy', () => {
  let proxy: Server
  let rewrite: { host: boolean; prefix: boolean }
  beforeAll(async () => {
    proxy = createServer((incoming, outgoing) => {
      const path = rewrite.prefix ? (incoming.url ?? '').replace(/^\/s3(?=[/?]|$)/, '') || '/' : incoming.url
      const onward = httpRequest({
        port: stage.gate.port,
        method: incoming.method,
        path,
        setHost: false,
        headers: incoming.rawHeaders.map((text, i, all) =>
          rewrite.host && all[i - 1]?.toLowerCase() === 'host' ? stage.gate.host : text,
        ),
      })
      onward.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 0, answer.rawHeaders)
        answer.pipe(outgoing)
      })
      incoming.pipe(onward)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => new Promise((resolve) => proxy.close(resolve)))

  test.for([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('that rewrites Host: %s, prefix: %s', async ([host, prefix]) => {
    rewrite = { host: host!, prefix: prefix! }
    const { port } = proxy.address() as AddressInfo
    const go = (request: RawRequest): Promise<RawResponse> => send(port, request)
    const put = signed(owner, { method: 'PUT', target: '/s3/photos/through', body: 'x' }, { host: BELOW })
    expect(verdict(await go(put))).toBe('200')
    const list = await go(
      presigned(owner, { method: 'GET', target: '/s3/photos?list-type=2' }, { host: BELOW }),
    )
    expect(list.body.toString()).toContain('<Key>through</Key>')
    expect(verdict(await go(signed(owner, { method: 'GET', target: '/s3/' }, { host: BELOW })))).toBe('200')
  })
})
