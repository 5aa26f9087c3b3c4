/**
 * `s3warden serve --workers N`: N processes on one port over one store. The primary has what there may be only one of
 * (embedded backend, health listener, first key), replaces a worker that dies, and passes drain and reload on.
 */
import cluster, { type Worker } from 'node:cluster'
import type { Config } from '../../config.ts'
import { prepareGate } from '../../gate/prepare.ts'
import { configuredServices } from '../../gate/services.ts'
import { storeLogger, storeOptions } from '../../gate/store-options.ts'
import { createLog, type Log } from '../../observe/log.ts'
import { type MetricsSnapshot, mergeCounters, renderMetrics } from '../../observe/metrics.ts'
import { openStore } from '../../store/index.ts'
import { CommandFailure } from '../fault.ts'
import { announceGate, withdrawGate } from '../running-gate.ts'
import type { Cli } from '../session.ts'
import { announce } from './announce.ts'
import { startHealth } from './health.ts'
import type { ToPrimary, ToWorker } from './messages.ts'
import { rereadConfig } from './reload.ts'
import { onDefects, onSignals } from './signals.ts'

/** A worker that dies sooner than this after its start is replaced only after as long, in milliseconds. */
const RESTART_MS = 1_000
/** How long a worker may take to hand over its metrics. */
const METRICS_MS = 2_000

/** Resolves when all workers serve; the gate then runs until a signal ends the process. */
export async function serveWithWorkers(cli: Cli, started: Config, read: () => Config): Promise<void> {
  let config = started
  const log = createLog({
    level: config.log_level,
    destination: 1,
    writers: 'several',
    text: cli.terminal.outputIsTerminal ? cli.terminal.colors : undefined,
  })
  onDefects(log)
  const store = await openStore(storeOptions(config, cli.now, storeLogger(log)))
  const services = configuredServices(config, store, cli.now)
  const prepared = await prepareGate(config, {
    store,
    services,
    log,
    environment: cli.environment,
    now: cli.now,
  })
  const workers = await startWorkers(config.workers, log).catch(async (error: unknown) => {
    await prepared.close()
    store.close()
    throw error
  })
  const bootstrap = await prepared.bootstrap()
  const endpoint = config.public_endpoints[0] ?? workers.endpoint
  announceGate(config.data, { pid: process.pid, endpoint })
  announce({ config, endpoint, backend: prepared.backend, bootstrap }, cli.terminal, log)
  const end = async (): Promise<void> => {
    await workers.drain()
    await prepared.close()
    store.close()
    withdrawGate(config.data)
  }
  const health = await startHealth(config, log, {
    readiness: async () => ({ ...(await prepared.readiness()), serving: workers.state() }),
    metrics: async () => renderMetrics(await workers.snapshots()),
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
      await prepared.reload(next)
      log.setLevel(next.log_level)
      config = next
      workers.reload()
    },
  })
}

interface Workers {
  readonly endpoint: string
  /** `ok`, or what is the matter. */
  state(): string
  /** Has every worker read the configuration anew. */
  reload(): void
  /** Of the workers that answer in time, and what those counted that have ended. */
  snapshots(): Promise<readonly MetricsSnapshot[]>
  /** Resolves when the last one has ended. */
  drain(): Promise<void>
}

/** @throws CommandFailure where one cannot start */
async function startWorkers(count: number, log: Log): Promise<Workers> {
  const running = new Set<Worker>()
  const serving = new Set<Worker>()
  const latest = new Map<Worker, MetricsSnapshot>()
  let ended: MetricsSnapshot = []
  const awaited = new Map<number, (snapshot: MetricsSnapshot) => void>()
  let draining = false
  let started = false
  let questions = 0
  let reloads = 0
  let whenGone: (() => void) | null = null

  const start = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const worker = cluster.fork()
      const begun = performance.now()
      const reloadsAtStart = reloads
      running.add(worker)
      worker.on('message', (message: ToPrimary) => {
        switch (message.type) {
          case 'serving':
            serving.add(worker)
            // What was said while it was starting has not reached it.
            if (reloads !== reloadsAtStart) tell(worker, { type: 'reload' })
            resolve(message.endpoint)
            break
          case 'failed':
            reject(new CommandFailure(message.message))
            worker.kill()
            break
          case 'metrics':
            latest.set(worker, message.snapshot)
            awaited.get(message.id)?.(message.snapshot)
            break
        }
      })
      worker.once('exit', (code, signal) => {
        running.delete(worker)
        serving.delete(worker)
        void keepCounters(worker)
        reject(new CommandFailure(`a worker ended at its start (${signal ?? `code ${code}`})`))
        if (running.size === 0) whenGone?.()
        if (draining || !started) return
        log.warn('a worker ended and is replaced', {
          pid: worker.process.pid ?? 0,
          reason: signal ?? `code ${code}`,
        })
        const wait = performance.now() - begun < RESTART_MS ? RESTART_MS : 0
        setTimeout(replace, wait)
      })
    })

  const keepCounters = async (worker: Worker): Promise<void> => {
    const last = latest.get(worker)
    if (last === undefined) return
    latest.delete(worker)
    ended = await mergeCounters([ended, last])
  }

  const replace = (): void => {
    if (draining) return
    start().catch((error: unknown) => log.error('a worker could not start', {}, error))
  }

  const drain = async (): Promise<void> => {
    draining = true
    const gone = new Promise<void>((resolve) => {
      whenGone = resolve
    })
    if (running.size === 0) return
    for (const worker of running) {
      if (serving.has(worker)) tell(worker, { type: 'drain' })
      else worker.process.kill('SIGTERM')
    }
    await gone
  }

  const tell = (worker: Worker, message: ToWorker): void => {
    if (worker.isConnected()) worker.send(message)
  }

  const snapshotOf = (worker: Worker): Promise<MetricsSnapshot | null> =>
    new Promise((resolve) => {
      const id = ++questions
      const answer = (snapshot: MetricsSnapshot | null): void => {
        clearTimeout(late)
        awaited.delete(id)
        resolve(snapshot)
      }
      const late = setTimeout(() => answer(null), METRICS_MS)
      awaited.set(id, answer)
      tell(worker, { type: 'metrics', id })
    })

  try {
    const [endpoint] = await Promise.all(Array.from({ length: count }, start))
    started = true
    return {
      endpoint: endpoint!,
      state: () => {
        if (draining) return 'draining'
        return serving.size > 0 ? 'ok' : 'no worker serves'
      },
      reload: () => {
        reloads += 1
        for (const worker of serving) tell(worker, { type: 'reload' })
      },
      snapshots: async () => {
        const asked = [...serving].filter((worker) => worker.isConnected())
        const answers = await Promise.all(asked.map(snapshotOf))
        return [ended, ...answers.filter((answer) => answer !== null)]
      },
      drain,
    }
  } catch (error) {
    await drain()
    throw error
  }
}
