/** Cases that one refused request cannot show. */
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { expect } from 'vitest'
import { element, elements, verdict } from '../behaviour/world.ts'
import { Connection, header, type RawHeaders, send, serialize } from '../support/raw-http.ts'
import { encodeKey, encodeQuery } from '../support/reference-signer.ts'
import { chunked, FORM_BOUNDARY, postForm, presigned, signed } from '../support/s3-request.ts'
import { BACKEND_CREDENTIALS } from '../support/stage.ts'
import { type Arena, as, deliver } from './arena.ts'
import type { Experiment } from './attack.ts'
import { OPERATIONS, requestFor } from './rows/authentication.ts'

/** What the gate itself sends with every request, and the least of what a PUT may bring along. */
const FORWARDED_WITH_A_PUT = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'date',
  'host',
  'transfer-encoding',
  'user-agent',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-meta-kept',
])

const MINUTE = 60_000

async function batchDelete(arena: Arena, credentials: Arena['owner'], bucket: string, objects: string) {
  const body = `<Delete>${objects}</Delete>`
  return as(arena, credentials, {
    method: 'POST',
    target: `/${bucket}?delete`,
    headers: [['Content-MD5', createHash('md5').update(body).digest('base64')]],
    body,
  })
}

const put = async (arena: Arena, key: string, body: string | Buffer = 'x') => {
  const response = await as(arena, arena.owner, { method: 'PUT', target: `/ours/${encodeKey(key)}`, body })
  expect(verdict(response)).toBe('200')
}

/** XML as a backend reads it: character references and CDATA resolved. */
function keysIn(xml: string): readonly string[] {
  return [...xml.matchAll(/<Key>(.*?)<\/Key>/gs)].map((match) =>
    (match[1] ?? '')
      .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
      .replace(/&#(\d+);/g, (_, decimal: string) => String.fromCodePoint(Number(decimal)))
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&apos;', "'")
      .replaceAll('&amp;', '&'),
  )
}

const headersOnTheWay: readonly Experiment[] = [
  {
    row: 7,
    title: 'only known headers reach the backend, each once, under its own credential',
    run: async (arena) => {
      const strange: RawHeaders = [
        ['Forwarded', 'for=1.2.3.4'],
        ['X-Forwarded-For', '1.2.3.4'],
        ['X-Forwarded-Host', 'example.com'],
        ['Via', '1.1 example'],
        ['Cookie', 'a=b'],
        ['Connection', 'keep-alive, x-hop'],
        ['x-hop', '1'],
        ['Keep-Alive', 'timeout=5'],
        ['TE', 'trailers'],
        ['Proxy-Authorization', 'Basic eDp5'],
        ['X-Frobnicate', '1'],
        ['x-amz-meta-kept', 'yes'],
        ['Content-Type', 'text/plain'],
      ]
      const response = await as(
        arena,
        arena.owner,
        { method: 'PUT', target: '/ours/headers', headers: strange, body: 'x' },
        {
          unsigned: strange.map(([name]) => name.toLowerCase()).filter((name) => !name.startsWith('x-amz-')),
        },
      )
      expect(verdict(response)).toBe('200')
      const [request] = arena.backend.received
      const names = request?.headers.map(([name]) => name.toLowerCase()) ?? []
      expect(names.filter((name) => !FORWARDED_WITH_A_PUT.has(name))).toEqual([])
      expect(new Set(names).size).toBe(names.length)
      const value = (name: string) => request?.headers.find(([other]) => other.toLowerCase() === name)?.[1]
      expect(value('authorization')).toContain(`Credential=${BACKEND_CREDENTIALS.accessKey}/`)
      expect(value('host')).toBe(`127.0.0.1:${arena.backend.port}`)
      expect(value('x-amz-meta-kept')).toBe('yes')
      expect(JSON.stringify(request)).not.toContain(arena.owner.accessKey)
    },
  },
  {
    row: 6,
    title: 'a field after the file of a form means nothing',
    run: async (arena) => {
      const form = postForm(arena.owner, {
        host: arena.gate.host,
        bucket: 'ours',
        fields: [['key', 'form']],
        file: 'of the form',
        closing: `\r\n--${FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="acl"\r\n\r\npublic-read\r\n--${FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="file"\r\n\r\nanother\r\n--${FORM_BOUNDARY}--\r\n`,
      })
      expect(verdict(await deliver(arena, form))).toBe('204')
      expect(arena.backend.object('ours', 'form')?.toString()).toBe('of the form')
      const names = arena.backend.received.flatMap(({ headers }) =>
        headers.map(([name]) => name.toLowerCase()),
      )
      expect(names).not.toContain('x-amz-acl')
    },
  },
  {
    row: 6,
    title: 'a field after a file whose length the backend has been told leaves no object',
    run: async (arena) => {
      const form = postForm(arena.owner, {
        host: arena.gate.host,
        bucket: 'ours',
        fields: [['key', 'long form']],
        file: Buffer.alloc(9_000_000),
        closing: `\r\n--${FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="submit"\r\n\r\nUpload\r\n--${FORM_BOUNDARY}--\r\n`,
      })
      const answer = await deliver(arena, form)
      expect(verdict(answer)).toBe('400 MalformedPOSTRequest')
      expect(answer.body.toString()).toContain('last field of its form')
      expect(arena.backend.object('ours', 'long form')).toBeUndefined()
      expect(arena.backend.received.filter(({ complete }) => complete)).toEqual([])
    },
  },
  ...(
    [
      ['GET', '/ours/secret', 'rgwx-stat=true&append&position=0&lambdaArn=x'],
      ['HEAD', '/ours/secret', 'x-note=1&layout'],
      ['GET', '/ours?list-type=2', 'metadata=true&format=json&usage&bilog'],
    ] as const
  ).map(
    ([method, target, idle]): Experiment => ({
      row: 7,
      title: `what a read has no use for does not reach the backend: ${method} ${target}`,
      run: async (arena) => {
        const asked = async (parameters: string, headers: RawHeaders) => {
          arena.backend.clear()
          const joint = target.includes('?') ? '&' : '?'
          const request = {
            method,
            target: parameters === '' ? target : `${target}${joint}${parameters}`,
            headers,
          }
          expect((await as(arena, arena.owner, request)).status).toBe(200)
          return arena.backend.received.map((one) => [
            one.target,
            one.headers.map(([name]) => name).toSorted(),
          ])
        }
        const strange: RawHeaders = [
          ['x-amz-acl', 'public-read'],
          ['x-amz-tagging', 'a=b'],
          ['x-amz-meta-snowball-auto-extract', 'true'],
          ['x-amz-replication-status', 'REPLICA'],
          ['x-amz-bypass-governance-retention', 'true'],
          ['x-amz-storage-class', 'GLACIER'],
          ['x-amz-server-side-encryption', 'aws:kms'],
        ]
        expect(await asked(idle, strange)).toEqual(await asked('', []))
      },
    }),
  ),
]

const paths: readonly Experiment[] = [
  ...(
    [
      ['a plus', '/ours/a+b', '/ours/a%2Bb'],
      ['a needless escape', '/ours/%61', '/ours/a'],
      ['lower-case hex', '/ours/%c3%bc', '/ours/%C3%BC'],
      ['double encoding', '/ours/%252e%252e', '/ours/%252e%252e'],
      ['two slashes', '/ours//a//b', '/ours//a//b'],
      ['three dots', '/ours/...', '/ours/...'],
      ['an encoded slash', '/ours/a%2Fb', '/ours/a/b'],
      ['punctuation', "/ours/!$&'()*,;=:@", '/ours/%21%24%26%27%28%29%2A%2C%3B%3D%3A%40'],
    ] as const
  ).map(
    ([title, target, forwarded]): Experiment => ({
      row: 16,
      title: `${title} goes out in its one canonical encoding`,
      run: async (arena) => {
        const response = await as(arena, arena.owner, { method: 'PUT', target, body: 'x' })
        expect(verdict(response)).toBe('200')
        expect(arena.backend.received.map((request) => request.target)).toEqual([forwarded])
      },
    }),
  ),
  {
    row: 18,
    title: '2,000 odd URLs: none crashes the gate, none is let through',
    run: async (arena) => {
      const alphabet = [
        '/',
        '.',
        '..',
        '%',
        '%2F',
        '%00',
        '%ff',
        '?',
        '&',
        '=',
        '+',
        '#',
        ':',
        ';',
        '\\',
        'ours',
        '\x7f',
        '\xff',
        '@',
        '[',
        '{',
        '%c0%ae',
      ]
      for (let i = 0; i < 2000; i++) {
        const target = `/${Array.from({ length: randomInt(1, 12) }, () => alphabet[randomInt(alphabet.length)]).join('')}`
        const response = await send(arena.gate.port, {
          method: 'GET',
          target,
          headers: [['Host', arena.gate.host]],
        })
        expect([
          target,
          (response.status >= 400 && response.status < 500) || response.status === 501,
        ]).toEqual([target, true])
      }
      expect(arena.backend.received).toEqual([])
      expect((await as(arena, arena.owner, { method: 'GET', target: '/ours/secret' })).status).toBe(200)
    },
  },
]

const dates: readonly Experiment[] = [-14, 14].map((minutes) => ({
  row: 19,
  title: `signed ${minutes} minutes from now is accepted`,
  run: async (arena) => {
    const at = Date.now() + minutes * MINUTE
    expect((await as(arena, arena.owner, { method: 'GET', target: '/ours/secret' }, { at })).status).toBe(200)
  },
}))

const batches: readonly Experiment[] = [
  {
    row: 20,
    title: 'a batch deletes what is permitted, and reports every other key',
    run: async (arena) => {
      for (const key of ['team-a/1', 'team-a/2', 'team-b/1']) await put(arena, key)
      arena.backend.clear()
      const response = await batchDelete(
        arena,
        arena.below,
        'ours',
        ['team-a/1', 'team-b/1', 'secret', 'team-a/2']
          .map((key) => `<Object><Key>${key}</Key></Object>`)
          .join(''),
      )
      expect(response.status).toBe(200)
      const text = response.body.toString()
      const deleted = [...text.matchAll(/<Deleted>.*?<Key>(.*?)<\/Key>.*?<\/Deleted>/gs)].map(
        (match) => match[1],
      )
      expect(new Set(deleted)).toEqual(new Set(['team-a/1', 'team-a/2']))
      expect(
        elements(response, 'Code').filter((code) => code === 'AccessDenied').length,
      ).toBeGreaterThanOrEqual(2)
      expect((text.match(/<Error>/g) ?? []).length).toBe(2)
      expect(arena.backend.received.flatMap(({ body }) => keysIn(body.toString()))).toEqual([
        'team-a/1',
        'team-a/2',
      ])
      expect(arena.backend.object('ours', 'team-b/1')).toBeDefined()
      expect(arena.backend.object('ours', 'secret')).toBeDefined()
    },
  },
  {
    row: 20,
    title: 'a batch of nothing but forbidden keys does not reach the backend',
    run: async (arena) => {
      const response = await batchDelete(arena, arena.below, 'ours', '<Object><Key>secret</Key></Object>')
      expect(response.status === 200 ? elements(response, 'Code') : [element(response, 'Code')]).toEqual([
        'AccessDenied',
      ])
      expect(arena.backend.received).toEqual([])
    },
  },
  ...(
    [
      ['a numeric reference', '&#107;', 'k'],
      ['a hexadecimal reference', '&#x6B;', 'k'],
      ['CDATA', '<![CDATA[<k>&amp;]]>', '<k>&amp;'],
      ['a comment inside', 'a<!-- x -->b', 'ab'],
      ['a leading space', ' k', ' k'],
      ['a trailing space', 'k ', 'k '],
      ['only a space', ' ', ' '],
      ['leading zeros', '007', '007'],
      ['an exponent', '1e3', '1e3'],
      ['a boolean', 'true', 'true'],
      ['hexadecimal', '0x1F', '0x1F'],
      ['a carriage return', 'a&#13;b', 'a\rb'],
      ['a double escape', '&amp;#107;', '&#107;'],
      ['a name of Object.prototype', '__proto__', '__proto__'],
      ['another', 'constructor', 'constructor'],
    ] as const
  ).map(
    ([title, written, key]): Experiment => ({
      row: 35,
      title: `a key written with ${title} is the key that is deleted`,
      run: async (arena) => {
        arena.backend.buckets.get('ours')?.set(key, Buffer.from('x'))
        const response = await batchDelete(
          arena,
          arena.owner,
          'ours',
          `<Object><Key>${written}</Key></Object>`,
        )
        expect(response.status).toBe(200)
        const [request] = arena.backend.received
        expect(keysIn(request?.body.toString() ?? '')).toEqual([key])
        expect(request?.body.toString()).not.toContain('CDATA')
        expect(arena.backend.object('ours', key)).toBeUndefined()
      },
    }),
  ),
]

const bodies: readonly Experiment[] = [
  ...(['signed', 'signed-trailer', 'unsigned-trailer'] as const).map(
    (mode): Experiment => ({
      row: 26,
      title: `${mode}: the backend gets the data, the right length, and no trace of the envelope`,
      run: async (arena) => {
        const body = randomBytes(150_000)
        const { request } = chunked(
          arena.owner,
          { method: 'PUT', target: '/ours/chunked', body },
          {
            host: arena.gate.host,
            mode,
            contentEncoding: 'gzip,aws-chunked',
            trailers:
              mode === 'signed'
                ? []
                : [['x-amz-checksum-sha256', createHash('sha256').update(body).digest('base64')]],
          },
        )
        expect(verdict(await deliver(arena, request))).toBe('200')
        // A torn upload of an earlier case may be noticed only now.
        const received = arena.backend.received.find(({ target }) => target === '/ours/chunked')
        const value = (name: string) => received?.headers.find(([other]) => other.toLowerCase() === name)?.[1]
        expect(received?.body.equals(body)).toBe(true)
        expect([
          value('content-length'),
          value('content-encoding'),
          value('x-amz-decoded-content-length'),
        ]).toEqual(['150000', 'gzip', undefined])
      },
    }),
  ),
  {
    row: 30,
    title: 'a refused upload of 100 MB is answered at once',
    run: async (arena) => {
      const connection = await Connection.open(arena.gate.port)
      const { headers, method, target } = signed(
        arena.limited.GetObject,
        { method: 'PUT', target: '/ours/big', headers: [['Content-Length', '100000000']] },
        { host: arena.gate.host, payload: 'UNSIGNED-PAYLOAD' },
      )
      connection.write(serialize({ method, target, headers }))
      connection.write(Buffer.alloc(1_000_000))
      expect(verdict(await connection.response('PUT'))).toBe('403 AccessDenied')
      connection.close()
      expect(arena.backend.received).toEqual([])
    },
  },
  {
    row: 30,
    title: 'with Expect: 100-continue it is refused before a byte of it is asked for',
    run: async (arena) => {
      const connection = await Connection.open(arena.gate.port)
      const { headers, method, target } = signed(
        arena.limited.GetObject,
        {
          method: 'PUT',
          target: '/ours/big',
          headers: [
            ['Content-Length', '100000000'],
            ['Expect', '100-continue'],
          ],
        },
        { host: arena.gate.host, payload: 'UNSIGNED-PAYLOAD', unsigned: ['expect'] },
      )
      connection.write(serialize({ method, target, headers }))
      const response = await connection.response('PUT')
      expect([verdict(response), response.interim]).toEqual(['403 AccessDenied', []])
      connection.close()
      expect(arena.backend.received).toEqual([])
    },
  },
  {
    row: 30,
    title: 'with Expect: 100-continue a permitted upload is asked for once',
    run: async (arena) => {
      const connection = await Connection.open(arena.gate.port)
      const { headers, method, target } = signed(
        arena.owner,
        {
          method: 'PUT',
          target: '/ours/expected',
          headers: [
            ['Content-Length', '5'],
            ['Expect', '100-continue'],
          ],
        },
        { host: arena.gate.host, payload: 'UNSIGNED-PAYLOAD', unsigned: ['expect'] },
      )
      connection.write(serialize({ method, target, headers }))
      expect(await connection.interim()).toBe(100)
      connection.write('hello')
      expect(verdict(await connection.response('PUT'))).toBe('200')
      connection.close()
      expect(arena.backend.object('ours', 'expected')?.toString()).toBe('hello')
    },
  },
]

const bucketsOfNobody: readonly Experiment[] = [
  {
    row: 32,
    title: "a bucket that the backend has and nobody adopted is nobody's",
    run: async (arena) => {
      arena.backend.buckets.set('orphan', new Map([['k', Buffer.from('old data')]]))
      const create = await as(arena, arena.owner, { method: 'PUT', target: '/orphan' })
      expect(verdict(create)).toBe('409 BucketAlreadyExists')
      expect(arena.backend.received.filter(({ method }) => method === 'PUT')).toEqual([])
      const list = await as(arena, arena.owner, { method: 'GET', target: '/' })
      expect(elements(list, 'Name')).not.toContain('orphan')
      expect(arena.backend.object('orphan', 'k')?.toString()).toBe('old data')
    },
  },
  {
    row: 32,
    title: 'such a bucket is 403 in every operation, and as the source of a copy',
    run: async (arena) => {
      arena.backend.buckets.set('orphan', new Map([['secret', Buffer.from('old data')]]))
      const asked = OPERATIONS.filter(({ level, name }) => level !== 'service' && name !== 'CreateBucket')
      expect(asked.length).toBeGreaterThan(100)
      for (const operation of asked) {
        const request = requestFor(operation)
        const target = request.target.replace('/ours', '/orphan')
        const response = await as(arena, arena.owner, { ...request, target })
        expect([operation.name, verdict(response)]).toEqual([
          operation.name,
          expect.stringMatching(/^(403|501 NotImplemented)/),
        ])
      }
      for (const target of ['/ours/copy', '/ours/copy?partNumber=1&uploadId=x']) {
        const headers = [['x-amz-copy-source', '/orphan/secret']] as const
        expect(verdict(await as(arena, arena.owner, { method: 'PUT', target, headers }))).toBe(
          '403 AccessDenied',
        )
      }
      // All that the backend was asked is whether it has that bucket.
      const sent = new Set(arena.backend.received.map(({ method, target }) => `${method} ${target}`))
      expect([...sent]).toEqual(['HEAD /orphan'])
      expect(arena.backend.object('orphan', 'secret')?.toString()).toBe('old data')
    },
  },
]

const hoisting: readonly Experiment[] = [
  {
    row: 36,
    title: 'a hoisted x-amz-copy-source is sent as a header, rebuilt from what was authorized',
    run: async (arena) => {
      const request = presigned(
        arena.owner,
        { method: 'PUT', target: '/ours/copied?x-amz-copy-source=ours%2F%2573ecret'.replace('%2573', '%73') },
        { host: arena.gate.host },
      )
      expect(verdict(await deliver(arena, request))).toBe('200')
      const [received] = arena.backend.received
      expect(received?.target).toBe('/ours/copied')
      expect(received?.headers.find(([name]) => name.toLowerCase() === 'x-amz-copy-source')?.[1]).toBe(
        '/ours/secret',
      )
    },
  },
]

const BACKEND_ERROR = (code: string) =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>backend.internal says no</Message><AWSAccessKeyId>${BACKEND_CREDENTIALS.accessKey}</AWSAccessKeyId><StringToSign>AWS4-HMAC</StringToSign><RequestId>backend-request-id</RequestId><HostId>backend.internal</HostId></Error>`

const leaks = (response: { headers: RawHeaders; body: Buffer }): readonly string[] => {
  const everything = JSON.stringify(response.headers) + response.body.toString()
  return [
    BACKEND_CREDENTIALS.accessKey,
    'backend.internal',
    'backend-request-id',
    'recording-backend',
    'StringToSign',
  ].filter((secret) => everything.includes(secret))
}

const backendErrors: readonly Experiment[] = [
  ...[
    'SignatureDoesNotMatch',
    'InvalidAccessKeyId',
    'RequestTimeTooSkewed',
    'AuthorizationHeaderMalformed',
    'ExpiredToken',
  ].map(
    (code): Experiment => ({
      row: 37,
      title: `${code} of the backend is our fault, not the client's`,
      run: async (arena) => {
        arena.backend.script(() => ({
          status: 403,
          headers: {
            'content-type': 'application/xml',
            'x-amz-id-2': 'backend.internal',
            'x-backend': 'backend.internal',
          },
          body: BACKEND_ERROR(code),
        }))
        try {
          const response = await as(arena, arena.owner, { method: 'GET', target: '/ours/secret' })
          expect(verdict(response)).toBe('503 ServiceUnavailable')
          expect(leaks(response)).toEqual([])
        } finally {
          arena.backend.unscript()
        }
      },
    }),
  ),
  ...(
    [
      ['CopyObject', 'PUT', '/ours/copied', [['x-amz-copy-source', '/ours/secret']], ''],
      [
        'CompleteMultipartUpload',
        'POST',
        '/ours/whole?uploadId=x',
        [],
        '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"0123456789abcdef0123456789abcdef"</ETag></Part></CompleteMultipartUpload>',
      ],
    ] as const
  ).map(
    ([title, method, target, headers, body]): Experiment => ({
      row: 37,
      title: `an error inside the 200 of ${title} shows nothing either`,
      run: async (arena) => {
        arena.backend.script(() => ({
          status: 200,
          headers: { 'content-type': 'application/xml' },
          body: BACKEND_ERROR('InternalError'),
        }))
        try {
          const response = await as(arena, arena.owner, { method, target, headers, body })
          expect(element(response, 'Code')).toBe('InternalError')
          expect(leaks(response)).toEqual([])
        } finally {
          arena.backend.unscript()
        }
      },
    }),
  ),
  {
    row: 37,
    title: 'an ordinary error is told in our words, with our request id',
    run: async (arena) => {
      arena.backend.script(() => ({
        status: 404,
        headers: { 'content-type': 'application/xml' },
        body: BACKEND_ERROR('NoSuchKey'),
      }))
      try {
        const response = await as(arena, arena.owner, { method: 'GET', target: '/ours/secret' })
        expect(verdict(response)).toBe('404 NoSuchKey')
        expect(leaks(response)).toEqual([])
        expect(element(response, 'RequestId')).toBe(header(response, 'x-amz-request-id'))
      } finally {
        arena.backend.unscript()
      }
    },
  },
]

/** What a customer encrypts with goes to the backend, and nowhere else. */
const customerKeys: readonly Experiment[] = (['header', 'presigned'] as const).map((way) => ({
  row: 13,
  title: `${way}: the key of SSE-C is in no line of the log`,
  run: async (arena) => {
    const key = randomBytes(32)
    const sent: RawHeaders = [
      ['x-amz-server-side-encryption-customer-algorithm', 'AES256'],
      ['x-amz-server-side-encryption-customer-key', key.toString('base64')],
      ['x-amz-server-side-encryption-customer-key-md5', createHash('md5').update(key).digest('base64')],
    ]
    const query = sent.map(([name, value]) => `${name}=${encodeQuery(value)}`).join('&')
    const { host } = arena.gate
    const request =
      way === 'header'
        ? signed(arena.owner, { method: 'PUT', target: '/ours/kept', headers: sent, body: 'x' }, { host })
        : presigned(arena.owner, { method: 'PUT', target: `/ours/kept?${query}`, body: 'x' }, { host })
    const response = await deliver(arena, request)
    expect(verdict(response)).toBe('200')
    const [received] = arena.backend.received
    const names = sent.map(([name]) => name)
    expect(received?.headers.filter(([name]) => names.includes(name.toLowerCase()))).toHaveLength(3)
    const id = header(response, 'x-amz-request-id')
    await until(() => arena.gate.log.some((line) => line.request_id === id))
    for (const form of sent.slice(1).flatMap(([, value]) => [value, encodeQuery(value)])) {
      expect(arena.gate.output).not.toContain(form)
    }
  },
}))

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not come to that')
}

const existence: readonly Experiment[] = [
  {
    row: 38,
    title: 'who may not list is not told which keys exist',
    run: async (arena) => {
      const only = arena.limited.GetObject
      const there = await as(arena, only, { method: 'GET', target: '/ours/secret' })
      expect(there.status).toBe(200)
      for (const target of ['/ours/missing', '/ours/missing%20too']) {
        const response = await as(arena, only, { method: 'GET', target })
        expect([verdict(response), element(response, 'Message')]).toEqual([
          '403 AccessDenied',
          'Permission denied.',
        ])
        expect((await as(arena, only, { method: 'HEAD', target })).status).toBe(403)
      }
      expect(verdict(await as(arena, arena.owner, { method: 'GET', target: '/ours/missing' }))).toBe(
        '404 NoSuchKey',
      )
    },
  },
]

const projects: readonly Experiment[] = ['@', '%40'].map((at) => ({
  row: 27,
  title: `KEY${at}project is understood, presigned too`,
  run: async (arena) => {
    const credentials = { ...arena.owner, accessKey: `${arena.owner.accessKey}@${arena.operator.projectId}` }
    const request = presigned(
      credentials,
      { method: 'GET', target: '/ours/secret' },
      { host: arena.gate.host },
    )
    const target = at === '@' ? request.target.replace('%40', '@') : request.target
    expect((await deliver(arena, { ...request, target })).status).toBe(200)
  },
}))

const keepAlive: readonly Experiment[] = [
  {
    row: 28,
    title: 'a refusal of framing closes the connection: what was smuggled behind it is not read',
    run: async (arena) => {
      const smuggled = serialize(
        signed(arena.owner, { method: 'DELETE', target: '/ours/secret' }, { host: arena.gate.host }),
      )
      const connection = await Connection.open(arena.gate.port)
      connection.write(
        Buffer.concat([
          Buffer.from(
            `PUT /ours/new HTTP/1.1\r\nHost: ${arena.gate.host}\r\nContent-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
          ),
          smuggled,
        ]),
      )
      expect((await connection.response('PUT')).status).toBe(400)
      await connection.closed()
      expect(arena.backend.received).toEqual([])
      expect(arena.backend.object('ours', 'secret')).toBeDefined()
    },
  },
  {
    row: 28,
    title: 'pipelined requests of different keys are answered each by its own right, in order',
    run: async (arena) => {
      const connection = await Connection.open(arena.gate.port)
      const get = (credentials: Arena['owner']) =>
        serialize(signed(credentials, { method: 'GET', target: '/ours/secret' }, { host: arena.gate.host }))
      connection.write(Buffer.concat([get(arena.owner), get(arena.stranger), get(arena.owner)]))
      const statuses = []
      for (let i = 0; i < 3; i++) statuses.push((await connection.response('GET')).status)
      connection.close()
      expect(statuses).toEqual([200, 403, 200])
    },
  },
]

const handOver: readonly Experiment[] = [
  {
    row: 33,
    title: "an upload held back across the bucket's change of hands does not land",
    run: async (arena) => {
      expect(verdict(await as(arena, arena.owner, { method: 'PUT', target: '/handover' }))).toBe('200')
      const connection = await Connection.open(arena.gate.port)
      const bytes = serialize(
        signed(
          arena.owner,
          { method: 'PUT', target: '/handover/mine', body: 'for my own bucket' },
          { host: arena.gate.host, payload: 'UNSIGNED-PAYLOAD' },
        ),
      )
      connection.write(bytes.subarray(0, -1))
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(verdict(await as(arena, arena.owner, { method: 'DELETE', target: '/handover' }))).toBe('204')
      const early = await as(arena, arena.stranger, { method: 'PUT', target: '/handover' })
      expect(verdict(early)).toBe('409 BucketAlreadyExists')
      await new Promise((resolve) => setTimeout(resolve, 1200))
      expect(verdict(await as(arena, arena.stranger, { method: 'PUT', target: '/handover' }))).toBe('200')
      connection.write(bytes.subarray(-1))
      const late = await connection.response('PUT').then(verdict, (error: Error) => error.name)
      expect(late).toMatch(/^(403|404|409|TornResponse)/)
      connection.close()
      expect(arena.backend.object('handover', 'mine')).toBeUndefined()
      const list = await as(arena, arena.stranger, { method: 'GET', target: '/handover' })
      expect(elements(list, 'Key')).toEqual([])
    },
  },
]

export const experiments: readonly Experiment[] = [
  ...headersOnTheWay,
  ...paths,
  ...dates,
  ...batches,
  ...bodies,
  ...bucketsOfNobody,
  ...handOver,
  ...hoisting,
  ...backendErrors,
  ...customerKeys,
  ...existence,
  ...projects,
  ...keepAlive,
]
