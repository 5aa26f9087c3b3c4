/** `s3warden explain`: may this key do that, and why? */

import { isIP } from 'node:net'
import type { Command } from 'commander'
import { EXIT, type ExitCode, UsageError } from '../fault.ts'
import { examples, parseTime, severalOption } from '../options.ts'
import { printable } from '../output.ts'
import { questionOf } from '../question.ts'
import { parseRequestLines } from '../request-file.ts'
import { readText } from '../secret-input.ts'
import { type Cli, onStore, type Session } from '../session.ts'

interface ExplainOptions {
  readonly ip: string
  readonly time?: string
  readonly userAgent: string
  readonly prefix?: string
  readonly versionId?: string
  readonly source?: string
  readonly header?: readonly string[]
  readonly request?: string
}

export function explainCommand(program: Command, cli: Cli): void {
  const command = program
    .command('explain [key] [operation] [target]')
    .summary('may this key do that, and why')
    .description(
      'Say whether the gate would allow a request, and by which rule or restriction. KEY may be KEY@projectId; the operation is one of S3; the target is BUCKET or BUCKET/KEY.\nWith --request, say what the gate would make of a request that somebody has recorded: its signature, the host that was signed, its operation, and what each header and parameter means to it; at the time at which it was signed, unless --time says otherwise. The exit code is 1 where it is refused.',
    )
    .option(
      '--request <file>',
      'a request: its line and headers, as curl -v prints them (- for standard input)',
    )
    .option('--ip <address>', "the client's address", '127.0.0.1')
    .option(
      '--time <time>',
      'when: 2030-01-31T12:00:00Z, or 8h from now as 8h (default: now; of a request, when it was signed)',
    )
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
    'curl -v … 2>&1 | s3warden explain --request -',
  )
  onStore<[string | undefined, string | undefined, string | undefined], ExplainOptions>(
    cli,
    command,
    async (session, options, key, operation, target) => {
      const { time: given, request } = options
      const time = given === undefined ? undefined : Date.parse(parseTime('--time', given, cli.now(), 1))
      if (request !== undefined) {
        if (key !== undefined)
          throw new UsageError('KEY and OPERATION are in the request: with --request, leave them out')
        return explainFile(session, request, options.ip, time ?? null)
      }
      if (key === undefined || operation === undefined) {
        throw new UsageError('name a KEY and an OPERATION, or give --request FILE')
      }
      const question = questionOf({ ...options, key, operation, target, time: time ?? cli.now() })
      // Loaded here: no other command needs the pipeline.
      const { explain } = await import('../explain.ts')
      const answer = await explain(question, session.store.reader)
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

async function explainFile(
  session: Session,
  file: string,
  ip: string,
  time: number | null,
): Promise<ExitCode> {
  const { cli, config, output, store, terminal } = session
  if (isIP(ip) === 0) throw new UsageError(`--ip: \`${ip}\` is not an address`)
  const lines = parseRequestLines(await readText(terminal, '--request', file))
  const [{ explainRequest }, { claimRules, configuredNames }, { RESERVED_BUCKETS }] = await Promise.all([
    import('../explain-request.ts'),
    import('../../gate/claim-rules.ts'),
    import('../../gate/serving.ts'),
  ])
  const answer = await explainRequest(lines, {
    reader: store.reader,
    names: configuredNames(config),
    rules: claimRules(config, store.reader),
    reservedBuckets: RESERVED_BUCKETS,
    ip,
    time,
    now: cli.now,
  })
  if (output.format === 'json') output.record(answer)
  else {
    const { decisions, fates, canonical_request, ...record } = answer
    output.record(record)
    if (fates.length > 0) output.list(fates, ['kind', 'name', 'fate'])
    for (const decision of decisions) terminal.print(printable(decision))
    if (canonical_request !== null) {
      terminal.print('The gate expected this to be signed:')
      for (const line of canonical_request.split('\n')) terminal.print(`  ${printable(line)}`)
    }
  }
  return answer.allowed ? EXIT.done : EXIT.failed
}
