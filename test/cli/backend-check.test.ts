import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Finding } from '../../src/cli/backend-check.ts'
import { type Answer, RecordingBackend } from '../support/recording-backend.ts'
import { commandLine } from './cli.ts'

// Each command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const HOUR = 3_600_000

const s3warden = commandLine()
let backend: RecordingBackend
beforeAll(async () => {
  backend = await RecordingBackend.start()
  await s3warden.json(['bootstrap'])
  await s3warden.json(
    [
      ...['backend', 'create', 'store', '--endpoint', backend.endpoint, '--kind', 'ceph'],
      ...['--access-key', 'GATE', '--secret-key-file', '-'],
    ],
    'backend-secret',
  )
})
afterAll(() => backend.stop())

async function checked(...options: string[]) {
  const { code, stdout } = await s3warden(['backend', 'check', 'store', ...options])
  const findings = JSON.parse(stdout) as readonly Finding[]
  return { code, of: (check: string) => findings.find((finding) => finding.check === check) }
}

const refusal = (code: string): Answer => ({
  status: 403,
  headers: { 'content-type': 'application/xml' },
  body: `<Error><Code>${code}</Code></Error>`,
})

describe('backend check', () => {
  it('finds out what a store can do, and leaves nothing there', async () => {
    const { code, of } = await checked()
    expect(code).toBe(0)
    for (const check of ['reachable', 'clock', 'credentials', 'read back', 'list v2', 'delete the bucket']) {
      expect(of(check)).toMatchObject({ backend: 'store', endpoint: backend.endpoint, result: 'ok' })
    }
    // The stand-in overwrites whatever the condition says, and looks at no checksum.
    expect(of('conditional writes')).toMatchObject({ result: 'absent' })
    expect(of('checksums verified')).toMatchObject({ result: 'absent' })
    expect([...backend.buckets.keys()]).toEqual([])
  })

  it('makes no bucket where it is not to', async () => {
    backend.clear()
    expect((await checked('--no-probe')).of('make a bucket')).toBeUndefined()
    expect(backend.received).toEqual([])
  })

  it.each<[title: string, answer: Answer, check: string, detail: string]>([
    ['a bad credential', refusal('SignatureDoesNotMatch'), 'credentials', 'SignatureDoesNotMatch'],
    [
      'a clock that is an hour behind',
      { status: 200, headers: { date: new Date(Date.now() - HOUR).toUTCString() } },
      'clock',
      '15 minutes',
    ],
  ])('fails for %s, and probes no further', async (_title, answer, check, detail) => {
    backend.clear()
    backend.script(() => answer)
    const { code, of } = await checked()
    backend.unscript()
    expect([code, of(check)]).toEqual([
      1,
      expect.objectContaining({ result: 'failed', detail: expect.stringContaining(detail) }),
    ])
    expect(of('reachable')).toMatchObject({ result: 'ok' })
    expect(backend.received).toEqual([])
  })
})
