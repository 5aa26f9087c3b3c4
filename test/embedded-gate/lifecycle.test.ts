/** The gate under way: locks, failures of what it stands between, and its end. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { Gate } from '../support/gate.ts'
import { Connection, header, send, serialize } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type S3Request, signed } from '../support/s3-request.ts'
import { BACKEND_CREDENTIALS, lower, raise, type Stage } from '../support/stage.ts'

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

describe('the gate under way', () => {
  let stage: Stage
  let credentials: Credentials
  beforeEach(async () => {
    stage = await raise({ S3WARDEN_TIMEOUTS_BACKEND_ANSWER: '1s', S3WARDEN_TIMEOUTS_BACKEND_CONNECT: '1s' })
    credentials = await stage.operator.tenant('tester', ['ObjectStorageFullAccess'])
    expect(verdict(await call({ method: 'PUT', target: '/ours' }))).toBe('200')
    expect(verdict(await call({ method: 'PUT', target: '/ours/k', body: 'value' }))).toBe('200')
  })
  afterEach(() => lower(stage))

  const call = (request: S3Request) =>
    send(stage.gate.port, signed(credentials, request, { host: stage.gate.host }))

  test('objects flow while another process holds the write lock', async () => {
    const other = new Database(join(stage.gate.data, 's3warden.db'))
    try {
      other.exec('BEGIN IMMEDIATE')
      for (let i = 0; i < 20; i++) {
        expect(verdict(await call({ method: 'PUT', target: `/ours/${i}`, body: 'x' }))).toBe('200')
        expect((await call({ method: 'GET', target: '/ours/k' })).body.toString()).toBe('value')
      }
      const creating = call({ method: 'PUT', target: '/waits' })
      await pause(300)
      expect((await call({ method: 'GET', target: '/ours/k' })).status).toBe(200)
      other.exec('ROLLBACK')
      expect(verdict(await creating)).toBe('200')
    } finally {
      other.close()
    }
  })

  describe('a backend that', () => {
    test.for([
      ['is gone', (at: Stage) => at.backend.stop(), /^50[34]/],
      ['never answers', (at: Stage) => at.backend.script(() => 'silence'), /^50[34]/],
      [
        'resets',
        (at: Stage) =>
          at.backend.script((_, socket) => {
            socket.resetAndDestroy()
            return 'silence'
          }),
        /^50[23]/,
      ],
      [
        'closes',
        (at: Stage) =>
          at.backend.script((_, socket) => {
            socket.destroy()
            return 'silence'
          }),
        /^50[23]/,
      ],
      [
        'talks nonsense',
        (at: Stage) =>
          at.backend.script((_, socket) => {
            socket.end('nonsense\r\n\r\n')
            return 'silence'
          }),
        /^50[23]/,
      ],
      ['fails', (at: Stage) => at.backend.script(() => ({ status: 500, body: 'oops' })), /^50[0-3]/],
      [
        'redirects elsewhere',
        (at: Stage) =>
          at.backend.script(() => ({ status: 307, headers: { location: 'http://evil.example/' } })),
        /^50[23]/,
      ],
    ] as const)('%s is an error with a request id, promptly', async ([, misbehave, expected]) => {
      await misbehave(stage)
      const began = Date.now()
      for (const request of [
        { method: 'GET', target: '/ours/k' },
        { method: 'PUT', target: '/ours/new', body: 'x' },
      ]) {
        const response = await call(request)
        expect(verdict(response)).toMatch(expected)
        expect(header(response, 'x-amz-request-id')).toBeDefined()
        expect(header(response, 'location')).toBeUndefined()
      }
      expect(Date.now() - began).toBeLessThan(20_000)
    })

    test('answers with fewer bytes than it said: the client does not see a whole object', async () => {
      stage.backend.script((_, socket) => {
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\nETag: "x"\r\n\r\nshort')
        return 'silence'
      })
      await expect(call({ method: 'GET', target: '/ours/k' })).rejects.toMatchObject({ name: 'TornResponse' })
    })
  })

  test('a client that goes away takes the backend request with it', async () => {
    const connection = await Connection.open(stage.gate.port)
    const request = signed(
      credentials,
      { method: 'PUT', target: '/ours/left', headers: [['Content-Length', '1000000']] },
      { host: stage.gate.host, payload: 'UNSIGNED-PAYLOAD' },
    )
    connection.write(Buffer.concat([serialize(request), Buffer.alloc(500_000)]))
    await pause(200)
    connection.close()
    await pause(300)
    const put = stage.backend.received.find(({ target }) => target === '/ours/left')
    expect(put?.complete ?? false).toBe(false)
    expect(stage.backend.object('ours', 'left')).toBeUndefined()
    expect((await call({ method: 'GET', target: '/ours/k' })).status).toBe(200)
  })

  test('SIGTERM: what is under way is finished, nothing new is taken, the exit is clean', async () => {
    const connection = await Connection.open(stage.gate.port)
    const request = signed(
      credentials,
      { method: 'PUT', target: '/ours/last', headers: [['Content-Length', '10']] },
      { host: stage.gate.host, payload: 'UNSIGNED-PAYLOAD' },
    )
    connection.write(Buffer.concat([serialize(request), Buffer.from('12345')]))
    await pause(100)
    stage.gate.signal('SIGTERM')
    await pause(200)
    await expect(Connection.open(stage.gate.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    connection.write('67890')
    const response = await connection.response('PUT')
    expect([verdict(response), header(response, 'connection')]).toEqual(['200', 'close'])
    expect(await stage.gate.exit()).toBe(0)
    expect(stage.backend.object('ours', 'last')?.toString()).toBe('1234567890')
  })

  test('a restart keeps keys, buckets and rules', async () => {
    stage.gate.signal('SIGTERM')
    await stage.gate.exit()
    const again = await Gate.start({
      data: stage.gate.data,
      backend: { endpoint: stage.backend.endpoint, ...BACKEND_CREDENTIALS },
    })
    const response = await send(
      again.port,
      signed(credentials, { method: 'GET', target: '/ours/k' }, { host: again.host }),
    )
    expect(response.body.toString()).toBe('value')
    await again.destroy()
  })

  test('one log line a request: who, what, where, how it was decided', async () => {
    await call({ method: 'GET', target: '/ours/k' })
    await pause(200)
    const lines = stage.gate.log.filter((line) => JSON.stringify(line).includes('GetObject'))
    expect(lines.length).toBe(1)
    expect(JSON.stringify(lines[0])).toContain(credentials.accessKey)
  })

  test('SIGHUP takes over what may change, and traffic goes on', async () => {
    stage.gate.signal('SIGHUP')
    await pause(200)
    expect((await call({ method: 'GET', target: '/ours/k' })).status).toBe(200)
  })

  test('the master key of another store stops the start', async () => {
    stage.gate.signal('SIGTERM')
    await stage.gate.exit()
    const file = join(stage.gate.data, 'master.key')
    const key = await readFile(file)
    await writeFile(file, Buffer.alloc(32, 7).toString('base64'))
    const outcome = await stage.gate.cli(['key', 'list'])
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toMatch(/master\.key/)
    await writeFile(file, key)
    expect((await stage.gate.cli(['key', 'list'])).code).toBe(0)
  })
})
