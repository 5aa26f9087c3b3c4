/**
 * The data path's reads: bounded caches over the reading connection, each entry dropped when the change feed names it.
 * What is not there is not cached, so that asking for random names fills nothing. No decision is cached.
 */
import { LRUCache } from 'lru-cache'
import { type CompiledGrants, compileGrants } from '../iam/grants.ts'
import type { AccessKey, Bucket, Policy, PolicyPrincipal, Project } from '../iam/model.ts'
import {
  type Bearer,
  type IamReader,
  type ResolvedBackend,
  type ResolvedKey,
  StoreUnavailable,
} from '../iam/reader.ts'
import { compileRestrictions } from '../iam/restrictions.ts'
import { type ChangeKind, createChangeFeed } from './change-feed.ts'
import type { Queries, Row } from './database.ts'
import { BACKENDS } from './entities/backends.ts'
import { BUCKETS } from './entities/bucket-table.ts'
import { ACCESS_KEYS } from './entities/keys.ts'
import { POLICIES } from './entities/policies.ts'
import { PROJECTS } from './entities/projects.ts'
import type { Sealer } from './seal.ts'
import type { StoreLimits } from './store.ts'

const FIND_KEY = `${ACCESS_KEYS.selectWith([
  'sealed_secret_key',
  '(SELECT type FROM users WHERE id = user_id) AS user_type',
  '(SELECT locked FROM users WHERE id = user_id) AS user_locked',
])} WHERE access_key = ?`
const FIND_PROJECT = `${PROJECTS.select} WHERE id = ?`
const FIND_BUCKET = `${BUCKETS.select} WHERE name = ?`
const FIND_BACKEND = `${BACKENDS.selectWith(['sealed_secret_key'])} WHERE id = ?`
const FIND_BACKEND_REGIONS = 'SELECT DISTINCT region FROM backends'
const FIND_DEFAULT_BACKEND = `SELECT id FROM backends WHERE name = 'default'`
// Sorted here and not there: SQLite prepares a statement with ORDER BY anew for each value that is bound to it.
const policiesOf = (column: string) => `${POLICIES.select} WHERE ${column} = ?`
const FIND_POLICIES: Readonly<Record<PrincipalKind, string>> = {
  user: policiesOf('user_id'),
  application: policiesOf('application_id'),
  group: policiesOf('group_id'),
}
const FIND_GROUPS = `SELECT group_id FROM group_members WHERE user_id = ? OR application_id = ?`
const LIST_BUCKETS = `${BUCKETS.select} WHERE project_id = ? AND state = 'active' AND name > ? AND name >= ? AND name < ? ORDER BY name LIMIT ?`

type PrincipalKind = Exclude<PolicyPrincipal['kind'], 'none'>

/** Sorts behind every name that starts with the prefix it is appended to. */
const LAST_CHARACTER = '\u{10FFFF}'

export function createIamReader(queries: Queries, sealer: Sealer, limits: StoreLimits): IamReader {
  const keys = new LRUCache<string, ResolvedKey>({ max: limits.cachedKeys })
  const groups = new LRUCache<string, readonly string[]>({ max: limits.cachedPrincipals })
  const grants = new LRUCache<string, CompiledGrants>({ max: limits.cachedPrincipals })
  const projects = new LRUCache<string, Project>({ max: limits.cachedProjects })
  const buckets = new LRUCache<string, Bucket>({ max: limits.cachedBuckets })
  const backends = new LRUCache<string, ResolvedBackend>({ max: limits.cachedBackends })
  const defaultBackendId = new LRUCache<'default', string>({ max: 1 })
  const backendRegions = new LRUCache<'all', ReadonlySet<string>>({ max: 1 })

  const drop: Record<ChangeKind, (id: string) => void> = {
    key: (id) => keys.delete(id),
    groups: (id) => groups.delete(id),
    grants: (id) => grants.delete(id),
    project: (id) => projects.delete(id),
    bucket: (id) => buckets.delete(id),
    backend: (id) => {
      backends.delete(id)
      defaultBackendId.clear()
      backendRegions.clear()
    },
  }
  const feed = createChangeFeed(queries, {
    drop: (kind, id) => drop[kind](id),
    clear() {
      for (const cache of [keys, groups, grants, projects, buckets]) cache.clear()
      for (const cache of [backends, defaultBackendId, backendRegions]) cache.clear()
    },
  })

  const grantsOf = (kind: PrincipalKind, id: string): CompiledGrants =>
    cached(grants, id, () =>
      compileGrants(queries.all(FIND_POLICIES[kind], [id]).map(POLICIES.decode).sort(inOrderOfCreation)),
    )

  const reader: IamReader = {
    refresh: feed.refresh,
    findKey: (accessKey) => cachedIfThere(keys, accessKey, () => findKey(queries, sealer, accessKey)),
    grants(bearer) {
      const groupIds = cached(groups, bearer.id, () =>
        queries.all(FIND_GROUPS, [bearer.id, bearer.id]).map((row) => String(row.group_id)),
      )
      return [grantsOf(bearer.kind, bearer.id), ...groupIds.map((id) => grantsOf('group', id))]
    },
    findProject: (id) =>
      cachedIfThere(projects, id, () => decoded(queries.get(FIND_PROJECT, [id]), PROJECTS.decode)),
    findBucket: (name) =>
      cachedIfThere(buckets, name, () => decoded(queries.get(FIND_BUCKET, [name]), BUCKETS.decode)),
    listBuckets: (projectId, { prefix, after, limit }) =>
      queries
        .all(LIST_BUCKETS, [projectId, after, prefix, prefix + LAST_CHARACTER, limit])
        .map(BUCKETS.decode),
    findBackend: (id) => cachedIfThere(backends, id, () => findBackend(queries, sealer, id)),
    defaultBackend() {
      const id = cachedIfThere(defaultBackendId, 'default', () =>
        decoded(queries.get(FIND_DEFAULT_BACKEND, []), (row) => String(row.id)),
      )
      return id === undefined ? undefined : reader.findBackend(id)
    },
    backendRegions: () =>
      cached(
        backendRegions,
        'all',
        () => new Set(queries.all(FIND_BACKEND_REGIONS, []).map((row) => String(row.region))),
      ),
  }
  return failingClosed(reader)
}

function inOrderOfCreation(a: Policy, b: Policy): number {
  const [left, right] = a.created_at === b.created_at ? [a.id, b.id] : [a.created_at, b.created_at]
  return left < right ? -1 : 1
}

function findKey(queries: Queries, sealer: Sealer, accessKey: string): ResolvedKey | undefined {
  const row = queries.get(FIND_KEY, [accessKey])
  if (row === undefined) return undefined
  const record = ACCESS_KEYS.decode(row)
  return {
    record,
    secret: sealer.unseal(row.sealed_secret_key as Buffer, { table: 'access_keys', id: accessKey }),
    bearer: bearerOf(record, row),
    restrictions: record.restrictions === null ? null : compileRestrictions(record.restrictions),
    expiresAt: record.expires_at === null ? null : Date.parse(record.expires_at),
  }
}

function bearerOf(record: AccessKey, row: Row): Bearer {
  const { organization_id, user_id, application_id } = record
  if (user_id !== null) {
    return {
      kind: 'user',
      id: user_id,
      organization_id,
      owner: row.user_type === 'owner',
      locked: row.user_locked !== 0,
    }
  }
  return { kind: 'application', id: String(application_id), organization_id, owner: false, locked: false }
}

function findBackend(queries: Queries, sealer: Sealer, id: string): ResolvedBackend | undefined {
  const row = queries.get(FIND_BACKEND, [id])
  return row === undefined
    ? undefined
    : {
        record: BACKENDS.decode(row),
        secretKey: sealer.unseal(row.sealed_secret_key as Buffer, { table: 'backends', id }),
      }
}

function decoded<T>(row: Row | undefined, decode: (row: Row) => T): T | undefined {
  return row === undefined ? undefined : decode(row)
}

function cached<K extends {}, V extends {}>(cache: LRUCache<K, V>, id: K, load: () => V): V {
  const known = cache.get(id)
  if (known !== undefined) return known
  const loaded = load()
  cache.set(id, loaded)
  return loaded
}

function cachedIfThere<K extends {}, V extends {}>(
  cache: LRUCache<K, V>,
  id: K,
  load: () => V | undefined,
): V | undefined {
  const known = cache.get(id)
  if (known !== undefined) return known
  const loaded = load()
  if (loaded !== undefined) cache.set(id, loaded)
  return loaded
}

/** Whatever goes wrong in a look-up, damaged rows and sealed values included, is "unavailable", never an answer. */
function failingClosed(reader: IamReader): IamReader {
  const guard =
    <A extends readonly unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return call(...args)
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error
        throw new StoreUnavailable('a record in the database cannot be read', { cause: error })
      }
    }
  return {
    refresh: reader.refresh,
    findKey: guard(reader.findKey),
    grants: guard(reader.grants),
    findProject: guard(reader.findProject),
    findBucket: guard(reader.findBucket),
    listBuckets: guard(reader.listBuckets),
    findBackend: guard(reader.findBackend),
    defaultBackend: guard(reader.defaultBackend),
    backendRegions: guard(reader.backendRegions),
  }
}
