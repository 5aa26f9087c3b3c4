/**
 * The health listener: liveness, readiness and metrics on an address of their own, for orchestrators and Prometheus.
 * It has no authentication and shows nothing of tenants.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { METRICS_CONTENT_TYPE } from './metrics.ts'

/** What readiness rests on. */
export type Check = 'store' | 'backend' | 'serving'

/** `ok`, or what is the matter, in a few words. */
export type Readiness = Readonly<Record<Check, string>>

export interface HealthSource {
  /** Asked anew for every probe. */
  readiness(): Promise<Readiness>
  /** Prometheus' text. */
  metrics(): Promise<string>
}

export interface HealthListener {
  /** Where it listens, e.g. `http://127.0.0.1:8485`. */
  readonly endpoint: string
  close(): Promise<void>
}

/** @throws where the address cannot be listened on */
export async function startHealthListener(
  address: { readonly host: string; readonly port: number },
  source: HealthSource,
): Promise<HealthListener> {
  const routes: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
    '/healthz': async (response) => answer(response, 200, 'text/plain', 'ok\n'),
    '/readyz': async (response) => {
      const checks = await source.readiness()
      const ready = Object.values(checks).every((state) => state === 'ok')
      answer(response, ready ? 200 : 503, 'application/json', `${JSON.stringify({ ready, checks })}\n`)
    },
    '/metrics': async (response) => answer(response, 200, METRICS_CONTENT_TYPE, await source.metrics()),
  }
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, 'text/plain', 'only GET\n')
      return
    }
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (route === undefined) {
      answer(response, 404, 'text/plain', `there are ${Object.keys(routes).join(', ')}\n`)
      return
    }
    route(response).catch((error: unknown) => {
      answer(response, 500, 'text/plain', `${error instanceof Error ? error.message : String(error)}\n`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address.port, address.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return {
    endpoint: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer(response: ServerResponse, status: number, contentType: string, body: string): void {
  response
    .writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
    .end(body)
}
