/** The control plane's listener of one process, made of its parts over an open store. */
import type { Config } from '../config.ts'
import { createDispatch } from '../control/dispatch.ts'
import { type ControlListener, startControlListener } from '../control/listener.ts'
import { controlRouter } from '../control/routes.ts'
import { createAttemptThrottle } from '../control/throttle.ts'
import type { Log } from '../observe/log.ts'
import type { Services } from '../services/services.ts'
import { VERSION } from '../version.ts'
import { quotasOf } from './services.ts'

export interface ControlDeps {
  readonly services: Services
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Null where the configuration has none.
 * @throws where the address cannot be listened on, or the certificate is none
 */
export async function startControl(
  config: Config,
  { services, log, now }: ControlDeps,
): Promise<ControlListener | null> {
  const { control_listen, control_certificate, control_certificate_key } = config
  if (control_listen === null) return null
  const tls =
    control_certificate === null || control_certificate_key === null
      ? null
      : { certificate: control_certificate, key: control_certificate_key }
  const throttle = createAttemptThrottle(
    { perMinute: config.limits.failed_logins, sources: config.limits.failing_sources },
    now,
  )
  const listener = await startControlListener(
    {
      ...control_listen,
      tls,
      maxHeaderBytes: config.limits.header_size,
      headersTimeoutMs: config.timeouts.headers,
      keepAliveTimeoutMs: config.timeouts.idle,
    },
    {
      dispatch: createDispatch({
        router: controlRouter(VERSION),
        services,
        quotas: quotasOf(config),
        throttle,
        now,
      }),
      trustedProxies: () => config.trusted_proxies,
      report: ({ request_id, method, path, status, ip }) =>
        log.debug('control', { request_id, path: `${method} ${path}`, code: status, address: ip }),
      alarm: (request_id, error) => log.error('internal error on the control plane', { request_id }, error),
    },
  )
  log.info('control listener', { address: listener.endpoint })
  return listener
}
