/** `s3warden explain`: may this key do that, and why? */
import type { Command } from 'commander'
import { EXIT } from '../fault.ts'
import { examples, parseTime, severalOption } from '../options.ts'
import { printable } from '../output.ts'
import { questionOf } from '../question.ts'
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
      const { time } = options
      const question = questionOf({
        ...options,
        key,
        operation,
        target,
        time: time === undefined ? cli.now() : Date.parse(parseTime('--time', time, cli.now(), 1)),
      })
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
