/** `s3warden log`: who changed what. */
import { type Command, Option } from 'commander'
import type { LogEntry } from '../../iam/model.ts'
import { collect } from '../lists.ts'
import { examples, type ListOptions, limitOption, parseTime } from '../options.ts'
import { organization } from '../resolve.ts'
import { type Cli, onServices } from '../session.ts'
import { showEach } from '../several.ts'

const COLUMNS = [
  'created_at',
  'action',
  'resource_type',
  'resource_id',
  'bearer_id',
  'ip',
  'remark',
  'id',
] as const satisfies readonly (keyof LogEntry)[]

interface LogOptions extends ListOptions {
  readonly organization?: string
  readonly action?: 'created' | 'updated' | 'deleted' | 'refused'
  readonly resourceType?: string
  readonly search?: string
  readonly since?: string
  readonly until?: string
}

export function logCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('log')
    .summary('the audit log: who changed what')
    .description(
      'The audit log of every change, with what was there before and after, and of attempts on the control plane that were refused. It never holds a secret.',
    )

  const list = noun
    .command('list')
    .alias('ls')
    .description('List changes, oldest first.')
    .option('--organization <org>', 'in this organization')
    .addOption(
      new Option('--action <action>', 'of this kind').choices(['created', 'updated', 'deleted', 'refused']),
    )
    .option('--resource-type <type>', 'to this kind of thing: policy, bucket …')
    .option('--search <id>', 'by or to the one with this id')
    .option('--since <time>', 'from this time on: 2030-01-31T12:00:00Z, 2030-01-31, or 24h ago as 24h')
    .option('--until <time>', 'up to this time')
    .addOption(limitOption())
  examples(list, 's3warden log list --since 24h', 's3warden log list --action deleted --resource-type bucket')
  onServices<[], LogOptions>(cli, list, async (session, options) => {
    const time = (option: string, given: string | undefined) =>
      given === undefined ? undefined : parseTime(option, given, cli.now(), -1)
    const filters = {
      organization_id:
        options.organization === undefined
          ? undefined
          : (await organization(session, options.organization)).id,
      action: options.action,
      resource_type: options.resourceType,
      search: options.search,
      created_after: time('--since', options.since),
      created_before: time('--until', options.until),
    }
    return session.output.list(await collect(session.services.logs, filters, options.limit), COLUMNS)
  })

  const get = noun.command('get <id...>').description('Show changes in full.')
  examples(get, 's3warden log get 6f9c2c1e-3b0a-4f6e-9d5c-0a1b2c3d4e5f --output json')
  onServices<[string[]], object>(cli, get, (session, _options, ids) =>
    showEach(session, ids, COLUMNS, (id) => session.services.logs.get(id)),
  )
}
