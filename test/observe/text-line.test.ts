/** What a person at a terminal reads of the log. */
import { expect, test } from 'vitest'
import { eventText, requestText } from '../../src/observe/text-line.ts'
import { entry } from './entry.ts'

const PLAIN = { dim: String, green: String, yellow: String, red: String }
const TIME = new Date(2026, 0, 2, 3, 4, 5).getTime()

test.for<[string, Parameters<typeof entry>[0], string]>([
  [
    'a success',
    {
      operation: 'PutObject',
      bucket: 'photos',
      key: 'a b',
      status: 200,
      total_ms: 14,
      bytes_in: 1_258_291,
      access_key: 'SCWX',
      reason: 'policy a rule b',
    },
    '03:04:05 200 PutObject photos/a b 14 ms, 1.2 MiB in, SCWX\n',
  ],
  [
    'a refusal',
    {
      operation: 'GetObject',
      bucket: 'photos',
      key: 'k',
      status: 403,
      total_ms: 2,
      code: 'AccessDenied',
      reason: 'GetObject: no rule',
      access_key: '',
    },
    '03:04:05 403 GetObject photos/k 2 ms AccessDenied: GetObject: no rule\n',
  ],
  [
    'what never became a request',
    {
      operation: '',
      method: '',
      bucket: '',
      key: '',
      status: 400,
      total_ms: 0,
      code: 'BadRequest',
      reason: 'x',
      access_key: '',
    },
    '03:04:05 400 - 0 ms BadRequest: x\n',
  ],
  [
    'names that would command the terminal, or hide',
    {
      operation: 'GetObject',
      bucket: 'b',
      key: '\u001b[2J\u202ek\nx',
      status: 200,
      total_ms: 1,
      code: '',
      reason: '',
      access_key: '',
    },
    '03:04:05 200 GetObject b/\\u{1b}[2J\\u{202e}k x 1 ms\n',
  ],
])('%s', ([, fields, line]) => {
  expect(requestText(entry({ bytes_in: 0, bytes_out: 0, ...fields }), TIME, PLAIN)).toBe(line)
})

test('an event with its fields', () => {
  const line = `{"level":"warn","time":"${new Date(TIME).toISOString()}","path":"/a\\u001b","event":"renewed"}`
  expect(eventText(line, PLAIN)).toBe('03:04:05 warn renewed path=/a\\u{1b}\n')
})
