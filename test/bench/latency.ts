/** What waiting in front of the backend each contender adds: at a fixed rate, half of what the gate can take. */
import type { StageCredentials } from './contenders.ts'
import { openLoad } from './load.ts'
import { type Contender, type MeasureSettings, median } from './measure.ts'
import { requestsOf, SMALL_GET } from './workloads.ts'

const CONNECTIONS = 64
const SECONDS = 2

/** Median and 99th percentile of GET 1 KiB in milliseconds, medians over the rounds. */
export async function latencies(
  contenders: readonly Contender[],
  credentials: StageCredentials,
  { rounds, share }: MeasureSettings,
): Promise<readonly string[]> {
  const workload = SMALL_GET
  const requests = requestsOf(workload, credentials)
  const open = (port: number) => openLoad({ port, connections: CONNECTIONS, status: workload.status })
  const gate = contenders.find(({ name }) => name === 'gate')!

  const probe = await open(gate.program.port)
  const count = Math.ceil(workload.requests * 5 * share)
  const before = performance.now()
  await probe.run(requests, count)
  const perSecond = (count * 1_000) / (performance.now() - before) / 2
  probe.close()

  const found = contenders.map(({ name, program }) => ({
    name,
    port: program.port,
    half: [] as number[],
    tail: [] as number[],
  }))
  for (let round = 0; round < Math.min(rounds, 5); round++) {
    for (const { port, half, tail } of found) {
      const load = await open(port)
      const sorted = await load.runAtRate(requests, perSecond, Math.max(SECONDS * share, 0.2))
      load.close()
      half.push(quantile(sorted, 0.5))
      tail.push(quantile(sorted, 0.99))
    }
  }
  return [
    `Latency of ${workload.name} at ${perSecond.toFixed(0)} requests a second, half of what the gate took just before:`,
    '',
    '| | p50 | p99 |',
    '|---|--:|--:|',
    ...found.map(
      ({ name, half, tail }) => `| ${name} | ${median(half).toFixed(2)} ms | ${median(tail).toFixed(2)} ms |`,
    ),
  ]
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
