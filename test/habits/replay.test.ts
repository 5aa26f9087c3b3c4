import { afterAll, beforeAll, describe } from 'vitest'
import { Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { replays, type Server } from './suite.ts'

describe('recorded habits on the embedded store', () => {
  let gate: Gate
  let server: Server
  beforeAll(async () => {
    gate = await Gate.start({ env: { S3WARDEN_SIGV2: 'true' } })
    const credentials = await (await Operator.of(gate)).tenant('habits', ['ObjectStorageFullAccess'])
    server = { port: gate.port, host: gate.host, credentials }
  })
  afterAll(() => gate.destroy())

  replays('embedded', () => server)
})
