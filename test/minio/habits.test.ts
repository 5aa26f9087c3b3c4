import { afterAll, beforeAll, describe } from 'vitest'
import { replays, type Server } from '../habits/suite.ts'
import { Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { onMinio } from './minio.ts'

onMinio((minio) => {
  const { host, port } = new URL(minio.endpoint)
  describe('recorded habits on MinIO alone, where they were recorded', () =>
    replays('minio alone', () => ({ port: Number(port), host, credentials: minio })))

  describe('recorded habits on MinIO', () => {
    let gate: Gate
    let server: Server
    beforeAll(async () => {
      gate = await Gate.start({ backend: minio, env: { S3WARDEN_SIGV2: 'true' } })
      const credentials = await (await Operator.of(gate)).tenant('habits', ['ObjectStorageFullAccess'])
      server = { port: gate.port, host: gate.host, credentials }
    })
    afterAll(() => gate.destroy())

    replays('minio', () => server)
  })
})
