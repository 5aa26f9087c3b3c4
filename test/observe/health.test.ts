import { afterEach, describe, expect, it } from 'vitest'
import { type HealthListener, type Readiness, startHealthListener } from '../../src/observe/health.ts'

let listener: HealthListener | undefined
afterEach(async () => {
  await listener?.close()
})

async function listen(readiness: () => Promise<Readiness>): Promise<string> {
  listener = await startHealthListener(
    { host: '127.0.0.1', port: 0 },
    { readiness, metrics: async () => 's3warden_requests_total 1\n' },
  )
  return listener.endpoint
}

const READY: Readiness = { store: 'ok', backend: 'ok', serving: 'ok' }

describe('the health listener', () => {
  it.each<[path: string, method: string, status: number, text: string]>([
    ['/healthz', 'GET', 200, 'ok\n'],
    ['/healthz?probe=1', 'GET', 200, 'ok\n'],
    ['/metrics', 'GET', 200, 's3warden_requests_total 1\n'],
    ['/metrics', 'HEAD', 200, ''],
    ['/metrics', 'POST', 405, 'only GET\n'],
    ['/', 'GET', 404, 'there are /healthz, /readyz, /metrics\n'],
    ['/constructor', 'GET', 404, 'there are /healthz, /readyz, /metrics\n'],
  ])('%s %s → %d', async (path, method, status, text) => {
    const answer = await fetch((await listen(async () => READY)) + path, { method })
    expect([answer.status, await answer.text()]).toEqual([status, text])
  })

  it.each<[state: Partial<Readiness>, status: number]>([
    [{}, 200],
    [{ store: 'cannot be read' }, 503],
    [{ backend: 'no answer within 3 s' }, 503],
    [{ serving: 'draining' }, 503],
  ])('readiness with %j is %d', async (state, status) => {
    const answer = await fetch(`${await listen(async () => ({ ...READY, ...state }))}/readyz`)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toEqual({ ready: status === 200, checks: { ...READY, ...state } })
  })

  it('asks anew for every probe', async () => {
    let state = 'ok'
    const endpoint = await listen(async () => ({ ...READY, serving: state }))
    expect((await fetch(`${endpoint}/readyz`)).status).toBe(200)
    state = 'draining'
    expect((await fetch(`${endpoint}/readyz`)).status).toBe(503)
  })

  it('answers 500 where a probe fails', async () => {
    const endpoint = await listen(async () => {
      throw new Error('broken')
    })
    const answer = await fetch(`${endpoint}/readyz`)
    expect([answer.status, await answer.text()]).toEqual([500, 'broken\n'])
  })
})
