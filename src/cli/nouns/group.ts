/** `s3warden group`: groups of users and applications. */
import type { Command } from 'commander'
import type { Group } from '../../iam/model.ts'
import type { Members } from '../../services/groups.ts'
import { UsageError } from '../fault.ts'
import { collect } from '../lists.ts'
import { changeOf, examples, type ListOptions, limitOption, randomName, severalOption } from '../options.ts'
import { application, group, organization, user } from '../resolve.ts'
import { type Cli, type ManagingSession, onServices } from '../session.ts'
import { deleteCommand, getCommand } from './entity.ts'

const COLUMNS = [
  'id',
  'name',
  'description',
  'user_ids',
  'application_ids',
] as const satisfies readonly (keyof Group)[]

interface GroupOptions {
  readonly description?: string
  readonly tag?: readonly string[]
}

interface MemberOptions {
  readonly user?: readonly string[]
  readonly application?: readonly string[]
}

const settingOptions = (command: Command): Command =>
  command.option('--description <text>', 'what it is').addOption(severalOption('--tag <tag>', 'tags'))

const memberOptions = (command: Command): Command =>
  command
    .addOption(severalOption('--user <user>', 'users'))
    .addOption(severalOption('--application <app>', 'applications'))

async function membersOf(session: ManagingSession, options: MemberOptions): Promise<Members> {
  const ids = async (
    references: readonly string[] | undefined,
    resolve: (session: ManagingSession, reference: string) => Promise<{ readonly id: string }>,
  ): Promise<readonly string[]> => {
    const found: string[] = []
    for (const reference of references ?? []) found.push((await resolve(session, reference)).id)
    return found
  }
  return {
    user_ids: await ids(options.user, user),
    application_ids: await ids(options.application, application),
  }
}

/** As {@link membersOf}, and at least one. */
async function someMembers(session: ManagingSession, options: MemberOptions): Promise<Members> {
  if (options.user === undefined && options.application === undefined) {
    throw new UsageError('say who: give --user or --application')
  }
  return membersOf(session, options)
}

export function groupCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('group')
    .summary('groups of users and applications')
    .description('Groups of users and applications. What a group was given, its members have.')

  const create = memberOptions(
    settingOptions(
      noun
        .command('create [name]')
        .description('Make a group.')
        .option('--organization <org>', 'its organization, where there are several'),
    ),
  )
  examples(create, 's3warden group create readers --user ada --application backup-job')
  onServices<[string?], GroupOptions & MemberOptions & { organization?: string }>(
    cli,
    create,
    async (session, options, name = randomName('grp')) =>
      session.output.record(
        await session.services.groups.create(session.actor, {
          ...(await membersOf(session, options)),
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
    .description('List groups.')
    .option('--organization <org>', 'of this organization')
    .option('--tag <tag>', 'with this tag')
    .addOption(limitOption())
  examples(list, 's3warden group list')
  onServices<[], ListOptions & { organization?: string; tag?: string }>(
    cli,
    list,
    async (session, { organization: owner, tag, limit }) => {
      const organization_id = owner === undefined ? undefined : (await organization(session, owner)).id
      return session.output.list(
        await collect(session.services.groups, { organization_id, tag }, limit),
        COLUMNS,
      )
    },
  )

  getCommand(cli, noun, {
    argument: 'group',
    description: 'Show groups, by id or name.',
    example: 's3warden group get readers',
    columns: COLUMNS,
    find: group,
  })

  const update = settingOptions(
    noun.command('update <group>').description('Change a group.').option('--name <name>', 'its new name'),
  )
  examples(update, 's3warden group update readers --description "may read everything"')
  onServices<[string], GroupOptions & { name?: string }>(
    cli,
    update,
    async (session, { name, description, tag }, reference) => {
      const { id } = await group(session, reference)
      const change = changeOf({ name, description, tags: tag })
      return session.output.record(await session.services.groups.update(session.actor, id, change))
    },
  )

  deleteCommand(cli, noun, {
    argument: 'group',
    description: 'Delete groups. Their members stay; their policies stay too, for nobody.',
    example: 's3warden group delete readers --yes',
    what: 'group',
    find: group,
    service: (services) => services.groups,
  })

  const addOne = noun
    .command('add-member <group>')
    .description('Add a user or an application.')
    .option('--user <user>', 'the user')
    .option('--application <app>', 'the application')
  examples(addOne, 's3warden group add-member readers --user ada')
  onServices<[string], { user?: string; application?: string }>(
    cli,
    addOne,
    async (session, options, reference) => {
      const one = oneMember(options)
      const { id } = await group(session, reference)
      const members = await someMembers(session, one)
      return session.output.record(await session.services.groups.addMembers(session.actor, id, members))
    },
  )

  const add = memberOptions(
    noun.command('add-members <group>').description('Add users and applications. Those who are in it stay.'),
  )
  examples(add, 's3warden group add-members readers --user ada,grace --application backup-job')
  onServices<[string], MemberOptions>(cli, add, async (session, options, reference) => {
    const { id } = await group(session, reference)
    const members = await someMembers(session, options)
    return session.output.record(await session.services.groups.addMembers(session.actor, id, members))
  })

  const removeOne = noun
    .command('remove-member <group>')
    .description('Remove a user or an application.')
    .option('--user <user>', 'the user')
    .option('--application <app>', 'the application')
  examples(removeOne, 's3warden group remove-member readers --user ada')
  onServices<[string], { user?: string; application?: string }>(
    cli,
    removeOne,
    async (session, options, reference) => {
      const one = oneMember(options)
      const { id } = await group(session, reference)
      const members = await someMembers(session, one)
      return session.output.record(await session.services.groups.removeMembers(session.actor, id, members))
    },
  )

  const set = memberOptions(
    noun
      .command('set-members <group>')
      .description('Have these users and applications in it, and nobody else.'),
  )
  examples(set, 's3warden group set-members readers --user ada')
  onServices<[string], MemberOptions>(cli, set, async (session, options, reference) => {
    const { id } = await group(session, reference)
    const members = await membersOf(session, options)
    return session.output.record(await session.services.groups.setMembers(session.actor, id, members))
  })
}

function oneMember(options: { readonly user?: string; readonly application?: string }): MemberOptions {
  if (options.user !== undefined && options.application !== undefined) {
    throw new UsageError('give either --user or --application; add-members and set-members take several')
  }
  if (options.user !== undefined) return { user: [options.user] }
  return options.application === undefined ? {} : { application: [options.application] }
}
