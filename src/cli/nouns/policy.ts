/** `s3warden policy`: what a principal was given. */
import { type Command, Option } from 'commander'
import type { Policy, PolicyPrincipal } from '../../iam/model.ts'
import { UsageError } from '../fault.ts'
import { collect } from '../lists.ts'
import { changeOf, examples, type ListOptions, limitOption, randomName, severalOption } from '../options.ts'
import { application, group, organization, policy, user } from '../resolve.ts'
import { type Cli, type ManagingSession, onServices } from '../session.ts'
import { deleteCommand, getCommand } from './entity.ts'
import { grantOptions, scopeOf } from './rule-options.ts'

const COLUMNS = [
  'id',
  'name',
  'user_id',
  'group_id',
  'application_id',
  'description',
] as const satisfies readonly (keyof Policy)[]

interface PolicyOptions {
  readonly description?: string
  readonly tag?: readonly string[]
}

interface PrincipalOptions {
  readonly user?: string
  readonly group?: string
  readonly application?: string
  /** False: `--no-principal`. */
  readonly principal: boolean
}

interface FirstRuleOptions {
  readonly permissionSet?: readonly string[]
  readonly project?: readonly string[]
  readonly allCurrentProjects?: boolean
  readonly organizationScope?: boolean
  readonly condition?: string
}

const settingOptions = (command: Command): Command =>
  command
    .option('--description <text>', 'what it is for')
    .addOption(severalOption('--tag <tag>', 'tags'))
    .option('--user <user>', 'whom it is about')
    .option('--group <group>', 'whom it is about')
    .option('--application <app>', 'whom it is about')
    .option('--no-principal', 'it is about nobody yet')

/** Undefined: none was given. @throws UsageError where several were */
async function principalOf(
  session: ManagingSession,
  options: PrincipalOptions,
): Promise<PolicyPrincipal | undefined> {
  const { user: person, group: several, application: program, principal } = options
  const given = [person, several, program, principal ? undefined : 'none'].filter((one) => one !== undefined)
  if (given.length > 1) {
    throw new UsageError('give only one of --user, --group, --application and --no-principal')
  }
  if (person !== undefined) return { kind: 'user', id: (await user(session, person)).id }
  if (several !== undefined) return { kind: 'group', id: (await group(session, several)).id }
  if (program !== undefined) return { kind: 'application', id: (await application(session, program)).id }
  return principal ? undefined : { kind: 'none' }
}

export function policyCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('policy')
    .summary('policies: who may do what')
    .description(
      'Policies. Each is about one user, group or application, and its rules say what that one may do.',
    )

  const create = grantOptions(
    settingOptions(
      noun
        .command('create [name]')
        .description('Make a policy, with a first rule where --permission-set is given.')
        .option('--organization <org>', 'its organization, where there are several')
        .addOption(
          new Option(
            '--organization-scope',
            'the rule holds in the whole organization, later projects included',
          ),
        ),
    ),
  )
  examples(
    create,
    's3warden policy create backup --application backup-job --permission-set ObjectStorageFullAccess --project backups',
    's3warden policy create office --group readers --permission-set ObjectStorageReadOnly --organization-scope --condition \'inIpRange(request.ip, "192.0.2.0/24")\'',
  )
  onServices<[string?], PolicyOptions & PrincipalOptions & FirstRuleOptions & { organization?: string }>(
    cli,
    create,
    async (session, options, name = randomName('pol')) => {
      const { id: organization_id } = await organization(session, options.organization)
      const principal = await principalOf(session, options)
      if (principal === undefined) {
        throw new UsageError('say whom it is about: --user, --group, --application or --no-principal')
      }
      const { permissionSet } = options
      const scoped =
        options.project !== undefined ||
        options.allCurrentProjects === true ||
        options.organizationScope === true ||
        options.condition !== undefined
      if (permissionSet === undefined && scoped) {
        throw new UsageError('say what the rule grants: give --permission-set')
      }
      const wholeOrganization = options.organizationScope === true ? organization_id : undefined
      const rules =
        permissionSet === undefined
          ? []
          : [
              {
                permission_set_names: permissionSet,
                scope: await scopeOf(session, { ...options, wholeOrganization }),
                condition: options.condition,
              },
            ]
      const { description, tag } = options
      const input = { organization_id, name, description, tags: tag, principal, rules }
      return session.output.record(await session.services.policies.create(session.actor, input))
    },
  )

  const list = noun
    .command('list')
    .alias('ls')
    .description('List policies.')
    .option('--organization <org>', 'of this organization')
    .option('--user <user>', 'about this user')
    .option('--group <group>', 'about this group')
    .option('--application <app>', 'about this application')
    .option('--no-principal', 'about nobody')
    .option('--tag <tag>', 'with this tag')
    .addOption(limitOption())
  examples(list, 's3warden policy list --application backup-job')
  onServices<[], ListOptions & PrincipalOptions & { organization?: string; tag?: string }>(
    cli,
    list,
    async (session, options) => {
      const principal = await principalOf(session, options)
      const only = (kind: PolicyPrincipal['kind']) =>
        principal !== undefined && principal.kind !== 'none' && principal.kind === kind
          ? [principal.id]
          : undefined
      const filters = {
        organization_id:
          options.organization === undefined
            ? undefined
            : (await organization(session, options.organization)).id,
        user_ids: only('user'),
        group_ids: only('group'),
        application_ids: only('application'),
        no_principal: principal?.kind === 'none' ? true : undefined,
        tag: options.tag,
      }
      return session.output.list(await collect(session.services.policies, filters, options.limit), COLUMNS)
    },
  )

  getCommand(cli, noun, {
    argument: 'policy',
    description: 'Show policies with their rules, by id or name.',
    example: 's3warden policy get backup --output json',
    columns: COLUMNS,
    find: policy,
  })

  const update = settingOptions(
    noun
      .command('update <policy>')
      .description('Change a policy. Its rules are changed with `s3warden rule`.')
      .option('--name <name>', 'its new name'),
  )
  examples(update, 's3warden policy update backup --group readers')
  onServices<[string], PolicyOptions & PrincipalOptions & { name?: string }>(
    cli,
    update,
    async (session, options, reference) => {
      const { id } = await policy(session, reference)
      const principal = await principalOf(session, options)
      const { name, description, tag } = options
      const change = changeOf({ name, description, tags: tag, principal })
      return session.output.record(await session.services.policies.update(session.actor, id, change))
    },
  )

  deleteCommand(cli, noun, {
    argument: 'policy',
    description: 'Delete policies. What only they granted is refused from the next request on.',
    example: 's3warden policy delete backup --yes',
    what: 'policy',
    find: policy,
    service: (services) => services.policies,
  })

  const clone = noun.command('clone <policy>').description('Make a copy with the same principal and rules.')
  examples(clone, 's3warden policy clone backup')
  onServices<[string], object>(cli, clone, async (session, _options, reference) => {
    const { id } = await policy(session, reference)
    return session.output.record(await session.services.policies.clone(session.actor, id))
  })
}
