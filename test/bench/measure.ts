/**
 * CPU time per request, measured in turns: these machines drift by a factor of two within minutes, so that only what is
 * measured side by side can be compared, and only ratios of one round are.
 */
import { createHash } from 'node:crypto'
import type { StageCredentials } from './contenders.ts'
import { openLoad, type WireRequest } from './load.ts'
import type { Program } from './process.ts'
import { requestsOf, SMALL_GET, type Workload } from './workloads.ts'

export interface Contender {
  readonly name: string
  readonly program: Program
  /** Processes that share the work: each has as many connections as the workload says; 1 where it is left out. */
  readonly workers?: number
}

/** One contender's turns. */
export interface Series {
  readonly name: string
  /** Microseconds of CPU time per request, one entry a round. */
  readonly perRequest: readonly number[]
}

export interface Measured {
  readonly workload: Workload
  readonly series: readonly Series[]
}

export interface MeasureSettings {
  readonly rounds: number
  /** 1: as much as the workload says; less for a quick look. */
  readonly share: number
}

/** Hashing alone, and the gate's own small GET, take part as one more contender where a goal speaks of them. */
const SHA256 = 'sha256'
const OWN_GET = 'own GET'

export async function measure(
  workload: Workload,
  contenders: readonly Contender[],
  credentials: StageCredentials,
  { rounds, share }: MeasureSettings,
): Promise<Measured> {
  const requests = requestsOf(workload, credentials)
  const perTurn = Math.max(1, Math.ceil(workload.requests * share))
  const taking = workload.key === 'full' ? contenders : contenders.filter(({ name }) => name === 'gate')
  const turns = taking.map(({ name, program, workers = 1 }) => ({
    name,
    take: (count: number) =>
      turn(program, { ...workload, connections: workload.connections * workers }, requests, count),
  }))
  const { body } = workload
  if (body.kind === 'signed' && workload.goal?.against === 'nginx+sha256') {
    turns.push({ name: SHA256, take: async (count) => hashingAlone(body.bytes, count) })
  }
  if (workload.goal?.against === OWN_GET) {
    const gets = requestsOf(SMALL_GET, credentials)
    for (const { program } of taking) {
      turns.push({ name: OWN_GET, take: (count) => turn(program, SMALL_GET, gets, count) })
    }
  }
  for (const { take } of turns) await take(Math.ceil(workload.warmUp * share))
  const series = turns.map(({ name, take }) => ({ name, take, perRequest: [] as number[] }))
  for (let round = 0; round < rounds; round++) {
    for (const one of series) one.perRequest.push(await one.take(perTurn))
  }
  return { workload, series: series.map(({ name, perRequest }) => ({ name, perRequest })) }
}

/** @returns microseconds of the program's CPU time per request */
async function turn(
  program: Program,
  { connections, status }: Workload,
  requests: readonly WireRequest[],
  count: number,
): Promise<number> {
  const load = await openLoad({ port: program.port, connections, status })
  try {
    // Opening connections is not what is measured.
    await load.run(requests, connections)
    const before = program.cpu()
    await load.run(requests, count)
    return (program.cpu() - before) / count / 1_000
  } finally {
    load.close()
  }
}

function hashingAlone(bytes: Buffer, count: number): number {
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) createHash('sha256').update(bytes).digest()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The median of the ratios of each round; undefined where one of the two took no part. */
export function ratio(measured: Measured, of: string, against: string): number | undefined {
  const parts = against.split('+').map((name) => seriesOf(measured, name))
  const own = seriesOf(measured, of)
  if (own === undefined) return undefined
  const sums: number[] = own.map(() => 0)
  for (const part of parts) {
    if (part === undefined) return undefined
    for (const [round, value] of part.entries()) sums[round]! += value
  }
  return median(own.map((value, round) => value / sums[round]!))
}

export function seriesOf({ series }: Measured, name: string): readonly number[] | undefined {
  return series.find((one) => one.name === name)?.perRequest
}
