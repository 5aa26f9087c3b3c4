import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { printable } from '../../src/cli/output.ts'
import { commandLine, NODE, PROGRAM } from './cli.ts'

describe('what a table shows', () => {
  it.each([
    ['plain', 'plain'],
    ['two\nlines', 'two\\u000alines'],
    ['\u001b[2J', '\\u001b[2J'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['ü – 日本', 'ü – 日本'],
  ])('%j is %j', (given, shown) => {
    expect(printable(given)).toBe(shown)
  })
})

const NODES = ['/usr/bin/node', '/usr/local/bin/node']

function oldNode(): string | undefined {
  return NODES.find((node) => {
    const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
    return status === 0 && Number.parseInt(stdout.slice(1), 10) < 24
  })
}

describe('a Node that is too old', () => {
  it('says so, and what to do', ({ skip }) => {
    const node = oldNode()
    if (node === undefined) {
      skip('there is none')
      return
    }
    const { status, stderr } = spawnSync(node, [PROGRAM, '--version'], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toContain('needs Node 24 or newer')
    expect(stderr).toContain('npm start')
    expect(stderr).not.toContain('    at ')
  })
})

/** `script` gives a command a terminal. */
function hasScript(): boolean {
  return spawnSync('script', ['--version']).status === 0
}

describe('on a terminal', () => {
  const { data } = commandLine()
  const onTerminal = (line: string, input: string): string =>
    execFileSync('script', ['-qec', line, '/dev/null'], {
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', S3WARDEN_DATA: data, TERM: 'xterm' },
    })

  it('slow work shows how far it is, on a line that goes away', ({ skip }) => {
    if (!hasScript()) skip('script(1) is not installed')
    const s3warden = `${NODE} ${PROGRAM}`
    onTerminal(`${s3warden} bootstrap`, '')
    const shown = onTerminal(`${s3warden} doctor`, '').split('\r\u001b[K')
    expect(shown).toContain('doctor: 0 % (0 of 1 subjects)')
    expect(shown.at(-1)).toContain('SUBJECT')
    const [copy, directory] = [join(data, 'copy.db'), join(data, 'restored')]
    expect(onTerminal(`${s3warden} backup ${copy}`, '')).toMatch(/backup: \d+ % \(\d+ of \d+ pages\)/)
    const restored = onTerminal(`${s3warden} --data ${directory} restore ${copy}`, '').split('\r\u001b[K')
    expect(restored).toContain('restore: 0 % (0 of 3 steps)')
    expect(restored.at(-1)).toContain('instance_id')
  })

  it('results are tables, and what cannot be undone is asked about', ({ skip }) => {
    if (!hasScript()) skip('script(1) is not installed')
    const s3warden = `${NODE} ${PROGRAM}`
    onTerminal(`${s3warden} bootstrap`, '')
    expect(onTerminal(`${s3warden} project list`, '')).toContain('IS_DEFAULT')
    onTerminal(`${s3warden} app create extra`, '')
    const kept = onTerminal(`${s3warden} app delete extra || echo code $?`, 'n\n')
    expect(kept).toMatch(/delete the application extra\? \[y\/N\][\s\S]*nothing was changed[\s\S]*code 1/)
    expect(onTerminal(`${s3warden} app delete extra`, 'y\n')).toContain('extra: deleted')
  })
})
