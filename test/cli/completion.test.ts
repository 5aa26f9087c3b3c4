import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandLine } from './cli.ts'

const s3warden = commandLine()
const directory = mkdtempSync(join(tmpdir(), 's3warden-completion-'))
const scripts: Record<string, string> = {}

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await s3warden(['completion', shell])
    expect(code).toBe(0)
    scripts[shell] = join(directory, shell)
    writeFileSync(scripts[shell], stdout)
  }
  writeFileSync(join(directory, 'some.yaml'), '')
})

/** What bash offers behind these words, the last of which is being typed. */
async function completed(words: readonly string[]): Promise<readonly string[]> {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _s3warden; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await promisify(execFile)(
    'bash',
    ['-c', script, 'bash', scripts.bash!, 's3warden', ...words],
    {
      cwd: directory,
    },
  )
  return stdout.split('\n').filter((line) => line !== '')
}

/** The words typed so far, and what must be, and must not be, among what is offered. */
const CASES: readonly [words: string[], offered: string[], not: string[]][] = [
  [['pro'], ['project'], ['policy']],
  [[''], ['serve', 'key', 'bucket', 'completion'], ['create']],
  [
    ['key', ''],
    ['create', 'import', 'revoke', 'rotate', 'list-operations'],
    ['adopt', 'key'],
  ],
  [['key', 'create', '--'], ['--application', '--resource', '--for', '--output', '--data'], ['--grace']],
  [['key', 'create', '--for', ''], ['aws', 'rclone', 'restic'], ['--application']],
  [['key', 'create', '--for', 'r'], ['rclone', 'restic'], ['aws']],
  [['--output', ''], ['json', 'table'], ['key']],
  [['--output', 'json', 'key', 'ro'], ['rotate'], []],
  [['--data', '/tmp', 'key', 'ro'], ['rotate'], []],
  [['--config', 'so'], ['some.yaml'], []],
  [['bucket', 'adopt', 'project', '--p'], ['--project', '--prefix'], []],
  [['application', ''], ['create', 'delete'], []],
  [['completion', ''], ['bash', 'zsh', 'fish'], []],
  [['log', 'list', '--action', ''], ['created', 'updated', 'deleted'], []],
  [['key', 'create', '--expires', ''], [], ['create', '--for']],
]

describe('bash', () => {
  it.each(CASES)('completes %j', async (words, offered, not) => {
    const words_ = await completed(words)
    expect(words_).toEqual(expect.arrayContaining(offered))
    for (const word of not) expect(words_).not.toContain(word)
  })

  it('has nothing to say against the script', () => {
    execFileSync('bash', ['-n', scripts.bash!])
  })
})

describe.each(['zsh', 'fish'])('%s', (shell) => {
  it('is offered every command', async () => {
    const { stdout } = await s3warden(['completion', shell])
    for (const word of ['list-operations', 'adopt', '--help', 'update-password', 'explain', 'bash']) {
      expect(stdout).toContain(shell === 'fish' ? word.replace(/^--/, '') : word)
    }
  })

  it('has nothing to say against the script, where it is installed', ({ skip }) => {
    try {
      execFileSync(shell, ['--version'])
    } catch {
      skip(`${shell} is not installed`)
    }
    execFileSync(shell, ['-n', scripts[shell]!])
  })
})
