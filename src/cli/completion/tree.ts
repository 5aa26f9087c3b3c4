/** What can be completed, read from the commands themselves: one entry for each command. */
import type { Command, Option } from 'commander'

/** What an option's value is. */
export type ValueKind =
  | { readonly kind: 'none' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'file' | 'directory' | 'text' }

export interface CompletedOption {
  /** `--output`, `-h`. */
  readonly names: readonly string[]
  readonly about: string
  readonly value: ValueKind
}

export interface CompletedCommand {
  /** The words that lead to it: `['key', 'create']`; `[]` is the program itself. */
  readonly path: readonly string[]
  readonly commands: readonly { readonly names: readonly string[]; readonly about: string }[]
  readonly options: readonly CompletedOption[]
  /** Words that its first argument may be. */
  readonly choices: readonly string[]
}

/** The program and every command below it. */
export function completionTree(program: Command): readonly CompletedCommand[] {
  return below(program, [], [])
}

function below(
  command: Command,
  path: readonly string[],
  inherited: readonly CompletedOption[],
): readonly CompletedCommand[] {
  const help = command.createHelp()
  const own = help.visibleOptions(command).map(completedOption)
  const commands = help.visibleCommands(command)
  const entry: CompletedCommand = {
    path,
    commands: commands.map((child) => ({
      names: [child.name(), ...child.aliases()],
      about: firstSentence(child.summary() || child.description()),
    })),
    options: [
      ...own,
      ...inherited.filter(({ names }) => !own.some((option) => option.names[0] === names[0])),
    ],
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }
  const passedOn = entry.options.filter(({ names }) => !names.includes('--version'))
  const children = commands.filter((child) => child.name() !== 'help')
  return [
    entry,
    ...children.flatMap((child) =>
      [child.name(), ...child.aliases()].flatMap((name) =>
        below(child, [...path, name], path.length === 0 ? passedOn : inherited),
      ),
    ),
  ]
}

function completedOption(option: Option): CompletedOption {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
    about: firstSentence(option.description),
    value: valueKind(option),
  }
}

function valueKind(option: Option): ValueKind {
  if (!option.required && !option.optional) return { kind: 'none' }
  if (option.argChoices !== undefined) return { kind: 'choices', choices: option.argChoices }
  const value = /[<[]([a-z:]+)/.exec(option.flags)?.[1]
  if (value === 'file') return { kind: 'file' }
  return value === 'dir' ? { kind: 'directory' } : { kind: 'text' }
}

const firstSentence = (text: string): string => text.split(/(?<=\.)\s|\n/)[0]!.replace(/\.$/, '')

/** Every option that takes a value, each name once. */
export function valuedOptions(tree: readonly CompletedCommand[]): readonly CompletedOption[] {
  const byName = new Map<string, CompletedOption>()
  for (const { options } of tree) {
    for (const option of options) {
      if (option.value.kind !== 'none') byName.set(option.names.at(-1)!, option)
    }
  }
  return [...byName.values()]
}
