import { describe, expect, it } from 'vitest'
import { createMetrics, mergeCounters, renderMetrics } from '../../src/observe/metrics.ts'
import { entry } from './entry.ts'

type Entry = Parameters<typeof entry>[0]

function counted(...entries: Entry[]) {
  const metrics = createMetrics()
  for (const fields of entries) {
    metrics.begin()
    metrics.end(entry(fields))
  }
  return metrics
}

const linesOf = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'))

describe('metrics', () => {
  it('count requests by operation, class of status and code', async () => {
    const metrics = counted(
      {},
      { status: 206 },
      { status: 403, code: 'AccessDenied' },
      { operation: '', status: 400, code: 'BadRequest' },
    )
    const text = await renderMetrics([await metrics.snapshot()])
    expect(linesOf(text, 's3warden_requests_total')).toEqual([
      's3warden_requests_total{operation="GetObject",status="2xx",code=""} 2',
      's3warden_requests_total{operation="GetObject",status="4xx",code="AccessDenied"} 1',
      's3warden_requests_total{operation="none",status="4xx",code="BadRequest"} 1',
    ])
  })

  it('add up bytes and durations', async () => {
    const metrics = counted({ bytes_in: 5, bytes_out: 7, total_ms: 3 }, { bytes_in: 1, total_ms: 700_000 })
    const text = await renderMetrics([await metrics.snapshot()])
    const name = 's3warden_request_duration_seconds'
    expect(text).toContain('s3warden_received_bytes_total{operation="GetObject"} 6')
    expect(text).toContain('s3warden_sent_bytes_total{operation="GetObject"} 7')
    expect(text).toContain(`${name}_bucket{le="0.0025",operation="GetObject"} 0`)
    expect(text).toContain(`${name}_bucket{le="0.005",operation="GetObject"} 1`)
    expect(text).toContain(`${name}_bucket{le="600",operation="GetObject"} 1`)
    expect(text).toContain(`${name}_bucket{le="+Inf",operation="GetObject"} 2`)
    expect(text).toContain(`${name}_sum{operation="GetObject"} 700.003`)
    expect(text).toContain(`${name}_count{operation="GetObject"} 2`)
  })

  it('know the requests in progress', async () => {
    const metrics = counted({})
    metrics.begin()
    expect(await renderMetrics([await metrics.snapshot()])).toContain('s3warden_requests_in_flight 1')
  })

  it('look registered values up when they are asked for', async () => {
    const metrics = counted()
    let up = 1
    metrics.register({
      name: 'up',
      help: 'Up.',
      type: 'gauge',
      aggregator: 'min',
      samples: () => [{ labels: { endpoint: 'http://a' }, value: up }],
    })
    up = 0
    expect(await renderMetrics([await metrics.snapshot()])).toContain('up{endpoint="http://a"} 0')
  })
})

describe('metrics of several workers', () => {
  it('are summed', async () => {
    const workers = [counted({}, {}), counted({}), counted({ operation: 'PutObject' })]
    const snapshots = await Promise.all(workers.map((worker) => worker.snapshot()))
    // As they come out of the channel between processes.
    const received = JSON.parse(JSON.stringify(snapshots)) as typeof snapshots
    const text = await renderMetrics(received)
    expect(linesOf(text, 's3warden_requests_total')).toEqual([
      's3warden_requests_total{operation="GetObject",status="2xx",code=""} 3',
      's3warden_requests_total{operation="PutObject",status="2xx",code=""} 1',
    ])
    expect(text).toContain('s3warden_request_duration_seconds_bucket{le="+Inf",operation="GetObject"} 3')
  })

  it('keep what a worker counted that has ended, but not what it was doing', async () => {
    const dead = counted({}, {})
    dead.begin()
    const ended = await mergeCounters([
      await mergeCounters([[], await dead.snapshot()]),
      await counted({}).snapshot(),
    ])
    const text = await renderMetrics([ended, await counted({}).snapshot()])
    expect(text).toContain('s3warden_requests_total{operation="GetObject",status="2xx",code=""} 4')
    expect(text).toContain('s3warden_requests_in_flight 0')
  })
})
