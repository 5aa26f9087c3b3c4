/**
 * How far a slow command is: one line that changes on a terminal; in a pipe a line now and then, and none of what is
 * over at once. On standard error.
 */
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
  let told: string | undefined
  let latest: { readonly done: number; readonly total: number } | undefined
  const line = (done: number, total: number): string => {
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
    return `${what.work}: ${percent} % (${done} of ${total} ${what.counted})`
  }
  return {
    at(done, total) {
      latest = { done, total }
      if (now() < next) return
      told = line(done, total)
      next = now() + (messagesAreTerminal ? TERMINAL_MS : PIPE_MS)
      if (messagesAreTerminal) terminal.status(told)
      else terminal.note(told)
    },
    end() {
      if (messagesAreTerminal) terminal.status('')
      else if (told !== undefined && latest !== undefined) {
        const last = line(latest.done, latest.total)
        if (last !== told) terminal.note(last)
      }
    },
  }
}
