/** The gate in front of a recording backend, with its operator. */
import { type BackendSettings, Gate } from './gate.ts'
import { Operator } from './operator.ts'
import { RecordingBackend } from './recording-backend.ts'
import type { Credentials } from './reference-signer.ts'

/** What stands between the gate and its backend, and must never be seen elsewhere. */
export const BACKEND_CREDENTIALS: Credentials = {
  accessKey: 'BACKENDACCESSKEY',
  secretKey: 'backend-secret-key-0123456789',
}

export interface Stage {
  readonly gate: Gate
  readonly backend: RecordingBackend
  readonly operator: Operator
}

/**
 * @param env settings of the gate: `S3WARDEN_…`
 * @param like what the gate is to take the backend for; absent: Ceph, in us-east-1
 */
export async function raise(
  env: Readonly<Record<string, string>> = {},
  like: Pick<BackendSettings, 'kind' | 'region'> = { kind: 'ceph' },
): Promise<Stage> {
  const backend = await RecordingBackend.start()
  const gate = await Gate.start({
    backend: { endpoint: backend.endpoint, ...BACKEND_CREDENTIALS, ...like },
    env,
  })
  return { gate, backend, operator: await Operator.of(gate) }
}

export async function lower({ gate, backend }: Stage): Promise<void> {
  await gate.destroy()
  await backend.stop()
}
