/** 29: clients that stall, each in its own way: cut off within minutes, while others are served and memory is bounded. */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { Connection, type RawRequest, send, serialize, TornResponse } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { postForm, type S3Request, type SigningOptions, signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const MIB = 1024 * 1024
let stage: Stage
let credentials: Credentials

beforeAll(async () => {
  stage = await raise({ S3WARDEN_TIMEOUTS_HEADERS: '10s', S3WARDEN_TIMEOUTS_IDLE: '10s' })
  credentials = await stage.operator.tenant('tester', ['ObjectStorageFullAccess'])
  for (const target of ['/ours', '/ours/big']) {
    const body = target === '/ours' ? '' : Buffer.alloc(32 * MIB)
    expect((await send(stage.gate.port, by({ method: 'PUT', target, body }))).status).toBe(200)
  }
})
afterAll(() => lower(stage))

const by = (request: S3Request, options: Partial<SigningOptions> = {}): RawRequest =>
  signed(credentials, request, { host: stage.gate.host, ...options })

const head = (request: RawRequest) => serialize({ ...request, body: Buffer.alloc(0) })

/** An upload whose head is all there, and whose body the test sends as it likes. */
const upload = (target: string, length: number) =>
  head(
    by(
      { method: 'PUT', target, headers: [['Content-Length', String(length)]] },
      { payload: 'UNSIGNED-PAYLOAD' },
    ),
  )

interface Staller {
  readonly title: string
  /** What it says at once. */
  readonly first: () => Buffer | string
  /** What it goes on saying, now and then; absent: nothing. */
  readonly drip?: string
  readonly answer: RegExp
}

const STALLERS: readonly Staller[] = [
  { title: 'says nothing', first: () => '', answer: /^(torn|400 RequestTimeout)$/ },
  {
    title: 'drips its headers',
    first: () => 'GET /ours HTTP/1.1\r\nx-a: ',
    drip: 'a',
    answer: /^(torn|400 RequestTimeout)$/,
  },
  {
    title: 'stops within an upload',
    first: () => `${upload('/ours/stalled-1', 100_000).toString('latin1')}data`,
    answer: /^400 RequestTimeout$/,
  },
  {
    title: 'drips an upload',
    first: () => upload('/ours/stalled-2', 100_000),
    drip: 'x',
    answer: /^400 RequestTimeout$/,
  },
  {
    title: 'drips an upload that has begun',
    first: () => Buffer.concat([upload('/ours/stalled-3', MIB), Buffer.alloc(200_000)]),
    drip: 'x',
    answer: /^(torn|400 RequestTimeout)$/,
  },
  {
    title: 'stops within a document',
    first: () =>
      head(
        by(
          { method: 'POST', target: '/ours/k?uploadId=u', headers: [['Content-Length', '1000']] },
          { payload: 'UNSIGNED-PAYLOAD' },
        ),
      ),
    answer: /^400 RequestTimeout$/,
  },
  {
    title: 'stops within the fields of a form',
    first: () =>
      serialize(
        postForm(credentials, {
          host: stage.gate.host,
          bucket: 'ours',
          fields: [['key', 'stalled-4']],
          file: 'data',
        }),
      ).subarray(0, 300),
    answer: /^400 RequestTimeout$/,
  },
  {
    title: 'is refused, and keeps the body to itself',
    first: () => 'PUT /ours/stalled-5 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n',
    answer: /^403 AccessDenied$/,
  },
  {
    title: 'is refused, and drips a long body',
    first: () => 'PUT /ours/stalled-6 HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n',
    drip: 'x',
    answer: /^403 AccessDenied$/,
  },
]

const memory = async () => {
  const metrics = await (await fetch(`http://127.0.0.1:${stage.gate.healthPort}/metrics`)).text()
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1])
}

/** What a staller was told, and whether it was cut off. */
async function stall({ first, drip }: Staller): Promise<readonly [told: string, end: string]> {
  const connection = await Connection.open(stage.gate.port)
  connection.write(first())
  const dripping = setInterval(() => {
    if (drip !== undefined && connection.socket.writable) connection.write(drip)
  }, 500)
  try {
    const told = await connection
      .response('PUT')
      .then(verdict)
      .catch((error: unknown) => {
        if (error instanceof TornResponse) return 'torn'
        throw error
      })
    return [
      told,
      await Promise.race([connection.closed().then(() => 'cut off'), pause(120_000, 'still there')]),
    ]
  } finally {
    clearInterval(dripping)
    connection.close()
  }
}

/** Ten clients ask and never read. @returns how much of an answer each finds when it looks at last */
async function ignore(target: string): Promise<readonly number[]> {
  const deaf = await Promise.all(Array.from({ length: 10 }, () => Connection.open(stage.gate.port)))
  return Promise.all(
    deaf.map(async ({ socket }) => {
      socket.pause()
      socket.write(head(by({ method: 'GET', target })))
      await pause(150_000)
      socket.resume()
      if (!socket.destroyed) await Promise.race([once(socket, 'close'), once(socket, 'error')])
      return socket.bytesRead
    }),
  )
}

test('29: whoever stalls is cut off, and nobody else notices', { timeout: 600_000 }, async () => {
  const long = 'x'.repeat(8 * MIB)
  stage.backend.script(({ target }) =>
    target.includes('fetch-owner')
      ? {
          status: 200,
          headers: { 'content-type': 'application/xml' },
          body: `<ListBucketResult><IsTruncated>false</IsTruncated><Prefix>${long}</Prefix></ListBucketResult>`,
        }
      : undefined,
  )
  const before = await memory()
  const stalling = Promise.all(STALLERS.map(async (staller) => [staller, await stall(staller)] as const))
  const ignoring = Promise.all(['/ours/big', '/ours?list-type=2&fetch-owner=true'].map(ignore))
  const grown: number[] = []
  for (let second = 0; second < 20; second++) {
    await pause(1_000)
    grown.push((await memory()) - before)
  }
  expect((await send(stage.gate.port, by({ method: 'HEAD', target: '/ours' }))).status).toBe(200)
  // Of ten objects of 32 MiB next to nothing waits; ten documents of 8 MiB, which are read whole, do, and leave as much
  // behind that is not collected at once.
  expect(Math.max(...grown)).toBeLessThan(200 * MIB)
  for (const [{ title, answer }, [told, end]] of await stalling) {
    expect(told, title).toMatch(answer)
    expect(end, title).toBe('cut off')
  }
  // What they find is what lay in the system's buffers, and no whole answer.
  for (const bytes of (await ignoring).flat()) expect(bytes).toBeLessThan(8 * MIB)
})

test('none of it was kept, and the gate has lived through it', async () => {
  expect([...stage.backend.buckets.get('ours')!.keys()].filter((key) => key.startsWith('stalled'))).toEqual(
    [],
  )
  expect((await fetch(`http://127.0.0.1:${stage.gate.healthPort}/healthz`)).status).toBe(200)
  expect(stage.gate.log.filter(({ code }) => code === 'InternalError')).toEqual([])
})
