/** A process that goes on making keys, or rotating the master key, until it is killed; a line for each one done. */

import { writeSync } from 'node:fs'
import type { Actor } from '../../../src/iam/reader.ts'
import { SYSTEM_RANDOM } from '../../../src/services/deps.ts'
import { createServices } from '../../../src/services/index.ts'
import { openStore } from '../../../src/store/index.ts'

const ACTOR: Actor = { bearer_id: '', ip: '', user_agent: 'victim' }
const [, , work, dataDir = '', applicationId = ''] = process.argv
const store = await openStore({ dataDir, now: Date.now })
const services = createServices({ store, now: Date.now, random: SYSTEM_RANDOM })

for (;;) {
  if (work === 'rotate') {
    await store.rotateMasterKey(ACTOR, { kind: 'file' })
    writeSync(1, 'rotated\n')
  } else {
    const made = await services.keys.create(ACTOR, { bearer: { kind: 'application', id: applicationId } })
    writeSync(1, `${made.key.access_key} ${made.secret_key.reveal()}\n`)
  }
}
