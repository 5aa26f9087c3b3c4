/** Real parts, put together for tests of the way to the backend. */
import type { Backend } from '../../../src/iam/model.ts'
import type { ResolvedBackend } from '../../../src/iam/reader.ts'
import { Secret } from '../../../src/iam/secret.ts'
import {
  type BackendEvent,
  type BackendHeaders,
  type BackendRequest,
  type BackendSettings,
  type Backends,
  createBackends,
  type Exchange,
} from '../../../src/proxy/backend/index.ts'
import { UNCOUNTED } from '../../../src/proxy/read-buffers.ts'
import type { S3Error } from '../../../src/s3/error.ts'
import { createSigningKeys } from '../../../src/sigv4/sign.ts'

export const SECRET = 'backend-secret'

/** Time-outs short enough to wait for. */
export const QUICK: BackendSettings = {
  connectTimeoutMs: 500,
  answerTimeoutMs: 400,
  slowAnswerTimeoutMs: 2_000,
  bodyTimeoutMs: 400,
  healthIntervalMs: 100,
  connections: 8,
  keepAliveMs: 2_000,
  rateWindowMs: 60_000,
  minBytesPerSecond: () => 512,
}

export interface Opened {
  readonly backends: Backends
  readonly events: BackendEvent[]
}

export function open(settings: Partial<BackendSettings> = {}): Opened {
  const events: BackendEvent[] = []
  const backends = createBackends({
    settings: { ...QUICK, ...settings },
    keys: createSigningKeys({ max: 100 }),
    readBuffers: UNCOUNTED,
    now: Date.now,
    onEvent: (event) => events.push(event),
  })
  return { backends, events }
}

export function backend(endpoints: readonly string[], changes: Partial<Backend> = {}): ResolvedBackend {
  return {
    record: {
      id: '11111111-1111-4111-8111-111111111111',
      name: 'default',
      kind: 'ceph',
      endpoints,
      region: 'us-east-1',
      access_key: 'BACKENDKEY',
      addressing: 'path',
      ca: null,
      opened_operations: [],
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-01T00:00:00.000Z',
      ...changes,
    },
    secretKey: new Secret(SECRET),
  }
}

export function request(to: ResolvedBackend, changes: Partial<BackendRequest> = {}): BackendRequest {
  return {
    backend: to,
    method: 'GET',
    bucket: 'bucket',
    path: '/bucket/key',
    query: '',
    headers: [],
    body: { kind: 'none' },
    patience: 'normal',
    ...changes,
  }
}

/** What a handler heard. */
export interface Heard {
  status: number | null
  headers: BackendHeaders
  body: Buffer
  /** How it ended. */
  end: 'end' | S3Error
  exchange: Exchange
}

/** Sends, and resolves when the handler heard the last. */
export function hear(backends: Backends, what: BackendRequest): Promise<Heard> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    let status: number | null = null
    let headers: BackendHeaders = {}
    const over = (end: 'end' | S3Error): void => {
      setImmediate(() => resolve({ status, headers, body: Buffer.concat(pieces), end, exchange }))
    }
    const exchange = backends.send(what, {
      onHeaders(heardStatus, heardHeaders) {
        status = heardStatus
        headers = heardHeaders
      },
      onData(chunk) {
        pieces.push(chunk)
        return 'kept'
      },
      onEnd: () => over('end'),
      onError: over,
    })
  })
}
