/**
 * The gate as one object: open store, default backend, first key, S3 listener. What `s3warden serve` runs in one
 * process, and what a program that embeds the gate calls.
 */
import type { Config } from './config.ts'
import { startControl } from './gate/control.ts'
import { type Prepared, prepareGate } from './gate/prepare.ts'
import { configuredServices } from './gate/services.ts'
import { startServing } from './gate/serving.ts'
import { storeLogger, storeOptions } from './gate/store-options.ts'
import type { Readiness } from './observe/health.ts'
import { createLog, type Log } from './observe/log.ts'
import { createMetrics, type Metrics } from './observe/metrics.ts'
import type { BootstrapResult } from './services/bootstrap.ts'
import type { Services } from './services/services.ts'
import { openStore } from './store/index.ts'

export interface Gate {
  /** Where S3 clients connect, e.g. `http://127.0.0.1:8484`. */
  readonly endpoint: string
  /** Where the control plane answers; null: it is off. */
  readonly controlEndpoint: string | null
  /** Manages who there is and what they may do. */
  readonly services: Services
  readonly metrics: Metrics
  /** Which store is behind it. */
  readonly backend: Prepared['backend']
  /** Set where the store was empty: the first key, with its secret. */
  readonly bootstrap: BootstrapResult | null
  readiness(): Promise<Readiness>
  /** Takes over what may change while the gate runs. */
  reload(config: Config): Promise<void>
  /** Takes no new request, lets those in progress end, and closes everything. */
  drain(): Promise<void>
}

export interface GateOptions {
  /** Absent: JSON lines on standard output, at the configured level. */
  readonly log?: Log
  /** What secrets of the access file are taken from; absent: nothing. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch; absent: the system's clock. */
  readonly now?: () => number
}

/**
 * Starts a gate in this process.
 * @throws StoreOpenError, StoreUnavailable where the store cannot be used; ServiceError where the configured backend's
 *   endpoint changed while it owns buckets; Error where the address cannot be listened on
 */
export async function createGate(config: Config, options: GateOptions = {}): Promise<Gate> {
  const now = options.now ?? (() => Date.now())
  const log = options.log ?? createLog({ level: config.log_level, destination: 1, writers: 'one' })
  const store = await openStore(storeOptions(config, now, storeLogger(log)))
  const close: (() => void | Promise<void>)[] = [() => store.close()]
  try {
    const services = configuredServices(config, store, now)
    const prepared = await prepareGate(config, {
      store,
      services,
      log,
      environment: options.environment ?? {},
      now,
    })
    close.unshift(() => prepared.close())
    const metrics = createMetrics()
    const serving = await startServing(config, { store, log, metrics, now })
    close.unshift(() => serving.drain())
    const control = await startControl(config, { services, log, now })
    close.unshift(() => control?.drain(config.timeouts.drain))
    const bootstrap = await prepared.bootstrap()
    let draining = false
    return {
      endpoint: serving.endpoint,
      controlEndpoint: control?.endpoint ?? null,
      services,
      metrics,
      backend: prepared.backend,
      bootstrap,
      readiness: async () => ({ ...(await prepared.readiness()), serving: draining ? 'draining' : 'ok' }),
      reload: async (next) => {
        await prepared.reload(next)
        log.setLevel(next.log_level)
        serving.reload(next)
      },
      drain: async () => {
        draining = true
        for (const step of close) await step()
        log.flush()
      },
    }
  } catch (error) {
    for (const step of close) await step()
    log.flush()
    throw error
  }
}
