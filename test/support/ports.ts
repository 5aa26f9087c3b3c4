/** Free ports on loopback, for programs that must be told one. */
import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/**
 * Below those that systems give to outgoing connections: a program that is killed and started again finds its port free,
 * whatever others connect meanwhile. https://www.rfc-editor.org/rfc/rfc6056#section-3.2
 */
const [FIRST, LAST] = [10_240, 32_767]

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

/** Distinct ports, all free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const taken = new Map<number, Server>()
  while (taken.size < count) {
    const port = randomInt(FIRST, LAST + 1)
    const server = await listening(port)
    if (server !== null) taken.set(port, server)
  }
  await Promise.all([...taken.values()].map((server) => new Promise((resolve) => server.close(resolve))))
  return [...taken.keys()]
}

/** @returns null: somebody has it */
function listening(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
