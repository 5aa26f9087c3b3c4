import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { createLog, type LogLevel } from '../../src/observe/log.ts'
import { entry } from './entry.ts'

function logged(level: LogLevel) {
  const path = join(mkdtempSync(join(tmpdir(), 's3warden-log-')), 'log')
  const log = createLog({ level, destination: path, writers: 'one' })
  return {
    log,
    /** All that it has written; it writes in the background, so this waits for a last line. */
    lines: () => {
      log.setLevel('info')
      log.info('last')
      return vi.waitFor(() => {
        const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
        const written = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
        expect(written.pop()?.event).toBe('last')
        return written
      })
    },
  }
}

it('writes one JSON object a line for a request, with these fields and no others', async () => {
  const { log, lines } = logged('info')
  log.request(entry({ bucket: 'photos', reason: 'policy a rule b', status: 200 }))
  const [line] = await lines()
  expect(Object.keys(line ?? {})).toEqual(['level', 'time', ...Object.keys(entry({})), 'event'])
  expect(line).toMatchObject({ level: 'info', event: 'request', bucket: 'photos', status: 200 })
  expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

it('writes what a terminal would obey as escapes, and says the same', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 's3warden-log-')), 'log')
  const log = createLog({ level: 'info', destination: path, writers: 'one' })
  const key = 'a\u001b[31m\u009b31m\u007f\u202e\u2028b\u00e9'
  log.request(entry({ key }))
  log.info('last')
  const line = await vi.waitFor(() => {
    const text = readFileSync(path, 'utf8')
    expect(text).toContain('"last"')
    return text.split('\n')[0] ?? ''
  })
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  expect(line).toContain('\u00e9')
  expect((JSON.parse(line) as { key: string }).key).toBe(key)
})

it('opens a file by its path, in a folder that is yet to be made', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 's3warden-log-')), 'new', 'log')
  const log = createLog({ level: 'info', destination: path, writers: 'one' })
  log.info('started')
  await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toMatch(/^\{.*"event":"started"\}\n$/))
})

it.each<[level: LogLevel, events: string[]]>([
  ['debug', ['d', 'i', 'request', 'w', 'e']],
  ['info', ['i', 'request', 'w', 'e']],
  ['warn', ['w', 'e']],
  ['error', ['e']],
  ['silent', []],
])('at level %s writes %j', async (level, events) => {
  const { log, lines } = logged(level)
  log.debug('d')
  log.info('i')
  log.request(entry({}))
  log.warn('w')
  log.error('e')
  expect((await lines()).map(({ event }) => event)).toEqual(events)
})

it('changes its level while it runs', async () => {
  const { log, lines } = logged('error')
  log.info('before')
  log.setLevel('info')
  log.info('after')
  expect((await lines()).map(({ event }) => event)).toEqual(['after'])
})

it('tells the whole cause of an error', async () => {
  const { log, lines } = logged('info')
  log.error('failed', { path: '/x' }, new Error('outer', { cause: new Error('inner') }))
  const [line] = await lines()
  expect(line).toMatchObject({ level: 'error', path: '/x' })
  expect(line?.cause).toMatch(/outer[\s\S]*caused by Error: inner/)
})

it('keeps a name with line ends and control characters on its line', async () => {
  const { log, lines } = logged('info')
  log.request(entry({ key: 'a\n{"event":"forged"}\u001b[2J' }))
  const written = await lines()
  expect(written).toHaveLength(1)
  expect(written[0]).toMatchObject({ key: 'a\n{"event":"forged"}\u001b[2J' })
})
