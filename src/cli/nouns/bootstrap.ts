/** `s3warden bootstrap`: what a newcomer needs to use the gate at all. */
import type { Command } from 'commander'
import { clientEndpoint } from '../endpoint.ts'
import { examples } from '../options.ts'
import { type Cli, onStore } from '../session.ts'

export function bootstrapCommand(program: Command, cli: Cli): void {
  const command = program
    .command('bootstrap')
    .summary('first organization, project, application and key')
    .description(
      'Create what is missing of: an organization with its owner and default project, an application with a policy (ObjectStorageFullAccess on that project), and a key. The secret is shown when the key has just been made.',
    )
    .option('--listen <host:port>', 'where the gate listens or will listen, for the endpoint that is printed')
  examples(command, 's3warden bootstrap', 's3warden bootstrap --output json')
  onStore<[], object>(cli, command, async ({ services, actor, config, output }) => {
    const { secret_key, ...made } = await services.bootstrap.run(actor)
    return output.record({
      endpoint: clientEndpoint(config),
      ...made,
      ...(secret_key === null ? {} : { secret_key: secret_key.reveal() }),
    })
  })
}
