/** The command line as its users run it: a process of its own on a data directory of its own. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Outcome, run } from '../support/run.ts'

export const NODE = resolve('node_modules/.bin/node')
export const PROGRAM = resolve('src/s3warden.js')

export interface CommandLine {
  readonly data: string
  /** Runs a command, in a pipe: results are JSON. */
  (args: readonly string[], options?: { input?: string; env?: Record<string, string> }): Promise<Outcome>
  /** What it printed. @throws where its exit code is not 0 */
  json<T = Record<string, unknown>>(args: readonly string[], input?: string): Promise<T>
}

export function commandLine(data: string = mkdtempSync(join(tmpdir(), 's3warden-cli-'))): CommandLine {
  const call = (args: readonly string[], options: { input?: string; env?: Record<string, string> } = {}) =>
    run(NODE, [PROGRAM, ...args], {
      env: { PATH: process.env.PATH ?? '', S3WARDEN_DATA: data, ...options.env },
      input: options.input ?? '',
    })
  const json = async <T>(args: readonly string[], input?: string): Promise<T> => {
    const outcome = await call(args, input === undefined ? {} : { input })
    if (outcome.code !== 0) throw new Error(`${args.join(' ')}: exit code ${outcome.code}\n${outcome.stderr}`)
    return JSON.parse(outcome.stdout) as T
  }
  return Object.assign(call, { data, json })
}
