/**
 * What an S3 client may rely on, whatever object store is behind the gate. Called unchanged for every backend; where
 * backends differ, {@link CAPABILITIES} says so.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { type BackendSettings, Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { buckets } from './buckets.ts'
import { type BackendName, CAPABILITIES } from './capabilities.ts'
import { checksums } from './checksums.ts'
import { copies } from './copies.ts'
import { deletes } from './deletes.ts'
import { errors } from './errors.ts'
import { lists } from './lists.ts'
import { metadata } from './metadata.ts'
import { multipart } from './multipart.ts'
import { objects } from './objects.ts'
import { parts } from './parts.ts'
import { uploads } from './uploads.ts'
import { versioning } from './versioning.ts'
import { sdk, type World } from './world.ts'
import { writeConditions } from './write-conditions.ts'

/** @param settings undefined: the embedded store */
export function behaviour(backend: BackendName, settings: BackendSettings | undefined): void {
  describe(`on ${backend}`, () => {
    let world: World
    beforeAll(async () => {
      world = await makeWorld(backend, settings)
    })
    afterAll(async () => {
      world.s3.destroy()
      await world.gate.destroy()
    })
    const worldOf = () => world
    for (const section of [
      buckets,
      objects,
      metadata,
      lists,
      copies,
      multipart,
      parts,
      deletes,
      writeConditions,
      versioning,
      checksums,
      uploads,
      errors,
    ]) {
      section(worldOf)
    }
  })
}

async function makeWorld(backend: BackendName, settings: BackendSettings | undefined): Promise<World> {
  const gate = await Gate.start({
    ...(settings === undefined ? {} : { backend: settings }),
    env: { S3WARDEN_REGION: 'warden-1', S3WARDEN_LIMITS_BUCKETS_PER_PROJECT: '10000' },
  })
  const operator = await Operator.of(gate)
  const project = await operator.project('other')
  const credentials = await operator.tenant('main', ['ObjectStorageFullAccess'])
  const other = {
    credentials: await operator.tenant('other', ['ObjectStorageFullAccess'], [project]),
    projectId: project,
  }
  return {
    backend,
    can: CAPABILITIES[backend],
    gate,
    credentials,
    projectId: operator.projectId,
    other,
    s3: sdk(gate, credentials),
  }
}
