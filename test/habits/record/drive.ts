/**
 * Drives one client through its operations. A driver is a program that says on standard output, one JSON document a
 * line, what it is about to do, and goes on when it has been sent a line:
 *
 *   {"version": "1.2.3"}        once, first
 *   {"operation": "put"}        what comes from now on belongs to this
 *   {"failed": "why"}           it could not be done
 *   {"fetch": {"method": "GET", "url": "…", "headers": {}, "body": null}}    to be sent by a plain HTTP client: curl
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { collect, ended, run } from '../../support/run.ts'
import type { RecordedClient } from './clients.ts'
import type { Exchange, RecordingProxy } from './proxy.ts'

/** What a driver is told about the store. */
export interface Endpoint {
  readonly url: string
  readonly accessKey: string
  readonly secretKey: string
  readonly bucket: string
  /** The authority of its certificate, in PEM and as a trust store of Java's. */
  readonly authority: string
  readonly trustStore: string
  /** A directory for the client alone. */
  readonly home: string
}

export interface Driven {
  readonly version: string
  readonly operations: readonly { readonly operation: string; readonly exchanges: readonly Exchange[] }[]
  readonly failures: readonly string[]
}

type Said =
  | { readonly version: string }
  | { readonly operation: string }
  | { readonly failed: string }
  | { readonly fetch: Fetch }

interface Fetch {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | null
  readonly body?: string | null
}

export async function drive(
  client: RecordedClient,
  endpoint: Endpoint,
  proxy: RecordingProxy,
): Promise<Driven> {
  const [program = '', ...args] = client.command
  const child = spawn(program, args, {
    cwd: endpoint.home,
    env: {
      PATH: process.env.PATH,
      HOME: endpoint.home,
      LANG: 'C.UTF-8',
      PYTHONDONTWRITEBYTECODE: '1',
      ENDPOINT: endpoint.url,
      ACCESS_KEY: endpoint.accessKey,
      SECRET_KEY: endpoint.secretKey,
      BUCKET: endpoint.bucket,
      AUTHORITY: endpoint.authority,
      // Each of these is what one client or another reads its authorities from.
      AWS_CA_BUNDLE: endpoint.authority,
      SSL_CERT_FILE: endpoint.authority,
      NODE_EXTRA_CA_CERTS: endpoint.authority,
      JAVA_TOOL_OPTIONS: `-Djavax.net.ssl.trustStore=${endpoint.trustStore} -Djavax.net.ssl.trustStorePassword=changeit -Duser.home=${endpoint.home}`,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...client.env?.(endpoint),
    },
  })
  const errors = collect(child.stderr)
  const exit = ended(child)
  let version = ''
  let current: { operation: string; exchanges: Exchange[] } | undefined
  const operations: { operation: string; exchanges: Exchange[] }[] = []
  const failures: string[] = []
  const settle = () => {
    const exchanges = proxy.take()
    current?.exchanges.push(...exchanges)
  }
  for await (const line of createInterface(child.stdout)) {
    const said = JSON.parse(line) as Said
    settle()
    if ('version' in said) version = said.version
    else if ('operation' in said) {
      current = { operation: said.operation, exchanges: [] }
      operations.push(current)
    } else if ('failed' in said) failures.push(`${current?.operation}: ${said.failed}`)
    else {
      const failure = await fetched(said.fetch, endpoint)
      if (failure !== '') failures.push(`${current?.operation}: ${failure}`)
    }
    child.stdin.write('\n')
  }
  const code = await exit
  settle()
  if (code !== 0) throw new Error(`${client.name} ended with ${code}:\n${errors()}`)
  return { version, operations: operations.filter(({ exchanges }) => exchanges.length > 0), failures }
}

/** @returns what went wrong, or nothing */
async function fetched({ method, url, headers, body }: Fetch, endpoint: Endpoint): Promise<string> {
  const outcome = await run(
    '/usr/bin/curl',
    [
      ...['-sS', '-g', '--path-as-is', '--cacert', endpoint.authority, '--request', method],
      ...Object.entries(headers ?? {}).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
      ...(body === null || body === undefined ? [] : ['--header', 'Content-Type:', '--data-binary', body]),
      url,
    ],
    { env: { PATH: '/usr/bin:/bin', HOME: endpoint.home } },
  )
  return outcome.stderr
}
