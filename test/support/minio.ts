/** MinIO for the tests of one run: started once, by vitest's global set-up. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { cached } from './cache.ts'
import type { BackendSettings } from './gate.ts'
import { freePort } from './ports.ts'
import { collect, ended } from './run.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Null where MinIO is not installed. */
    minio: BackendSettings | null
  }
}

const PROGRAM = cached('bin/minio')

/** What its one account is. */
export const MINIO_CREDENTIALS = { accessKey: 'minioadmin', secretKey: 'minio-admin-secret-key' }

export interface Minio {
  readonly port: number
  readonly endpoint: string
  /** Ends it, and deletes what it kept. */
  stop(): Promise<void>
}

/** Vitest's global set-up: starts MinIO, and returns how to end it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(PROGRAM)) {
    if (process.env.CI === 'true') throw new Error(`missing: ${PROGRAM} (see test/support/tools.sh)`)
    project.provide('minio', null)
    return async () => {}
  }
  const minio = await startMinio()
  project.provide('minio', {
    ...MINIO_CREDENTIALS,
    endpoint: minio.endpoint,
    region: 'us-east-1',
    kind: 'minio',
  })
  return () => minio.stop()
}

/** Starts one, and waits until it is ready. */
export async function startMinio(): Promise<Minio> {
  const directory = await mkdtemp(join(tmpdir(), 's3warden-minio-'))
  const port = await freePort()
  const child = spawn(PROGRAM, ['server', '--quiet', '--address', `127.0.0.1:${port}`, directory], {
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      MINIO_ROOT_USER: MINIO_CREDENTIALS.accessKey,
      MINIO_ROOT_PASSWORD: MINIO_CREDENTIALS.secretKey,
      MINIO_BROWSER: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = [collect(child.stdout), collect(child.stderr)]
  const exit = ended(child)
  const stop = async () => {
    child.kill('SIGKILL')
    await exit
    await rm(directory, { recursive: true, force: true })
  }
  const endpoint = `http://127.0.0.1:${port}`
  for (const deadline = Date.now() + 120_000; !(await answers(endpoint)); ) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`MinIO did not start:\n${said.map((text) => text()).join('')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { port, endpoint, stop }
}

function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/minio/health/ready`).then(
    (response) => response.ok,
    () => false,
  )
}
