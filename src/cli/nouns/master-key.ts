/** `s3warden master-key`: the key that everything secret in the store hangs on. */
import type { Command } from 'commander'
import { UsageError } from '../fault.ts'
import { examples } from '../options.ts'
import { readSecret } from '../secret-input.ts'
import { type Cli, onStore } from '../session.ts'

export function masterKeyCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('master-key')
    .summary('rotate the master key')
    .description(
      'The master key wraps the key that seals the secrets in the store. It lies in DIR/master.key, or is given as S3WARDEN_MASTER_KEY (master_key in the configuration).',
    )
  const rotate = noun
    .command('rotate')
    .description(
      'Replace the master key. Running gates carry on. Without an option a new key takes the place of DIR/master.key. A key that is given is replaced by another one that is given: the next start of the gate needs that one. Backups that were made before open with the old key only.',
    )
    .option('--next-key-file <file>', 'the next key (32 bytes in base64 or hex), from a file or -')
  examples(
    rotate,
    's3warden master-key rotate',
    'openssl rand -base64 32 > next.key && s3warden master-key rotate --next-key-file next.key',
  )
  onStore<[], { nextKeyFile?: string }>(cli, rotate, async (session, { nextKeyFile }) => {
    const { config, store, actor, terminal, output } = session
    if (nextKeyFile === undefined) {
      if (config.master_key !== null) {
        throw new UsageError(
          'the master key comes from the configuration: give the next one with --next-key-file',
        )
      }
      await store.rotateMasterKey(actor, { kind: 'file' })
      return output.record({ instance_id: store.instanceId, master_key: `${config.data}/master.key` })
    }
    const masterKey = await readSecret(terminal, '--next-key-file', nextKeyFile)
    await store.rotateMasterKey(actor, { kind: 'given', masterKey })
    terminal.note(
      'From now on give this key as S3WARDEN_MASTER_KEY (or S3WARDEN_MASTER_KEY_FILE); a master.key in the data directory is no longer the right one.',
    )
    return output.record({ instance_id: store.instanceId, master_key: 'given' })
  })
}
