/** `s3warden app`: applications, which are programs. */
import type { Command } from 'commander'
import type { Application } from '../../iam/model.ts'
import { collect } from '../lists.ts'
import { changeOf, examples, type ListOptions, limitOption, randomName, severalOption } from '../options.ts'
import { application, organization } from '../resolve.ts'
import { type Cli, onServices } from '../session.ts'
import { deleteCommand, getCommand } from './entity.ts'

const COLUMNS = ['id', 'name', 'description', 'created_at'] as const satisfies readonly (keyof Application)[]

interface ApplicationOptions {
  readonly description?: string
  readonly tag?: readonly string[]
}

const settingOptions = (command: Command): Command =>
  command.option('--description <text>', 'what it is').addOption(severalOption('--tag <tag>', 'tags'))

export function applicationCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('app')
    .alias('application')
    .summary('applications: programs')
    .description('Applications: programs, which have keys and policies of their own.')

  const create = settingOptions(
    noun
      .command('create [name]')
      .description('Make an application.')
      .option('--organization <org>', 'its organization, where there are several'),
  )
  examples(create, 's3warden app create backup-job --tag nightly')
  onServices<[string?], ApplicationOptions & { organization?: string }>(
    cli,
    create,
    async (session, options, name = randomName('app')) =>
      session.output.record(
        await session.services.applications.create(session.actor, {
          organization_id: (await organization(session, options.organization)).id,
          name,
          description: options.description,
          tags: options.tag,
        }),
      ),
  )

  const list = noun
    .command('list')
    .alias('ls')
    .description('List applications.')
    .option('--organization <org>', 'of this organization')
    .option('--name <name>', 'of this name')
    .option('--tag <tag>', 'with this tag')
    .addOption(limitOption())
  examples(list, 's3warden app list --tag nightly')
  onServices<[], ListOptions & { organization?: string; name?: string; tag?: string }>(
    cli,
    list,
    async (session, { organization: owner, name, tag, limit }) => {
      const organization_id = owner === undefined ? undefined : (await organization(session, owner)).id
      const found = await collect(session.services.applications, { organization_id, name, tag }, limit)
      return session.output.list(found, COLUMNS)
    },
  )

  getCommand(cli, noun, {
    argument: 'app',
    description: 'Show applications, by id or name.',
    example: 's3warden app get backup-job',
    columns: COLUMNS,
    find: application,
  })

  const update = settingOptions(
    noun
      .command('update <app>')
      .description('Change an application.')
      .option('--name <name>', 'its new name'),
  )
  examples(update, 's3warden app update backup-job --description "nightly backup"')
  onServices<[string], ApplicationOptions & { name?: string }>(
    cli,
    update,
    async (session, { name, description, tag }, reference) => {
      const { id } = await application(session, reference)
      const change = changeOf({ name, description, tags: tag })
      return session.output.record(await session.services.applications.update(session.actor, id, change))
    },
  )

  deleteCommand(cli, noun, {
    argument: 'app',
    description: 'Delete applications with their keys. Their policies stay, for nobody.',
    example: 's3warden app delete backup-job --yes',
    what: 'application',
    find: application,
    service: (services) => services.applications,
  })
}
