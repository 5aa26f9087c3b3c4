/**
 * The image, built by hand: the Dockerfile's own steps, each stage in an empty folder, and the result run as its user.
 * There is no engine in between, so that this works where there is no Docker: `FROM` is the Node that runs the tests.
 */
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePorts } from '../../support/ports.ts'
import { serialize } from '../../support/raw-http.ts'
import { collect, ended, run } from '../../support/run.ts'
import { signed } from '../../support/s3-request.ts'
import { assignments, environmentOf, execForm, readDockerfile, type Stage } from '../dockerfile.ts'
import { cleanCheckout, NODE, registry } from './checkout.ts'

const { stages } = readDockerfile()
const image = stages.at(-1)!
const root = mkdtempSync(join(tmpdir(), 's3warden-image-'))
const privileged = process.getuid?.() === 0
const PATH = '/usr/local/bin:/usr/bin:/bin'

const folder = (stage: string): string => join(root, stage === '' ? 'image' : stage)
const inside = (stage: string, path: string): string => join(folder(stage), path)
/** The image's own paths, where they lie here. */
const moved = (text: string, stage = ''): string =>
  text.replace(
    /(^|[\s=])\/(app|data)\b/g,
    (_, before: string, name: string) => `${before}${inside(stage, name)}`,
  )

beforeAll(async () => {
  chmodSync(root, 0o755)
  const context = cleanCheckout()
  for (const stage of stages) await build(stage, context)
  rmSync(context, { recursive: true })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function build({ alias, instructions }: Stage, context: string): Promise<void> {
  const bin = inside(alias, 'usr/local/bin')
  mkdirSync(bin, { recursive: true })
  cpSync(realpathSync(NODE), join(bin, 'node'))
  let directory = folder(alias)
  const variables: Record<string, string> = {}
  for (const { name, text } of instructions) {
    if (name === 'WORKDIR') {
      directory = inside(alias, text)
      mkdirSync(directory, { recursive: true })
    } else if (name === 'ENV') Object.assign(variables, assignments(text))
    else if (name === 'COPY') copy(text, context, directory)
    else if (name === 'RUN') {
      const command = privileged ? moved(text, alias) : moved(text, alias).replace(/-[og] \d+/g, '')
      const { code, stderr, stdout } = await run('sh', ['-euc', command], {
        cwd: directory,
        timeout: 500_000,
        env: { ...registry(), ...variables, HOME: process.env.HOME ?? '', PATH: `${bin}:${PATH}` },
      })
      if (code !== 0) throw new Error(`${text}: ${code}\n${stdout}${stderr}`)
    }
  }
}

/** A folder's contents go into the destination; a file goes below a destination that ends with a slash. */
function copy(text: string, context: string, directory: string): void {
  const words = text.split(/\s+/)
  const from = /^--from=(.*)$/.exec(words[0] ?? '')?.[1]
  const [target = '', ...sources] = (from === undefined ? words : words.slice(1)).toReversed()
  for (const source of sources) {
    const origin = from === undefined ? join(context, source) : inside(from, source)
    const below = target.endsWith('/') && !statSync(origin).isDirectory()
    cpSync(origin, join(directory, target, below ? basename(source) : ''), { recursive: true })
  }
}

const asUser = privileged ? { uid: 1000, gid: 1000 } : {}
const commandOf = (words: readonly string[]): readonly string[] => words.map((word) => moved(word))
const textOf = (name: string): string => image.instructions.findLast((step) => step.name === name)!.text

describe('the image', () => {
  let environment: Record<string, string>
  let port: number

  beforeAll(async () => {
    const [s3 = 0, health = 0] = await freePorts(2)
    port = s3
    const own = Object.entries(environmentOf(image)).map(([name, value]) => [name, moved(value)])
    environment = {
      ...Object.fromEntries(own),
      S3WARDEN_LISTEN: `127.0.0.1:${s3}`,
      S3WARDEN_HEALTH_LISTEN: `127.0.0.1:${health}`,
      PATH: `${inside('', 'usr/local/bin')}:${PATH}`,
      HOME: '/nonexistent',
    }
  })

  it('is small, and holds no sources, tests or development packages', () => {
    const bytes = execFileSync('du', ['-sb', inside('', 'app')], { encoding: 'utf8' })
    expect(Number.parseInt(bytes, 10)).toBeLessThan(40 * 1024 * 1024)
    for (const name of [
      'src',
      'test',
      'node_modules/typescript',
      'node_modules/node',
      'node_modules/vitest',
    ]) {
      expect(existsSync(inside('', `app/${name}`))).toBe(false)
    }
  })

  it('leaves its user nothing to write but /data', ({ skip }) => {
    if (!privileged) skip('needs root, to be another user than the owner of the files')
    const writable = execFileSync(
      'find',
      ['.', '-path', './data', '-prune', '-o', '!', '-type', 'l', '-writable', '-print'],
      {
        cwd: folder(''),
        encoding: 'utf8',
        ...asUser,
      },
    )
    expect(writable).toBe('')
    expect(statSync(inside('', 'data')).mode & 0o777).toBe(0o700)
  })

  it('serves as that user, says so to the health check, and ends an upload before it ends', async () => {
    const [program = '', ...args] = commandOf([
      ...execForm(textOf('ENTRYPOINT'))!,
      ...execForm(textOf('CMD'))!,
    ])
    const gate = spawn(program, args, { cwd: inside('', 'app'), env: environment, ...asUser, stdio: 'pipe' })
    const exit = ended(gate)
    const output = collect(gate.stdout)
    const errors = collect(gate.stderr)
    try {
      const [checker = '', ...check] = commandOf(execForm(/CMD (.*)$/.exec(textOf('HEALTHCHECK'))![1]!)!)
      const healthy = async (): Promise<boolean> => {
        const asked = spawn(checker, check, {
          cwd: inside('', 'app'),
          env: environment,
          ...asUser,
          stdio: 'ignore',
        })
        return (await ended(asked)) === 0
      }
      for (let tries = 0; !(await healthy()); tries++) {
        if (tries > 60) throw new Error(`never healthy\n${output()}${errors()}`)
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
      const credentials = {
        accessKey: /access_key {2}(\S+)/.exec(output())![1]!,
        secretKey: /secret_key {2}(\S+)/.exec(output())![1]!,
      }
      const request = (target: string, body: string): Buffer =>
        serialize(signed(credentials, { method: 'PUT', target, body }, { host: `127.0.0.1:${port}` }))
      expect(await exchange(request('/mine', ''))).toMatch(/^HTTP\/1\.1 200 /)
      const upload = exchange(request('/mine/slow', 'x'.repeat(1000)), () => {
        gate.kill('SIGTERM')
      })
      expect(await upload).toMatch(/^HTTP\/1\.1 200 /)
      expect(await exit).toBe(0)
      expect(errors()).toBe('')
    } finally {
      gate.kill('SIGKILL')
    }
  })

  /** Sends a request; with `between`, calls that when half of it is sent, and sends the rest a second later. */
  function exchange(bytes: Buffer, between?: () => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(port, '127.0.0.1')
      const answer = collect(socket)
      socket.once('error', reject)
      socket.on('data', () => resolve(answer()))
      const half = between === undefined ? bytes.length : bytes.length - 500
      socket.write(bytes.subarray(0, half))
      if (between === undefined) return
      setTimeout(between, 300)
      setTimeout(() => socket.write(bytes.subarray(half)), 1300)
    })
  }
})
