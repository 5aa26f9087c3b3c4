import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Explanation } from '../../src/cli/explain.ts'
import { Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'

// Each command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const WORKING_HOURS = 'inIpRange(request.ip, "192.0.2.0/24") && request.time.getHours() < 12'
const MORNING = ['--ip', '192.0.2.7', '--time', '2030-01-01T09:00:00Z']

let gate: Gate
let other: string
let policy: string
let who: Readonly<Record<'office' | 'below', Credentials>>

beforeAll(async () => {
  gate = await Gate.start()
  const operator = await Operator.of(gate)
  other = await operator.project('other')
  const application = await operator.application('office')
  policy = await operator.policy({ application }, [
    { sets: ['ObjectStorageFullAccess'], projects: [operator.projectId], condition: WORKING_HOURS },
  ])
  who = {
    office: await operator.key({ application }),
    below: await operator.key({ application }, { resources: ['sos/bucket:photos/team-a/*'] }),
  }
  const owner = await operator.tenant('owner', ['ObjectStorageFullAccess'])
  const made = await send(gate.port, signed(owner, { method: 'PUT', target: '/photos' }, { host: gate.host }))
  expect(made.status).toBe(200)
})
afterAll(() => gate.destroy())

type Row = readonly [
  title: string,
  question: () => readonly string[],
  code: string | null,
  said: () => string | RegExp,
]

const ROWS: readonly Row[] = [
  [
    'the rule that allows it',
    () => [who.office.accessKey, 'GetObject', 'photos/a', ...MORNING],
    null,
    () =>
      new RegExp(`^GetObject on object \`photos/a\` is allowed: rule \\S+ of policy ${policy} grants it$`),
  ],
  [
    'the condition that does not hold at this time',
    () => [
      who.office.accessKey,
      'GetObject',
      'photos/a',
      '--ip',
      '192.0.2.7',
      '--time',
      '2030-01-01T13:00:00Z',
    ],
    'AccessDenied',
    () => `does not hold: ${WORKING_HOURS}`,
  ],
  [
    'the condition that does not hold for this address',
    () => [who.office.accessKey, 'GetObject', 'photos/a', ...MORNING, '--ip', '198.51.100.1'],
    'AccessDenied',
    () => `does not hold: ${WORKING_HOURS}`,
  ],
  [
    'the restriction that refuses it',
    () => [who.below.accessKey, 'GetObject', 'photos/team-b/a', ...MORNING],
    'AccessDenied',
    () => 'the key is restricted to sos/bucket:photos/team-a/*',
  ],
  [
    'the project that has no rule',
    () => [`${who.office.accessKey}@${other}`, 'ListBuckets', ...MORNING],
    'AccessDenied',
    () => `grants it in project ${other}`,
  ],
  [
    'each key that a batch may delete',
    () => [who.below.accessKey, 'DeleteObjects', 'photos/team-a/1', ...MORNING],
    null,
    () => 'DeleteObject on object `photos/team-a/1` is allowed',
  ],
  [
    'a form',
    () => [who.below.accessKey, 'PostObject', 'photos/team-a/1', ...MORNING],
    null,
    () => 'PostObject on object `photos/team-a/1` is allowed',
  ],
  [
    'both ends of a copy',
    () => [who.below.accessKey, 'CopyObject', 'photos/team-a/1', '--source', 'photos/top', ...MORNING],
    'AccessDenied',
    () => 'GetObject on object `photos/top` is refused',
  ],
  [
    'what a header asks for beside',
    () => [who.office.accessKey, 'PutObject', 'photos/a', '--header', 'x-amz-tagging=a', ...MORNING],
    null,
    () => 'PutObjectTagging on object `photos/a` is allowed',
  ],
]

describe('explain names', () => {
  it.each(ROWS)('%s', async (_title, question, code, said) => {
    const outcome = await gate.cli(['explain', ...question()])
    const answer = JSON.parse(outcome.stdout) as Explanation
    expect([outcome.code, answer.allowed, answer.code]).toEqual([code === null ? 0 : 1, code === null, code])
    const expected = said()
    const matching = answer.decisions.filter((decision) =>
      typeof expected === 'string' ? decision.includes(expected) : expected.test(decision),
    )
    expect(matching, answer.decisions.join('\n')).toHaveLength(1)
  })

  it('the same to a person', async () => {
    const { code, stdout } = await gate.cli([
      ...['explain', who.below.accessKey, 'GetObject', 'photos/top', ...MORNING, '--output', 'table'],
    ])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^allowed +false\ncode +AccessDenied\n/)
    expect(stdout).toContain('\nGetObject on object `photos/top` is refused: the key is restricted to')
  })
})
