import { expect, test } from 'vitest'
import type { PlainRequest } from '../../../../src/proxy/backend/plain/connection.ts'
import { PlainPool } from '../../../../src/proxy/backend/plain/pool.ts'
import { UNCOUNTED } from '../../../../src/proxy/read-buffers.ts'
import { answer, startScripted } from '../scripted-server.ts'

const PUT: PlainRequest = {
  method: 'PUT',
  bytes: 'PUT /bucket/key HTTP/1.1\r\nhost: backend\r\ncontent-length: 0\r\n\r\n',
  headersTimeout: 5_000,
  bodyTimeout: 5_000,
}

/** Resolves with the status of the answer, or why there is none. */
const put = (pool: PlainPool): Promise<number | string> =>
  new Promise((resolve) => {
    let status = 0
    pool.dispatch(PUT, {
      onRequestStart() {},
      onResponseStart: (_controller, given) => {
        status = given
      },
      onResponseData: () => 'done',
      onResponseEnd: () => resolve(status),
      onResponseError: (_controller, error) => resolve(error.message),
    })
  })

test('a connection that is being closed, idle for too long, is given to no request', async () => {
  const server = await startScripted(async (connection) => {
    for (;;) {
      await connection.head()
      connection.write(answer(200, 'fine'))
    }
  })
  let looked = (): void => {}
  let time = 0
  const pool = new PlainPool({
    host: '127.0.0.1',
    port: Number(new URL(server.origin).port),
    connectTimeoutMs: 5_000,
    keepAliveMs: 1_000,
    connections: 8,
    readBuffers: UNCOUNTED,
    now: () => {
      looked()
      return time
    },
  })
  expect(await put(pool)).toBe(200)
  const meanwhile = new Promise<number | string>((resolve) => {
    // The next look at the connections closes the idle one; this request comes before it is gone.
    looked = () => {
      looked = () => {}
      time = 10_000
      process.nextTick(() => put(pool).then(resolve))
    }
  })
  expect(await meanwhile).toBe(200)
  expect(server.connections).toBe(2)
  await pool.close()
  await server.close()
})
