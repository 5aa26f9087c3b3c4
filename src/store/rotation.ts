/** Rotation of the master key. What makes it safe to be killed at any point is told in `master-key.ts`. */
import type { Actor } from '../iam/reader.ts'
import type { AuditLog } from './audit.ts'
import type { DataDirectory } from './data-directory.ts'
import type { Statements } from './database.ts'
import { StoreOpenError } from './errors.ts'
import { type KeyRing, masterKeyId, rewrap } from './key-ring.ts'
import {
  generateMasterKey,
  type MasterKey,
  parseMasterKey,
  settleMasterKeyFile,
  writeSuccessorFile,
} from './master-key.ts'
import type { NextMasterKey } from './store.ts'

export interface RotationDeps {
  write<T>(work: (statements: Statements) => Promise<T>): Promise<T>
  readonly directory: DataDirectory
  readonly ring: KeyRing
  /** Where the present master key came from. */
  readonly source: 'file' | 'given'
  auditLog(statements: Statements): AuditLog
  readonly now: () => number
}

/** @throws StoreOpenError where the next key is malformed, or a file is asked for and none is in use */
export async function rotateMasterKey(deps: RotationDeps, actor: Actor, next: NextMasterKey): Promise<void> {
  if (next.kind === 'given') {
    await changeOver(deps, actor, parseMasterKey(next.masterKey), () => undefined)
    return
  }
  if (deps.source === 'given') {
    throw new StoreOpenError(
      'malformed-master-key',
      'the master key in use does not come from the data directory: give the next one in the same way',
    )
  }
  const key = generateMasterKey()
  await changeOver(deps, actor, key, (statements) => {
    settleMasterKeyFile(deps.directory, masterKeyId(statements))
    writeSuccessorFile(deps.directory, key)
  })
  settleMasterKeyFile(deps.directory, key.fingerprint)
}

/** `prepare` runs under the write lock, before anything in the database changes. */
function changeOver(
  deps: RotationDeps,
  actor: Actor,
  key: MasterKey,
  prepare: (statements: Statements) => void,
): Promise<void> {
  return deps.write(async (statements) => {
    prepare(statements)
    const before = masterKeyId(statements)
    rewrap(statements, deps.ring, key, new Date(deps.now()).toISOString())
    deps.auditLog(statements).record(actor, {
      resource_type: 'master_key',
      resource_id: deps.ring.instanceId,
      organization_id: '',
      before: { fingerprint: before },
      after: { fingerprint: key.fingerprint },
    })
  })
}
