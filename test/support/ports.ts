/** Free ports on loopback, for programs that must be told one. */
import { type AddressInfo, createServer } from 'node:net'

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

/** Distinct ports, all free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
