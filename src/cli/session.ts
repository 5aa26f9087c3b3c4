/** What a command works with: configuration, the open store, its services, and where results go. */
import type { Command } from 'commander'
import { type Config, loadConfig } from '../config.ts'
import { storeOptions } from '../gate/store-options.ts'
import type { Actor } from '../iam/reader.ts'
import type { Services } from '../services/services.ts'
import type { Store } from '../store/store.ts'
import { VERSION } from '../version.ts'
import type { ExitCode } from './fault.ts'
import { createOutput, type Output, type OutputFormat } from './output.ts'
import type { Terminal } from './terminal.ts'

/** What the process gives to every command. */
export interface Cli {
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Sets how the process is to end. */
  exitWith(code: ExitCode): void
}

export interface Session {
  readonly cli: Cli
  readonly terminal: Terminal
  readonly output: Output
  readonly config: Config
  readonly store: Store
  readonly services: Services
  /** The local operator. */
  readonly actor: Actor
}

/** A command's work. Gives the exit code. */
export type Work<Arguments extends readonly unknown[], Options> = (
  session: Session,
  options: Options,
  ...args: Arguments
) => Promise<ExitCode>

/** The options that every command has. */
interface GlobalOptions {
  readonly output?: OutputFormat
  readonly data?: string
  readonly config?: string
}

/** The configuration that a command's options, the environment and the file make. @throws ConfigError */
export function commandConfig(cli: Cli, flags: Readonly<Record<string, string | undefined>>): Config {
  return loadConfig({ flags, environment: cli.environment })
}

/** Where a command's results go: what `--output` says, else a table for a person and JSON for a pipe. */
export function commandOutput(cli: Cli, command: Command): Output {
  const { output } = command.optsWithGlobals<GlobalOptions>()
  return createOutput(output ?? (cli.terminal.outputIsTerminal ? 'table' : 'json'), cli.terminal)
}

/** Opens the store for a command, which is to close it. @throws StoreOpenError, StoreUnavailable */
export async function openSession(cli: Cli, command: Command, config: Config): Promise<Session> {
  // Loaded here, so that help and completion come at once.
  const [{ openStore }, { configuredServices }] = await Promise.all([
    import('../store/index.ts'),
    import('../gate/services.ts'),
  ])
  const store = await openStore(storeOptions(config, cli.now))
  return {
    cli,
    terminal: cli.terminal,
    output: commandOutput(cli, command),
    config,
    store,
    services: configuredServices(config, store, cli.now),
    actor: { bearer_id: '', ip: '', user_agent: `s3warden/${VERSION}` },
  }
}

/** Has the command open the store, do its work and close it again. */
export function onStore<Arguments extends readonly unknown[], Options extends object>(
  cli: Cli,
  command: Command,
  work: Work<Arguments, Options>,
): void {
  command.action(async (...received: unknown[]) => {
    const { data, config: file, ...rest } = command.optsWithGlobals<GlobalOptions & { listen?: string }>()
    const config = commandConfig(cli, { data, config: file, listen: rest.listen })
    const session = await openSession(cli, command, config)
    try {
      const given = received.slice(0, -2) as unknown as Arguments
      cli.exitWith(await work(session, command.opts<Options>(), ...given))
    } finally {
      session.store.close()
    }
  })
}
