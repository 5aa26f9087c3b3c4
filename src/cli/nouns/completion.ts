/** `s3warden completion`: scripts that make a shell complete commands and options. */
import { Argument, type Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { type CompletedCommand, completionTree } from '../completion/tree.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { EXIT } from '../fault.ts'
import { examples } from '../options.ts'
import type { Cli } from '../session.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

const SCRIPTS: Readonly<Record<Shell, (name: string, tree: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

export function completionCommand(program: Command, cli: Cli): void {
  const command = program
    .command('completion')
    .summary('completion for bash, zsh and fish')
    .description('Print a script that makes a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
  examples(
    command,
    'source <(s3warden completion bash)',
    's3warden completion zsh > ~/.zfunc/_s3warden',
    's3warden completion fish > ~/.config/fish/completions/s3warden.fish',
  )
  command.action((shell: Shell) => {
    cli.terminal.print(SCRIPTS[shell](program.name(), completionTree(program)).trimEnd())
    cli.exitWith(EXIT.done)
  })
}
