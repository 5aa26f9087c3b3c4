import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePorts } from '../../support/ports.ts'
import { send } from '../../support/raw-http.ts'
import { collect, ended, run } from '../../support/run.ts'
import { signed } from '../../support/s3-request.ts'
import { cleanCheckout, NODE, npm, PATH } from './checkout.ts'

const prefix = mkdtempSync(join(tmpdir(), 's3warden-prefix-'))
let files: readonly string[]

beforeAll(async () => {
  const checkout = cleanCheckout()
  symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'))
  const { stdout } = await npm(['pack', '--json', '--pack-destination', prefix], checkout)
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as {
    filename: string
    files: { path: string }[]
  }[]
  files = packed!.files.map(({ path }) => path)
  await npm(['install', '--global', '--prefix', prefix, join(prefix, packed!.filename)], prefix)
})

afterAll(() => rmSync(prefix, { recursive: true, force: true }))

const program = (): string => join(prefix, 'bin/s3warden')
const installed = (path = ''): string => join(prefix, 'lib/node_modules/s3warden', path)

describe('the package', () => {
  it('holds the program, its types, examples and documents, and nothing else', () => {
    const unexpected = files.filter(
      (path) =>
        !/^dist\/[\w./-]+(\.js|\.d\.ts)$/.test(path) &&
        !/^config\/[\w.-]+$/.test(path) &&
        !['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'].includes(path),
    )
    expect(unexpected).toEqual([])
    expect(files.filter((path) => /(^|\/)test\//.test(path))).toEqual([])
    expect(files).toEqual(
      expect.arrayContaining([
        'dist/index.js',
        'dist/index.d.ts',
        'dist/s3warden.js',
        'config/access.schema.json',
      ]),
    )
  })

  it('brings no development packages along', () => {
    for (const name of ['typescript', 'vitest', 'node', '@biomejs', '@aws-sdk']) {
      expect(existsSync(installed(`node_modules/${name}`))).toBe(false)
    }
  })

  it('is a command, installed globally', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    const outcome = await run(program(), ['--version'], { env: { PATH } })
    expect(outcome).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('serves', async () => {
    const data = mkdtempSync(join(tmpdir(), 's3warden-installed-'))
    const [port = 0, health = 0] = await freePorts(2)
    const listen = ['--listen', `127.0.0.1:${port}`, '--health-listen', `127.0.0.1:${health}`]
    const gate = spawn(program(), ['serve', '--data', data, ...listen], { env: { PATH }, stdio: 'pipe' })
    const exit = ended(gate)
    const output = collect(gate.stdout)
    try {
      await until(
        async () => (await run(program(), ['health', ...listen.slice(2)], { env: { PATH } })).code === 0,
      )
      const accessKey = /access_key {2}(\S+)/.exec(output())?.[1] ?? ''
      const secretKey = /secret_key {2}(\S+)/.exec(output())?.[1] ?? ''
      const host = `127.0.0.1:${port}`
      const made = await send(
        port,
        signed({ accessKey, secretKey }, { method: 'PUT', target: '/mine' }, { host }),
      )
      expect(made.status).toBe(200)
    } finally {
      gate.kill('SIGTERM')
      expect(await exit).toBe(0)
    }
  })
})

describe('a program that embeds the gate', () => {
  const project = mkdtempSync(join(tmpdir(), 's3warden-embedding-'))
  const example = 'embedding.example.ts'

  beforeAll(() => {
    mkdirSync(join(project, 'node_modules/@types'), { recursive: true })
    symlinkSync(installed(), join(project, 'node_modules/s3warden'))
    symlinkSync(resolve('node_modules/@types/node'), join(project, 'node_modules/@types/node'))
    symlinkSync(resolve('node_modules/undici-types'), join(project, 'node_modules/undici-types'))
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(project, example), readFileSync(`config/${example}`))
  })

  const compile = (file: string): string => {
    const options = [
      '--strict',
      '--noEmit',
      '--target',
      'es2024',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--skipLibCheck',
    ]
    try {
      execFileSync(NODE, [resolve('node_modules/typescript/bin/tsc'), ...options, file], {
        cwd: project,
        encoding: 'utf8',
      })
      return ''
    } catch (error) {
      return (error as { stdout: string }).stdout
    }
  }

  it('finds its types', () => {
    expect(compile(example)).toBe('')
    writeFileSync(
      join(project, 'wrong.ts'),
      `import { createGate, loadConfig } from 's3warden'\nconst gate = await createGate(loadConfig({ flags: {}, environment: {} }))\nconst port: number = gate.endpoint\nawait gate.services.projects.create(port)\n`,
    )
    expect(compile('wrong.ts')).toMatch(/TS2322[\s\S]*TS2554/)
  })

  it('runs as the example shows', async () => {
    const [port = 0] = await freePorts(1)
    const data = mkdtempSync(join(tmpdir(), 's3warden-embedded-'))
    const child = spawn(NODE, [example], {
      cwd: project,
      env: { PATH, S3WARDEN_DATA: data, S3WARDEN_LISTEN: `127.0.0.1:${port}` },
      stdio: 'pipe',
    })
    const exit = ended(child)
    const output = collect(child.stdout)
    const said = () =>
      output()
        .split('\n')
        .find((line) => line.includes('"secret_key"'))
    try {
      await until(async () => said() !== undefined)
      const { endpoint, access_key, secret_key } = JSON.parse(said()!) as Record<string, string>
      expect(endpoint).toBe(`http://127.0.0.1:${port}`)
      const credentials = { accessKey: access_key!, secretKey: secret_key! }
      const request = signed(credentials, { method: 'PUT', target: '/mine' }, { host: `127.0.0.1:${port}` })
      expect((await send(port, request)).status).toBe(200)
    } finally {
      child.kill('SIGTERM')
      expect(await exit).toBe(0)
    }
  })
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('it never came to be')
}
