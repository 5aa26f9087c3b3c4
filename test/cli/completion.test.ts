import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it, test } from 'vitest'
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

const installed = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0

describe.skipIf(!installed('fish'))('fish', () => {
  it.each(CASES)('completes %j', async (words, offered, not) => {
    const line = ['s3warden', ...words].join(' ')
    const script = `source ${scripts.fish}; complete -C '${line}'`
    const { stdout, stderr } = await promisify(execFile)('fish', ['-c', script], { cwd: directory })
    expect(stderr).toBe('')
    const found = stdout.split('\n').map((entry) => entry.split('\t')[0])
    expect(found).toEqual(expect.arrayContaining(offered))
    for (const word of not) expect(found).not.toContain(word)
  })
})

/** Stands in for what zsh would do with the words: it prints them. */
const ZSH_PRINTS = `
_describe() { [[ $1 == -o ]] && shift; local -a entries; entries=("\${(@P)2}"); print -rl -- "\${entries[@]%%:*}" }
compadd() { shift; print -rl -- "$@" }
_files() { print -rl -- *(N) }
`

describe.skipIf(!installed('zsh'))('zsh', () => {
  it.each(CASES)('completes %j', async (words, offered, not) => {
    const typed = ['s3warden', ...words]
    const script = `${ZSH_PRINTS} source ${scripts.zsh}; words=("$@"); CURRENT=$#; _s3warden`
    const { stdout, stderr } = await promisify(execFile)('zsh', ['-f', '-c', script, 'zsh', ...typed], {
      cwd: directory,
    })
    expect(stderr).toBe('')
    const found = stdout.split('\n')
    expect(found).toEqual(expect.arrayContaining(offered))
    // zsh itself leaves out what does not begin with what was typed.
    if (words.at(-1) === '') for (const word of not) expect(found).not.toContain(word)
  })
})

test.skipIf(!installed('zsh'))('zsh completes at once where it finds the script by itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 's3warden-fpath-'))
  copyFileSync(scripts.zsh!, join(folder, '_s3warden'))
  const script = `${ZSH_PRINTS} fpath=("$1"); autoload -Uz _s3warden; words=(s3warden key ''); CURRENT=3; _s3warden`
  const { stdout, stderr } = await promisify(execFile)('zsh', ['-f', '-c', script, 'zsh', folder])
  expect(stderr).toBe('')
  expect(stdout.split('\n')).toContain('rotate')
})

describe.each(['zsh', 'fish'])('the script for %s', (shell) => {
  it('holds every command, installed or not', () => {
    const script = readFileSync(scripts[shell] ?? '', 'utf8')
    for (const word of ['list-operations', 'adopt', 'help', 'update-password', 'explain', 'bash']) {
      expect(script).toContain(word)
    }
  })
})
