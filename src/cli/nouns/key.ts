/** `s3warden key`: access keys. */
import { type Command, Option } from 'commander'
import type { AccessKey } from '../../iam/model.ts'
import { coveredAtoms } from '../../iam/restrictions.ts'
import { KNOWN_OPERATIONS, type KnownOperation, operationsWithin } from '../../iam/sos-operations.ts'
import type { KeyBearer, KeySettings } from '../../services/keys.ts'
import { parseAccessKey } from '../../sigv4/access-key.ts'
import { CLIENTS, type Client, clientSettings } from '../client-settings.ts'
import { clientEndpoint } from '../endpoint.ts'
import { EXIT, type ExitCode, UsageError } from '../fault.ts'
import { collect } from '../lists.ts'
import {
  changeOf,
  durationOption,
  examples,
  type ListOptions,
  limitOption,
  parseTime,
  yesOption,
} from '../options.ts'
import { application, key, organization, project, user } from '../resolve.ts'
import { type RestrictionOptions, restrictionOptions, restrictionsOf } from '../restriction-options.ts'
import { readSecret } from '../secret-input.ts'
import { type Cli, type ManagingSession, onServices } from '../session.ts'
import { eachConfirmed } from '../several.ts'
import { getCommand } from './entity.ts'

const COLUMNS = [
  'access_key',
  'name',
  'application_id',
  'user_id',
  'default_project_id',
  'expires_at',
  'description',
] as const satisfies readonly (keyof AccessKey)[]

interface SettingOptions {
  readonly project?: string
  readonly expires?: string
  readonly description?: string
  readonly name?: string
}

interface BearerOptions {
  readonly application?: string
  readonly user?: string
}

const settingOptions = (command: Command): Command =>
  command
    .option('--project <project>', 'its preferred project: where it works unless KEY@project says otherwise')
    .option('--expires <time>', 'when it expires: 2030-01-31T12:00:00Z, 2030-01-31, 90d from now, or never')
    .option('--description <text>', 'what it is for')
    .option('--name <name>', 'a name for it')

const bearerOptions = (command: Command): Command =>
  command
    .option('--application <app>', 'the application it belongs to')
    .option('--user <user>', 'the user it belongs to')

async function settingsOf(session: ManagingSession, options: SettingOptions): Promise<KeySettings> {
  const { expires } = options
  return {
    name: options.name,
    description: options.description,
    default_project_id:
      options.project === undefined ? undefined : (await project(session, options.project)).id,
    expires_at:
      expires === undefined
        ? undefined
        : expires === 'never'
          ? null
          : parseTime('--expires', expires, session.cli.now(), 1),
  }
}

/** Undefined: none was given. @throws UsageError where both were */
async function bearerOf(session: ManagingSession, options: BearerOptions): Promise<KeyBearer | undefined> {
  if (options.application !== undefined && options.user !== undefined) {
    throw new UsageError('a key belongs to one: give either --application or --user')
  }
  if (options.application !== undefined) {
    return { kind: 'application', id: (await application(session, options.application)).id }
  }
  return options.user === undefined ? undefined : { kind: 'user', id: (await user(session, options.user)).id }
}

const forOption = (): Option =>
  new Option('--for <client>', 'print ready settings for this client').choices([...CLIENTS])

/** Shows a key that has just been made, with its secret: the one time. */
function showMade(
  session: ManagingSession,
  made: { readonly key: AccessKey; readonly secret: string },
  client: Client | undefined,
): ExitCode {
  const { config, output, terminal } = session
  const record = { ...made.key, secret_key: made.secret }
  if (client === undefined) {
    if (output.format === 'table') terminal.note('The secret is shown this once.')
    return output.record(record)
  }
  const settings = clientSettings(client, {
    endpoint: clientEndpoint(config),
    region: config.region,
    accessKey: made.key.access_key,
    secretKey: made.secret,
  })
  if (output.format === 'json') return output.record({ ...record, client_settings: settings })
  output.record(record)
  terminal.print(`\n${settings}`)
  return EXIT.done
}

export function keyCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('key')
    .summary('access keys')
    .description(
      'Access keys. Wherever a key is asked for, its access key or its name will do.\nThe secret is shown once, when the key is made.',
    )

  const create = restrictionOptions(
    settingOptions(bearerOptions(noun.command('create').description('Make an access key.'))),
  )
    .addOption(
      new Option('--format <format>', 'what access key and secret look like')
        .choices(['scaleway', 'exoscale', 'keystone'])
        .default('scaleway'),
    )
    .option('--template <key>', 'take what is not given from this key')
    .option(
      '--through <key>',
      'make it on behalf of this key: where that one is restricted, it never exceeds it',
    )
    .addOption(forOption())
  examples(
    create,
    's3warden key create --application backup-job --for aws',
    's3warden key create --user ada --project media --expires 90d --description "laptop"',
    's3warden key create --application backup-job --operation get-sos-object,list-sos-bucket --resource sos/bucket:media/public/*',
  )
  onServices<
    [],
    BearerOptions &
      SettingOptions &
      RestrictionOptions & {
        format: 'scaleway' | 'exoscale' | 'keystone'
        template?: string
        through?: string
        for?: Client
      }
  >(cli, create, async (session, options) => {
    const bearer = await bearerOf(session, options)
    if (bearer === undefined && options.template === undefined && options.through === undefined) {
      throw new UsageError(
        'say whose it is: give --application, --user, or a key with --template or --through',
      )
    }
    const restrictions = restrictionsOf(options)
    const made = await session.services.keys.create(session.actor, {
      ...(await settingsOf(session, options)),
      bearer,
      format: options.format,
      restrictions: restrictions ?? undefined,
      template:
        options.template === undefined ? undefined : (await key(session, options.template)).access_key,
      through: options.through === undefined ? undefined : (await key(session, options.through)).access_key,
    })
    return showMade(session, { key: made.key, secret: made.secret_key.reveal() }, options.for)
  })

  const bring = restrictionOptions(
    settingOptions(
      bearerOptions(
        noun
          .command('import <access-key>')
          .description(
            'Bring along a key that clients have in use. It works on S3 only. An existing one is refused.',
          )
          .option(
            '--secret-key-file <file>',
            'its secret, from a file or - for standard input; asked for on a terminal',
          ),
      ),
    ),
  )
  examples(
    bring,
    's3warden key import AKIAIOSFODNN7EXAMPLE --application backup-job --secret-key-file secret.txt',
    'pass show s3/old-key | s3warden key import EXO0123456789abcdef01234567 --user ada --secret-key-file -',
  )
  onServices<[string], BearerOptions & SettingOptions & RestrictionOptions & { secretKeyFile?: string }>(
    cli,
    bring,
    async (session, options, accessKey) => {
      const bearer = await bearerOf(session, options)
      if (bearer === undefined) throw new UsageError('say whose it is: give --application or --user')
      const imported = await session.services.keys.import(session.actor, {
        ...(await settingsOf(session, options)),
        bearer,
        access_key: accessKey,
        secret_key: await readSecret(session.terminal, '--secret-key-file', options.secretKeyFile),
        restrictions: restrictionsOf(options) ?? undefined,
      })
      return session.output.record(imported)
    },
  )

  const list = bearerOptions(
    noun
      .command('list')
      .alias('ls')
      .description('List keys, without secrets.')
      .option('--organization <org>', 'of this organization')
      .option('--project <project>', 'that prefer this project')
      .option('--name <name>', 'of this name'),
  )
    .addOption(new Option('--expired', 'only expired ones').conflicts('valid'))
    .addOption(new Option('--valid', 'only those that have not expired'))
    .addOption(limitOption())
  examples(list, 's3warden key list --application backup-job', 's3warden key list --expired')
  onServices<
    [],
    ListOptions &
      BearerOptions & {
        organization?: string
        project?: string
        name?: string
        expired?: boolean
        valid?: boolean
      }
  >(cli, list, async (session, options) => {
    const bearer = await bearerOf(session, options)
    const now = new Date(cli.now()).toISOString()
    const filters = {
      organization_id:
        options.organization === undefined
          ? undefined
          : (await organization(session, options.organization)).id,
      bearer_ids: bearer === undefined ? undefined : [bearer.id],
      default_project_id:
        options.project === undefined ? undefined : (await project(session, options.project)).id,
      name: options.name,
      expiry:
        options.expired === undefined && options.valid === undefined
          ? undefined
          : { expired: options.expired === true, at: now },
    }
    return session.output.list(await collect(session.services.keys, filters, options.limit), COLUMNS)
  })

  getCommand(cli, noun, {
    argument: 'key',
    description: 'Show keys, without secrets.',
    example: 's3warden key get SCW0123456789ABCDEFG',
    columns: COLUMNS,
    find: key,
  })

  const update = settingOptions(
    noun.command('update <key>').description('Change a key. What it is limited to never changes.'),
  )
  examples(update, 's3warden key update SCW0123456789ABCDEFG --expires 2030-01-31')
  onServices<[string], SettingOptions>(cli, update, async (session, options, reference) => {
    const { access_key } = await key(session, reference)
    const change = changeOf(await settingsOf(session, options))
    return session.output.record(await session.services.keys.update(session.actor, access_key, change))
  })

  const revoke = noun
    .command('revoke <key...>')
    .alias('delete')
    .description('Delete keys: refused from the next request on. Keys made through them go too.')
    .addOption(yesOption())
  examples(revoke, 's3warden key revoke SCW0123456789ABCDEFG --yes')
  onServices<[string[]], { yes?: boolean }>(cli, revoke, (session, { yes }, given) =>
    eachConfirmed(session, { what: 'revoke the key', given, yes }, async (reference) => {
      const { access_key } = await key(session, reference)
      const revoked = await session.services.keys.revoke(session.actor, access_key)
      const others = revoked.filter((other) => other.access_key !== access_key)
      return others.length === 0
        ? 'revoked'
        : `revoked, with ${others.map((other) => other.access_key).join(', ')}`
    }),
  )

  const rotate = noun
    .command('rotate <key>')
    .description('Make a successor with the same settings; the old key expires after the grace.')
    .addOption(
      durationOption('--grace <duration>', 'how long the old one goes on working').default(0, 'none'),
    )
    .addOption(forOption())
  examples(rotate, 's3warden key rotate SCW0123456789ABCDEFG --grace 7d')
  onServices<[string], { grace: number; for?: Client }>(cli, rotate, async (session, options, reference) => {
    const { access_key } = await key(session, reference)
    const made = await session.services.keys.rotate(session.actor, access_key, options.grace)
    return showMade(session, { key: made.key, secret: made.secret_key.reveal() }, options.for)
  })

  const operations = noun
    .command('list-operations')
    .description('List the operations that a key can be limited to.')
    .option('--mine [key]', 'only those that this key is limited to (default: that of AWS_ACCESS_KEY_ID)')
  examples(
    operations,
    's3warden key list-operations',
    's3warden key list-operations --mine SCW0123456789ABCDEFG',
  )
  onServices<[], { mine?: string | true }>(cli, operations, async (session, { mine }) => {
    const known =
      mine === undefined
        ? KNOWN_OPERATIONS
        : operationsOf(await key(session, mine === true ? ownKey(cli) : mine))
    return session.output.list(known, ['operation', 'tags'])
  })
}

/** The access key that clients in this environment use. @throws UsageError where there is none */
function ownKey({ environment }: Cli): string {
  const own = parseAccessKey(environment.AWS_ACCESS_KEY_ID ?? '')
  if (own === undefined) throw new UsageError('--mine: name a key, or set AWS_ACCESS_KEY_ID')
  return own.accessKey
}

/** Those that a key is limited to: all of them where it is not limited. */
function operationsOf({ restrictions }: AccessKey): readonly KnownOperation[] {
  const atoms = restrictions === null ? null : coveredAtoms(restrictions)
  return atoms === null ? KNOWN_OPERATIONS : operationsWithin(atoms)
}
