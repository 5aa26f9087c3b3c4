/**
 * The client side of a peer's test suite: `versitygw test`, which is made to hold that gateway to S3 and works with any
 * endpoint. It gives its buckets the same names every time, so two of its tests must not meet in one store.
 *
 * https://github.com/versity/versitygw/tree/v1.8.0/tests/integration
 */
import { stripVTControlCharacters } from 'node:util'
import { cached } from '../support/cache.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { run } from '../support/run.ts'

export const PROGRAM = cached('bin/versitygw')

/** Where there is S3, and as whom to ask for it. */
export interface Access extends Credentials {
  readonly endpoint: string
}

export interface Verdict {
  readonly passed: boolean
  /** All that it printed, without colours. */
  readonly said: string
}

/** Families that ask for services other than S3. */
const OTHER_SERVICES = /^(IAM[A-Z]|S3IAM|WebsiteHosting_)/

/** The names of its tests of S3, sorted. */
export async function testNames(): Promise<readonly string[]> {
  const { code, stdout, stderr } = await run(PROGRAM, ['test', '--help'], { env: {} })
  if (code !== 0) throw new Error(`${PROGRAM} test --help → ${code}\n${stderr}`)
  const names: string[] = [...stdout.matchAll(/^ +(\S+) +Runs \1 integration test$/gm)]
    .map(([, name = '']) => name)
    .filter((name) => !OTHER_SERVICES.test(name))
  return names.sort((a, b) => (a < b ? -1 : 1))
}

/** Runs one test in a process of its own. */
export async function runTest(name: string, { endpoint, accessKey, secretKey }: Access): Promise<Verdict> {
  // Told that there are versions, it deletes them when it clears up; nothing else depends on it.
  const args = ['test', '-a', accessKey, '-s', secretKey, '-e', endpoint, name, '--versioning-enabled']
  const { code, stdout, stderr } = await run(PROGRAM, args, {
    env: { HOME: '/nonexistent' },
    cwd: '/',
    timeout: 120_000,
  })
  return { passed: code === 0, said: stripVTControlCharacters(`${stdout}${stderr}`) }
}
