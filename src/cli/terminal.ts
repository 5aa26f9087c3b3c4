/** Where a command reads from and writes to: results go to standard output, everything else to standard error. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import picocolors from 'picocolors'
import { UsageError } from './fault.ts'

export type Colors = ReturnType<typeof picocolors.createColors>

export interface Terminal {
  /** Whether a person reads the results. */
  readonly outputIsTerminal: boolean
  /** Whether a person can be asked. */
  readonly canAsk: boolean
  /** Whether a person reads the messages. */
  readonly messagesAreTerminal: boolean
  /** For results. */
  readonly colors: Colors
  /** For messages. */
  readonly messageColors: Colors
  /** Writes a line of results. */
  print(line: string): void
  /** Writes a message for the person. */
  note(line: string): void
  /** Shows a line in place of the one before; `''` takes it away. For terminals only. */
  status(line: string): void
  /** Asks on standard error and reads a line; null: there was none. */
  ask(question: string): Promise<string | null>
  /** As {@link ask}, without showing what is typed. */
  askHidden(question: string): Promise<string | null>
  /** All of standard input. */
  readInput(): Promise<string>
}

/** The process's own terminal. `NO_COLOR` and `FORCE_COLOR` are obeyed: https://no-color.org */
export function processTerminal(environment: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdin, stdout, stderr } = process
  const colored = (stream: NodeJS.WriteStream): Colors => {
    const wanted = environment.FORCE_COLOR ? true : stream.isTTY === true && environment.TERM !== 'dumb'
    return picocolors.createColors(wanted && !environment.NO_COLOR)
  }
  return {
    outputIsTerminal: stdout.isTTY === true,
    messagesAreTerminal: stderr.isTTY === true,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    colors: colored(stdout),
    messageColors: colored(stderr),
    print: (line) => void stdout.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    status: (line) => void stderr.write(`\r\u001b[K${line}`),
    ask: (question) =>
      new Promise((resolve) => {
        const lines = createInterface({ input: stdin, output: stderr })
        lines.once('close', () => resolve(null))
        lines.question(question, (answer) => {
          resolve(answer)
          lines.close()
        })
      }),
    askHidden: (question) =>
      new Promise((resolve) => {
        const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
        const lines = createInterface({ input: stdin, output: nowhere, terminal: true })
        stderr.write(question)
        lines.once('close', () => {
          stderr.write('\n')
          resolve(null)
        })
        lines.question('', (answer) => {
          resolve(answer)
          lines.close()
        })
      }),
    readInput: async () => {
      const chunks: Buffer[] = []
      for await (const chunk of stdin) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}

/**
 * Has the person agree to what cannot be undone. On a terminal it asks; elsewhere `--yes` must have been given.
 * @returns false where the person said no
 * @throws UsageError where nobody can be asked
 */
export async function confirmed(
  terminal: Terminal,
  what: string,
  yes: boolean | undefined,
): Promise<boolean> {
  if (yes === true) return true
  if (!terminal.canAsk) throw new UsageError(`${what}: give --yes, since there is no terminal to ask on`)
  const answer = await terminal.ask(`${what}? [y/N] `)
  return answer !== null && /^y(es)?$/i.test(answer.trim())
}
