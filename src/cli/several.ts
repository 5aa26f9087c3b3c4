/** Commands that take several arguments: each is done on its own, and each is reported. */
import { ServiceError } from '../services/errors.ts'
import { describeRefusal } from './failure.ts'
import { CommandFailure, EXIT, type ExitCode, UsageError } from './fault.ts'
import { some } from './lists.ts'
import type { ItemResult } from './output.ts'
import type { ManagingSession } from './session.ts'
import { confirmed } from './terminal.ts'

/** Does `work` for each argument, in order, and reports what it returned, or why it was refused. */
export async function each(
  session: ManagingSession,
  given: readonly string[],
  work: (argument: string) => Promise<string>,
): Promise<ExitCode> {
  const results: ItemResult[] = []
  for (const id of given) {
    try {
      results.push({ id, result: await work(id) })
    } catch (error) {
      results.push({ id, error: refusalOf(error) })
    }
  }
  return session.output.results(results)
}

/** As {@link each}, once the person has agreed. `what` is completed by the arguments: "delete the project". */
export async function eachConfirmed(
  session: ManagingSession,
  request: { readonly what: string; readonly given: readonly string[]; readonly yes: boolean | undefined },
  work: (argument: string) => Promise<string>,
): Promise<ExitCode> {
  const { what, given, yes } = request
  if (!(await confirmed(session.terminal, `${what} ${some(given)}`, yes))) {
    session.terminal.note('nothing was changed')
    return EXIT.failed
  }
  return each(session, given, work)
}

/** What the arguments stand for. Those that stand for nothing are reported, and change the exit code. */
export async function findEach<T>(
  { terminal }: ManagingSession,
  given: readonly string[],
  find: (argument: string) => Promise<T>,
): Promise<{ readonly records: readonly T[]; readonly code: ExitCode }> {
  const records: T[] = []
  let code: ExitCode = EXIT.done
  for (const id of given) {
    try {
      records.push(await find(id))
    } catch (error) {
      terminal.note(terminal.messageColors.red(`error: ${refusalOf(error)}`))
      code = EXIT.failed
    }
  }
  return { records, code }
}

/** Shows each argument's record: one as it is, several as a list. */
export async function showEach<T extends object>(
  session: ManagingSession,
  given: readonly string[],
  columns: readonly (keyof T & string)[],
  find: (argument: string) => Promise<T>,
): Promise<ExitCode> {
  const { records, code } = await findEach(session, given, find)
  const [only] = records
  if (given.length === 1 && only !== undefined) session.output.record(only)
  else if (records.length > 0) session.output.list(records, columns)
  return code
}

/** The refusal of one argument among several. Anything else ends the command. */
function refusalOf(error: unknown): string {
  if (error instanceof ServiceError) return describeRefusal(error)
  if (error instanceof CommandFailure || error instanceof UsageError) return error.message
  throw error
}
