/**
 * The real command line clients, each with a home directory of its own, so that nobody's configuration is read or
 * changed. A client that is not installed is skipped by name; with `CI=true` it is a failure.
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import type { Credentials } from './reference-signer.ts'
import { type Outcome, run } from './run.ts'

/** Where Debian puts them: a shim of the same name may come first in the path. */
const PROGRAMS = { aws: '/usr/bin/aws', s3cmd: '/usr/bin/s3cmd', curl: '/usr/bin/curl' } as const

export type ClientName = keyof typeof PROGRAMS

/** `describe`, or its skipping twin that names the client that is missing. */
export function describeWith(client: ClientName, title: string, body: () => void): void {
  const missing = !existsSync(PROGRAMS[client]) && process.env.CI !== 'true'
  describe.skipIf(missing)(missing ? `${title} (skipped: ${client} is not installed)` : title, body)
}

/** Where a client connects, and as whom. */
export interface ClientSettings extends Credentials {
  readonly endpoint: string
  readonly region?: string
}

export class Client {
  readonly home: string
  readonly #settings: ClientSettings

  private constructor(home: string, settings: ClientSettings) {
    this.home = home
    this.#settings = settings
  }

  static async make(settings: ClientSettings): Promise<Client> {
    const home = await mkdtemp(join(tmpdir(), 's3warden-client-'))
    const client = new Client(home, settings)
    await mkdir(join(home, '.aws'))
    await writeFile(join(home, '.aws', 'config'), '[default]\ns3 =\n  addressing_style = path\n')
    await writeFile(join(home, '.s3cfg'), client.#s3cfg())
    return client
  }

  /** `aws --endpoint-url … ARGS`, without a pager. */
  aws(...args: readonly string[]): Promise<Outcome> {
    const { endpoint, accessKey, secretKey, region } = this.#settings
    return run(PROGRAMS.aws, ['--endpoint-url', endpoint, ...args], {
      env: {
        PATH: '/usr/bin:/bin',
        HOME: this.home,
        AWS_ACCESS_KEY_ID: accessKey,
        AWS_SECRET_ACCESS_KEY: secretKey,
        AWS_DEFAULT_REGION: region ?? 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_PAGER: '',
      },
      cwd: this.home,
    })
  }

  s3cmd(...args: readonly string[]): Promise<Outcome> {
    return run(PROGRAMS.s3cmd, ['--config', join(this.home, '.s3cfg'), ...args], {
      env: { PATH: '/usr/bin:/bin', HOME: this.home, LANG: 'C.UTF-8' },
      cwd: this.home,
    })
  }

  curl(...args: readonly string[]): Promise<Outcome> {
    return run(PROGRAMS.curl, ['-sS', '-g', '--path-as-is', ...args], {
      env: { PATH: '/usr/bin:/bin', HOME: this.home },
      cwd: this.home,
    })
  }

  remove(): Promise<void> {
    return rm(this.home, { recursive: true, force: true })
  }

  #s3cfg(): string {
    const { endpoint, accessKey, secretKey, region } = this.#settings
    const host = new URL(endpoint).host
    return [
      '[default]',
      `access_key = ${accessKey}`,
      `secret_key = ${secretKey}`,
      `host_base = ${host}`,
      `host_bucket = ${host}`,
      `bucket_location = ${region ?? 'us-east-1'}`,
      'use_https = False',
      'max_retries = 1',
      '',
    ].join('\n')
  }
}
