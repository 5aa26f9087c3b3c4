import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { announce } from '../../src/cli/serve/announce.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { loadConfig } from '../../src/config.ts'
import { Secret } from '../../src/iam/secret.ts'
import { createLog } from '../../src/observe/log.ts'

const SECRET = '11111111-2222-4333-8444-555555555555'
const FIRST = {
  organization_id: 'o',
  project_id: 'p',
  application_id: 'a',
  access_key: 'SCW00000000000000000',
  secret_key: new Secret(SECRET),
}

/** What `serve` says of its first key, and where. */
async function announced(reader: 'terminal' | 'pipe', backend: 'embedded' | 'configured') {
  const data = mkdtempSync(join(tmpdir(), 's3warden-announce-'))
  const logged = join(data, 'log')
  const printed: string[] = []
  const log = createLog({ level: 'info', destination: logged, writers: 'one' })
  announce(
    {
      config: loadConfig({ flags: { data }, environment: {} }),
      endpoint: 'http://127.0.0.1:8484',
      backend,
      bootstrap: FIRST,
    },
    {
      ...processTerminal({}),
      outputIsTerminal: reader === 'terminal',
      print: (line) => printed.push(line),
    },
    log,
  )
  log.info('last')
  const lines = await vi.waitFor(() => {
    const text = readFileSync(logged, 'utf8')
    expect(text).toContain('"last"')
    return text
  })
  return { printed: printed.join('\n'), logged: lines, file: join(data, 'bootstrap.json') }
}

describe('the first secret', () => {
  it.each([
    ['terminal', 'embedded'],
    ['pipe', 'embedded'],
    ['terminal', 'configured'],
  ] as const)('is printed once, and kept nowhere: to a %s, on the %s backend', async (reader, backend) => {
    const { printed, logged, file } = await announced(reader, backend)
    expect(printed).toContain(`secret_key  ${SECRET}`)
    expect([logged.includes(SECRET), existsSync(file)]).toEqual([false, false])
  })

  it('goes to a file of its owner’s where nobody looks and objects are worth something', async () => {
    const { printed, logged, file } = await announced('pipe', 'configured')
    expect([printed, logged.includes(SECRET), logged.includes(file)]).toEqual(['', false, true])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      endpoint: 'http://127.0.0.1:8484',
      ...FIRST,
      secret_key: SECRET,
    })
  })
})
