/**
 * Where the commands of one document run: a folder that looks like a fresh checkout that `npm ci` has been through, a
 * home directory of its own, and a shell that keeps aliases and variables from one block to the next.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePorts } from '../../support/ports.ts'
import { collect, ended } from '../../support/run.ts'
import { type Bindings, commandOf, fits } from './expectation.ts'
import type { Step } from './script.ts'

/** Where programs of the documents listen: each is another port in every run. */
const DOCUMENTED_PORTS = [8484, 8485, 8486, 9000] as const

/** Says what the terminal of a reader would say: tables, not JSON. */
const ON_A_TERMINAL = 'process.stdout.isTTY = true\n'

/** `npm ci` is how this test came to run. A checkout's packages are nothing to replace while others use them. */
const PRELUDE = 'shopt -s expand_aliases; npm() { [ "$1" = ci ] || command npm "$@"; }\n'

/** Stands around the exit code behind what a command says. */
const SEPARATOR = '\u001e'

const PATIENCE_MS = 60_000

export class Scene {
  readonly #folder: string
  readonly #environment: Readonly<Record<string, string>>
  readonly #bindings: Bindings
  readonly #shell: ChildProcess
  /** Everything that commands have said. */
  readonly #said: () => string
  readonly #background: ChildProcess[] = []

  private constructor(folder: string, environment: Readonly<Record<string, string>>, bindings: Bindings) {
    this.#folder = folder
    this.#environment = environment
    this.#bindings = bindings
    this.#shell = this.#bash([])
    this.#said = collect(this.#shell.stdout!)
    this.#shell.stdin!.write(PRELUDE)
  }

  static async open(): Promise<Scene> {
    const root = await mkdtemp(join(tmpdir(), 's3warden-docs-'))
    const folder = join(root, 's3warden')
    await mkdir(folder)
    for (const name of ['src', 'config', 'node_modules']) symlinkSync(resolve(name), join(folder, name))
    copyFileSync('package.json', join(folder, 'package.json'))
    writeFileSync(join(root, 'terminal.mjs'), ON_A_TERMINAL)
    const ports = await freePorts(DOCUMENTED_PORTS.length)
    const bindings = new Map(
      DOCUMENTED_PORTS.map((port, index) => [`127.0.0.1:${port}`, `127.0.0.1:${ports[index]}`]),
    )
    const environment = {
      PATH: `/usr/bin:/bin:${process.env.PATH ?? ''}`,
      HOME: root,
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      NO_UPDATE_NOTIFIER: '1',
      NODE_OPTIONS: `--import=${join(root, 'terminal.mjs')}`,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
      S3WARDEN_LISTEN: bindings.get('127.0.0.1:8484')!,
    }
    return new Scene(folder, environment, bindings)
  }

  /** Runs a command to its end. @throws Error where it says something else than the document, or fails silently */
  async run({ command, output }: Step): Promise<void> {
    const given = commandOf(command, this.#bindings)
    writeFileSync(join(this.#folder, '..', 'command'), `${given}\n`)
    const before = this.#said().length
    const said = (): string => this.#said().slice(before)
    this.#shell.stdin!.write(`. ../command < /dev/null 2>&1; printf '\\036%d\\036\\n' $?\n`)
    const [text = '', code] = await until(
      () => (said().endsWith(`${SEPARATOR}\n`) ? said().split(SEPARATOR) : null),
      () => `${given}\ndoes not end; so far it says\n${said()}`,
    )
    if (output === undefined || output.length === 0) {
      if (code !== '0') throw new Error(`${given}\nfails with ${code}:\n${text}`)
      if (output === undefined) return
    }
    if (!fits(output, text, this.#bindings)) throw new Error(differ(given, output, text))
  }

  /** Starts what runs until the end, and waits for it to say what the document shows. */
  async start({ command, output = [] }: Step): Promise<void> {
    const given = commandOf(command, this.#bindings)
    const child = this.#bash(['-c', `${PRELUDE}${given} 2>&1`])
    this.#background.push(child)
    const said = collect(child.stdout!)
    await until(
      () => fits(output, said(), this.#bindings, 'beginning') || null,
      () => differ(given, output, said()),
    )
  }

  async close(): Promise<void> {
    for (const child of [...this.#background.reverse(), this.#shell]) {
      const over = ended(child)
      if (child.exitCode !== null || child.signalCode !== null) continue
      // The whole group: npm, the shell that it starts, and the program.
      process.kill(-child.pid!, child === this.#shell ? 'SIGKILL' : 'SIGTERM')
      await over
    }
    await rm(join(this.#folder, '..'), { recursive: true, force: true })
  }

  #bash(args: readonly string[]): ChildProcess {
    return spawn('bash', ['--noprofile', '--norc', ...args], {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    })
  }
}

function differ(command: string, documented: readonly string[], said: string): string {
  return `${command}\nis documented to say\n${documented.join('\n')}\nand says\n${said}`
}

async function until<T>(look: () => T | null, complaint: () => string): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const found = look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(complaint())
}
