/** Ceph, and the embedded store of another gate. */
import { afterAll, beforeAll } from 'vitest'
import { twoBackends } from '../behaviour/two-backends.ts'
import { type BackendSettings, Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { onCeph } from './ceph.ts'

onCeph((ceph) => {
  let gate: Gate
  let behind: Gate
  let second: BackendSettings
  beforeAll(async () => {
    gate = await Gate.start({ backend: ceph })
    behind = await Gate.start()
    const operator = await Operator.of(behind)
    const credentials = await operator.tenant('gate', ['ObjectStorageFullAccess'])
    second = { endpoint: behind.endpoint, ...credentials }
  })
  afterAll(async () => {
    await gate.destroy()
    await behind.destroy()
  })

  twoBackends(
    () => gate,
    () => second,
  )
})
