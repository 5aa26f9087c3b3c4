/** A backend that is down, slow, cut off or talks nonsense: what the gate makes of it, promptly. */
import { afterEach, describe, expect, test } from 'vitest'
import type { BackendSettings, Backends } from '../../../src/proxy/backend/index.ts'
import { S3Error, type S3ErrorCode } from '../../../src/s3/error.ts'
import { backend, hear, open, request } from './fixture.ts'
import { answer, type ScriptedConnection, type ScriptedServer, startScripted } from './scripted-server.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function serve(
  script: (connection: ScriptedConnection) => Promise<void> | void,
): Promise<ScriptedServer> {
  const server = await startScripted(script)
  closers.push(() => server.close())
  return server
}

function opened(settings: Partial<BackendSettings> = {}): Backends {
  const { backends } = open(settings)
  closers.push(() => backends.close())
  return backends
}

/** Reads the request and writes these bytes, then leaves the connection open. */
const says =
  (...pieces: (string | Buffer)[]) =>
  async (connection: ScriptedConnection): Promise<void> => {
    await connection.head()
    for (const piece of pieces) connection.write(piece)
  }

/** The same, and closes regularly. */
const saysAndCloses =
  (...pieces: string[]) =>
  async (connection: ScriptedConnection): Promise<void> => {
    await connection.head()
    for (const piece of pieces) connection.write(piece)
    connection.socket.end()
  }

const saysAndResets =
  (text: string) =>
  async (connection: ScriptedConnection): Promise<void> => {
    await connection.head()
    connection.write(text)
    setTimeout(() => connection.reset(), 30)
  }

interface Row {
  readonly name: string
  readonly script: (connection: ScriptedConnection) => Promise<void> | void
  readonly code: S3ErrorCode
}

const BEFORE_HEADERS: readonly Row[] = [
  { name: 'resets at once', script: ({ reset }) => reset(), code: 'ServiceUnavailable' },
  { name: 'resets after the request', script: saysAndResets(''), code: 'ServiceUnavailable' },
  { name: 'closes after the request', script: saysAndCloses(), code: 'ServiceUnavailable' },
  { name: 'says nothing', script: says(), code: 'GatewayTimeout' },
  { name: 'stops inside the head', script: says('HTTP/1.1 200 OK\r\nContent-'), code: 'GatewayTimeout' },
  {
    name: 'is cut inside the head',
    script: saysAndResets('HTTP/1.1 200 OK\r\nCon'),
    code: 'ServiceUnavailable',
  },
  {
    name: 'sends 10 MiB of headers',
    script: says('HTTP/1.1 200 OK\r\n', `x-amz-meta-a: ${'a'.repeat(10 * 1024 * 1024)}\r\n\r\n`),
    code: 'BadGateway',
  },
  { name: 'speaks another protocol', script: says('220 mail.example ESMTP\r\n'), code: 'BadGateway' },
  { name: 'sends a bad status line', script: says('HTTP/1.1 2x0 OK\r\n\r\n'), code: 'BadGateway' },
  {
    name: 'frames twice',
    script: says(
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    ),
    code: 'BadGateway',
  },
  {
    name: 'gives two lengths',
    script: says('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'),
    code: 'BadGateway',
  },
  {
    name: 'gives no number as length',
    script: says('HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc'),
    code: 'BadGateway',
  },
  {
    name: 'does not frame its body',
    script: saysAndCloses('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf an obj'),
    code: 'BadGateway',
  },
  {
    name: 'uses an unknown transfer coding',
    script: saysAndCloses('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc'),
    code: 'BadGateway',
  },
  { name: 'redirects', script: says(answer(307, '', ['Location: http://127.0.0.1:1/'])), code: 'BadGateway' },
  { name: 'moved for good', script: says(answer(301, '', ['Location: /elsewhere'])), code: 'BadGateway' },
  {
    name: 'switches protocols',
    script: says('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    code: 'ServiceUnavailable',
  },
]

describe('before headers', () => {
  test.each(BEFORE_HEADERS)('$name', async ({ script, code }) => {
    const server = await serve(script)
    const heard = await hear(opened(), request(backend([server.origin])))
    expect(heard.status).toBe(null)
    expect((heard.end as S3Error).code).toBe(code)
    expect((heard.end as S3Error).source).toBe('backend')
  })

  test('refuses connections', async () => {
    const server = await serve(() => {})
    await server.close()
    const heard = await hear(opened(), request(backend([server.origin])))
    expect((heard.end as S3Error).code).toBe('ServiceUnavailable')
  })

  test('cannot be found', async () => {
    const heard = await hear(opened(), request(backend(['http://no-such-host.invalid:80'])))
    expect((heard.end as S3Error).code).toBe('ServiceUnavailable')
  })
})

const AFTER_HEADERS: readonly (Row & { readonly body: string })[] = [
  {
    name: 'closes inside a body with a length',
    script: saysAndCloses('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
    code: 'ServiceUnavailable',
    body: 'abc',
  },
  {
    name: 'closes inside a body with a length, as announced',
    script: saysAndCloses('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nabc'),
    code: 'BadGateway',
    body: 'abc',
  },
  {
    name: 'resets inside a body with a length',
    script: saysAndResets('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
    code: 'ServiceUnavailable',
    body: 'abc',
  },
  {
    name: 'closes inside a chunked body',
    script: saysAndCloses('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'),
    code: 'ServiceUnavailable',
    body: 'abc',
  },
  {
    name: 'closes inside a chunked body, as announced',
    script: saysAndCloses(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
    ),
    code: 'BadGateway',
    body: 'abc',
  },
  {
    name: 'sends nonsense for a chunk',
    script: says('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n'),
    code: 'BadGateway',
    body: 'abc',
  },
  {
    name: 'stalls inside the body',
    script: says('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
    code: 'GatewayTimeout',
    body: 'abc',
  },
]

describe('inside the body', () => {
  test.each(AFTER_HEADERS)('$name', async ({ script, code, body }) => {
    const server = await serve(script)
    const heard = await hear(opened(), request(backend([server.origin])))
    expect(heard.status).toBe(200)
    expect(heard.body.toString()).toBe(body)
    expect((heard.end as S3Error).code).toBe(code)
    // What was begun is never begun again.
    expect(server.connections).toBe(1)
  })

  test('trickles below the minimum rate', async () => {
    const server = await serve(async (connection) => {
      await connection.head()
      connection.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')
      const timer = setInterval(() => connection.write('x'), 20)
      connection.socket.on('close', () => clearInterval(timer))
    })
    const backends = opened({ rateWindowMs: 200, minBytesPerSecond: () => 1_000 })
    const heard = await hear(backends, request(backend([server.origin])))
    expect((heard.end as S3Error).code).toBe('GatewayTimeout')
  })

  test('an answer that takes minutes may trickle', async () => {
    const server = await serve(async (connection) => {
      await connection.head()
      connection.write('HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n')
      for (let i = 0; i < 30; i++) {
        connection.write('x')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })
    const backends = opened({ rateWindowMs: 100, minBytesPerSecond: () => 1_000 })
    const heard = await hear(backends, request(backend([server.origin]), { patience: 'minutes' }))
    expect(heard.end).toBe('end')
  })
})

describe('trying again', () => {
  const cut = async (connection: ScriptedConnection): Promise<void> => {
    await connection.head()
    if (connection.index === 0) connection.reset()
    else connection.write(answer(200, 'fine'))
  }
  test.each([
    { method: 'GET', connections: 2, end: 'end' },
    { method: 'HEAD', connections: 2, end: 'end' },
    { method: 'PUT', connections: 1, end: 'ServiceUnavailable' },
    { method: 'POST', connections: 1, end: 'ServiceUnavailable' },
    { method: 'DELETE', connections: 1, end: 'ServiceUnavailable' },
  ])('$method whose connection broke', async ({ method, connections, end }) => {
    const server = await serve(cut)
    const heard = await hear(opened(), request(backend([server.origin]), { method }))
    expect(heard.end instanceof S3Error ? heard.end.code : heard.end).toBe(end)
    expect(server.connections).toBe(connections)
  })

  test('a late answer is not asked for twice', async () => {
    const server = await serve(says())
    await hear(opened(), request(backend([server.origin])))
    expect(server.connections).toBe(1)
  })
})

describe('framing of one answer never reaches into the next', () => {
  const smuggled = answer(200, 'smuggled')
  test.each([
    { name: 'an answer nobody asked for', first: `${answer(200, 'first')}${smuggled}`, method: 'GET' },
    { name: 'a body to HEAD', first: answer(200, smuggled), method: 'HEAD' },
    {
      name: 'a body to 204',
      first: `HTTP/1.1 204 No\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
      method: 'GET',
    },
    {
      name: 'a body to 304',
      first: `HTTP/1.1 304 No\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
      method: 'GET',
    },
  ])('$name', async ({ first, method }) => {
    const server = await serve(async (connection) => {
      await connection.head()
      connection.write(connection.index === 0 ? first : answer(200, 'honest'))
      if (connection.index > 0) return
      await connection.head()
      connection.write(answer(200, 'honest'))
    })
    const backends = opened()
    await hear(backends, request(backend([server.origin]), { method }))
    const heard = await hear(backends, request(backend([server.origin])))
    expect(heard.body.toString()).toBe('honest')
  })
})

test('interim answers are skipped', async () => {
  const server = await serve(says('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n', answer(200, 'fine')))
  const heard = await hear(opened(), request(backend([server.origin])))
  expect([heard.status, heard.body.toString(), heard.end]).toEqual([200, 'fine', 'end'])
})

test('a full pool is no reason to wait for ever', async () => {
  const server = await serve(says('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'))
  const backends = opened({
    connections: 1,
    rateWindowMs: 400,
    bodyTimeoutMs: 1_000,
    minBytesPerSecond: () => 0,
  })
  const first = hear(backends, request(backend([server.origin])))
  const second = await hear(backends, request(backend([server.origin])))
  expect((second.end as S3Error).code).toBe('GatewayTimeout')
  await first
})
