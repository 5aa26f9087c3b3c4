/** The health listener, where one is configured. */
import type { Config } from '../../config.ts'
import { type HealthListener, type HealthSource, startHealthListener } from '../../observe/health.ts'
import type { Log } from '../../observe/log.ts'

/** @throws where the address cannot be listened on */
export async function startHealth(
  config: Config,
  log: Log,
  source: HealthSource,
): Promise<HealthListener | null> {
  if (config.health_listen === null) return null
  const listener = await startHealthListener(config.health_listen, source)
  log.info('health listener', { address: listener.endpoint })
  return listener
}
