/** `s3warden user`: people. */
import type { Command } from 'commander'
import type { User } from '../../iam/model.ts'
import { collect } from '../lists.ts'
import { changeOf, examples, type ListOptions, limitOption, severalOption } from '../options.ts'
import { organization, user } from '../resolve.ts'
import { readSecret } from '../secret-input.ts'
import { type Cli, onServices } from '../session.ts'
import { each } from '../several.ts'
import { deleteCommand, getCommand } from './entity.ts'

const COLUMNS = [
  'id',
  'username',
  'email',
  'type',
  'status',
  'locked',
] as const satisfies readonly (keyof User)[]

interface UserOptions {
  readonly firstName?: string
  readonly lastName?: string
  readonly phone?: string
  readonly locale?: string
  readonly tag?: readonly string[]
}

const settingOptions = (command: Command): Command =>
  command
    .option('--first-name <name>', 'first name')
    .option('--last-name <name>', 'last name')
    .option('--phone <number>', 'telephone number')
    .option('--locale <locale>', 'language and country, such as de_DE')
    .addOption(severalOption('--tag <tag>', 'tags'))

const settingsOf = ({ firstName, lastName, phone, locale, tag }: UserOptions) => ({
  first_name: firstName,
  last_name: lastName,
  phone_number: phone,
  locale,
  tags: tag,
})

export function userCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('user')
    .summary('users: people')
    .description('Users: people. Wherever a user is asked for, an id, a username or an address will do.')

  const create = settingOptions(
    noun
      .command('create <email>')
      .description('Add a member. Without a password the user is invited until one is set; no mail is sent.')
      .option('--organization <org>', 'the organization, where there are several')
      .option('--username <name>', 'the username (default: the address)')
      .option('--password-file <file>', 'the password, from a file or - for standard input'),
  )
  examples(create, 's3warden user create ada@example.org --first-name Ada --username ada')
  onServices<[string], UserOptions & { organization?: string; username?: string; passwordFile?: string }>(
    cli,
    create,
    async (session, options, email) => {
      const { passwordFile } = options
      return session.output.record(
        await session.services.users.create(session.actor, {
          ...settingsOf(options),
          organization_id: (await organization(session, options.organization)).id,
          email,
          username: options.username,
          password:
            passwordFile === undefined
              ? undefined
              : await readSecret(session.terminal, '--password-file', passwordFile),
        }),
      )
    },
  )

  const list = noun
    .command('list')
    .alias('ls')
    .description('List users.')
    .option('--organization <org>', 'of this organization')
    .option('--tag <tag>', 'with this tag')
    .addOption(limitOption())
  examples(list, 's3warden user list')
  onServices<[], ListOptions & { organization?: string; tag?: string }>(
    cli,
    list,
    async (session, options) => {
      const owner = options.organization
      const filters = {
        organization_id: owner === undefined ? undefined : (await organization(session, owner)).id,
        tag: options.tag,
      }
      return session.output.list(await collect(session.services.users, filters, options.limit), COLUMNS)
    },
  )

  getCommand(cli, noun, {
    argument: 'user',
    description: 'Show users.',
    example: 's3warden user get ada',
    columns: COLUMNS,
    find: user,
  })

  const update = settingOptions(
    noun.command('update <user>').description('Change a user.').option('--email <address>', 'the address'),
  )
  examples(update, 's3warden user update ada --last-name Lovelace --tag engineering')
  onServices<[string], UserOptions & { email?: string }>(cli, update, async (session, options, reference) => {
    const { id } = await user(session, reference)
    const change = changeOf({ ...settingsOf(options), email: options.email })
    return session.output.record(await session.services.users.update(session.actor, id, change))
  })

  deleteCommand(cli, noun, {
    argument: 'user',
    description: 'Delete users with their keys. Their policies stay, for nobody.',
    example: 's3warden user delete ada --yes',
    what: 'user',
    find: user,
    service: (services) => services.users,
  })

  const lock = noun
    .command('lock <user...>')
    .description('Refuse all keys of these users from the next request on.')
  examples(lock, 's3warden user lock ada')
  onServices<[string[]], object>(cli, lock, (session, _options, given) =>
    each(session, given, async (reference) => {
      await session.services.users.lock(session.actor, (await user(session, reference)).id)
      return 'locked'
    }),
  )

  const unlock = noun.command('unlock <user...>').description('Undo a lock.')
  examples(unlock, 's3warden user unlock ada')
  onServices<[string[]], object>(cli, unlock, (session, _options, given) =>
    each(session, given, async (reference) => {
      await session.services.users.unlock(session.actor, (await user(session, reference)).id)
      return 'unlocked'
    }),
  )

  const password = noun
    .command('update-password <user>')
    .description('Set a password. It is asked for on a terminal.')
    .option('--password-file <file>', 'the password, from a file or - for standard input')
  examples(
    password,
    's3warden user update-password ada',
    's3warden user update-password ada --password-file new.txt',
  )
  onServices<[string], { passwordFile?: string }>(
    cli,
    password,
    async (session, { passwordFile }, reference) => {
      const { id } = await user(session, reference)
      const secret = await readSecret(session.terminal, '--password-file', passwordFile)
      return session.output.record(await session.services.users.updatePassword(session.actor, id, secret))
    },
  )

  const username = noun.command('update-username <user> <username>').description('Change a username.')
  examples(username, 's3warden user update-username ada ada.lovelace')
  onServices<[string, string], object>(cli, username, async (session, _options, reference, name) => {
    const { id } = await user(session, reference)
    return session.output.record(await session.services.users.updateUsername(session.actor, id, name))
  })
}
