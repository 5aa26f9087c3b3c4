/** What a second worker costs and brings: CPU time per request beside one worker's, and throughput. */
import { availableParallelism } from 'node:os'
import type { Stage } from './contenders.ts'
import { openLoad } from './load.ts'
import { type MeasureSettings, measure, median, ratio, seriesOf } from './measure.ts'
import { requestsOf, SMALL_GET } from './workloads.ts'

/** Gate, backend and generator each want a core or two: with fewer, throughput says nothing about the gate. */
const CORES_FOR_THROUGHPUT = 6

export async function compareWorkers(stage: Stage, settings: MeasureSettings): Promise<readonly string[]> {
  const two = await stage.startGate({ workers: 2, nodeOptions: [], env: {} })
  const workload = SMALL_GET
  const contenders = [
    { name: 'one', program: stage.gate },
    { name: 'two', program: two, workers: 2 },
    { name: 'two, half the load each', program: two },
  ]
  const measured = await measure(workload, contenders, stage.credentials, settings)
  const cost = ratio(measured, 'two', 'one')!
  const halfLoaded = ratio(measured, 'two, half the load each', 'one')!
  const perRequest = (name: string) => `${median(seriesOf(measured, name)!).toFixed(1)} µs`
  const lines = [
    `Two workers, ${workload.name}, ${workload.connections} connections a worker: ${perRequest('two')} of CPU time per request, one worker's ${perRequest('one')}: ${cost.toFixed(2)} × (goal: within 5 %, ${cost <= 1.05 ? 'met' : 'not met'}). With half as many a worker wakes up for fewer requests at a time: ${halfLoaded.toFixed(2)} ×.`,
  ]
  if (availableParallelism() < CORES_FOR_THROUGHPUT) {
    return [
      ...lines,
      `Throughput of two workers: not measurable on ${availableParallelism()} cores, which generator and backend share with them.`,
    ]
  }
  const requests = requestsOf(workload, stage.credentials)
  const throughput = async (port: number) => {
    const load = await openLoad({ port, connections: 64, status: workload.status })
    const before = performance.now()
    await load.run(requests, workload.requests * 10)
    load.close()
    return (workload.requests * 10_000) / (performance.now() - before)
  }
  const gains: number[] = []
  for (let round = 0; round < settings.rounds; round++) {
    gains.push((await throughput(two.port)) / (await throughput(stage.gate.port)))
  }
  return [...lines, `Throughput of two workers: ${median(gains).toFixed(2)} × one worker's (goal: ≥ 1.9).`]
}
