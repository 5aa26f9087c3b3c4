/** 29: who stalls is cut off, and nobody else notices. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Connection, send, serialize } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const MIB = 1024 * 1024

describe('29: clients that stall', () => {
  let stage: Stage
  let credentials: Credentials
  beforeAll(async () => {
    stage = await raise({ S3WARDEN_TIMEOUTS_HEADERS: '1s' })
    credentials = await stage.operator.tenant('patient', ['ObjectStorageFullAccess'])
    for (const target of ['/ours', '/ours/big']) {
      const body = target === '/ours' ? '' : Buffer.alloc(32 * MIB)
      expect((await honest('PUT', target, body)).status).toBe(200)
    }
  })
  afterAll(() => lower(stage))

  const honest = (method: string, target: string, body: Buffer | string = '') =>
    send(stage.gate.port, signed(credentials, { method, target, body }, { host: stage.gate.host }))

  const memory = async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${stage.gate.healthPort}/metrics`)).text()
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1])
  }

  test('in the headers: cut off, while others are served', async () => {
    const stalled = await Promise.all(Array.from({ length: 100 }, () => Connection.open(stage.gate.port)))
    for (const connection of stalled) connection.write('GET /ours HTTP/1.1\r\nHost: x\r\nx-slow: ')
    expect((await honest('GET', '/ours')).status).toBe(200)
    await Promise.all(stalled.map((connection) => connection.closed()))
    expect((await honest('GET', '/ours')).status).toBe(200)
  })

  test('in the body: others are served', async () => {
    const stalled = await Promise.all(Array.from({ length: 20 }, () => Connection.open(stage.gate.port)))
    for (const [index, connection] of stalled.entries()) {
      const request = signed(
        credentials,
        { method: 'PUT', target: `/ours/stalled-${index}`, headers: [['Content-Length', '1000']] },
        { host: stage.gate.host, payload: 'UNSIGNED-PAYLOAD' },
      )
      connection.write(Buffer.concat([serialize(request), Buffer.alloc(10)]))
    }
    expect((await honest('GET', '/ours')).status).toBe(200)
    for (const connection of stalled) connection.close()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await honest('GET', '/ours')).status).toBe(200)
    expect(
      [...(stage.backend.buckets.get('ours')?.keys() ?? [])].filter((key) => key.startsWith('stalled')),
    ).toEqual([])
  })

  test('never reading an answer: memory stays bounded', async () => {
    const before = await memory()
    const deaf = await Promise.all(Array.from({ length: 10 }, () => Connection.open(stage.gate.port)))
    for (const connection of deaf) {
      connection.socket.pause()
      connection.write(
        serialize(signed(credentials, { method: 'GET', target: '/ours/big' }, { host: stage.gate.host })),
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect((await honest('GET', '/ours')).status).toBe(200)
    // Ten answers of 32 MiB each: had the gate read them all, it would hold 320 MiB.
    expect((await memory()) - before).toBeLessThan(150 * MIB)
    for (const connection of deaf) connection.close()
  })
})
