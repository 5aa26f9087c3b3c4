/** A clean copy of what is or could be under version control, to build and pack in. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Outcome } from '../../support/run.ts'
import { run } from '../../support/run.ts'

/** The Node that `npm ci` installed, first in the path: what npm runs scripts with. */
export const NODE = resolve('node_modules/.bin/node')
export const PATH = `${dirname(NODE)}:${process.env.PATH ?? ''}`

export function cleanCheckout(): string {
  const directory = mkdtempSync(join(tmpdir(), 's3warden-checkout-'))
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  }).split('\0')
  for (const file of files.filter((name) => name !== '' && existsSync(name))) {
    const target = join(directory, file)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(file, target)
  }
  return directory
}

/** npm, with its cache and nothing else of this machine's settings. @throws where it fails */
export async function npm(args: readonly string[], cwd: string): Promise<Outcome> {
  const outcome = await run('npm', [...args, '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd,
    timeout: 500_000,
    env: { PATH, HOME: process.env.HOME ?? '', ...registry() },
  })
  if (outcome.code !== 0)
    throw new Error(`npm ${args.join(' ')}: ${outcome.code}\n${outcome.stdout}${outcome.stderr}`)
  return outcome
}

/** Where this machine's npm is told to look. */
export function registry(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      /^(npm_config_.*|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i.test(name) && value !== undefined
        ? [[name, value]]
        : [],
    ),
  )
}
