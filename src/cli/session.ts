/**
 * What a command works with: configuration, services, and where results go; and the open store, or a control plane at a
 * distance.
 */
import { type Command, Option } from 'commander'
import { type Config, loadConfig } from '../config.ts'
import { storeOptions } from '../gate/store-options.ts'
import type { Actor } from '../iam/reader.ts'
import { Secret } from '../iam/secret.ts'
import type { Services } from '../services/services.ts'
import type { Store } from '../store/store.ts'
import { VERSION } from '../version.ts'
import { type ExitCode, UsageError } from './fault.ts'
import { createOutput, type Output, type OutputFormat } from './output.ts'
import { readSecret } from './secret-input.ts'
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

/** What most commands need, and what there is at a distance too. */
export interface ManagingSession {
  readonly cli: Cli
  readonly terminal: Terminal
  readonly output: Output
  readonly config: Config
  readonly services: Services
  /** The local operator. At a distance the token says who it is. */
  readonly actor: Actor
}

/** Where the store is. */
export interface Session extends ManagingSession {
  readonly store: Store
}

/** A command's work. Gives the exit code. */
export type Work<Arguments extends readonly unknown[], Options, Opened = Session> = (
  session: Opened,
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

interface RemoteOptions extends GlobalOptions {
  readonly endpoint?: string
  readonly tokenFile?: string
}

/**
 * The same for what needs no more than the services: with `--endpoint` it works on a control plane instead of a store.
 */
export function onServices<Arguments extends readonly unknown[], Options extends object>(
  cli: Cli,
  command: Command,
  work: Work<Arguments, Options, ManagingSession>,
): void {
  command
    .addOption(
      new Option('--endpoint <url>', 'work on the control plane there [S3WARDEN_ENDPOINT]').helpGroup(REMOTE),
    )
    .addOption(
      new Option(
        '--token-file <file>',
        "a secret key or a session's token for it, or - for standard input [S3WARDEN_TOKEN, S3WARDEN_TOKEN_FILE]",
      ).helpGroup(REMOTE),
    )
    .action(async (...received: unknown[]) => {
      const given = received.slice(0, -2) as unknown as Arguments
      const { data, config: file, endpoint, tokenFile } = command.optsWithGlobals<RemoteOptions>()
      const config = commandConfig(cli, { data, config: file })
      const { S3WARDEN_ENDPOINT } = cli.environment
      const control = endpoint ?? (data === undefined ? S3WARDEN_ENDPOINT : undefined)
      if (control !== undefined && control !== '') {
        const session = await remoteSession(cli, command, config, control, tokenFile)
        cli.exitWith(await work(session, command.opts<Options>(), ...given))
        return
      }
      const session = await openSession(cli, command, config)
      try {
        cli.exitWith(await work(session, command.opts<Options>(), ...given))
      } finally {
        session.store.close()
      }
    })
}

const REMOTE = 'At a distance:'

async function remoteSession(
  cli: Cli,
  command: Command,
  config: Config,
  endpoint: string,
  tokenFile: string | undefined,
): Promise<ManagingSession> {
  const url = URL.parse(endpoint)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(`--endpoint: \`${endpoint}\` is no URL such as http://127.0.0.1:8486`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('--endpoint: secrets do not belong into a URL; give the token in S3WARDEN_TOKEN')
  }
  const [{ connect }, { remoteServices }] = await Promise.all([
    import('./remote/connection.ts'),
    import('./remote/services.ts'),
  ])
  const userAgent = `s3warden/${VERSION}`
  const token = await readToken(cli, tokenFile)
  return {
    cli,
    terminal: cli.terminal,
    output: commandOutput(cli, command),
    config,
    services: remoteServices(connect({ endpoint, token, userAgent })),
    actor: { bearer_id: '', ip: '', user_agent: userAgent },
  }
}

async function readToken(cli: Cli, file: string | undefined): Promise<Secret> {
  const { S3WARDEN_TOKEN, S3WARDEN_TOKEN_FILE } = cli.environment
  const token =
    file === undefined && S3WARDEN_TOKEN
      ? new Secret(S3WARDEN_TOKEN.trim())
      : await readSecret(cli.terminal, '--token-file', file ?? (S3WARDEN_TOKEN_FILE || undefined))
  // Who refuses to send anything else as a header says in the error what it was.
  if (!/^[\x21-\x7e]+$/.test(token.reveal())) {
    throw new UsageError('the token must be a secret key or the token of a session, and nothing else')
  }
  return token
}
