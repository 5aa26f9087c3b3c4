/** One of several processes that serve one port: it has the S3 listener, and does what the primary says. */
import type { Config } from '../../config.ts'
import { startControl } from '../../gate/control.ts'
import { configuredServices } from '../../gate/services.ts'
import { startServing } from '../../gate/serving.ts'
import { storeOptions } from '../../gate/store-options.ts'
import { createLog } from '../../observe/log.ts'
import { createMetrics } from '../../observe/metrics.ts'
import { openStore } from '../../store/index.ts'
import { failureOf } from '../failure.ts'
import type { Cli } from '../session.ts'
import type { ToPrimary, ToWorker } from './messages.ts'
import { rereadConfig } from './reload.ts'
import { onDefects } from './signals.ts'

export async function serveAsWorker(cli: Cli, started: Config, read: () => Config): Promise<void> {
  let config = started
  const log = createLog({
    level: config.log_level,
    destination: 1,
    writers: 'several',
    text: cli.terminal.outputIsTerminal ? cli.terminal.colors : undefined,
  })
  onDefects(log)
  const tell = (message: ToPrimary): void => void process.send?.(message)
  // A terminal's Ctrl-C and hang-up reach every process of the group: the primary decides what follows.
  process.on('SIGINT', () => {})
  process.on('SIGHUP', () => {})
  try {
    const store = await openStore(storeOptions(config, cli.now))
    const metrics = createMetrics()
    const serving = await startServing(config, { store, log, metrics, now: cli.now })
    const services = configuredServices(config, store, cli.now)
    const control = await startControl(config, { services, log, now: cli.now })
    const drain = once(async () => {
      await control?.drain(config.timeouts.drain)
      await serving.drain()
      store.close()
      log.flush()
      process.exit(0)
    })
    process.on('SIGTERM', drain)
    // Without the primary there is no embedded backend, and nobody who would replace this worker.
    process.on('disconnect', drain)
    process.on('message', (message: ToWorker) => {
      switch (message.type) {
        case 'drain':
          drain()
          break
        case 'reload': {
          const next = rereadConfig(config, read, log)
          if (next === undefined) break
          config = next
          log.setLevel(next.log_level)
          serving.reload(next)
          break
        }
        case 'metrics':
          void metrics.snapshot().then((snapshot) => tell({ type: 'metrics', id: message.id, snapshot }))
          break
      }
    })
    tell({ type: 'serving', endpoint: serving.endpoint })
  } catch (error) {
    tell({ type: 'failed', message: failureOf(error).message ?? String(error) })
  }
}

/** Runs at most once, however often it is called. */
function once(work: () => Promise<void>): () => void {
  let begun = false
  return () => {
    if (begun) return
    begun = true
    void work()
  }
}
