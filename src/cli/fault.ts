/** How a command ends: its exit code, and what is said when it did not do its work. */

/** What scripts can rely on; `--help` documents it. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** Refused or failed, wholly or in part. */
  failed: 1,
  /** Wrong use: of the command line or of the configuration. */
  usage: 2,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The command was used wrongly. The message names the argument and says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command was understood and could not be done. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
}
