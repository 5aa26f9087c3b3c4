/** `s3warden bucket`: whose buckets are. Clients make and delete theirs over S3. */
import type { Command } from 'commander'
import type { Backend, Bucket, Project } from '../../iam/model.ts'
import { isBucketName } from '../../s3/bucket-name.ts'
import { CommandFailure, UsageError } from '../fault.ts'
import { collect } from '../lists.ts'
import {
  durationOption,
  examples,
  type ListOptions,
  limitOption,
  severalOfOption,
  yesOption,
} from '../options.ts'
import { createProgress } from '../progress.ts'
import { backend, project } from '../resolve.ts'
import { type Cli, onServices, onStore, type Session } from '../session.ts'
import { each, eachConfirmed } from '../several.ts'
import { getCommand } from './entity.ts'

const COLUMNS = [
  'name',
  'state',
  'project_id',
  'backend_id',
  'created_at',
] as const satisfies readonly (keyof Bucket)[]

type State = Bucket['state']

const STATES = ['creating', 'active', 'deleting', 'released'] as const satisfies readonly State[]

interface AdoptOptions {
  readonly project: string
  readonly backend?: string
  readonly all?: boolean
  readonly prefix?: string
  readonly yes?: boolean
}

export function bucketCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('bucket')
    .summary('whose buckets are')
    .description(
      'Buckets and the projects that own them. Clients make and delete buckets over S3; here, those that a backend has already are given to a project, or taken from it.',
    )

  const list = noun
    .command('list')
    .alias('ls')
    .description('List buckets that have an owner.')
    .option('--project <project>', 'of this project')
    .option('--backend <backend>', 'on this backend')
    .addOption(severalOfOption('--state <state>', 'in these states', STATES))
    .addOption(limitOption())
  examples(list, 's3warden bucket list --project media')
  onServices<[], ListOptions & { project?: string; backend?: string; state?: readonly State[] }>(
    cli,
    list,
    async (session, options) => {
      const filters = {
        project_id: options.project === undefined ? undefined : (await project(session, options.project)).id,
        backend_id: options.backend === undefined ? undefined : (await backend(session, options.backend)).id,
        states: options.state ?? (['creating', 'active', 'deleting'] as const),
      }
      return session.output.list(await collect(session.services.buckets, filters, options.limit), COLUMNS)
    },
  )

  getCommand(cli, noun, {
    argument: 'bucket',
    description: 'Show buckets.',
    example: 's3warden bucket get photos',
    columns: COLUMNS,
    find: (session, name) => session.services.buckets.get(name),
  })

  const adopt = noun
    .command('adopt [bucket...]')
    .description('Give buckets that a backend has already to a project. One that has an owner is refused.')
    .requiredOption('--project <project>', 'the project that is to own them')
    .option('--backend <backend>', "the backend that has them (default: where the project's buckets go)")
    .option('--all', 'all that have no owner')
    .option('--prefix <prefix>', 'with --all: only names that start with this')
    .addOption(yesOption())
  examples(
    adopt,
    's3warden bucket adopt photos videos --project media',
    's3warden bucket adopt --all --backend archive --prefix media- --project media --yes',
  )
  onStore<[string[]], AdoptOptions>(cli, adopt, adoptBuckets)

  const release = noun
    .command('release <bucket...>')
    .description('Take buckets from their project. The backend keeps them; no client sees them any more.')
    .addOption(
      durationOption('--quarantine <duration>', 'how long no other project may have the name').default(
        undefined,
        'as configured',
      ),
    )
    .addOption(yesOption())
  examples(release, 's3warden bucket release photos --yes')
  onStore<[string[]], { yes?: boolean; quarantine?: number }>(cli, release, (session, options, given) =>
    eachConfirmed(session, { what: 'release the bucket', given, yes: options.yes }, async (name) => {
      const quarantine = options.quarantine ?? session.config.limits.released_name
      await session.services.buckets.release(session.actor, name, quarantine)
      return 'released'
    }),
  )
}

async function adoptBuckets(session: Session, options: AdoptOptions, names: readonly string[]) {
  if (options.all !== true && names.length === 0) throw new UsageError('name buckets, or give --all')
  if (options.all === true && names.length > 0)
    throw new UsageError('name buckets, or give --all, but not both')
  if (options.prefix !== undefined && options.all !== true) throw new UsageError('--prefix goes with --all')
  const owner = await project(session, options.project)
  const home = await homeOf(session, owner, options.backend)
  // Loaded here: no other command of this noun talks to a backend.
  const { backendBuckets, errorOf, openBackend, resolvedBackend } = await import('../backend-client.ts')
  const client = openBackend(session.config, await resolvedBackend(session, home), session.cli.now)
  const adoptOne = async (name: string): Promise<string> => {
    if (!isBucketName(name)) throw new UsageError(`\`${name}\` is no bucket name`)
    const answer = await client.send({ method: 'HEAD', bucket: name })
    if (answer.status === 404) throw new CommandFailure(`backend \`${home.name}\` has no such bucket`)
    if (answer.status !== 200) throw new CommandFailure(`backend \`${home.name}\` says ${errorOf(answer)}`)
    const adoption = { name, project_id: owner.id, backend_id: home.id }
    await session.services.buckets.adopt(session.actor, adoption)
    return `adopted by ${owner.name}`
  }
  try {
    if (options.all !== true) return await each(session, names, adoptOne)
    const unowned = await withoutOwner(session, await backendBuckets(client, home), options.prefix ?? '')
    if (unowned.length === 0) {
      session.terminal.note(`backend \`${home.name}\` has no such buckets without an owner`)
      return session.output.results([])
    }
    const what = `give to project ${owner.name}`
    const progress = createProgress(session.cli, { work: 'adopt', counted: 'buckets' })
    let done = 0
    try {
      return await eachConfirmed(session, { what, given: unowned, yes: options.yes }, (name) =>
        adoptOne(name).finally(() => progress.at(++done, unowned.length)),
      )
    } finally {
      progress.end()
    }
  } finally {
    await client.close()
  }
}

/** The backend named, else where the project's new buckets go. */
async function homeOf(session: Session, owner: Project, reference: string | undefined): Promise<Backend> {
  if (reference !== undefined) return backend(session, reference)
  const { backends } = session.services
  if (owner.backend_id !== null) return backends.get(owner.backend_id)
  const { items } = await backends.list({ filters: { name: 'default' } })
  if (items[0] === undefined) {
    throw new CommandFailure('no default backend is known yet: start the gate once, or give --backend')
  }
  return items[0]
}

async function withoutOwner(
  session: Session,
  names: readonly string[],
  prefix: string,
): Promise<readonly string[]> {
  const wanted = names.filter((name) => name.startsWith(prefix))
  const taken = new Set<string>()
  for (const { name } of await collect(
    session.services.buckets,
    { names: wanted, states: ['creating', 'active', 'deleting'] as const },
    undefined,
  )) {
    taken.add(name)
  }
  return wanted.filter((name) => !taken.has(name))
}
