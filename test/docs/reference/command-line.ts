/** The command line reference, from the commands themselves. */
import type { Argument, Command, Option } from 'commander'
import { createProgram } from '../../../src/cli/program.ts'
import { processTerminal } from '../../../src/cli/terminal.ts'
import { code } from './table.ts'

export function renderCommandLine(): string {
  const program = createProgram({
    terminal: processTerminal({}),
    environment: {},
    now: () => 0,
    exitWith: () => {},
  })
  const global = program.options.map(renderOption)
  return [
    `Options of every command:\n\n${global.join('\n')}`,
    ...childrenOf(program).flatMap((command) => renderNoun(command)),
  ].join('\n\n')
}

const childrenOf = (command: Command): readonly Command[] =>
  command.commands.filter((child) => child.name() !== 'help')

/** A noun with its verbs, or a command that has none. */
function renderNoun(command: Command): readonly string[] {
  const verbs = childrenOf(command)
  const heading = `## ${code(`s3warden ${command.name()}`)}`
  if (verbs.length === 0) return [heading, ...renderUse(command, command.name())]
  const about = command.description()
  return [
    heading,
    about,
    ...verbs.flatMap((verb) => {
      const path = `${command.name()} ${verb.name()}`
      return [`### ${code(`s3warden ${path}`)}`, ...renderUse(verb, path)]
    }),
  ]
}

function renderUse(command: Command, path: string): readonly string[] {
  const options = command.createHelp().visibleOptions(command)
  const own = options.filter((option) => option.long !== '--help')
  const usage = ['s3warden', path, ...command.registeredArguments.map(renderArgument)]
  const aliases = command.aliases().map(code)
  return [
    `\`\`\`\n${usage.join(' ')}${own.length > 0 ? ' [options]' : ''}\n\`\`\``,
    command.description() + (aliases.length === 0 ? '' : ` Also: ${aliases.join(', ')}.`),
    ...(own.length === 0 ? [] : [own.map(renderOption).join('\n')]),
  ]
}

function renderArgument(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name()
  return argument.required ? `<${name}>` : `[${name}]`
}

function renderOption(option: Option): string {
  const notes = [
    option.argChoices === undefined ? '' : `one of ${option.argChoices.map(code).join(', ')}`,
    option.defaultValue === undefined || option.defaultValue === true || option.defaultValue === ''
      ? ''
      : `default: ${option.defaultValueDescription ?? String(option.defaultValue)}`,
  ].filter((note) => note !== '')
  const about = option.description.replaceAll('|', '\\|')
  return `- ${code(option.flags)}: ${about}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`
}
