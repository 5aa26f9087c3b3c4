/** What is the same for every kind of entity: it is shown, and deleted, by id or name. */
import type { Command } from 'commander'
import type { Actor } from '../../iam/reader.ts'
import { examples, yesOption } from '../options.ts'
import { type Cli, type ManagingSession, onServices } from '../session.ts'
import { eachConfirmed, showEach } from '../several.ts'

interface Spelled {
  /** The name of the argument: `project`. */
  readonly argument: string
  readonly description: string
  readonly example: string
}

interface GetCommand<T> extends Spelled {
  readonly columns: readonly (keyof T & string)[]
  readonly find: (session: ManagingSession, reference: string) => Promise<T>
}

export function getCommand<T extends object>(cli: Cli, noun: Command, given: GetCommand<T>): void {
  const { argument, description, example, columns, find } = given
  const get = noun.command(`get <${argument}...>`).description(description)
  examples(get, example)
  onServices<[string[]], object>(cli, get, (session, _options, references) =>
    showEach(session, references, columns, (reference) => find(session, reference)),
  )
}

interface DeleteCommand extends Spelled {
  /** What the person is asked about: "project". */
  readonly what: string
  readonly find: (session: ManagingSession, reference: string) => Promise<{ readonly id: string }>
  readonly service: (services: ManagingSession['services']) => {
    delete(actor: Actor, id: string): Promise<unknown>
  }
}

export function deleteCommand(cli: Cli, noun: Command, given: DeleteCommand): void {
  const { argument, description, example, what, find, service } = given
  const remove = noun
    .command(`delete <${argument}...>`)
    .alias('rm')
    .description(description)
    .addOption(yesOption())
  examples(remove, example)
  onServices<[string[]], { yes?: boolean }>(cli, remove, (session, { yes }, references) =>
    eachConfirmed(session, { what: `delete the ${what}`, given: references, yes }, async (reference) => {
      const { id } = await find(session, reference)
      await service(session.services).delete(session.actor, id)
      return 'deleted'
    }),
  )
}
