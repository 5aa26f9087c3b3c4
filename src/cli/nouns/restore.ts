/** `s3warden restore`: a backup becomes the store of a data directory. */
import type { Command } from 'commander'
import { EXIT } from '../fault.ts'
import { examples, yesOption } from '../options.ts'
import { createProgress } from '../progress.ts'
import { type Cli, commandConfig, commandOutput } from '../session.ts'
import { confirmed } from '../terminal.ts'

interface RestoreOptions {
  readonly data?: string
  readonly config?: string
  readonly replace?: boolean
  readonly yes?: boolean
}

export function restoreCommand(program: Command, cli: Cli): void {
  const command = program
    .command('restore <file>')
    .summary('put a backup in the place of the store')
    .description(
      'Put a backup into the data directory. Refused while a gate or a command has the store there open, where there is a store already (unless --replace), where the backup is damaged, and where the master key at hand is not the one it was made under. Put master.key into the directory before or after, or give it as S3WARDEN_MASTER_KEY.',
    )
    .option('--replace', 'delete the store that is there')
    .addOption(yesOption())
  examples(
    command,
    's3warden restore /var/backups/s3warden.db --data /var/lib/s3warden',
    's3warden restore s3warden.db --replace --yes',
  )
  command.action(async (file: string) => {
    const { data, config: settings, replace, yes } = command.optsWithGlobals<RestoreOptions>()
    const config = commandConfig(cli, { data, config: settings })
    if (replace && !(await confirmed(cli.terminal, `delete the store in ${config.data}`, yes))) {
      cli.terminal.note('nothing was changed')
      cli.exitWith(EXIT.failed)
      return
    }
    const { restoreBackup } = await import('../../store/index.ts')
    const progress = createProgress(cli, { work: 'restore', counted: 'steps' })
    const restored = await restoreBackup({
      file,
      dataDir: config.data,
      masterKey: config.master_key ?? undefined,
      existing: replace ? 'replace' : 'refuse',
      onProgress: progress.at,
    }).finally(progress.end)
    if (restored.master_key === 'missing') {
      cli.terminal.note(
        `The store opens once its master key is in ${config.data}/master.key, or is given (S3WARDEN_MASTER_KEY).`,
      )
    }
    cli.exitWith(commandOutput(cli, command).record({ data: config.data, ...restored }))
  })
}
