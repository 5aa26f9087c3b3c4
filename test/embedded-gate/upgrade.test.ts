/** An Upgrade is not made, and what follows it on its connection is nobody's request. */
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RawHeaders, send, serialize } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

let stage: Stage
let owner: Credentials
beforeAll(async () => {
  stage = await raise()
  owner = await stage.operator.tenant('owner', ['ObjectStorageFullAccess'])
  await send(stage.gate.port, signed(owner, { method: 'PUT', target: '/bucket' }, { host: stage.gate.host }))
})
afterAll(() => lower(stage))

const UPGRADE: RawHeaders = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
]

function put(key: string, body: Buffer | string, headers: RawHeaders = []): Buffer {
  const request = signed(owner, { method: 'PUT', target: `/bucket/${key}`, body }, { host: stage.gate.host })
  return serialize({ ...request, headers: [...request.headers, ...headers] })
}

/** What the gate answers to these writes, until it closes. */
function conversation(writes: readonly Buffer[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(stage.gate.port, '127.0.0.1')
    let said = ''
    const next = (i: number): void => {
      const bytes = writes[i]
      if (bytes === undefined || !socket.writable) return
      socket.write(bytes, () => setTimeout(() => next(i + 1), 50))
    }
    socket.on('data', (piece) => {
      said += piece
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(said))
    next(0)
  })
}

test('the body of a request behind it is not taken for a request', async () => {
  const inner = put('from-inside-a-body', 'inner')
  const outer = put('outer', inner)
  const head = outer.indexOf('\r\n\r\n') + 4
  stage.backend.clear()
  const said = await conversation([
    Buffer.concat([put('first', 'x', UPGRADE), outer.subarray(0, head)]),
    outer.subarray(head),
  ])
  expect(said.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200'])
  expect(said.toLowerCase()).toContain('connection: close')
  expect(stage.backend.received.map(({ target }) => target)).toEqual(['/bucket/first'])
})

test('a body that comes later is its own', async () => {
  const request = put('slow', 'a body', UPGRADE)
  const head = request.indexOf('\r\n\r\n') + 4
  stage.backend.clear()
  const said = await conversation([request.subarray(0, head), request.subarray(head)])
  expect(said).toMatch(/^HTTP\/1\.1 200/)
  expect(stage.backend.received.map(({ target, body }) => [target, body.toString()])).toEqual([
    ['/bucket/slow', 'a body'],
  ])
})
