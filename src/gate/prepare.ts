/**
 * What has to be in order once for all processes that serve one store: the default backend (the configured one, or the
 * embedded development store), buckets that a crash left half made, and the first key.
 */
import { join } from 'node:path'
import type { BackendConfig, Config } from '../config.ts'
import { type EmbeddedBackend, startEmbeddedBackend } from '../embedded/server.ts'
import type { Actor } from '../iam/reader.ts'
import type { Readiness } from '../observe/health.ts'
import type { Log } from '../observe/log.ts'
import { type Backends, createBackends } from '../proxy/backend/index.ts'
import { UNCOUNTED } from '../proxy/read-buffers.ts'
import { S3Error } from '../s3/error.ts'
import type { NewBackend } from '../services/backends.ts'
import type { BootstrapResult } from '../services/bootstrap.ts'
import type { Services } from '../services/services.ts'
import { createSigningKeys } from '../sigv4/sign.ts'
import type { Store } from '../store/store.ts'
import { applyAccessFile, declaresDefaultBackend, readAccessFile, reapplyAccessFile } from './access.ts'
import { backendSettings } from './backend-settings.ts'
import { StartFailure } from './failure.ts'
import { createGateOwnership, reportEvent } from './serving.ts'

export interface PrepareDeps {
  readonly store: Store
  readonly services: Services
  readonly log: Log
  /** For secrets that the access file takes from there. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface Prepared {
  /** Which store is behind the gate. */
  readonly backend: 'embedded' | 'configured'
  /**
   * The first key, with its secret, where the store was empty; null where it was not, and where an access file says
   * who there is. To be called when the gate serves:
   * a start that fails must not leave a key behind whose secret nobody has seen.
   */
  bootstrap(): Promise<BootstrapResult | null>
  /** Brings the default backend in line with a configuration that was read anew, and applies the access file again. */
  reload(config: Config): Promise<void>
  /** Whether the store can be read and the default backend answers. */
  readiness(): Promise<Pick<Readiness, 'store' | 'backend'>>
  /** To be called when nobody serves any more. */
  close(): Promise<void>
}

/** The gate itself. */
const GATE: Actor = { bearer_id: '', ip: '', user_agent: 's3warden serve' }

const DEFAULT = 'default'

/** How long a probe of readiness waits for the backend, in milliseconds. */
const READINESS_MS = 3_000

/**
 * @throws ServiceError where the configured backend's endpoint changed while it owns buckets; AccessError where the
 *   access file is wrong
 */
export async function prepareGate(config: Config, deps: PrepareDeps): Promise<Prepared> {
  const { store, services, log, now } = deps
  const access = config.access === null ? null : readAccessFile(config.access)
  const accessDeps = { ...deps, actor: GATE }
  const declared = access !== null && declaresDefaultBackend(access)
  const embedded = config.backend === null && !declared ? await startEmbedded(config, deps) : null
  const defaultBackend = config.backend === null && embedded === null ? 'free' : 'configured'
  try {
    if (config.backend !== null) await syncBackend(config.backend, services)
    if (access !== null) await applyAccessFile(config, access, defaultBackend, accessDeps)
    const backends = createBackends({
      settings: backendSettings(config),
      keys: createSigningKeys({ max: 16 }),
      readBuffers: UNCOUNTED,
      now,
      onEvent: reportEvent(log),
    })
    await resolvePending(config, deps, backends)
    return {
      backend: embedded === null ? 'configured' : 'embedded',
      bootstrap: async () =>
        access === null && (await services.bootstrap.storeIsEmpty()) ? services.bootstrap.run(GATE) : null,
      reload: async (next) => {
        if (next.backend !== null) await syncBackend(next.backend, services)
        await reapplyAccessFile(next, defaultBackend, accessDeps)
      },
      readiness: async () => ({ store: storeState(store), backend: await backendState(store, backends) }),
      close: async () => {
        await backends.close()
        await embedded?.close()
      },
    }
  } catch (error) {
    await embedded?.close()
    throw error
  }
}

async function startEmbedded(config: Config, { services, log, now }: PrepareDeps): Promise<EmbeddedBackend> {
  const embedded = await startEmbeddedBackend({
    directory: join(config.data, 'embedded'),
    now,
    onFault: (error) => log.error('embedded backend', {}, error),
  }).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    throw new StartFailure(`the embedded backend does not start: ${message}`, { cause: error })
  })
  const record: NewBackend = {
    name: DEFAULT,
    kind: 'embedded',
    endpoints: [embedded.endpoint],
    region: embedded.region,
    access_key: embedded.accessKey,
    secret_key: embedded.secretKey,
  }
  try {
    await services.backends.syncConfigured(GATE, record)
    return embedded
  } catch (error) {
    await embedded.close()
    throw error
  }
}

async function syncBackend(backend: BackendConfig, services: Services): Promise<void> {
  const { endpoint, ...settings } = backend
  const record: NewBackend = { ...settings, name: DEFAULT, endpoints: endpoint }
  await services.backends.syncConfigured(GATE, record)
}

/** Finishes or undoes what a crash left. What cannot be settled now is settled when it is touched next. */
async function resolvePending(
  config: Config,
  { store, log, now }: PrepareDeps,
  backends: Backends,
): Promise<void> {
  const ownership = createGateOwnership(config, store, backends, now)
  for (const bucket of await store.repositories.buckets.pending()) {
    try {
      store.reader.refresh()
      const settled = await ownership.resolve(bucket)
      log.info('settled an unfinished bucket', { bucket: bucket.name, state: settled?.state ?? 'gone' })
    } catch (error) {
      if (!(error instanceof S3Error)) throw error
      const reason = error.reason ?? error.message
      log.warn('an unfinished bucket stays unsettled', { bucket: bucket.name, state: bucket.state, reason })
    }
  }
}

function storeState(store: Store): string {
  try {
    store.reader.refresh()
    return 'ok'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function backendState(store: Store, backends: Backends): Promise<string> {
  const backend = store.reader.defaultBackend()
  if (backend === undefined) return 'there is none'
  const asked = backends
    .request(
      {
        backend,
        method: 'GET',
        bucket: null,
        path: '/',
        query: '',
        headers: [],
        body: { kind: 'none' },
        patience: 'normal',
      },
      { maxBytes: 16 * 1024 * 1024 },
    )
    .then(
      ({ status }) => (status < 500 ? 'ok' : `answers ${status}`),
      (error: unknown) => (error instanceof S3Error ? (error.reason ?? error.message) : String(error)),
    )
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${READINESS_MS / 1000} s`), READINESS_MS)
  })
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}
