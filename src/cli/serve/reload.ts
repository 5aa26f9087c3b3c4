/** SIGHUP: the configuration is read anew, and what may change is taken over. */

import { takeOver } from '../../config/reload.ts'
import { type Config, ConfigError } from '../../config.ts'
import type { Log } from '../../observe/log.ts'

/**
 * The configuration to go on with; undefined where the new one has faults, which are logged.
 * @param read reads it as at the start. @throws ConfigError
 */
export function rereadConfig(running: Config, read: () => Config, log: Log): Config | undefined {
  try {
    const { config, awaitingRestart } = takeOver(running, read())
    if (awaitingRestart.length > 0) {
      log.warn('some changes count only after a restart', { reason: awaitingRestart.join(', ') })
    }
    return config
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    log.error('the configuration stays as it was', { reason: error.message })
    return undefined
  }
}
