/**
 * The life of a bucket's name: creating → active → deleting → released, and the generation that tells one ownership
 * of a name from the next.
 *
 * A name gets a new generation when it is claimed, when its deletion begins, and when it is released. A deletion that
 * the backend refuses puts the earlier generation back: ownership never changed, so uploads that began before it may
 * end. Generations come from one counter for all names: none is ever used twice, also not after rows are pruned.
 */
import type { Bucket } from '../iam/model.ts'
import type { Actor, BeginCreate } from '../iam/reader.ts'
import type { AuditLog } from './audit.ts'
import type { Statements } from './database.ts'
import { BUCKETS } from './entities/bucket-table.ts'
import { DuplicateEntry } from './errors.ts'

export interface BucketLifeDeps {
  readonly statements: Statements
  readonly audit: AuditLog
  readonly now: () => number
}

export interface Claim {
  readonly name: string
  readonly project_id: string
  readonly backend_id: string
}

/** Each within the caller's transaction; each change is logged with who began it. */
export interface BucketLife {
  beginCreate(claim: Claim, actor: Actor, bucketsPerProject: number): BeginCreate
  activate(name: string, generation: number): boolean
  beginDelete(name: string, generation: number, actor: Actor): Bucket | undefined
  cancelDelete(name: string, generation: number): void
  release(name: string, generation: number, until: string): void
  adopt(claim: Claim, actor: Actor): Bucket
  /** Releases a name in whatever state. */
  forget(name: string, until: string, actor: Actor): boolean
}

interface StoredBucket {
  readonly bucket: Bucket
  /** The generation under which it last was active. */
  readonly activeGeneration: number | null
  /** Who began what is under way. */
  readonly intentActor: Actor | null
}

/** Released names that nobody is kept from any more, removed with each new claim. */
const PRUNED_PER_CLAIM = 100

const FURTHER = ['active_generation', 'intent_actor'] as const

const NOBODY: Actor = { bearer_id: '', ip: '', user_agent: '' }

export function createBucketLife({ statements, audit, now }: BucketLifeDeps): BucketLife {
  const insert = BUCKETS.insert(FURTHER)
  const select = `${BUCKETS.selectWith(FURTHER)} WHERE name = ?`
  const time = () => new Date(now()).toISOString()

  const find = (name: string): StoredBucket | undefined => {
    const row = statements.get(select, [name])
    if (row === undefined) return undefined
    return {
      bucket: BUCKETS.decode(row),
      activeGeneration: row.active_generation as number | null,
      intentActor: row.intent_actor === null ? null : (JSON.parse(String(row.intent_actor)) as Actor),
    }
  }

  const nextGeneration = () =>
    Number(statements.scalar('UPDATE bucket_generation SET last = last + 1 RETURNING last', []))

  const save = (before: Bucket | undefined, after: StoredBucket, actor: Actor) => {
    const { bucket } = after
    if (before !== undefined) statements.run(BUCKETS.delete, [bucket.name])
    statements.run(insert, [
      ...BUCKETS.insertValues(bucket),
      after.activeGeneration,
      after.intentActor === null ? null : JSON.stringify(after.intentActor),
    ])
    const organization = statements.scalar('SELECT organization_id FROM projects WHERE id = ?', [
      bucket.project_id,
    ])
    audit.record(actor, {
      resource_type: 'bucket',
      resource_id: bucket.name,
      organization_id: String(organization ?? ''),
      before: before === undefined || before.state === 'released' ? null : before,
      after: bucket.state === 'released' ? null : bucket,
    })
  }

  const claim = (
    previous: Bucket | undefined,
    wanted: Claim,
    state: 'creating' | 'active',
    actor: Actor,
  ): Bucket => {
    const at = time()
    const generation = nextGeneration()
    const bucket: Bucket = {
      name: wanted.name,
      project_id: wanted.project_id,
      backend_id: wanted.backend_id,
      generation,
      state,
      released_until: null,
      created_at: at,
      updated_at: at,
    }
    const active = state === 'active'
    save(
      previous,
      { bucket, activeGeneration: active ? generation : null, intentActor: active ? null : actor },
      actor,
    )
    return bucket
  }

  /** Those nobody is kept from: a name that is free again needs no row. */
  const prune = (keep: string) => {
    statements.run(
      `DELETE FROM buckets WHERE name IN (SELECT name FROM buckets WHERE state = 'released' AND released_until < ? AND name <> ? LIMIT ${PRUNED_PER_CLAIM})`,
      [time(), keep],
    )
  }

  /** A project that is gone may own none. */
  const mayOwn = (projectId: string, bucketsPerProject: number): number => {
    const project = statements.get('SELECT max_buckets FROM projects WHERE id = ?', [projectId])
    return project === undefined ? 0 : Number(project.max_buckets ?? bucketsPerProject)
  }

  const atGeneration = (name: string, generation: number, states: readonly Bucket['state'][]) => {
    const stored = find(name)
    return stored?.bucket.generation === generation && states.includes(stored.bucket.state)
      ? stored
      : undefined
  }

  const releaseStored = ({ bucket }: StoredBucket, until: string, actor: Actor) => {
    const released: Bucket = {
      ...bucket,
      generation: nextGeneration(),
      state: 'released',
      released_until: until,
      updated_at: time(),
    }
    save(bucket, { bucket: released, activeGeneration: null, intentActor: null }, actor)
  }

  return {
    beginCreate(wanted, actor, bucketsPerProject) {
      const bucket = find(wanted.name)?.bucket
      const own = bucket?.project_id === wanted.project_id
      if (bucket !== undefined && bucket.state !== 'released')
        return own ? { outcome: 'owned', bucket } : { outcome: 'taken' }
      if (bucket !== undefined && !own && String(bucket.released_until) > time()) return { outcome: 'taken' }
      const owned = Number(
        statements.scalar('SELECT count(*) FROM buckets WHERE living_project_id = ?', [wanted.project_id]),
      )
      if (owned >= mayOwn(wanted.project_id, bucketsPerProject)) return { outcome: 'too-many' }
      prune(wanted.name)
      return { outcome: 'begun', bucket: claim(bucket, wanted, 'creating', actor) }
    },

    activate(name, generation) {
      const stored = atGeneration(name, generation, ['creating'])
      if (stored === undefined) return false
      const { bucket } = stored
      const active: Bucket = { ...bucket, state: 'active', updated_at: time() }
      save(
        bucket,
        { bucket: active, activeGeneration: generation, intentActor: null },
        stored.intentActor ?? NOBODY,
      )
      return true
    },

    beginDelete(name, generation, actor) {
      const stored = atGeneration(name, generation, ['active'])
      if (stored === undefined) return undefined
      const deleting: Bucket = {
        ...stored.bucket,
        generation: nextGeneration(),
        state: 'deleting',
        updated_at: time(),
      }
      save(stored.bucket, { bucket: deleting, activeGeneration: generation, intentActor: actor }, actor)
      return deleting
    },

    cancelDelete(name, generation) {
      const stored = atGeneration(name, generation, ['deleting'])
      if (stored === undefined || stored.activeGeneration === null) return
      const active: Bucket = {
        ...stored.bucket,
        generation: stored.activeGeneration,
        state: 'active',
        updated_at: time(),
      }
      save(
        stored.bucket,
        { bucket: active, activeGeneration: stored.activeGeneration, intentActor: null },
        stored.intentActor ?? NOBODY,
      )
    },

    release(name, generation, until) {
      const stored = atGeneration(name, generation, ['creating', 'deleting'])
      if (stored !== undefined) releaseStored(stored, until, stored.intentActor ?? NOBODY)
    },

    adopt(wanted, actor) {
      const bucket = find(wanted.name)?.bucket
      if (bucket !== undefined && bucket.state !== 'released') throw new DuplicateEntry('buckets', ['name'])
      return claim(bucket, wanted, 'active', actor)
    },

    forget(name, until, actor) {
      const stored = find(name)
      if (stored === undefined || stored.bucket.state === 'released') return false
      releaseStored(stored, until, actor)
      return true
    },
  }
}
