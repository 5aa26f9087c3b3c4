/**
 * The real gate as its users run it: `s3warden serve` in a process of its own, and the `s3warden` command line beside
 * it on the same store.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { SYSTEM_RANDOM } from '../../src/services/deps.ts'
import { createServices } from '../../src/services/index.ts'
import type { Services } from '../../src/services/services.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { freePorts } from './ports.ts'
import { collect, ended, type Outcome, run } from './run.ts'

const NODE = resolve('node_modules/.bin/node')
const PROGRAM = resolve('src/s3warden.js')

/** An object store for the gate to stand in front of. */
export interface BackendSettings {
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  readonly region?: string
  readonly kind?: 'ceph' | 'minio' | 'aws' | 'generic'
}

/** Paths, in PEM. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** For 127.0.0.1 and localhost, by the authority in the file of that name. */
export const GATE_CERTIFICATE: CertificateFiles & { readonly authority: string } = {
  cert: resolve('test/data/tls/gate.pem'),
  key: resolve('test/data/tls/gate.key'),
  authority: resolve('test/data/tls/gate-authority.pem'),
}

export interface GateSettings {
  /** Absent: the embedded development store. */
  readonly backend?: BackendSettings
  /** Absent: plain HTTP. */
  readonly tls?: CertificateFiles
  /** Further settings: `S3WARDEN_…`. */
  readonly env?: Readonly<Record<string, string>>
  /** A store that is there already; it is then not deleted at the end. */
  readonly data?: string
}

export class Gate {
  readonly port: number
  /** Health, readiness and metrics. */
  readonly healthPort: number
  readonly data: string
  readonly #settings: GateSettings
  readonly #process: ChildProcess
  readonly #stdout: () => string
  readonly #stderr: () => string
  readonly #exit: Promise<number | null>
  #store: Promise<Store> | undefined

  private constructor(settings: GateSettings, data: string, [port, healthPort]: readonly [number, number]) {
    this.#settings = settings
    this.data = data
    this.port = port
    this.healthPort = healthPort
    this.#process = spawn(NODE, [PROGRAM, 'serve', '--listen', `127.0.0.1:${port}`, '--data', data], {
      env: { ...this.environment(), S3WARDEN_HEALTH_LISTEN: `127.0.0.1:${healthPort}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#stdout = collect(this.#process.stdout!)
    this.#stderr = collect(this.#process.stderr!)
    this.#exit = ended(this.#process)
  }

  /** Starts it and waits until it is ready. */
  static async start(settings: GateSettings = {}): Promise<Gate> {
    const data = settings.data ?? (await mkdtemp(join(tmpdir(), 's3warden-test-')))
    const [port = 0, healthPort = 0] = await freePorts(2)
    const gate = new Gate(settings, data, [port, healthPort])
    await gate.#ready()
    return gate
  }

  get endpoint(): string {
    return `${this.#settings.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`
  }

  /** What a signature's Host is. */
  get host(): string {
    return `127.0.0.1:${this.port}`
  }

  get pid(): number {
    return this.#process.pid!
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#stdout() + this.#stderr()
  }

  /** The log's request lines. */
  get log(): readonly Readonly<Record<string, unknown>>[] {
    return this.#stdout()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  /** What both `serve` and the command line are given. */
  environment(): Record<string, string> {
    const { backend, env, tls } = this.#settings
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.data,
      S3WARDEN_LOG_LEVEL: 'trace',
      // The gate's own look at its backend stays out of what tests record.
      S3WARDEN_TIMEOUTS_BACKEND_HEALTH: '1h',
      ...(backend === undefined
        ? {}
        : {
            S3WARDEN_BACKEND_ENDPOINT: backend.endpoint,
            S3WARDEN_BACKEND_ACCESS_KEY: backend.accessKey,
            S3WARDEN_BACKEND_SECRET_KEY: backend.secretKey,
            S3WARDEN_BACKEND_REGION: backend.region ?? 'us-east-1',
            S3WARDEN_BACKEND_KIND: backend.kind ?? 'generic',
          }),
      ...(tls === undefined ? {} : { S3WARDEN_TLS_CERT: tls.cert, S3WARDEN_TLS_KEY: tls.key }),
      ...env,
    }
  }

  /** Runs the command line on this gate's store. */
  cli(args: readonly string[], input?: string): Promise<Outcome> {
    return run(NODE, [PROGRAM, ...args, '--data', this.data], {
      env: this.environment(),
      ...(input === undefined ? {} : { input }),
    })
  }

  /** The same, with `--output json`, and it must succeed. */
  async json<T = unknown>(args: readonly string[], input?: string): Promise<T> {
    const outcome = await this.cli([...args, '--output', 'json'], input)
    if (outcome.code !== 0) {
      throw new Error(`s3warden ${args.join(' ')} → ${outcome.code}\n${outcome.stdout}${outcome.stderr}`)
    }
    return JSON.parse(outcome.stdout) as T
  }

  /** What the command line does, in this process, on this gate's store. */
  async services(): Promise<Services> {
    this.#store ??= openStore({ dataDir: this.data, now: Date.now })
    return createServices({ store: await this.#store, now: Date.now, random: SYSTEM_RANDOM })
  }

  /** Sends a signal to the serving process. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  /** The exit code, once it has ended. */
  exit(): Promise<number | null> {
    return this.#exit
  }

  /** Ends it at once, and deletes its store where it made it. */
  async destroy(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exit
    ;(await this.#store)?.close()
    if (this.#settings.data === undefined) await rm(this.data, { recursive: true, force: true })
  }

  async #ready(): Promise<void> {
    let ended = false
    void this.#exit.then(() => {
      ended = true
    })
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
      if (ended) throw new Error(`the gate ended instead of serving:\n${this.output}`)
      const ready = await fetch(`http://127.0.0.1:${this.healthPort}/readyz`).then(
        (response) => response.ok,
        () => false,
      )
      if (ready) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await this.destroy()
    throw new Error(`the gate did not get ready:\n${this.output}`)
  }
}
