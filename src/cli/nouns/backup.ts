/** `s3warden backup`: the store in one file, while the gate serves. */
import type { Command } from 'commander'
import { examples } from '../options.ts'
import { createProgress } from '../progress.ts'
import { type Cli, onStore } from '../session.ts'

export function backupCommand(program: Command, cli: Cli): void {
  const command = program
    .command('backup <file>')
    .summary('write the store to a file')
    .description(
      'Write the store as it is at this moment to a file of mode 0600, while gates go on serving. The master key is not in it: keep that apart (DIR/master.key, or what S3WARDEN_MASTER_KEY holds), since without it a backup does not open. Objects of the embedded backend are not in it either.',
    )
    .option('--overwrite', 'replace the file where it exists')
  examples(
    command,
    's3warden backup /var/backups/s3warden.db',
    's3warden backup "s3warden-$(date -I).db" --output json',
  )
  onStore<[string], { overwrite?: boolean }>(cli, command, async (session, { overwrite }, file) => {
    const progress = createProgress(cli, { work: 'backup', counted: 'pages' })
    try {
      await session.store.backup(file, overwrite === true ? 'replace' : 'refuse', ({ done, total }) =>
        progress.at(done, total),
      )
    } finally {
      progress.end()
    }
    return session.output.record({ file, instance_id: session.store.instanceId })
  })
}
