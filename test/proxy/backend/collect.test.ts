/** Answers that are read whole. */
import { afterEach, expect, test } from 'vitest'
import { backend, open, request } from './fixture.ts'
import { answer, startScripted } from './scripted-server.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function ask(wire: string, maxBytes: number) {
  const server = await startScripted(async (connection) => {
    await connection.head()
    connection.write(wire)
  })
  const { backends } = open()
  closers.push(
    () => server.close(),
    () => backends.close(),
  )
  return backends.request(request(backend([server.origin])), { maxBytes })
}

test('status, headers and body', async () => {
  const { status, headers, body } = await ask(answer(404, '<Error/>', ['X-Amz-Version-Id: v1']), 100)
  expect([status, headers['x-amz-version-id'], body.toString()]).toEqual([404, 'v1', '<Error/>'])
})

test.each([
  ['longer than allowed', answer(200, 'x'.repeat(101)), 'BadGateway'],
  ['not to be understood', 'nonsense\r\n\r\n', 'BadGateway'],
  ['cut', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nabc', 'GatewayTimeout'],
])('an answer that is %s', async (_name, wire, code) => {
  await expect(ask(wire, 100)).rejects.toMatchObject({ code, source: 'backend' })
})
