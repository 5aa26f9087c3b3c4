/**
 * Which of the peer's tests a store passes alone, with nothing in front of it. It is recorded in `alone/`, so that it need
 * not be asked every time; `S3WARDEN_PEER=record npm run test:peer` asks again.
 */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { StoreName } from './losses.ts'

/** `chance`: it passes now and then. */
export type Outcome = 'pass' | 'chance' | 'fail'

const OUTCOMES: ReadonlySet<string> = new Set<Outcome>(['pass', 'chance', 'fail'])

export type Outcomes = ReadonlyMap<string, Outcome>

export function readOutcomes(store: StoreName): Outcomes {
  const lines = readFileSync(fileOf(store), 'utf8').trimEnd().split('\n')
  return new Map(
    lines.map((line) => {
      const [outcome = '', name] = line.split(' ')
      if (name === undefined || !OUTCOMES.has(outcome)) throw new Error(`${fileOf(store)}: ${line}`)
      return [name, outcome as Outcome]
    }),
  )
}

export async function writeOutcomes(store: StoreName, outcomes: Outcomes): Promise<void> {
  const lines = [...outcomes].map(([name, outcome]) => `${outcome} ${name}\n`)
  await writeFile(fileOf(store), lines.join(''))
}

function fileOf(store: StoreName): string {
  return resolve(`test/peer/alone/${store}.txt`)
}
