/** `s3warden apply`: brings the store to what an access file says. */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Command } from 'commander'
import type { Plan } from '../../access/plan.ts'
import { EXIT, UsageError } from '../fault.ts'
import { examples, yesOption } from '../options.ts'
import { printable } from '../output.ts'
import { createProgress } from '../progress.ts'
import { type Cli, onStore, type Session } from '../session.ts'
import { confirmed } from '../terminal.ts'

interface ApplyCommandOptions {
  readonly file: string
  readonly dryRun?: boolean
  readonly prune?: boolean
  readonly yes?: boolean
}

export function applyCommand(program: Command, cli: Cli): void {
  const command = program
    .command('apply')
    .summary('bring the store to what an access file says')
    .description(
      'Bring the store to what an access file says: projects, users, applications, groups, policies, keys, whose buckets are, and backends. All of it happens, or nothing. The plan is shown first, on standard error. The file is described by config/access.schema.json and config/access.example.yaml.',
    )
    .requiredOption('-f, --file <file>', 'the access file, or - for standard input')
    .option('--dry-run', 'show the plan, and change nothing')
    .option('--prune', 'delete what the lists in the file no longer have')
    .addOption(yesOption())
  examples(
    command,
    's3warden apply -f access.yaml --dry-run',
    's3warden apply -f access.yaml --prune --yes',
    's3warden export | s3warden apply -f - --dry-run',
  )
  onStore<[], ApplyCommandOptions>(cli, command, applyFile)
}

async function applyFile(session: Session, options: ApplyCommandOptions) {
  const { cli, terminal, config, store, services, actor } = session
  // Loaded here, so that help and completion come at once.
  const [{ applyAccess }, { readDocument }, { describePlan, describeStep }] = await Promise.all([
    import('../../access/apply.ts'),
    import('../../access/document.ts'),
    import('../../access/plan.ts'),
  ])
  const [name, text] = await readFile(session, options.file)
  const document = readDocument(name, text)
  const progress = createProgress(cli, { work: 'apply', counted: 'entries' })
  const deps = {
    store,
    services,
    environment: cli.environment,
    now: cli.now,
    defaultBackend: config.backend === null ? 'free' : 'configured',
    onProgress: progress.at,
  } as const
  const settings = {
    prune: options.prune === true ? 'delete' : 'keep',
    directory: options.file === '-' ? '.' : dirname(options.file),
  } as const
  const run = async (mode: 'dry-run' | 'apply', agreed?: Plan): Promise<Plan> => {
    try {
      return await applyAccess(deps, actor, document, {
        ...settings,
        mode,
        ...(agreed === undefined ? {} : { agreed }),
      })
    } finally {
      progress.end()
    }
  }
  const report = (plan: Plan, applied: boolean) => {
    if (session.output.format === 'json') return session.output.record({ applied, ...plan })
    terminal.print(`${applied ? '' : 'not applied: '}${describePlan(plan)}`)
    return EXIT.done
  }

  const plan = await run('dry-run')
  for (const step of plan.steps) terminal.note(printable(describeStep(step)))
  if (options.dryRun === true || plan.steps.length === 0) return report(plan, plan.steps.length === 0)
  const deleted = plan.steps.filter(({ action }) => action === 'delete').length
  if (deleted > 0 && !(await confirmed(terminal, `delete ${deleted} of these`, options.yes))) {
    terminal.note('nothing was changed')
    return EXIT.failed
  }
  return report(await run('apply', plan), true)
}

/** Its name, for messages, and what it holds. */
async function readFile({ terminal }: Session, file: string): Promise<readonly [string, string]> {
  if (file === '-') return ['standard input', await terminal.readInput()]
  try {
    return [file, readFileSync(file, 'utf8')]
  } catch (error) {
    throw new UsageError(`--file: \`${file}\` cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
