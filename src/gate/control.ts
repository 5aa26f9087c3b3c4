/** The control plane's listener of one process, made of its parts over an open store. */
import type { Config } from '../config.ts'
import { createDispatch } from '../control/dispatch.ts'
import { type ControlListener, startControlListener } from '../control/listener.ts'
import { controlRouter } from '../control/routes.ts'
import { createAttemptThrottle } from '../control/throttle.ts'
import type { Log } from '../observe/log.ts'
import { CertificateError } from '../proxy/certificate.ts'
import { SYSTEM_RANDOM } from '../services/deps.ts'
import type { Services } from '../services/services.ts'
import { VERSION } from '../version.ts'
import { StartFailure } from './failure.ts'
import { quotasOf } from './services.ts'
import { CERTIFICATE_MS, reportCertificate } from './serving.ts'

/** Answers are small: who takes nothing of one for a minute is gone, or means no good. */
const STALL_MS = 60_000

export interface ControlDeps {
  readonly services: Services
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Null where the configuration has none.
 * @throws StartFailure where the certificate cannot be used; Error where the address cannot be listened on
 */
export async function startControl(
  config: Config,
  { services, log, now }: ControlDeps,
): Promise<ControlListener | null> {
  const { control_listen, control_tls } = config
  if (control_listen === null) return null
  const throttle = createAttemptThrottle(
    { perMinute: config.limits.failed_logins, sources: config.limits.failing_sources },
    now,
  )
  const listener = await startControlListener(
    {
      ...control_listen,
      tls:
        control_tls === null
          ? null
          : { files: control_tls, intervalMs: CERTIFICATE_MS, onEvent: reportCertificate(log) },
      maxHeaderBytes: config.limits.header_size,
      headersTimeoutMs: config.timeouts.headers,
      keepAliveTimeoutMs: config.timeouts.idle,
      stallTimeoutMs: STALL_MS,
    },
    {
      dispatch: createDispatch({
        router: controlRouter(VERSION),
        services,
        quotas: quotasOf(config),
        throttle,
        random: SYSTEM_RANDOM,
        now,
      }),
      trustedProxies: () => config.trusted_proxies,
      report: ({ request_id, method, path, status, ip }) =>
        log.debug('control', { request_id, path: `${method} ${path}`, code: status, address: ip }),
      alarm: (request_id, error) => log.error('internal error on the control plane', { request_id }, error),
    },
  ).catch((error: unknown) => {
    if (!(error instanceof CertificateError)) throw error
    throw new StartFailure(`the control plane's certificate cannot be used: ${error.message}`, {
      cause: error,
    })
  })
  log.info('control listener', { address: listener.endpoint })
  return listener
}
