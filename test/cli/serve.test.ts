import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Gate } from '../support/gate.ts'
import { Connection, send, serialize } from '../support/raw-http.ts'
import { RecordingBackend } from '../support/recording-backend.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { commandLine } from './cli.ts'

// Each command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const BACKEND = { accessKey: 'GATE', secretKey: 'the-backends-secret' }

let gate: Gate | undefined
afterEach(async () => {
  await gate?.destroy()
})

const metricsOf = async ({ healthPort }: Gate): Promise<string> =>
  (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text()

/** The status of a ListBuckets with this key. */
async function listBuckets({ port, host }: Gate, accessKey: string, secretKey: string): Promise<number> {
  const request = signed({ accessKey, secretKey }, { method: 'GET', target: '/' }, { host })
  return (await send(port, request)).status
}

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not come to that')
}

describe('serve on the embedded backend', () => {
  it('shows the first key once, with settings for clients, and keeps it over a restart', async () => {
    const data = mkdtempSync(join(tmpdir(), 's3warden-serve-'))
    gate = await Gate.start({ data })
    const accessKey = /access_key +(SCW\w+)/.exec(gate.output)?.[1] ?? ''
    const secretKey = /secret_key +([0-9a-f-]{36})/.exec(gate.output)?.[1] ?? ''
    for (const text of [
      gate.endpoint,
      'for development',
      'aws configure',
      '[s3warden]',
      'mc alias set',
      'host_base',
    ]) {
      expect(gate.output).toContain(text)
    }
    expect(await listBuckets(gate, accessKey, secretKey)).toBe(200)
    expect(existsSync(join(data, 'bootstrap.json'))).toBe(false)
    expect(JSON.parse(readFileSync(join(data, 'gate.json'), 'utf8'))).toEqual({
      pid: gate.pid,
      endpoint: gate.endpoint,
    })
    expect(await gate.json(['bootstrap'])).toMatchObject({ endpoint: gate.endpoint, access_key: accessKey })
    gate.signal('SIGTERM')
    expect(await gate.exit()).toBe(0)
    expect(existsSync(join(data, 'gate.json'))).toBe(false)

    gate = await Gate.start({ data })
    expect(gate.output).not.toContain(secretKey)
    expect(await listBuckets(gate, accessKey, secretKey)).toBe(200)
  })

  it('is refused beside another gate on the same data, in words', async () => {
    gate = await Gate.start()
    const s3warden = commandLine(gate.data)
    const { code, stderr } = await s3warden(['serve', '--listen', '127.0.0.1:0'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('in use by another process')])
    expect(stderr).not.toContain('    at ')
  })

  it.each(['--listen', '--health-listen'])('says why it cannot take the address of %s', async (option) => {
    gate = await Gate.start()
    const { code, stderr } = await commandLine()([
      'serve',
      ...(option === '--listen' ? [] : ['--listen', '127.0.0.1:0']),
      option,
      `127.0.0.1:${gate.port}`,
    ])
    expect([code, stderr]).toEqual([1, expect.stringContaining('another process listens there')])
    expect(stderr).not.toContain('    at ')
  })
})

describe('serve on a configured backend', () => {
  let backend: RecordingBackend
  beforeAll(async () => {
    backend = await RecordingBackend.start()
  })
  afterAll(() => backend.stop())

  const settings = () => ({ ...BACKEND, endpoint: `http://127.0.0.1:${backend.port}` })

  it('puts the first secret into a file of mode 0600, and only the path into the log', async () => {
    gate = await Gate.start({ backend: settings() })
    const path = join(gate.data, 'bootstrap.json')
    const made = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>
    expect(made).toMatchObject({ endpoint: gate.endpoint, access_key: expect.stringMatching(/^SCW/) })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await until(() => gate!.output.includes(path))
    expect(gate.output).not.toContain(made.secret_key)
    expect(await listBuckets(gate, made.access_key ?? '', made.secret_key ?? '')).toBe(200)
    expect(existsSync(join(gate.data, 'embedded'))).toBe(false)
  })

  it('does not start where the endpoint changed under its buckets, until that is confirmed', async () => {
    const data = mkdtempSync(join(tmpdir(), 's3warden-moved-'))
    gate = await Gate.start({ data, backend: settings() })
    backend.buckets.set('photos', new Map())
    await gate.json(['bucket', 'adopt', 'photos', '--project', 'default'])
    gate.signal('SIGTERM')
    await gate.exit()

    const moved = { ...settings(), endpoint: `http://localhost:${backend.port}` }
    await expect(Gate.start({ data, backend: moved })).rejects.toThrow(/backend update/)
    await commandLine(data).json(['backend', 'update', 'default', '--endpoint', moved.endpoint])
    gate = await Gate.start({ data, backend: moved })
    expect(await gate.json(['bucket', 'get', 'photos'])).toMatchObject({ state: 'active' })
  })

  it('has its buckets adopted: one, many or all, and released again', async () => {
    for (const name of ['films', 'media-a', 'media-b', 'media-c']) backend.buckets.set(name, new Map())
    gate = await Gate.start({ backend: settings() })
    const adopt = (...args: string[]) => gate!.cli(['bucket', 'adopt', ...args, '--project', 'default'])
    const named = await adopt('films', 'missing', 'Films')
    expect(named.code).toBe(1)
    expect(JSON.parse(named.stdout)).toEqual([
      { id: 'films', result: 'adopted by default' },
      { id: 'missing', error: 'backend `default` has no such bucket' },
      { id: 'Films', error: '`Films` is no bucket name' },
    ])
    expect((await adopt('films')).code).toBe(1)
    expect((await adopt('--all', '--prefix', 'media-')).code).toBe(2)
    const all = await adopt('--all', '--prefix', 'media-', '--yes')
    expect((JSON.parse(all.stdout) as { id: string }[]).map(({ id }) => id)).toEqual([
      'media-a',
      'media-b',
      'media-c',
    ])
    expect(await gate.json(['bucket', 'release', 'media-b', '--yes'])).toEqual([
      { id: 'media-b', result: 'released' },
    ])
    const left = await gate.json<{ name: string }[]>(['bucket', 'list'])
    expect(left.map(({ name }) => name)).toEqual(expect.arrayContaining(['films', 'media-a', 'media-c']))
    expect(left).toHaveLength(3)
  })
})

describe('SIGHUP', () => {
  it('takes over what may change, and names what waits for a restart', async () => {
    const config = join(mkdtempSync(join(tmpdir(), 's3warden-config-')), 'config.yaml')
    writeFileSync(config, 'region: us-east-1\n')
    gate = await Gate.start({ env: { S3WARDEN_CONFIG: config } })
    const accessKey = /access_key +(SCW\w+)/.exec(gate.output)?.[1] ?? ''
    const secretKey = /secret_key +([0-9a-f-]{36})/.exec(gate.output)?.[1] ?? ''
    const inParis = async () => {
      const request = signed(
        { accessKey, secretKey },
        { method: 'GET', target: '/' },
        { host: gate!.host, region: 'fr-par' },
      )
      return (await send(gate!.port, request)).status
    }
    expect(await inParis()).toBe(400)
    writeFileSync(config, 'region: fr-par\ncache: { keys: 77 }\n')
    gate.signal('SIGHUP')
    await until(async () => (await inParis()) === 200)
    await until(() => gate!.output.includes('cache.keys'))

    writeFileSync(config, 'region: [no]\n')
    gate.signal('SIGHUP')
    await until(() => gate!.output.includes('the configuration stays as it was'))
    expect(await inParis()).toBe(200)
  })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** An upload to `/ours/k` of nine bytes, which the gate has asked for. */
async function begunUpload({ port, host }: Gate, credentials: Credentials): Promise<Connection> {
  const connection = await Connection.open(port)
  const headers = [
    ['Content-Length', '9'],
    ['Expect', '100-continue'],
  ] as const
  const request = { method: 'PUT', target: '/ours/k', headers }
  connection.write(serialize(signed(credentials, request, { host, payload: 'UNSIGNED-PAYLOAD' })))
  expect(await connection.interim()).toBe(100)
  return connection
}

describe('workers', () => {
  const workersOf = ({ pid }: Gate): number[] =>
    spawnSync('ps', ['--ppid', String(pid), '-o', 'pid='], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => line.trim() !== '')
      .map(Number)

  it('share one port, sum their metrics, are replaced, and drain together', async () => {
    gate = await Gate.start({ env: { S3WARDEN_WORKERS: '2' } })
    const serving = gate
    const accessKey = /access_key +(SCW\w+)/.exec(gate.output)?.[1] ?? ''
    const secretKey = /secret_key +([0-9a-f-]{36})/.exec(gate.output)?.[1] ?? ''
    const listed = async (): Promise<number> =>
      Number(
        /s3warden_requests_total\{operation="ListBuckets",status="2xx",code=""\} (\d+)/.exec(
          await metricsOf(serving),
        )?.[1] ?? 0,
      )
    const before = workersOf(gate)
    expect(before).toHaveLength(2)
    for (let count = 0; count < 8; count++) expect(await listBuckets(gate, accessKey, secretKey)).toBe(200)
    expect(await listed()).toBe(8)

    process.kill(before[0]!, 'SIGKILL')
    await until(() => {
      const now = workersOf(serving)
      return now.length === 2 && !now.includes(before[0]!)
    })
    await until(async () => (await fetch(`http://127.0.0.1:${serving.healthPort}/readyz`)).ok)
    for (let count = 0; count < 8; count++) expect(await listBuckets(gate, accessKey, secretKey)).toBe(200)
    // What the dead one had counted when it was last asked is not lost.
    expect(await listed()).toBe(16)

    // Both know at once: what the command line changes, whichever worker is asked.
    await gate.json(['key', 'revoke', accessKey, '--yes'])
    for (let count = 0; count < 6; count++) expect(await listBuckets(gate, accessKey, secretKey)).toBe(403)

    const last = workersOf(gate)
    gate.signal('SIGTERM')
    expect(await gate.exit()).toBe(0)
    expect(last.filter(isRunning)).toEqual([])
  })

  it('are all told to reload, and all finish what is under way before they end', async () => {
    const config = join(mkdtempSync(join(tmpdir(), 's3warden-config-')), 'config.yaml')
    writeFileSync(config, 'region: us-east-1\n')
    const backend = await RecordingBackend.start()
    const settings = { ...BACKEND, endpoint: backend.endpoint }
    gate = await Gate.start({ backend: settings, env: { S3WARDEN_WORKERS: '3', S3WARDEN_CONFIG: config } })
    const serving = gate
    const first = JSON.parse(readFileSync(join(gate.data, 'bootstrap.json'), 'utf8')) as Record<
      string,
      string
    >
    const credentials = { accessKey: first.access_key ?? '', secretKey: first.secret_key ?? '' }
    const { port, host } = gate
    const inParis = async () => {
      const request = signed(credentials, { method: 'PUT', target: '/ours' }, { host, region: 'fr-par' })
      return (await send(port, request)).status
    }
    // Connections go round: every worker answers two of six.
    const six = async () => Promise.all(Array.from({ length: 6 }, inParis))
    expect(await six()).toEqual(Array(6).fill(400))
    writeFileSync(config, 'region: fr-par\n')
    gate.signal('SIGHUP')
    await until(async () => !(await six()).includes(400))

    const uploads = await Promise.all(Array.from({ length: 6 }, () => begunUpload(serving, credentials)))
    const workers = workersOf(gate)
    gate.signal('SIGTERM')
    await until(() =>
      Connection.open(port).then(
        (connection) => {
          connection.close()
          return false
        },
        () => true,
      ),
    )
    for (const upload of uploads) {
      upload.write('under way')
      expect((await upload.response('PUT')).status).toBe(200)
    }
    expect(await gate.exit()).toBe(0)
    expect(workers.filter(isRunning)).toEqual([])
    expect(backend.object('ours', 'k')?.toString()).toBe('under way')
    await backend.stop()
  })

  it('that cannot start end the gate, in words', async () => {
    gate = await Gate.start()
    const { code, stderr } = await commandLine()([
      'serve',
      '--workers',
      '2',
      '--listen',
      `127.0.0.1:${gate.port}`,
    ])
    expect([code, stderr]).toEqual([1, expect.stringContaining('another process listens there')])
  })
})
