import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { header, type RawResponse, send } from '../support/raw-http.ts'
import { type S3Request, signed } from '../support/s3-request.ts'
import { newDirectory, startBackend, text } from './backend.ts'

const ROUNDS = 12
const WRITERS = 4
const PART = 5 * 1024 * 1024

interface Child {
  readonly process: ChildProcess
  request(request: S3Request): Promise<RawResponse>
}

async function startChild(directory: string): Promise<Child> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => {
      throw new Error('the backend did not start')
    }),
  ])) as [string]
  const started = JSON.parse(line) as { endpoint: string; accessKey: string; secretKey: string }
  const port = Number(new URL(started.endpoint).port)
  return {
    process: child,
    request: (request) => send(port, signed(started, request, { host: `127.0.0.1:${port}` })),
  }
}

/** What may be found under a key: the last state that was acknowledged, and those that were asked for since. */
interface Expectation {
  acknowledged: string | null
  readonly asked: Set<string | null>
}

const hash = (data: Buffer): string => createHash('sha256').update(data).digest('hex')

let directory: string
beforeAll(async () => {
  directory = await newDirectory()
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function put(child: Child, key: string, data: Buffer): Promise<void> {
  const response = await child.request({ method: 'PUT', target: `/bucket/${key}`, body: data })
  if (response.status !== 200) throw new Error(text(response))
}

async function remove(child: Child, key: string): Promise<void> {
  const response = await child.request({ method: 'DELETE', target: `/bucket/${key}` })
  if (response.status !== 204) throw new Error(text(response))
}

async function putInParts(child: Child, key: string, first: Buffer, last: Buffer): Promise<void> {
  const created = await child.request({ method: 'POST', target: `/bucket/${key}?uploads` })
  const id = /<UploadId>([^<]+)</.exec(text(created))?.[1]
  let parts = ''
  for (const [index, body] of [first, last].entries()) {
    const target = `/bucket/${key}?partNumber=${index + 1}&uploadId=${id}`
    const etag = header(await child.request({ method: 'PUT', target, body }), 'etag')
    parts += `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`
  }
  const completed = await child.request({
    method: 'POST',
    target: `/bucket/${key}?uploadId=${id}`,
    body: `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`,
  })
  if (completed.status !== 200) throw new Error(text(completed))
}

/** Writes under its own keys until the backend is gone. */
async function write(child: Child, writer: number, expectations: Map<string, Expectation>): Promise<void> {
  for (;;) {
    const key = `${writer}-${randomInt(3)}`
    const expectation = expectations.get(key) ?? { acknowledged: null, asked: new Set() }
    expectations.set(key, expectation)
    const kind = randomInt(4)
    const first = randomBytes(kind === 0 ? PART : randomInt(300_000))
    const last = randomBytes(randomInt(1, 1000))
    const state = kind === 1 ? null : hash(kind === 0 ? Buffer.concat([first, last]) : first)
    expectation.asked.add(state)
    try {
      if (kind === 0) await putInParts(child, key, first, last)
      else if (kind === 1) await remove(child, key)
      else await put(child, key, first)
    } catch (error) {
      if (child.process.killed) return
      throw error
    }
    expectation.acknowledged = state
    expectation.asked.clear()
  }
}

describe('kill -9 at any moment', () => {
  it(`${ROUNDS} times leaves every acknowledged object whole, and nothing half there`, async () => {
    const expectations = new Map<string, Expectation>()
    let acknowledged = 0
    for (let round = 0; round < ROUNDS; round++) {
      const child = await startChild(directory)
      if (round === 0) await child.request({ method: 'PUT', target: '/bucket' })
      for (const [key, expectation] of expectations) {
        const response = await child.request({ method: 'GET', target: `/bucket/${key}` })
        const found = response.status === 404 ? null : hash(response.body)
        expect([expectation.acknowledged, ...expectation.asked]).toContain(found)
        expectation.acknowledged = found
        expectation.asked.clear()
        if (found !== null) acknowledged++
      }
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(child, writer, expectations))
      await sleep(randomInt(30, 400))
      child.process.kill('SIGKILL')
      await Promise.all([once(child.process, 'exit'), ...writers])
    }
    expect(acknowledged).toBeGreaterThan(0)

    await using backend = await startBackend(directory)
    expect(await readdir(join(directory, 'incoming'))).toEqual([])
    const listed = text(await backend.send({ method: 'GET', target: '/bucket' }))
    const keys = [...listed.matchAll(/<Key>([^<]*)</g)].map((match) => match[1] ?? '')
    for (const key of keys) {
      const response = await backend.send({ method: 'GET', target: `/bucket/${key}` })
      const expectation = expectations.get(key)
      expect([expectation?.acknowledged, ...(expectation?.asked ?? [])]).toContain(hash(response.body))
      expect((await backend.send({ method: 'DELETE', target: `/bucket/${key}` })).status).toBe(204)
    }
    const uploads = text(await backend.send({ method: 'GET', target: '/bucket?uploads' }))
    for (const [, key, id] of uploads.matchAll(/<Upload><Key>([^<]*)<\/Key><UploadId>([^<]*)</g)) {
      const abort = { method: 'DELETE', target: `/bucket/${key}?uploadId=${id}` }
      expect((await backend.send(abort)).status).toBe(204)
    }
    const blobs = await readdir(join(directory, 'blobs'), { recursive: true, withFileTypes: true })
    expect(blobs.filter((entry) => entry.isFile())).toEqual([])
    expect(backend.faults).toEqual([])
  }, 120_000)
})
