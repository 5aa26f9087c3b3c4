/** Long answers that are taken slowly, and whose pieces are kept: more of them than there are large buffers. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { AnswerController, PlainRequest } from '../../../../src/proxy/backend/plain/connection.ts'
import { LARGE_BYTES, LargeBuffers } from '../../../../src/proxy/backend/plain/large-buffers.ts'
import { PlainPool } from '../../../../src/proxy/backend/plain/pool.ts'
import { UNCOUNTED } from '../../../../src/proxy/read-buffers.ts'
import { startScripted } from '../scripted-server.ts'

const ANSWERS = 80
const LENGTH = 700_000

const get = (n: number): PlainRequest => ({
  method: 'GET',
  bytes: `GET /bucket/${n} HTTP/1.1\r\nhost: backend\r\n\r\n`,
  headersTimeout: Number.POSITIVE_INFINITY,
  bodyTimeout: Number.POSITIVE_INFINITY,
})

const body = (n: number) => Buffer.alloc(LENGTH, `answer ${n}, `)
const digest = (pieces: readonly Buffer[]) => createHash('sha256').update(Buffer.concat(pieces)).digest('hex')

/** Keeps every piece, and takes the next when all have theirs. @returns what the pieces hold when the last is there */
function keep(pool: PlainPool, n: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    pool.dispatch(get(n), {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData(controller: AnswerController, chunk) {
        pieces.push(chunk)
        controller.pause()
        setTimeout(() => controller.resume(), 10)
        return 'full'
      },
      onResponseEnd: () => resolve(digest(pieces)),
      onResponseError: (_controller, error) => reject(error),
    })
  })
}

test.each([
  { name: 'taken within time', speed: 1 },
  { name: 'taken so slowly that large buffers are given back', speed: 1_000 },
])('pieces that are kept stay as they were: $name', async ({ speed }) => {
  const server = await startScripted(async (connection) => {
    const head = await connection.head()
    const n = Number(/bucket\/(\d+)/.exec(head)?.[1])
    connection.write(`HTTP/1.1 200 OK\r\ncontent-length: ${LENGTH}\r\n\r\n`)
    connection.write(body(n))
  })
  let left = 0
  const pool = new PlainPool({
    host: '127.0.0.1',
    port: Number(new URL(server.origin).port),
    connectTimeoutMs: Number.POSITIVE_INFINITY,
    keepAliveMs: Number.POSITIVE_INFINITY,
    connections: ANSWERS,
    readBuffers: {
      used: (bytes) => {
        left += bytes
      },
    },
    // The faster it goes, the slower are those who wait 10 ms.
    now: () => performance.now() * speed,
  })
  const kept = await Promise.all(Array.from({ length: ANSWERS }, (_, n) => keep(pool, n)))
  expect(kept).toEqual(Array.from({ length: ANSWERS }, (_, n) => digest([body(n)])))
  // All of it was kept by others, so that all of it is theirs to let go.
  expect(left).toBeGreaterThanOrEqual(ANSWERS * LENGTH * 0.9)
  await pool.close()
  await server.close()
})

test('large buffers are so many and no more, and used again', () => {
  const buffers = new LargeBuffers(UNCOUNTED)
  const lent = new Set<Buffer>()
  for (let buffer = buffers.borrow(); buffer !== null; buffer = buffers.borrow()) lent.add(buffer)
  expect(lent.size * LARGE_BYTES).toBe(10 * 1024 * 1024)
  const [first] = lent
  buffers.giveBack(first!)
  expect(buffers.borrow()).toBe(first)
  expect(buffers.borrow()).toBeNull()
})
