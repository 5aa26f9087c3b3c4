/**
 * Where the commands of one document run: a folder that looks like a fresh checkout that `npm ci` has been through, a
 * home directory of its own, and a shell that keeps aliases and variables from one block to the next.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { cached } from '../../support/cache.ts'
import { freePorts } from '../../support/ports.ts'
import { collect, ended } from '../../support/run.ts'
import { type Bindings, commandOf, fits } from './expectation.ts'
import type { Step } from './script.ts'

/** Where programs of the documents listen: each is another port in every run. */
const DOCUMENTED_PORTS = [8484, 8485, 8486, 9000] as const

/** Says what the terminal of a reader would say: tables, not JSON. */
const ON_A_TERMINAL = 'process.stdout.isTTY = true\n'

/** `npm ci` is how this test came to run. A checkout's packages are nothing to replace while others use them. */
const PRELUDE = 'shopt -s expand_aliases; set -m; npm() { [ "$1" = ci ] || command npm "$@"; }\n'

/** Stands around the exit code behind what a command says. */
const SEPARATOR = '\u001e'

/** Debian's programs before others of the same name, and those that `tools.sh` made. */
const SEARCH_PATH = `/usr/bin:/bin:${cached('bin')}:${process.env.PATH ?? ''}`

/** Whether a reader with this machine has the program. */
export function isInstalled(program: string): boolean {
  return SEARCH_PATH.split(':').some((folder) => existsSync(join(folder, program)))
}

const PATIENCE_MS = 60_000

export class Scene {
  readonly #folder: string
  readonly #bindings: Bindings
  readonly #shell: ChildProcess
  /** Everything that commands have said. */
  readonly #said: () => string
  /** Process groups that run on, with what each has said so far. */
  readonly #background: number[] = []

  private constructor(folder: string, environment: Readonly<Record<string, string>>, bindings: Bindings) {
    this.#folder = folder
    this.#bindings = bindings
    this.#shell = spawn('bash', ['--noprofile', '--norc'], {
      cwd: folder,
      env: environment,
      // What commands say there is joined to their output; what is left is the shell's own word on jobs that ended.
      stdio: ['pipe', 'pipe', 'ignore'],
    })
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
      PATH: SEARCH_PATH,
      HOME: root,
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      npm_config_update_notifier: 'false',
      NODE_OPTIONS: `--import=${join(root, 'terminal.mjs')}`,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
      S3WARDEN_LISTEN: bindings.get('127.0.0.1:8484')!,
    }
    return new Scene(folder, environment, bindings)
  }

  /** A file that the document shows. What it imports of the package, it gets of the source. */
  write(name: string, text: string): void {
    const imported = text.replaceAll("from 's3warden'", `from '${resolve('src/index.ts')}'`)
    writeFileSync(join(this.#folder, name), `${imported}\n`)
  }

  /** Runs a command to its end. @throws Error where it says something else than the document, or fails silently */
  async run({ command, output }: Step): Promise<void> {
    const given = commandOf(command, this.#bindings)
    const [text, code] = await this.#tell(given, '. ../command < /dev/null 2>&1', '$?')
    if (output === undefined || output.length === 0) {
      if (code !== '0') throw new Error(`${given}\nfails with ${code}:\n${text}`)
      if (output === undefined) return
    }
    if (!fits(output, text, this.#bindings)) throw new Error(differ(given, output, text))
  }

  /** Starts what runs until the end, and waits for it to say what the document shows. */
  async start({ command, output = [] }: Step): Promise<void> {
    const given = commandOf(command, this.#bindings)
    const log = join(this.#folder, '..', `output-${this.#background.length}`)
    const [, group] = await this.#tell(given, `{ . ../command; } < /dev/null > ${log} 2>&1 &`, '$!')
    this.#background.push(Number(group))
    const said = (): string => readFileSync(log, 'utf8')
    await until(
      () => fits(output, said(), this.#bindings, 'beginning') || null,
      () => differ(given, output, said()),
    )
  }

  async close(): Promise<void> {
    const over = ended(this.#shell)
    // Whole groups: npm, the shell that it starts, and the program.
    for (const group of this.#background) process.kill(-group, 'SIGTERM')
    this.#shell.stdin!.end('wait\n')
    const stuck = setTimeout(() => this.#shell.kill('SIGKILL'), PATIENCE_MS)
    await over
    clearTimeout(stuck)
    // What a group's first process started may outlive it, and still write.
    await until(
      () => this.#background.every(hasEnded) || null,
      () => 'what the document starts does not end',
    )
    await rm(join(this.#folder, '..'), { recursive: true, force: true })
  }

  /** Has the shell read the file `command` as `how` says. @returns what it said, and what a variable then is */
  async #tell(command: string, how: string, variable: string): Promise<readonly [string, string]> {
    writeFileSync(join(this.#folder, '..', 'command'), `${command}\n`)
    const before = this.#said().length
    const said = (): string => this.#said().slice(before)
    this.#shell.stdin!.write(`${how}\nprintf '\\036%d\\036\\n' ${variable}\n`)
    const [text = '', value = ''] = await until(
      () => (said().endsWith(`${SEPARATOR}\n`) ? said().split(SEPARATOR) : null),
      () => `${command}\ndoes not end; so far it says\n${said()}`,
    )
    // Shown on lines of its own, whether or not it ends the last one.
    return [/[^\n]$/.test(text) ? `${text}\n` : text, value]
  }
}

function differ(command: string, documented: readonly string[], said: string): string {
  return `${command}\nis documented to say\n${documented.join('\n')}\nand says\n${said}`
}

function hasEnded(group: number): boolean {
  try {
    process.kill(-group, 0)
    return false
  } catch {
    return true
  }
}

async function until<T>(look: () => T | null, complaint: () => string): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const found = look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(complaint())
}
