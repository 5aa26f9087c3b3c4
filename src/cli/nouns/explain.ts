/** `s3warden explain`: may this key do that, and why? */
import { isIP } from 'node:net'
import type { Command } from 'commander'
import { didYouMean } from '../../nearest.ts'
import { isOperationName, OPERATION_NAMES, OPERATIONS, type OperationName } from '../../s3/operation.ts'
import { COPY_SOURCE } from '../../s3/operations/header-lists.ts'
import type { QueryParameters } from '../../s3/uri.ts'
import { EXIT, UsageError } from '../fault.ts'
import { examples, parseTime, severalOption } from '../options.ts'
import { printable } from '../output.ts'
import { type Cli, onStore } from '../session.ts'

interface ExplainOptions {
  readonly ip: string
  readonly time?: string
  readonly userAgent: string
  readonly prefix?: string
  readonly versionId?: string
  readonly source?: string
  readonly header?: readonly string[]
}

export function explainCommand(program: Command, cli: Cli): void {
  const command = program
    .command('explain <key> <operation> [target]')
    .summary('may this key do that, and why')
    .description(
      'Say whether the gate would allow a request, and by which rule or restriction. KEY may be KEY@projectId; the operation is one of S3; the target is BUCKET or BUCKET/KEY. The exit code is 1 where it is refused.',
    )
    .option('--ip <address>', "the client's address", '127.0.0.1')
    .option('--time <time>', 'when: 2030-01-31T12:00:00Z, or 8h from now as 8h (default: now)')
    .option('--user-agent <text>', "the client's User-Agent", '')
    .option('--prefix <prefix>', 'the prefix of a list')
    .option('--version-id <id>', 'the version of the object')
    .option('--source <bucket/key>', 'what a copy copies')
    .addOption(
      severalOption(
        '--header <name=value>',
        'headers that need permissions of their own, such as x-amz-tagging',
      ),
    )
  examples(
    command,
    's3warden explain SCW0123456789ABCDEFG GetObject photos/2030/cat.jpg',
    's3warden explain SCW0123456789ABCDEFG@7a1c… ListObjectsV2 photos --prefix 2030/ --ip 192.0.2.7 --time 2030-01-31T22:00:00Z',
  )
  onStore<[string, string, string | undefined], ExplainOptions>(
    cli,
    command,
    async (session, options, key, operation, target) => {
      if (isIP(options.ip) === 0) throw new UsageError(`--ip: \`${options.ip}\` is no address`)
      const name = operationName(operation)
      // Loaded here: no other command needs the pipeline.
      const { explain } = await import('../explain.ts')
      const slash = target?.indexOf('/') ?? -1
      const answer = await explain(
        {
          key,
          operation: name,
          bucket: target === undefined ? null : slash === -1 ? target : target.slice(0, slash),
          objectKey: target === undefined || slash === -1 ? null : target.slice(slash + 1),
          query: queryOf(name, options),
          headers: headersOf(name, options),
          ip: options.ip,
          time:
            options.time === undefined
              ? cli.now()
              : Date.parse(parseTime('--time', options.time, cli.now(), 1)),
        },
        session.store.reader,
      )
      const { decisions, ...record } = answer
      if (session.output.format === 'json') session.output.record(answer)
      else {
        session.output.record(record)
        for (const decision of decisions) session.terminal.print(printable(decision))
      }
      return answer.allowed ? EXIT.done : EXIT.failed
    },
  )
}

function operationName(given: string): OperationName {
  if (isOperationName(given)) return given
  throw new UsageError(`\`${given}\` is no S3 operation${didYouMean(given, OPERATION_NAMES)}`)
}

/** What the operation's request must have, and what the options add. */
function queryOf(operation: OperationName, { prefix, versionId }: ExplainOptions): QueryParameters {
  const { required } = OPERATIONS[operation].query
  const given: [string, string][] = Object.entries(required).map(([name, expected]) => [
    name,
    expected === 'any' ? '' : expected === 'non-empty' ? '1' : expected.slice(1),
  ])
  if (prefix !== undefined) given.push(['prefix', prefix])
  if (versionId !== undefined) given.push(['versionId', versionId])
  return given
}

function headersOf(
  operation: OperationName,
  options: ExplainOptions,
): readonly (readonly [string, string])[] {
  const headers = new Map<string, string>()
  for (const name of OPERATIONS[operation].headers.required) {
    if (name !== COPY_SOURCE) headers.set(name, '')
    else if (options.source === undefined)
      throw new UsageError(`${operation} copies: give --source BUCKET/KEY`)
  }
  if (options.source !== undefined) headers.set(COPY_SOURCE, encodeURI(options.source))
  if (options.userAgent !== '') headers.set('user-agent', options.userAgent)
  for (const header of options.header ?? []) {
    const [, name, value] = /^([A-Za-z0-9-]+)=(.*)$/.exec(header) ?? []
    if (name === undefined || value === undefined) {
      throw new UsageError(`--header: \`${header}\` is no NAME=VALUE`)
    }
    headers.set(name.toLowerCase(), value)
  }
  return [...headers]
}
