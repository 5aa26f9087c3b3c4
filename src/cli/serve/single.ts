/** `s3warden serve` in one process. */
import type { Config } from '../../config.ts'
import { createGate } from '../../gate.ts'
import { createLog } from '../../observe/log.ts'
import { renderMetrics } from '../../observe/metrics.ts'
import { announceGate, withdrawGate } from '../running-gate.ts'
import type { Cli } from '../session.ts'
import { announce } from './announce.ts'
import { startHealth } from './health.ts'
import { rereadConfig } from './reload.ts'
import { onDefects, onSignals } from './signals.ts'

/** Resolves when the gate is up; it then runs until a signal ends the process. */
export async function serveAlone(cli: Cli, started: Config, read: () => Config): Promise<void> {
  let config = started
  const log = createLog({
    level: config.log_level,
    destination: 1,
    writers: 'one',
    text: cli.terminal.outputIsTerminal ? cli.terminal.colors : undefined,
  })
  onDefects(log)
  const gate = await createGate(config, { log, environment: cli.environment, now: cli.now })
  const endpoint = config.public_endpoints[0] ?? gate.endpoint
  announceGate(config.data, { pid: process.pid, endpoint })
  announce({ config, endpoint, backend: gate.backend, bootstrap: gate.bootstrap }, cli.terminal, log)
  const end = async (): Promise<void> => {
    await gate.drain()
    withdrawGate(config.data)
  }
  const health = await startHealth(config, log, {
    readiness: () => gate.readiness(),
    metrics: async () => renderMetrics([await gate.metrics.snapshot()]),
  }).catch(async (error: unknown) => {
    await end()
    throw error
  })
  onSignals(log, {
    drain: async () => {
      await end()
      await health?.close()
    },
    reload: async () => {
      const next = rereadConfig(config, read, log)
      if (next === undefined) return
      await gate.reload(next)
      config = next
    },
  })
}
