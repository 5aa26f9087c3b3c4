/** `s3warden org`: organizations, the outermost walls. */
import type { Command } from 'commander'
import type { Organization } from '../../iam/model.ts'
import { collect } from '../lists.ts'
import { examples, type ListOptions, limitOption } from '../options.ts'
import { organization } from '../resolve.ts'
import { readSecret } from '../secret-input.ts'
import { type Cli, onServices } from '../session.ts'
import { deleteCommand, getCommand } from './entity.ts'

const COLUMNS = ['id', 'name', 'created_at'] as const satisfies readonly (keyof Organization)[]

export function organizationCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('org')
    .alias('organization')
    .summary('organizations')
    .description(
      'Organizations. Each has an owner, who may do everything in it, and a default project; both are made with it.',
    )

  const create = noun
    .command('create <name>')
    .description('Make an organization with its owner and its default project.')
    .requiredOption('--owner-email <address>', "the owner's address")
    .option('--owner-username <name>', "the owner's username (default: the address)")
    .option('--password-file <file>', "the owner's password, from a file or - for standard input")
    .option('--project-name <name>', 'name of the default project', 'default')
  examples(create, 's3warden org create "Example Inc" --owner-email owner@example.org')
  onServices<
    [string],
    { ownerEmail: string; ownerUsername?: string; passwordFile?: string; projectName: string }
  >(cli, create, async ({ services, actor, terminal, output }, options, name) => {
    const password =
      options.passwordFile === undefined
        ? undefined
        : await readSecret(terminal, '--password-file', options.passwordFile)
    const made = await services.organizations.create(actor, {
      name,
      owner: { email: options.ownerEmail, username: options.ownerUsername, password },
      project_name: options.projectName,
    })
    return output.record({
      ...made.organization,
      owner_id: made.owner.id,
      default_project_id: made.project.id,
    })
  })

  const list = noun.command('list').alias('ls').description('List organizations.').addOption(limitOption())
  examples(list, 's3warden org list')
  onServices<[], ListOptions>(cli, list, async ({ services, output }, { limit }) =>
    output.list(await collect(services.organizations, {}, limit), COLUMNS),
  )

  getCommand(cli, noun, {
    argument: 'org',
    description: 'Show organizations, by id or name.',
    example: 's3warden org get "Example Inc"',
    columns: COLUMNS,
    find: organization,
  })

  const update = noun
    .command('update <org>')
    .description('Rename an organization.')
    .requiredOption('--name <name>', 'its new name')
  examples(update, 's3warden org update "Example Inc" --name "Example GmbH"')
  onServices<[string], { name: string }>(cli, update, async (session, { name }, reference) => {
    const { id } = await organization(session, reference)
    return session.output.record(await session.services.organizations.update(session.actor, id, { name }))
  })

  deleteCommand(cli, noun, {
    argument: 'org',
    description: 'Delete organizations that have nothing left but their owner and an empty default project.',
    example: 's3warden org delete "Example Inc" --yes',
    what: 'organization',
    find: organization,
    service: (services) => services.organizations,
  })
}
