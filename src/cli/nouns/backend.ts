/** `s3warden backend`: the object stores behind the gate. */
import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import type { AddressingStyle, Backend, BackendKind } from '../../iam/model.ts'
import { OPENABLE } from '../../s3/opened.ts'
import { EXIT, UsageError } from '../fault.ts'
import { collect } from '../lists.ts'
import {
  changeOf,
  examples,
  type ListOptions,
  limitOption,
  severalKnownOption,
  severalOption,
  yesOption,
} from '../options.ts'
import { backend } from '../resolve.ts'
import { readSecret } from '../secret-input.ts'
import { type Cli, onStore, type Session } from '../session.ts'
import { eachConfirmed, findEach, showEach } from '../several.ts'

const COLUMNS = [
  'id',
  'name',
  'kind',
  'endpoints',
  'region',
  'access_key',
] as const satisfies readonly (keyof Backend)[]

const KINDS = ['generic', 'ceph', 'minio', 'aws'] as const satisfies readonly BackendKind[]

interface BackendOptions {
  readonly endpoint?: readonly string[]
  readonly kind?: (typeof KINDS)[number]
  readonly region?: string
  readonly accessKey?: string
  readonly secretKeyFile?: string | undefined
  readonly addressing?: AddressingStyle
  readonly caFile?: string
  readonly openOperation?: readonly string[]
}

const settingOptions = (command: Command): Command =>
  command
    .addOption(severalOption('--endpoint <url>', 'its base URLs, of one store, used in turn'))
    .addOption(new Option('--kind <kind>', 'what it is').choices([...KINDS]))
    .option('--region <region>', 'the region to sign for')
    .option('--access-key <key>', "the gate's access key there")
    .option('--secret-key-file <file>', 'its secret, from a file or - for standard input')
    .addOption(
      new Option('--addressing <style>', 'how it wants buckets addressed').choices(['path', 'virtual']),
    )
    .option('--ca-file <file>', 'authorities that its certificate is checked against (PEM)')
    .addOption(
      severalKnownOption(
        '--open-operation <name>',
        "allow these operations, which act with the backend's own power",
        new Set(OPENABLE),
      ),
    )

async function settingsOf(session: Session, options: BackendOptions) {
  const { secretKeyFile } = options
  return {
    endpoints: options.endpoint,
    kind: options.kind,
    region: options.region,
    access_key: options.accessKey,
    secret_key:
      secretKeyFile === undefined
        ? undefined
        : await readSecret(session.terminal, '--secret-key-file', secretKeyFile),
    addressing: options.addressing,
    ca: options.caFile === undefined ? undefined : readPem(options.caFile),
    opened_operations: options.openOperation,
  }
}

function readPem(file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  } catch (error) {
    throw new UsageError(`--ca-file: \`${file}\` cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  throw new UsageError(`--ca-file: \`${file}\` holds no certificate in PEM`)
}

export function backendCommands(program: Command, cli: Cli): void {
  const noun = program
    .command('backend')
    .summary('the object stores behind the gate')
    .description(
      'Backends: the object stores behind the gate. The one called `default` is the configured one, or the embedded development store.',
    )

  const create = settingOptions(noun.command('create <name>').description('Add a backend.'))
  examples(
    create,
    's3warden backend create archive --endpoint http://10.0.0.2:7480 --kind ceph --access-key GATE --secret-key-file archive.secret',
  )
  onStore<[string], BackendOptions>(cli, create, async (session, options, name) => {
    const { endpoint, accessKey } = options
    if (endpoint === undefined) throw new UsageError('say where it is: give --endpoint')
    if (accessKey === undefined)
      throw new UsageError('give --access-key, and its secret with --secret-key-file')
    const made = await session.services.backends.create(session.actor, {
      ...changeOf(await settingsOf(session, { ...options, secretKeyFile: undefined })),
      name,
      kind: options.kind ?? 'generic',
      endpoints: endpoint,
      access_key: accessKey,
      secret_key: await readSecret(session.terminal, '--secret-key-file', options.secretKeyFile),
    })
    return session.output.record(made)
  })

  const list = noun.command('list').alias('ls').description('List backends.').addOption(limitOption())
  examples(list, 's3warden backend list')
  onStore<[], ListOptions>(cli, list, async ({ services, output }, { limit }) =>
    output.list(await collect(services.backends, {}, limit), COLUMNS),
  )

  const get = noun.command('get <backend...>').description('Show backends, by id or name.')
  examples(get, 's3warden backend get default')
  onStore<[string[]], object>(cli, get, (session, _options, references) =>
    showEach(session, references, COLUMNS, (reference) => backend(session, reference)),
  )

  const update = settingOptions(
    noun
      .command('update <backend>')
      .description(
        'Change a backend. A changed endpoint says that the same buckets are found there; it is what makes a gate start again whose configured endpoint has moved.',
      )
      .option('--name <name>', 'its new name'),
  )
  examples(update, 's3warden backend update archive --endpoint http://10.0.0.3:7480')
  onStore<[string], BackendOptions & { name?: string }>(cli, update, async (session, options, reference) => {
    const { id } = await backend(session, reference)
    const change = changeOf({ ...(await settingsOf(session, options)), name: options.name })
    return session.output.record(await session.services.backends.update(session.actor, id, change))
  })

  const remove = noun
    .command('delete <backend...>')
    .alias('rm')
    .description('Delete backends that own no buckets and that no project names.')
    .addOption(yesOption())
  examples(remove, 's3warden backend delete archive --yes')
  onStore<[string[]], { yes?: boolean }>(cli, remove, (session, { yes }, given) =>
    eachConfirmed(session, { what: 'delete the backend', given, yes }, async (reference) => {
      const { id } = await backend(session, reference)
      await session.services.backends.delete(session.actor, id)
      return 'deleted'
    }),
  )

  const check = noun
    .command('check [backend...]')
    .description(
      'Look whether backends are reachable, their clocks right, and the credentials good; and find out what they can do, with a bucket that is made and deleted again. Without names: all.',
    )
    .option('--no-probe', 'make no bucket')
  examples(check, 's3warden backend check', 's3warden backend check archive --no-probe --output json')
  onStore<[string[]], { probe: boolean }>(cli, check, async (session, { probe }, references) => {
    const { records, code } =
      references.length === 0
        ? { records: await collect(session.services.backends, {}, undefined), code: EXIT.done }
        : await findEach(session, references, (reference) => backend(session, reference))
    // Loaded here: no other command of this noun talks to a backend.
    const { checkBackend } = await import('../backend-check.ts')
    const findings = []
    for (const record of records) {
      findings.push(...(await checkBackend(session, record, probe ? 'probe' : 'look')))
    }
    session.output.list(findings, ['backend', 'endpoint', 'check', 'result', 'detail'])
    return findings.some(({ result }) => result === 'failed') ? EXIT.failed : code
  })
}
