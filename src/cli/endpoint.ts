/** What clients are told to connect to. */
import type { Config, ListenAddress } from '../config.ts'
import { readRunningGate } from './running-gate.ts'

/** The URL of a listener; one on every address is told as the local one. */
function listenUrl(scheme: 'http' | 'https', { host, port }: ListenAddress): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

/** The configured public endpoint, else that of the gate which runs on this data directory, else where one would. */
export function clientEndpoint(config: Config): string {
  const listens = listenUrl(config.tls === null ? 'http' : 'https', config.listen)
  return config.public_endpoints[0] ?? readRunningGate(config.data)?.endpoint ?? listens
}
