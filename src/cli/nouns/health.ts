/** `s3warden health`: asks a running gate whether it is ready, for Docker's health checks and scripts. */
import type { Command } from 'commander'
import { CommandFailure, EXIT, UsageError } from '../fault.ts'
import { examples } from '../options.ts'
import { type Cli, commandConfig } from '../session.ts'

/** For an answer, in milliseconds: longer than the gate waits for its backend. */
const PATIENCE_MS = 5_000

interface HealthOptions {
  readonly data?: string
  readonly config?: string
  readonly healthListen?: string
  readonly live?: boolean
}

export function healthCommand(program: Command, cli: Cli): void {
  const command = program
    .command('health')
    .summary('is a running gate ready?')
    .description(
      'Ask the health listener of a running gate whether it is ready to serve: exit code 0 where it is, 1 where it is not. What is the matter is on standard error.',
    )
    .option('--health-listen <host:port>', 'its health listener, as configured for the gate')
    .option('--live', 'ask only whether the process answers')
  examples(command, 's3warden health', 's3warden health --health-listen 127.0.0.1:8485')
  command.action(async () => {
    const { data, config: file, healthListen, live } = command.optsWithGlobals<HealthOptions>()
    const { health_listen } = commandConfig(cli, { data, config: file, health_listen: healthListen })
    if (health_listen === null) {
      throw new UsageError('no health listener is configured: give --health-listen or S3WARDEN_HEALTH_LISTEN')
    }
    const { status, body } = await ask(urlOf(health_listen, live === true ? '/healthz' : '/readyz'))
    if (status !== 200) throw new CommandFailure(`not ready: ${body.trim()}`)
    cli.terminal.print('ok')
    cli.exitWith(EXIT.done)
  })
}

/** A gate that listens everywhere also listens here. */
function urlOf({ host, port }: { readonly host: string; readonly port: number }, path: string): string {
  const here = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${here.includes(':') ? `[${here}]` : here}:${port}${path}`
}

/** @throws CommandFailure where nobody answers */
async function ask(url: string): Promise<{ readonly status: number; readonly body: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })
    return { status: response.status, body: await response.text() }
  } catch (error) {
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    throw new CommandFailure(`no gate answers at ${url}: ${reason}`)
  }
}
