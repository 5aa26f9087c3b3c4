/**
 * Prometheus metrics, summed over workers. Counting costs the data path a look-up and an addition: the numbers are
 * handed over only when somebody asks.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client'
import type { AccessEntry } from './access-entry.ts'

/** One worker's metrics as they travel to the primary. */
export type MetricsSnapshot = readonly object[]

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric whose values are looked up when they are asked for. Its labels' values must come from a bounded set. */
export interface CollectedMetric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  /** How the values of several workers become one. */
  readonly aggregator: 'sum' | 'min' | 'max'
  samples(): readonly Sample[]
}

export interface Metrics {
  /** A request has come in. */
  begin(): void
  /** It is over. */
  end(entry: AccessEntry): void
  /** It came with so many headers and parameters that meant nothing for its operation. */
  idle(headers: number, parameters: number): void
  register(metric: CollectedMetric): void
  snapshot(): Promise<MetricsSnapshot>
}

/**
 * One snapshot for several, without what only a living process has: what is kept of workers that ended, so that a
 * counter never falls.
 */
export async function mergeCounters(snapshots: readonly MetricsSnapshot[]): Promise<MetricsSnapshot> {
  const merged = await AggregatorRegistry.aggregate([...snapshots]).getMetricsAsJSON()
  return merged.filter(({ type }) => COUNTING.has(String(type)))
}

const COUNTING: ReadonlySet<string> = new Set(['counter', 'histogram'])

/** The text that Prometheus reads, of one or more processes. */
export function renderMetrics(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate([...snapshots]).metrics()
}

export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

/** Upper bounds of the durations' histogram, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600] as const

/** What is counted for one operation with one outcome. Operation and code come from closed tables, so this is bounded. */
interface Tally {
  readonly labels: { readonly operation: string; readonly status: string; readonly code: string }
  count: number
}

/** What is added up for one operation. */
interface OperationTally {
  readonly operation: string
  /** By status and code. */
  readonly outcomes: Map<string, Map<number, Tally>>
  readonly buckets: Float64Array
  seconds: number
  requests: number
  bytesIn: number
  bytesOut: number
}

interface Value extends Sample {
  readonly metricName?: string
}

interface MetricShape {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly aggregator: string
  values(): readonly Value[]
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const operations = new Map<string, OperationTally>()
  let inFlight = 0
  let idleHeaders = 0
  let idleParameters = 0

  const add = ({ values, ...description }: MetricShape): void => {
    const metric = {
      ...description,
      get: async () => ({ ...description, values: values() }),
      reset: () => {},
    }
    // The registry asks a metric for its name and `get()`; its type names only prom-client's own four classes.
    registry.registerMetric(metric as unknown as Parameters<Registry['registerMetric']>[0])
  }
  const perOperation = (value: (tally: OperationTally) => number) => (): readonly Value[] =>
    [...operations.values()].map((tally) => ({
      labels: { operation: tally.operation },
      value: value(tally),
    }))

  add({
    name: 's3warden_requests_total',
    help: 'Requests by S3 operation, class of HTTP status and S3 error code.',
    type: 'counter',
    aggregator: 'sum',
    values: () =>
      [...operations.values()].flatMap(({ outcomes }) =>
        [...outcomes.values()].flatMap((byStatus) =>
          [...byStatus.values()].map(({ labels, count }) => ({ labels, value: count })),
        ),
      ),
  })
  add({
    name: 's3warden_received_bytes_total',
    help: 'Bytes of request bodies taken from clients.',
    type: 'counter',
    aggregator: 'sum',
    values: perOperation((tally) => tally.bytesIn),
  })
  add({
    name: 's3warden_sent_bytes_total',
    help: 'Bytes of response bodies given to clients.',
    type: 'counter',
    aggregator: 'sum',
    values: perOperation((tally) => tally.bytesOut),
  })
  add({
    name: 's3warden_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer.',
    type: 'histogram',
    aggregator: 'sum',
    values: () => [...operations.values()].flatMap(histogramOf),
  })
  add({
    name: 's3warden_requests_in_flight',
    help: 'Requests in progress.',
    type: 'gauge',
    aggregator: 'sum',
    values: () => [{ labels: {}, value: inFlight }],
  })

  add({
    name: 's3warden_idle_total',
    help: 'Headers and parameters of requests that meant nothing for the operation and went no further.',
    type: 'counter',
    aggregator: 'sum',
    values: () => [
      { labels: { kind: 'header' }, value: idleHeaders },
      { labels: { kind: 'parameter' }, value: idleParameters },
    ],
  })

  return {
    begin: () => {
      inFlight += 1
    },
    end: (entry) => {
      inFlight -= 1
      let tally = operations.get(entry.operation)
      if (tally === undefined) {
        tally = newTally(entry.operation)
        operations.set(entry.operation, tally)
      }
      count(tally, entry)
    },
    idle: (headers, parameters) => {
      idleHeaders += headers
      idleParameters += parameters
    },
    register: ({ samples, ...description }) => add({ ...description, values: samples }),
    snapshot: () => registry.getMetricsAsJSON(),
  }
}

function newTally(operation: string): OperationTally {
  return {
    operation: operation === '' ? 'none' : operation,
    outcomes: new Map(),
    buckets: new Float64Array(BOUNDS.length + 1),
    seconds: 0,
    requests: 0,
    bytesIn: 0,
    bytesOut: 0,
  }
}

function count(tally: OperationTally, { status, code, total_ms, bytes_in, bytes_out }: AccessEntry): void {
  const statusClass = Math.floor(status / 100)
  let byStatus = tally.outcomes.get(code)
  if (byStatus === undefined) {
    byStatus = new Map()
    tally.outcomes.set(code, byStatus)
  }
  let outcome = byStatus.get(statusClass)
  if (outcome === undefined) {
    outcome = { labels: { operation: tally.operation, status: `${statusClass}xx`, code }, count: 0 }
    byStatus.set(statusClass, outcome)
  }
  outcome.count += 1
  const seconds = total_ms / 1000
  let bucket = 0
  while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket += 1
  tally.buckets[bucket]! += 1
  tally.seconds += seconds
  tally.requests += 1
  tally.bytesIn += bytes_in
  tally.bytesOut += bytes_out
}

function histogramOf({ operation, buckets, seconds, requests }: OperationTally): readonly Value[] {
  const name = 's3warden_request_duration_seconds'
  let below = 0
  const values: Value[] = BOUNDS.map((bound, index) => {
    below += buckets[index]!
    return { metricName: `${name}_bucket`, labels: { le: String(bound), operation }, value: below }
  })
  return [
    ...values,
    { metricName: `${name}_bucket`, labels: { le: '+Inf', operation }, value: requests },
    { metricName: `${name}_sum`, labels: { operation }, value: seconds },
    { metricName: `${name}_count`, labels: { operation }, value: requests },
  ]
}
