/** Keys made at the command line, which is killed now and then: every one that was shown works. */
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import { expect } from 'vitest'
import type { Gate } from '../support/gate.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { collect, ended } from '../support/run.ts'
import { signed } from '../support/s3-request.ts'

interface KeyRecord {
  readonly access_key: string
  readonly secret_key: string
}

export class KeyMaker {
  readonly shown: Credentials[] = []
  killed = 0
  readonly #application: string
  readonly #project: string

  constructor(application: string, project: string) {
    this.#application = application
    this.#project = project
  }

  /** Runs the command line once; every other time it is killed on the way. */
  async once(gate: Gate): Promise<void> {
    const args = ['key', 'create', '--application', this.#application, '--project', this.#project]
    const child = spawn(
      resolve('node_modules/.bin/node'),
      [resolve('src/s3warden.js'), ...args, '--data', gate.data, '--output', 'json'],
      { env: gate.environment(), stdio: ['ignore', 'pipe', 'ignore'] },
    )
    const said = collect(child.stdout)
    const timer = randomInt(2) === 0 ? setTimeout(() => child.kill('SIGKILL'), randomInt(1500)) : undefined
    const code = await ended(child)
    clearTimeout(timer)
    if (code !== 0) this.killed += 1
    // Whoever has seen the secret has been told that the key is there.
    const text = said()
    if (!text.trimEnd().endsWith('}')) return
    const record = JSON.parse(text) as KeyRecord
    this.shown.push({ accessKey: record.access_key, secretKey: record.secret_key })
  }

  async verify(gate: Gate): Promise<void> {
    for (const credentials of this.shown) {
      const listed = await send(
        gate.port,
        signed(credentials, { method: 'GET', target: '/' }, { host: gate.host }),
      )
      expect(listed.status, credentials.accessKey).toBe(200)
    }
    const all = await gate.json<{ access_key: string }[] | { items: { access_key: string }[] }>([
      'key',
      'list',
    ])
    const names = ('items' in all ? all.items : all).map(({ access_key }) => access_key)
    for (const { accessKey } of this.shown) expect(names).toContain(accessKey)
  }
}
