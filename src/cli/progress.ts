/** How far a slow command is: one line that changes on a terminal, a line now and then in a pipe. On standard error. */
import type { Cli } from './session.ts'

export interface Progress {
  /** `total` may grow on the way. */
  at(done: number, total: number): void
  /** Takes the changing line away, or writes the last one. To be called also where the work failed. */
  end(): void
}

/** Between two lines, in milliseconds. */
const TERMINAL_MS = 100
const PIPE_MS = 1_000

/** @param what the work, as in `backup`, and what is counted, as in `pages` */
export function createProgress(
  { terminal, now }: Pick<Cli, 'terminal' | 'now'>,
  what: { readonly work: string; readonly counted: string },
): Progress {
  const { messagesAreTerminal } = terminal
  let next = messagesAreTerminal ? now() : now() + PIPE_MS
  let latest: { readonly done: number; readonly total: number } | undefined
  const line = (done: number, total: number): string => {
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
    return `${what.work}: ${percent} % (${done} of ${total} ${what.counted})`
  }
  return {
    at(done, total) {
      latest = { done, total }
      if (now() < next) return
      next = now() + (messagesAreTerminal ? TERMINAL_MS : PIPE_MS)
      if (messagesAreTerminal) terminal.status(line(done, total))
      else terminal.note(line(done, total))
    },
    end() {
      if (messagesAreTerminal) terminal.status('')
      else if (latest !== undefined) terminal.note(line(latest.done, latest.total))
    },
  }
}
