import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import type { Cli } from '../../src/cli/session.ts'
import { processTerminal } from '../../src/cli/terminal.ts'

const cli: Cli = { terminal: processTerminal({}), environment: {}, now: () => 0, exitWith: () => {} }

function commandsBelow(command: Command): readonly Command[] {
  const children = command.commands.filter((child) => child.name() !== 'help')
  return children.flatMap((child) => [child, ...commandsBelow(child)])
}

const helpOf = (command: Command): string => {
  let text = ''
  command.configureOutput({ writeOut: (piece) => (text += piece) })
  command.outputHelp()
  return text
}

const commands = commandsBelow(createProgram(cli))
const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`

describe('help', () => {
  it('covers the commands that the documents promise', () => {
    expect(commands.map(pathOf).map((path) => path.replace('s3warden ', ''))).toEqual(
      expect.arrayContaining([
        ...['serve', 'bootstrap', 'config check', 'explain', 'completion', 'log list'],
        ...['org', 'project', 'user', 'app', 'group', 'policy', 'rule', 'backend'].flatMap((noun) =>
          ['create', 'list', 'get', 'update', 'delete'].map((verb) => `${noun} ${verb}`),
        ),
        ...['create', 'list', 'get', 'update', 'import', 'revoke', 'rotate', 'list-operations'].map(
          (verb) => `key ${verb}`,
        ),
        ...['lock', 'unlock', 'update-password', 'update-username'].map((verb) => `user ${verb}`),
        ...['add-member', 'add-members', 'remove-member', 'set-members'].map((verb) => `group ${verb}`),
        ...['list', 'get', 'adopt', 'release'].map((verb) => `bucket ${verb}`),
        ...['permission-set list', 'permission-set get', 'log get', 'policy clone', 'backend check'],
      ]),
    )
  })

  it('offers --yes wherever something cannot be undone', () => {
    const ending = commands.filter((command) => /^(delete|revoke|release|restore)$/.test(command.name()))
    expect(ending.length).toBeGreaterThan(10)
    for (const command of ending) expect(helpOf(command), pathOf(command)).toContain('--yes')
  })

  it.each(commands.map((command) => [pathOf(command), command] as const))('of %s', (path, command) => {
    const help = helpOf(command)
    expect(command.description()).not.toBe('')
    expect(help).toContain('Exit codes:')
    expect(help).toContain('--output <format>')
    if (command.commands.length > 0) return
    expect(help).toMatch(/Examples:\n {2}\$ /)
    const example = /\$ ((?:.*\| )?(?:S3WARDEN_\S+ )*(?:source <\()?s3warden .*)/.exec(help)?.[1] ?? ''
    expect(example).toContain(path)
  })
})
