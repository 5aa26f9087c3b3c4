/** How the configuration sets up the way to the backends. */
import type { Config } from '../config.ts'
import type { BackendSettings } from '../proxy/backend/index.ts'

/**
 * Connections per endpoint; requests beyond it wait for one. More than there are slow clients: each holds one for as long
 * as it pleases, and the others must not wait for it.
 */
const CONNECTIONS = 4_096
/** Shorter than what object stores keep idle connections for. */
const KEEP_ALIVE_MS = 4_000
/** Over which a body's rate is measured. */
const RATE_WINDOW_MS = 60_000

/** @param current the configuration as it is now, of which the limits may change while the gate runs */
export function backendSettings(config: Config, current: () => Config = () => config): BackendSettings {
  const { timeouts } = config
  return {
    connectTimeoutMs: timeouts.backend_connect,
    answerTimeoutMs: timeouts.backend_answer,
    slowAnswerTimeoutMs: timeouts.backend_slow_answer,
    bodyTimeoutMs: timeouts.backend_body,
    healthIntervalMs: timeouts.backend_health,
    connections: CONNECTIONS,
    keepAliveMs: KEEP_ALIVE_MS,
    rateWindowMs: RATE_WINDOW_MS,
    minBytesPerSecond: () => current().limits.body_rate,
  }
}
