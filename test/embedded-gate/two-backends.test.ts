/** Two recording backends: besides, what each of them received shows where a request went. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { twoBackends } from '../behaviour/two-backends.ts'
import { RecordingBackend } from '../support/recording-backend.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

let stage: Stage
let second: RecordingBackend
beforeAll(async () => {
  stage = await raise()
  second = await RecordingBackend.start()
})
afterAll(async () => {
  await lower(stage)
  await second.stop()
})

twoBackends(
  () => stage.gate,
  () => ({ endpoint: second.endpoint, accessKey: 'SECONDKEY', secretKey: 'second-secret-key' }),
)

test('each backend saw its own buckets and its own credential, and nothing of the other', () => {
  for (const [backend, credential] of [
    [stage.backend, 'BACKENDACCESSKEY'],
    [second, 'SECONDKEY'],
  ] as const) {
    const authorizations = backend.received.map(
      ({ headers }) => headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '',
    )
    expect(authorizations.length).toBeGreaterThan(0)
    expect(authorizations.filter((value) => !value.includes(`Credential=${credential}/`))).toEqual([])
  }
  const shared = [...stage.backend.buckets.keys()].filter((name) => second.buckets.has(name))
  expect(shared).toEqual([])
})
