/** `s3warden serve`: runs the gate. */
import cluster from 'node:cluster'
import type { Command } from 'commander'
import { environmentName } from '../../config/layers.ts'
import { schemaKeys } from '../../config/schema.ts'
import { examples } from '../options.ts'
import { tuneHeap } from '../serve/heap.ts'
import { type Cli, commandConfig } from '../session.ts'

/** The configuration keys that have an option here, with what stands for their value. */
const OPTIONS = {
  listen: 'host:port',
  access: 'file',
  health_listen: 'host:port',
  control_listen: 'host:port',
  public_endpoints: 'urls',
  region: 'region',
  workers: 'n',
  log_level: 'level',
} as const

export function serveCommand(program: Command, cli: Cli): void {
  const command = program
    .command('serve')
    .summary('run the gate')
    .description(
      'Run the gate. Without a configured backend the embedded development store is started. An empty store gets a first organization, project, application and key, unless an access file says who there is.\nSIGTERM drains, SIGHUP reads the configuration and the access file anew.',
    )
  for (const [name, value] of Object.entries(OPTIONS)) {
    const key = schemaKeys().find(({ path }) => path.join('.') === name)!
    const about = `${key.facts.about} [${environmentName(key.path)}] (default: ${String(key.facts.default) || 'none'})`
    command.option(`--${name.replaceAll('_', '-')} <${value}>`, about)
  }
  examples(
    command,
    's3warden serve',
    's3warden serve --access access.yaml',
    's3warden serve --listen 0.0.0.0:8484 --data /var/lib/s3warden --config /etc/s3warden.yaml --workers 4',
    'S3WARDEN_BACKEND_ENDPOINT=http://10.0.0.1:7480 S3WARDEN_BACKEND_ACCESS_KEY=GATE S3WARDEN_BACKEND_SECRET_KEY_FILE=/run/secrets/backend s3warden serve',
  )
  command.action(async () => {
    const read = () => commandConfig(cli, flagsOf(command))
    const config = read()
    tuneHeap()
    // Loaded here, as the other commands need none of the gate and should start quickly.
    if (cluster.isWorker) {
      await (await import('../serve/worker.ts')).serveAsWorker(cli, config, read)
    } else if (config.workers > 1) {
      await (await import('../serve/primary.ts')).serveWithWorkers(cli, config, read)
    } else {
      await (await import('../serve/single.ts')).serveAlone(cli, config, read)
    }
  })
}

/** The options that were given, by configuration key. */
function flagsOf(command: Command): Readonly<Record<string, string | undefined>> {
  const given = command.optsWithGlobals<Record<string, string | undefined>>()
  const flags = Object.keys(OPTIONS).map((name) => [name, given[camelCase(name)]] as const)
  return { data: given.data, config: given.config, ...Object.fromEntries(flags) }
}

const camelCase = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
