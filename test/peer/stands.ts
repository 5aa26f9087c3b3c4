/** The stores of these tests: alone, and with the gate in front of them. */
import { OPENABLE } from '../../src/s3/opened.ts'
import type { BackendSettings } from '../support/gate.ts'
import { Gate } from '../support/gate.ts'
import { startMinio } from '../support/minio.ts'
import { Operator } from '../support/operator.ts'
import { run } from '../support/run.ts'
import type { Stand } from './lane.ts'

/** An empty store. */
export interface Store {
  readonly settings: BackendSettings
  end(): Promise<void>
}

export type MakeStore = () => Promise<Store>

/** `all opened`: the operator has opened everything that can be opened for this store. */
export type Opening = 'as shipped' | 'all opened'

/** A MinIO of its own. */
export const makeMinio: MakeStore = startMinio

/** A tenant of its own in a shared Ceph, with bucket names of its own. */
export function makeTenant(ceph: BackendSettings, environment: Readonly<Record<string, string>>): MakeStore {
  return async () => {
    const accessKey = `PEER${crypto.randomUUID().replaceAll('-', '')}`
    const settings = { ...ceph, accessKey, secretKey: 'a-secret-of-the-gate-alone' }
    await radosgwAdmin(environment, [
      ...['user', 'create', `--tenant=${accessKey}`, '--uid=gate', '--display-name=Gate', '--max-buckets=0'],
      ...[`--access-key=${accessKey}`, `--secret-key=${settings.secretKey}`],
    ])
    return { settings, end: async () => {} }
  }
}

/** A whole Ceph, emptied. Without the gate, forms do not find the buckets of a tenant: alone, it is judged without one. */
export function makeCeph(ceph: BackendSettings, environment: Readonly<Record<string, string>>): MakeStore {
  return async () => {
    const buckets = JSON.parse(await radosgwAdmin(environment, ['bucket', 'list'])) as readonly string[]
    for (const bucket of buckets) {
      await radosgwAdmin(environment, [
        'bucket',
        'rm',
        `--bucket=${bucket}`,
        '--purge-objects',
        '--bypass-gc',
      ])
    }
    return { settings: ceph, end: async () => {} }
  }
}

export async function alone(makeStore: MakeStore): Promise<Stand> {
  const { settings, end } = await makeStore()
  return { access: settings, end }
}

/** The gate in front of it, and a key of the gate's that may do everything. */
export async function throughTheGate(makeStore: MakeStore, opening: Opening): Promise<Stand> {
  const store = await makeStore()
  const gate = await Gate.start({
    backend: store.settings,
    env: {
      // Many of the peer's tests get the signature wrong on purpose.
      S3WARDEN_LIMITS_FAILED_SIGNATURES: '1000000',
      ...(opening === 'all opened' ? { S3WARDEN_BACKEND_OPENED_OPERATIONS: OPENABLE.join(',') } : {}),
    },
  })
  const operator = await Operator.of(gate)
  const credentials = await operator.tenant('peer', ['ObjectStorageFullAccess'])
  return {
    access: { endpoint: gate.endpoint, ...credentials },
    explain: (began) =>
      gate.log
        .filter(({ time, status }) => String(time) >= began.toISOString() && Number(status) >= 400)
        .map(({ method, bucket, key, operation, status, code, reason }) =>
          [method, `${bucket}/${key}`, operation, status, code, reason].join(' '),
        )
        .join('\n'),
    end: async () => {
      await gate.destroy()
      await store.end()
    },
  }
}

async function radosgwAdmin(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<string> {
  const env = { ...environment, CEPH_CONF: `${environment.CEPH_DIR}/ceph.conf` }
  const { code, stdout, stderr } = await run('/usr/bin/radosgw-admin', ['-n', 'client.rgw', ...args], { env })
  if (code !== 0) throw new Error(`radosgw-admin ${args.join(' ')} → ${code}\n${stdout}${stderr}`)
  return stdout
}
