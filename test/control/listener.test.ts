/** The listener itself: TLS, clients that go away, and its end. */
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Dispatch } from '../../src/control/dispatch.ts'
import { type ControlListener, startControlListener } from '../../src/control/listener.ts'
import type { Renewal } from '../../src/proxy/certificate.ts'

const TLS = 'test/data/tls'

async function listen(dispatch: Dispatch, tls: Renewal | null = null, stallTimeoutMs = 60_000) {
  const statuses: number[] = []
  const listener: ControlListener = await startControlListener(
    {
      host: '127.0.0.1',
      port: 0,
      tls,
      maxHeaderBytes: 16_384,
      headersTimeoutMs: 5_000,
      keepAliveTimeoutMs: 5_000,
      stallTimeoutMs,
    },
    {
      dispatch,
      trustedProxies: () => [],
      report: ({ status }) => statuses.push(status),
      alarm: () => undefined,
    },
  )
  onTestFinished(() => listener.drain(0))
  return { listener, statuses, port: Number(new URL(listener.endpoint).port) }
}

test('speaks TLS with a certificate', async () => {
  const { listener, port } = await listen(async () => ({ body: { secure: true } }), {
    files: { cert: resolve(TLS, 'localhost.pem'), key: resolve(TLS, 'localhost.key') },
    intervalMs: 60_000,
    onEvent: () => undefined,
  })
  expect(listener.endpoint).toBe(`https://127.0.0.1:${port}`)
  const answer = await new Promise<string>((settle, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: '/',
        servername: 'localhost',
        ca: readFileSync(resolve(TLS, 'authority.pem')),
      },
      (response) => {
        response.setEncoding('utf8')
        response.once('data', settle)
      },
    )
    sent.once('error', reject)
    sent.end()
  })
  expect(answer).toBe('{"secure":true}')
})

test('does not wait for a body whose sender has gone', async () => {
  let entered: () => void = () => undefined
  const inside = new Promise<void>((settle) => {
    entered = settle
  })
  let outcome: Promise<unknown> = Promise.resolve()
  const { port, statuses } = await listen(async (received) => {
    entered()
    // As authentication does: the body is asked for only after a while.
    await new Promise((settle) => setTimeout(settle, 100))
    outcome = received.body().catch((error: unknown) => error)
    await outcome
    return { body: {} }
  })
  const socket = connect(port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf')
  await inside
  socket.destroy()
  await expect.poll(() => statuses).toEqual([200])
  expect(await outcome).toMatchObject({ message: '`body`: must be sent to its end' })
})

test('does not keep an answer for who does not take it', async () => {
  const large = 'x'.repeat(64 * 1024 * 1024)
  const { port } = await listen(async () => ({ body: large }), null, 200)
  const socket = connect(port, '127.0.0.1')
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await new Promise((settle) => setTimeout(settle, 2_000))
  let received = 0
  socket.on('data', (chunk) => {
    received += chunk.length
  })
  const ended = new Promise((settle) => socket.once('close', settle))
  socket.on('error', () => undefined)
  socket.resume()
  await ended
  expect(received).toBeLessThan(large.length)
})

test('answers what is in progress before it ends', async () => {
  let finish: () => void = () => undefined
  const held = new Promise<void>((settle) => {
    finish = settle
  })
  const { listener } = await listen(async () => {
    await held
    return { body: { done: true } }
  })
  const answer = fetch(listener.endpoint).then((response) => response.json())
  await new Promise((settle) => setTimeout(settle, 50))
  const drained = listener.drain(5_000)
  finish()
  expect(await answer).toEqual({ done: true })
  await drained
  await expect(fetch(listener.endpoint)).rejects.toThrow()
})
