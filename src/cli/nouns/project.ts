/** `s3warden project`: what owns buckets, and where keys work. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Project } from '../../iam/model.ts'
import { collect } from '../lists.ts'
import { changeOf, examples, type ListOptions, limitOption, randomName } from '../options.ts'
import { backend, organization, project } from '../resolve.ts'
import { type Cli, type ManagingSession, onServices } from '../session.ts'
import { deleteCommand, getCommand } from './entity.ts'

const COLUMNS = [
  'id',
  'name',
  'is_default',
  'description',
  'created_at',
] as const satisfies readonly (keyof Project)[]

/** Stands for what the configuration says. */
const CONFIGURED = 'default'

interface ProjectOptions {
  readonly description?: string
  readonly backend?: string
  readonly maxBuckets?: number | typeof CONFIGURED
}

const settingOptions = (command: Command): Command =>
  command
    .option('--description <text>', 'what it is for')
    .option('--backend <backend>', "where its new buckets go; `default`: the gate's default backend")
    .addOption(
      new Option(
        '--max-buckets <n>',
        'how many buckets it may own; `default`: the configured number',
      ).argParser((value) => {
        if (value === CONFIGURED) return CONFIGURED
        if (/^\d{1,9}$/.test(value)) return Number(value)
        throw new InvalidArgumentError('Expected a whole number, or `default`.')
      }),
    )

/** `default` stands for the gate's default backend. */
async function backendId(
  session: ManagingSession,
  reference: string | undefined,
): Promise<string | null | undefined> {
  if (reference === undefined) return undefined
  return reference === CONFIGURED ? null : (await backend(session, reference)).id
}

export function projectCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('project')
    .summary('projects')
    .description('Projects. A bucket belongs to one, and a key works in one at a time.')

  const create = settingOptions(
    noun
      .command('create [name]')
      .description('Make a project.')
      .option('--organization <org>', 'its organization, where there are several'),
  )
  examples(create, 's3warden project create backups --max-buckets 10')
  onServices<[string?], ProjectOptions & { organization?: string }>(
    cli,
    create,
    async (session, options, name = randomName('proj')) =>
      session.output.record(
        await session.services.projects.create(session.actor, {
          organization_id: (await organization(session, options.organization)).id,
          name,
          description: options.description,
          backend_id: await backendId(session, options.backend),
          max_buckets: options.maxBuckets === CONFIGURED ? null : options.maxBuckets,
        }),
      ),
  )

  const list = noun
    .command('list')
    .alias('ls')
    .description('List projects.')
    .option('--organization <org>', 'of this organization')
    .option('--name <name>', 'of this name')
    .addOption(limitOption())
  examples(list, 's3warden project list', 's3warden project list --output json')
  onServices<[], ListOptions & { organization?: string; name?: string }>(
    cli,
    list,
    async (session, options) => {
      const owner = options.organization
      const filters = {
        organization_id: owner === undefined ? undefined : (await organization(session, owner)).id,
        name: options.name,
      }
      return session.output.list(await collect(session.services.projects, filters, options.limit), COLUMNS)
    },
  )

  getCommand(cli, noun, {
    argument: 'project',
    description: 'Show projects, by id or name.',
    example: 's3warden project get default',
    columns: COLUMNS,
    find: project,
  })

  const update = settingOptions(
    noun.command('update <project>').description('Change a project.').option('--name <name>', 'its new name'),
  )
  examples(update, 's3warden project update backups --backend archive --max-buckets default')
  onServices<[string], ProjectOptions & { name?: string }>(
    cli,
    update,
    async (session, options, reference) => {
      const { id } = await project(session, reference)
      const change = changeOf({
        name: options.name,
        description: options.description,
        backend_id: await backendId(session, options.backend),
        max_buckets: options.maxBuckets === CONFIGURED ? null : options.maxBuckets,
      })
      return session.output.record(await session.services.projects.update(session.actor, id, change))
    },
  )

  deleteCommand(cli, noun, {
    argument: 'project',
    description:
      'Delete projects that own no buckets. Keys that prefer one work nowhere until they get another.',
    example: 's3warden project delete backups --yes',
    what: 'project',
    find: project,
    service: (services) => services.projects,
  })
}
