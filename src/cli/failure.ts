/** What a person is told when a command did not do its work, and the exit code that goes with it. */
import { CommanderError } from 'commander'
import { AccessError, PlanOutdated } from '../access/fault.ts'
import { ConfigError } from '../config.ts'
import { StartFailure } from '../gate/failure.ts'
import { StoreUnavailable } from '../iam/reader.ts'
import { type ArgumentFault, describeFault, ServiceError } from '../services/errors.ts'
import { BackupRefused, StoreOpenError } from '../store/errors.ts'
import { CommandFailure, EXIT, type ExitCode, UsageError } from './fault.ts'

export interface Failure {
  /** Null: it has been said already. */
  readonly message: string | null
  readonly exitCode: ExitCode
}

/** How services name what the command line calls otherwise. */
const OPTION_OF: Readonly<Record<string, string>> = {
  access_key: 'access key',
  application_ids: '--application',
  bearer: '--application or --user',
  default_project_id: '--project',
  endpoints: '--endpoint',
  expires_at: '--expires',
  opened_operations: '--open-operation',
  operations: '--operation',
  permission_set_names: '--permission-set',
  project_ids: '--project',
  regions: '--region',
  resources: '--resource',
  secret_key: '--secret-key-file',
  tags: '--tag',
  user_ids: '--user',
}

function describeArgument({ argument_name, help_message }: ArgumentFault): string {
  const field = argument_name.split('.').findLast((part) => !/^\d+$/.test(part)) ?? argument_name
  return `${OPTION_OF[field] ?? field.replaceAll('_', '-')}: ${help_message}`
}

/** One line about what a service refused, in the command line's own names. */
export function describeRefusal(error: ServiceError): string {
  const { fault } = error
  if (fault.type === 'invalid_arguments') return fault.details.map(describeArgument).join('; ')
  return fault.type === 'already_exists' && fault.resource === 'access_key'
    ? `there is an access key \`${fault.resource_id}\` already`
    : describeFault(fault)
}

/** Their messages say all that there is to say. */
const EXPECTED_FAILURES = [
  CommandFailure,
  PlanOutdated,
  StartFailure,
  BackupRefused,
  StoreOpenError,
  StoreUnavailable,
] as const

/** Why an address cannot be listened on. */
const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this user may not listen there',
  ENOTFOUND: 'there is no such host',
}

function listenFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  const why = LISTEN_FAULTS[code ?? '']
  if (why === undefined || !['listen', 'bind', 'getaddrinfo'].includes(syscall ?? '')) return undefined
  const place = address === undefined ? error.message : `${address}:${port}`
  return `cannot listen on ${place}: ${why}; choose another address with --listen`
}

/** Anything that was thrown. An error that is none of the known ones shows its stack: it is a defect. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    const help = error.code === 'commander.helpDisplayed' || error.code === 'commander.version'
    return { message: null, exitCode: help ? EXIT.done : EXIT.usage }
  }
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof AccessError) {
    return { message: error.message, exitCode: EXIT.usage }
  }
  if (error instanceof ServiceError) {
    const wrongUse = error.fault.type === 'invalid_arguments'
    return { message: describeRefusal(error), exitCode: wrongUse ? EXIT.usage : EXIT.failed }
  }
  if (EXPECTED_FAILURES.some((kind) => error instanceof kind)) {
    return { message: (error as Error).message, exitCode: EXIT.failed }
  }
  const unbound = listenFailure(error)
  if (unbound !== undefined) return { message: unbound, exitCode: EXIT.failed }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { message: text, exitCode: EXIT.failed }
}
