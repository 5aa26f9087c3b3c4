/** `s3warden permission-set`: what rules can grant. */
import type { Command } from 'commander'
import { isPermissionSetName, PERMISSION_SETS } from '../../iam/permission-sets.ts'
import { didYouMean } from '../../nearest.ts'
import { CommandFailure } from '../fault.ts'
import { examples } from '../options.ts'
import { type Cli, onServices } from '../session.ts'
import { showEach } from '../several.ts'

export function permissionSetCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('permission-set')
    .summary('what rules can grant')
    .description('Permission sets: named groups of actions, which rules grant. They are built in.')

  const list = noun.command('list').alias('ls').description('List permission sets.')
  examples(list, 's3warden permission-set list')
  onServices<[], object>(cli, list, async ({ services, output }) =>
    output.list(services.permissionSets.list(), ['name', 'scope_type', 'description']),
  )

  const get = noun.command('get <name...>').description('Show permission sets with the S3 actions in them.')
  examples(get, 's3warden permission-set get ObjectStorageObjectsRead')
  onServices<[string[]], object>(cli, get, (session, _options, names) =>
    showEach(session, names, ['name', 'scope_type', 'actions'], async (name) => {
      const record = session.services.permissionSets.list().find((set) => set.name === name)
      if (record === undefined) {
        const hint = didYouMean(name, Object.keys(PERMISSION_SETS))
        throw new CommandFailure(`there is no permission set \`${name}\`${hint}`)
      }
      const actions = isPermissionSetName(name) ? [...PERMISSION_SETS[name].actions] : []
      return { ...record, actions }
    }),
  )
}
