/** `s3warden config`: is the configuration right, and what can be configured? */
import type { Command } from 'commander'
import { renderExample } from '../../config/example.ts'
import { EXIT } from '../fault.ts'
import { examples } from '../options.ts'
import { type Cli, commandConfig } from '../session.ts'

export function configCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('config')
    .summary('check the configuration')
    .description(
      'The configuration comes from a file (--config), the environment (S3WARDEN_…) and options: an option beats the environment, the environment the file.',
    )

  const check = noun
    .command('check')
    .description('Report everything that is wrong with the configuration, or OK. Nothing is started.')
  examples(check, 's3warden config check', 's3warden config check --config /etc/s3warden.yaml')
  check.action(() => {
    const { data, config } = check.optsWithGlobals<{ data?: string; config?: string }>()
    commandConfig(cli, { data, config })
    cli.terminal.print('OK')
    cli.exitWith(EXIT.done)
  })

  const example = noun
    .command('example')
    .description('Print a configuration file that documents every key, with its default.')
  examples(example, 's3warden config example > s3warden.yaml')
  example.action(() => {
    cli.terminal.print(renderExample().trimEnd())
    cli.exitWith(EXIT.done)
  })

  const accessSchema = noun
    .command('access-schema')
    .description('Print the JSON Schema of access files (`s3warden apply`), for editors.')
  examples(accessSchema, 's3warden config access-schema > access.schema.json')
  accessSchema.action(async () => {
    const { renderJsonSchema } = await import('../../access/schema.ts')
    cli.terminal.print(renderJsonSchema().trimEnd())
    cli.exitWith(EXIT.done)
  })
}
