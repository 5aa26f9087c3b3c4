/** Connections: kept, renewed, chosen among endpoints, replaced when a backend is configured anew. */

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { S3Error } from '../../../src/s3/error.ts'
import { backend, hear, type Opened, open, request } from './fixture.ts'
import { answer, type ScriptedServer, startScripted } from './scripted-server.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

function opened(...settings: Parameters<typeof open>): Opened {
  const both = open(...settings)
  closers.push(() => both.backends.close())
  return both
}

/** Answers every request with its name. */
async function named(name: string): Promise<ScriptedServer> {
  const server = await startScripted(async (connection) => {
    for (;;) {
      const head = await connection.head()
      connection.write(head.startsWith('HEAD') ? answer(200, '', []) : answer(200, name))
    }
  })
  closers.push(() => server.close())
  return server
}

/** undici takes a connection back a turn of the event loop after its answer ended. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10))

/** A port on which nothing listens. */
async function nowhere(): Promise<string> {
  const server = await startScripted(() => {})
  await server.close()
  return server.origin
}

describe('connections', () => {
  test('one serves request after request, HEAD among them', async () => {
    const server = await named('a')
    const { backends } = opened()
    for (const method of ['GET', 'HEAD', 'GET', 'DELETE', 'PUT', 'HEAD', 'GET']) {
      const heard = await hear(backends, request(backend([server.origin]), { method }))
      expect(heard.end).toBe('end')
      await settled()
    }
    expect(server.connections).toBe(1)
  })

  test('one that the backend closed meanwhile is renewed, for any method', async () => {
    const server = await startScripted(async (connection) => {
      await connection.head()
      connection.write(answer(200, 'fine'))
      setTimeout(() => connection.socket.end(), 20)
    })
    closers.push(() => server.close())
    const { backends } = opened()
    for (const method of ['GET', 'PUT', 'POST']) {
      const heard = await hear(backends, request(backend([server.origin]), { method }))
      expect(heard.end).toBe('end')
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    expect(server.connections).toBe(3)
  })

  test('no more than allowed', async () => {
    let open = 0
    let most = 0
    const server = await startScripted(async (connection) => {
      for (;;) {
        await connection.head()
        open += 1
        most = Math.max(most, open)
        await new Promise((resolve) => setTimeout(resolve, 10))
        open -= 1
        connection.write(answer(200, 'fine'))
      }
    })
    closers.push(() => server.close())
    const { backends } = opened({ connections: 3 })
    const all = await Promise.all(
      Array.from({ length: 12 }, () => hear(backends, request(backend([server.origin])))),
    )
    expect(all.map(({ end }) => end)).toEqual(Array(12).fill('end'))
    expect(most).toBe(3)
  })

  test('close waits for what is under way', async () => {
    const server = await startScripted(async (connection) => {
      await connection.head()
      await new Promise((resolve) => setTimeout(resolve, 100))
      connection.write(answer(200, 'late'))
    })
    closers.push(() => server.close())
    const { backends } = open()
    const heard = hear(backends, request(backend([server.origin])))
    await new Promise((resolve) => setTimeout(resolve, 20))
    await backends.close()
    expect((await heard).body.toString()).toBe('late')
  })
})

describe('endpoints', () => {
  test('are used in turn', async () => {
    const [a, b] = [await named('a'), await named('b')]
    const { backends } = opened({ healthIntervalMs: 60_000 })
    const to = backend([a.origin, b.origin])
    const bodies: string[] = []
    for (let i = 0; i < 4; i++) bodies.push((await hear(backends, request(to))).body.toString())
    expect(bodies).toEqual(['a', 'b', 'a', 'b'])
  })

  test.each(['GET', 'PUT'])('one that is down is passed over, %s', async (method) => {
    const b = await named('b')
    const { backends, events } = opened({ healthIntervalMs: 60_000 })
    const down = await nowhere()
    const to = backend([down, b.origin])
    for (let i = 0; i < 3; i++) {
      const heard = await hear(backends, request(to, { method }))
      expect([heard.end, heard.body.toString()]).toEqual(['end', 'b'])
    }
    expect(events).toMatchObject([{ kind: 'endpoint-down', endpoint: down }])
    expect(backends.health().map(({ healthy }) => healthy)).toEqual([false, true])
  })

  test('one that comes back is found by probing', async () => {
    const first = await named('a')
    const { backends, events } = opened({ healthIntervalMs: 30 })
    const other = await named('b')
    const to = backend([first.origin, other.origin])
    await hear(backends, request(to))
    await first.close()
    await vi.waitFor(() => expect(events.map(({ kind }) => kind)).toContain('endpoint-down'))
    const again = await startScripted(async (connection) => {
      await connection.head()
      connection.write(answer(403))
    }, first.port)
    closers.push(() => again.close())
    await vi.waitFor(() => expect(events.map(({ kind }) => kind)).toContain('endpoint-up'))
  })

  test('where all are down, the answer comes at once', async () => {
    const { backends } = opened()
    const heard = await hear(backends, request(backend([await nowhere(), await nowhere()])))
    expect((heard.end as S3Error).code).toBe('ServiceUnavailable')
  })
})

describe('a backend configured anew', () => {
  test('is reached at its new address, and the old one finishes', async () => {
    let release = (): void => {}
    const old = await startScripted(async (connection) => {
      await connection.head()
      await new Promise<void>((resolve) => {
        release = resolve
      })
      connection.write(answer(200, 'old'))
    })
    closers.push(() => old.close())
    const fresh = await named('fresh')
    const { backends } = opened()
    const first = hear(backends, request(backend([old.origin])))
    await vi.waitFor(() => expect(old.connections).toBe(1))
    const second = await hear(backends, request(backend([fresh.origin])))
    expect(second.body.toString()).toBe('fresh')
    release()
    expect((await first).body.toString()).toBe('old')
    await vi.waitFor(() => expect(old.endings).toEqual(['end']))
  })

  test('keeps its connections where they stay good', async () => {
    const server = await named('a')
    const { backends } = opened()
    await hear(backends, request(backend([server.origin])))
    await settled()
    await hear(backends, request(backend([server.origin], { region: 'eu-west-1', access_key: 'OTHER' })))
    expect(server.connections).toBe(1)
    expect((server.received[0] as Buffer).toString('latin1')).toContain('Credential=OTHER/')
  })
})

describe('TLS', () => {
  const fixture = (name: string): string =>
    readFileSync(new URL(`../../data/tls/${name}`, import.meta.url), 'utf8')
  const serve = async (): Promise<string> => {
    const server = createTlsServer(
      { key: fixture('localhost.key'), cert: fixture('localhost.pem') },
      (_request, response) => response.end('private'),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closers.push(async () => {
      server.closeAllConnections()
      server.close()
    })
    return `https://localhost:${(server.address() as AddressInfo).port}`
  }

  test.each([
    {
      name: "its authority is the backend's own",
      ca: fixture('authority.pem'),
      host: 'localhost',
      code: 'end',
    },
    { name: 'nobody vouches for it', ca: null, host: 'localhost', code: 'ServiceUnavailable' },
    {
      name: 'it is made out to another name',
      ca: fixture('authority.pem'),
      host: '127.0.0.1',
      code: 'ServiceUnavailable',
    },
  ])('$name', async ({ ca, host, code }) => {
    const origin = (await serve()).replace('localhost', host)
    const { backends } = opened()
    const { end } = await hear(backends, request(backend([origin], { ca })))
    expect(end === 'end' ? end : end.code).toBe(code)
  })

  test('buckets in host names need no certificate of their own', async () => {
    const origin = await serve()
    const { backends } = opened()
    const to = backend([origin], { ca: fixture('authority.pem'), addressing: 'virtual' })
    for (const bucket of ['one', 'two.dotted', 'one']) {
      const heard = await hear(backends, request(to, { bucket, path: `/${bucket}/key` }))
      expect(heard.body.toString()).toBe('private')
    }
  })
})
