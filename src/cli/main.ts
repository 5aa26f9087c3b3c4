/** The command line's entry: the one place, beside `config.ts`, that reads the environment. */
import { failureOf } from './failure.ts'
import { printable } from './output.ts'
import { createProgram } from './program.ts'
import type { Cli } from './session.ts'
import { processTerminal } from './terminal.ts'

/** Runs one command. The process's exit code is set; it ends when there is nothing left to do. */
export async function main(argv: readonly string[]): Promise<void> {
  const environment = process.env
  const terminal = processTerminal(environment)
  const cli: Cli = {
    terminal,
    environment,
    now: () => Date.now(),
    exitWith: (code) => {
      process.exitCode = code
    },
  }
  // A reader that closes the pipe (`| head`) has read enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
  try {
    await createProgram(cli).parseAsync(argv, { from: 'user' })
  } catch (error) {
    const { message, exitCode } = failureOf(error)
    if (message !== null) {
      const shown = message.split('\n').map(printable).join('\n')
      terminal.note(`${terminal.messageColors.red('error:')} ${shown}`)
    }
    cli.exitWith(exitCode)
  }
}
