/**
 * `npm run bench:decide`: what authorization alone costs, for a key whose principal has many rules with conditions of
 * which only the last grants. Goals: under 2 µs with 10 rules, under 50 µs with 1,000.
 */
import { parseArgs } from 'node:util'
import { evaluate } from '../../src/iam/evaluate.ts'
import { access, facts, policy, principal, rule } from '../iam/world.ts'
import { median } from './measure.ts'

interface Case {
  readonly rules: number
  /** Microseconds. */
  readonly goal: number
}

const CASES: readonly Case[] = [
  { rules: 10, goal: 2 },
  { rules: 1_000, goal: 50 },
]

/** Conditions of the kinds that people write, each another one. */
const KINDS: readonly ((n: number) => string)[] = [
  (n) => `resource.id.startsWith("photos/team-${n}/") && request.ip == "192.0.2.7"`,
  (n) => `resource.name == "bucket-${n}" || request.user_agent.startsWith("other-client/${n}")`,
  (n) => `request.operation in ["PutObject", "DeleteObject"] && resource.name == "photos-${n}"`,
  (n) => `request.ip == "198.51.100.${n % 256}" && resource.locality == "nl-ams"`,
]

const { values } = parseArgs({
  options: {
    /** Of the decisions made: less for a quick look. */
    share: { type: 'string', default: '1' },
  },
})
const share = Number(values.share)

const required = access('GetObject')
const asked = facts()
for (const { rules, goal } of CASES) {
  const conditional = Array.from({ length: rules - 1 }, (_, n) =>
    rule(['ObjectStorageFullAccess'], { id: `rule-${n}`, condition: KINDS[n % KINDS.length]!(n) }),
  )
  const granting = rule(['ObjectStorageFullAccess'], {
    id: 'granting',
    condition: 'resource.id.startsWith("photos/team-a/")',
  })
  const who = principal({ policies: [[policy([...conditional, granting])]] })
  const decide = (): void => {
    const decision = evaluate(who, asked, required)
    if (!decision.allowed) throw new Error(`refused: ${decision.reason}`)
  }
  const perBatch = Math.max(1, Math.ceil((200_000 * share) / rules))
  for (let i = 0; i < 20 * perBatch; i++) decide()
  const batches = Array.from({ length: 50 }, () => {
    const before = process.cpuUsage()
    for (let i = 0; i < perBatch; i++) decide()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / perBatch
  })
  const found = median(batches)
  console.log(
    `${rules} rules with conditions: ${found.toFixed(2)} µs a decision (goal: under ${goal} µs, ${found < goal ? 'met' : 'not met'})`,
  )
}
