/** 24: when keys cannot be looked up, nobody is let in. */
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

describe('24: an unreadable key database', () => {
  let stage: Stage
  let used: Credentials
  let unused: Credentials
  beforeAll(async () => {
    stage = await raise()
    used = await stage.operator.tenant('used', ['ObjectStorageFullAccess'])
    unused = await stage.operator.tenant('unused', ['ObjectStorageFullAccess'])
    expect((await get(used)).status).toBe(200)
  })
  afterAll(() => lower(stage))

  const get = (credentials: Credentials) =>
    send(stage.gate.port, signed(credentials, { method: 'GET', target: '/' }, { host: stage.gate.host }))

  test('a key that has to be looked up is answered 503', async () => {
    await destroyDatabase(stage.gate.data)
    stage.backend.clear()
    for (const credentials of [
      unused,
      { ...unused, secretKey: 'wrong' },
      { accessKey: 'SCWNOBODY0000000000X', secretKey: 'x' },
    ]) {
      expect(verdict(await get(credentials))).toBe('503 ServiceUnavailable')
    }
    const ready = await fetch(`http://127.0.0.1:${stage.gate.healthPort}/readyz`)
    expect(ready.status).toBe(503)
    expect(stage.backend.received).toEqual([])
  })
})

/** Overwrites every page behind the gate's back, the write-ahead log and its index included. */
async function destroyDatabase(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith('s3warden.db')) continue
    const file = await open(join(directory, name), 'r+')
    const { size } = await file.stat()
    await file.write(Buffer.alloc(size, 0xff), 0, size, 0)
    await file.sync()
    await file.close()
  }
}
