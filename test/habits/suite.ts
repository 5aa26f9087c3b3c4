/**
 * The requests of every client in the order in which it sent them, one test an operation: each is answered as MinIO
 * answered the client, and what was stored is what was sent. Where an answer is another one, it is written down in the
 * data file, with the reason.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { freshName } from '../behaviour/world.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type ClientHabits, type Difference, over, readHabits, type Scheme } from './habits.ts'
import { type Outcome, Replay } from './replay.ts'

/** Who answers. */
export interface Server {
  readonly port: number
  readonly host: string
  readonly credentials: Credentials
}

const { clients, different } = readHabits()

/** @param name as in the data file's differences */
export function replays(name: Difference['where'][number], server: () => Server): void {
  for (const client of clients) {
    for (const scheme of schemesOf(client)) {
      describe(`${client.name} ${client.version}, ${scheme}`, () => {
        let replay: Replay
        beforeAll(async () => {
          replay = new Replay(client, scheme, { ...server(), bucket: freshName('habits') })
          await replay.prepare()
        })
        for (const { operation, requests } of client.operations) {
          test(operation, async () => {
            const owed = requests.map((request) => {
              const { head, status } = over(scheme, request)
              const line = head[0] ?? ''
              const other = differenceOf(name, client.name, operation, line)
              return other === undefined ? `${line} ${status}` : `${line} ${other.status} ${other.code}`
            })
            const outcomes: Outcome[] = []
            for (const request of requests) outcomes.push(await replay.play(request))
            expect(outcomes.map((outcome, i) => spoken(outcome, owed[i] ?? ''))).toEqual(owed)
            expect(outcomes.flatMap(({ faults }) => faults)).toEqual([])
          })
        }
      })
    }
  }
}

/** Https only where it is another form. */
function schemesOf({ operations }: ClientHabits): readonly Scheme[] {
  const other = operations.some(({ requests }) => requests.some(({ https }) => https !== undefined))
  return other ? ['http', 'https'] : ['http']
}

function differenceOf(
  where: Difference['where'][number],
  client: string,
  operation: string,
  line: string,
): Difference | undefined {
  return different.find(
    (row) =>
      row.where.includes(where) &&
      (row.client === undefined || row.client === client) &&
      (row.operation === undefined || row.operation === operation) &&
      new RegExp(row.request).test(line),
  )
}

/** An outcome in as many words as what is owed, or in all there are where it is another one. */
function spoken({ line, status, error }: Outcome, owed: string): string {
  const code = error.split(':')[0] ?? ''
  const short = [`${line} ${status}`, `${line} ${status} ${code}`].find((text) => text === owed)
  return short ?? `${line} ${status} ${error}`
}
