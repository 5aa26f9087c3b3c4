/** What signals mean to a gate: SIGTERM and SIGINT drain it, SIGHUP has it read its configuration anew. */
import type { Log } from '../../observe/log.ts'

export interface SignalHandlers {
  drain(): Promise<void>
  reload(): Promise<void>
}

/** A second SIGTERM or SIGINT ends the process at once. */
export function onSignals(log: Log, handlers: SignalHandlers): void {
  let draining = false
  const stop = (signal: NodeJS.Signals): void => {
    if (draining) {
      log.warn('ending at once', { signal })
      log.flush()
      process.exit(1)
    }
    draining = true
    log.info('draining', { signal })
    handlers.drain().then(
      () => {
        log.info('drained')
        log.flush()
        process.exit(0)
      },
      (error: unknown) => {
        log.error('draining failed', {}, error)
        log.flush()
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', (signal) => {
    log.info('reading the configuration anew', { signal })
    handlers.reload().catch((error: unknown) => log.error('the configuration stays as it was', {}, error))
  })
}

/** A defect that nobody caught: it is logged, and ends the process, since nothing more is known of its state. */
export function onDefects(log: Log): void {
  const report = (error: unknown): void => {
    log.error('ending after a defect', {}, error)
    log.flush()
    process.exit(1)
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}
