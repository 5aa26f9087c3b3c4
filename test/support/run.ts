/** Runs a program to its end and collects what it said. */
import { type ChildProcess, spawn } from 'node:child_process'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  readonly input?: string | Buffer
  /** Milliseconds until it is killed. */
  readonly timeout?: number
  readonly cwd?: string
}

/** @returns also where it failed: the caller looks at `code` */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const child = spawn(program, args, {
    env: { ...options.env },
    timeout: options.timeout ?? 60_000,
    killSignal: 'SIGKILL',
    cwd: options.cwd,
  })
  const said = { stdout: collect(child.stdout), stderr: collect(child.stderr) }
  // A program that ends before it has read its input is not this function's concern.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const code = await ended(child)
  return { code, stdout: said.stdout(), stderr: said.stderr() }
}

/** The exit code, or null where a signal ended it. */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
}

/** Gathers a stream; the function returned gives the text so far. */
export function collect(stream: NodeJS.ReadableStream): () => string {
  const pieces: Buffer[] = []
  stream.on('data', (piece: Buffer) => pieces.push(piece))
  return () => Buffer.concat(pieces).toString('utf8')
}
