/** `s3warden export`: what an organization has, as an access file. */
import type { Command } from 'commander'
import { EXIT } from '../fault.ts'
import { examples } from '../options.ts'
import { organization } from '../resolve.ts'
import { type Cli, onStore } from '../session.ts'

export function exportCommand(program: Command, cli: Cli): void {
  const command = program
    .command('export')
    .summary('write an access file of what there is')
    .description(
      'Write what an organization has as an access file for `s3warden apply`: in YAML, without secrets. Keys that have expired are left out.',
    )
    .option('--organization <org>', 'which one, where there are several')
  examples(command, 's3warden export > access.yaml', 's3warden export --organization Example')
  onStore<[], { organization?: string }>(cli, command, async (session, options) => {
    // Loaded here, so that help and completion come at once.
    const { exportAccess } = await import('../../access/export.ts')
    const { services, cli: process, terminal } = session
    const of = await organization(session, options.organization)
    terminal.print((await exportAccess({ services, now: process.now }, of)).trimEnd())
    return EXIT.done
  })
}
