/** Access keys: how a bearer signs. */
import type { AccessKey, Restrictions } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'
import type { KeyFilters, KeyOrder, Page } from '../store/query.ts'
import type { Transaction } from '../store/repositories.ts'
import { mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found } from './errors.ts'
import { completeDraft, type KeyDraft, limitedBy, projectIn } from './key-draft.ts'
import { checkExpiry, latestAllowed, notAfter, orEarlier } from './key-lifetime.ts'
import { checkImported, formatOf, generateKeyPair } from './key-material.ts'
import { checkRestrictions } from './key-restrictions.ts'
import { type ListInput, listQuery } from './lists.ts'
import { checkQuota } from './quotas.ts'
import { createChecks } from './validate.ts'

/** `scaleway`: SCW + 17 of A–Z0–9, a UUID. `exoscale`: EXO + 24 hex, 43 characters. `keystone`: 32 hex each. */
export type KeyFormat = 'scaleway' | 'exoscale' | 'keystone'

export interface KeyBearer {
  readonly kind: 'user' | 'application'
  readonly id: string
}

/** What both a new and an imported key are given. */
export interface KeySettings {
  readonly name?: string | undefined
  readonly description?: string | undefined
  /** Absent: the organization's default project. */
  readonly default_project_id?: string | undefined
  /** RFC 3339, in the future. Absent or null: never. */
  readonly expires_at?: string | null | undefined
  /** What the key itself is limited to. Absent or null: not limited. */
  readonly restrictions?: Restrictions | null | undefined
}

export interface NewKey extends KeySettings {
  /** Required unless `template` or `through` names a key, whose bearer it then is. */
  readonly bearer?: KeyBearer | undefined
  /** Absent: `scaleway`. */
  readonly format?: KeyFormat | undefined
  /** An access key whose bearer, project, description, expiry and restrictions stand in for what is absent here. */
  readonly template?: string | undefined
  /**
   * The access key through which it is made. Where that one is restricted, the new one has its bearer, inherits what
   * is absent, and may not exceed it in anything: operations, resources, regions, lifetime.
   */
  readonly through?: string | undefined
}

export interface ImportedKey extends KeySettings {
  readonly bearer: KeyBearer
  /** 3 to 128 of `A-Za-z0-9._-`. */
  readonly access_key: string
  /** 8 to 128 printable ASCII characters. */
  readonly secret_key: Secret
}

/** All that may change in a key; restrictions never do. */
export type KeyChange = Omit<KeySettings, 'restrictions'>

/** The one time the secret is shown. */
export interface CreatedKey {
  readonly key: AccessKey
  readonly secret_key: Secret
}

export interface Keys {
  create(actor: Actor, input: NewKey): Promise<CreatedKey>
  /** Refused where the access key exists. Such a key works on S3 only. */
  import(actor: Actor, input: ImportedKey): Promise<AccessKey>
  get(accessKey: string): Promise<AccessKey>
  list(input: ListInput<KeyFilters, KeyOrder>): Promise<Page<AccessKey>>
  update(actor: Actor, accessKey: string, change: KeyChange): Promise<AccessKey>
  /** In force from the next request on. Keys that were made through this one go with it; all are returned. */
  revoke(actor: Actor, accessKey: string): Promise<readonly AccessKey[]>
  /** A successor with the same settings; the old one expires after `graceMs`, or before if it was to. */
  rotate(actor: Actor, accessKey: string, graceMs: number): Promise<CreatedKey>
  /** The key with this generated secret; undefined where there is none. */
  findBySecret(secret: Secret): Promise<AccessKey | undefined>
}

export function createKeys(deps: ServiceDeps): Keys {
  const { keys } = deps.store.repositories

  const checkRoom = (transaction: Transaction, { id }: KeyBearer): Promise<void> =>
    checkQuota(deps, 'iam_api_keys_per_bearer', () =>
      transaction.keys.list(listQuery({ filters: { bearer_ids: [id] } })),
    )

  const insert = async (transaction: Transaction, actor: Actor, draft: KeyDraft): Promise<AccessKey> => {
    const key = await completeDraft(transaction, draft, actor.ip, timestamp(deps.now()))
    await checkRoom(transaction, draft.bearer)
    await transaction.keys.insert(key, draft.pair.secretKey)
    return key
  }

  return {
    async create(actor, input) {
      const checks = createChecks()
      checks.keyName('name', input.name)
      checks.description('description', input.description)
      const given = checkRestrictions(checks, input.restrictions)
      const asked = checkExpiry(checks, input.expires_at, deps.now())
      if (input.bearer === undefined && input.template === undefined && input.through === undefined) {
        checks.fault('bearer', 'required', 'must be a user or an application')
      }
      checks.done()
      const pair = generateKeyPair(input.format ?? 'scaleway', deps.random)
      return mutate(deps, actor, { resource: 'access_key', id: pair.accessKey }, async (transaction) => {
        const template = await findGiven(transaction, input.template)
        const through = await findGiven(transaction, input.through)
        const model = template ?? through
        const draft: KeyDraft = {
          bearer: input.bearer ?? bearerOf(model!),
          pair,
          imported: false,
          name: input.name ?? template?.name ?? '',
          description: input.description ?? template?.description ?? '',
          default_project_id: input.default_project_id ?? model?.default_project_id ?? null,
          restrictions: input.restrictions === undefined ? (template?.restrictions ?? null) : given,
          parent_access_key: null,
          expires_at: input.expires_at === undefined ? (template?.expires_at ?? null) : asked,
        }
        const limited = through === undefined ? draft : limitedBy(through, draft)
        const inherited = createChecks()
        checkExpiry(inherited, limited.expires_at, deps.now())
        inherited.done()
        return { key: await insert(transaction, actor, limited), secret_key: pair.secretKey }
      })
    },

    async import(actor, input) {
      const checks = createChecks()
      checkImported(checks, input)
      checks.keyName('name', input.name)
      checks.description('description', input.description)
      const restrictions = checkRestrictions(checks, input.restrictions)
      const expires_at = checkExpiry(checks, input.expires_at, deps.now())
      checks.done()
      return mutate(deps, actor, { resource: 'access_key', id: input.access_key }, (transaction) =>
        insert(transaction, actor, {
          bearer: input.bearer,
          pair: { accessKey: input.access_key, secretKey: input.secret_key },
          imported: true,
          name: input.name ?? '',
          description: input.description ?? '',
          default_project_id: input.default_project_id ?? null,
          restrictions,
          parent_access_key: null,
          expires_at,
        }),
      )
    },

    get: async (accessKey) => found(await keys.find(accessKey), 'access_key', accessKey),
    list: async (input) => keys.list(listQuery(input)),

    async update(actor, accessKey, change) {
      const checks = createChecks()
      checks.keyName('name', change.name)
      checks.description('description', change.description)
      const asked = checkExpiry(checks, change.expires_at, deps.now())
      checks.done()
      return mutate(deps, actor, { resource: 'access_key', id: accessKey }, async (transaction) => {
        const before = found(await transaction.keys.find(accessKey), 'access_key', accessKey)
        const after: AccessKey = {
          ...before,
          name: change.name ?? before.name,
          description: change.description ?? before.description,
          default_project_id:
            change.default_project_id === undefined
              ? before.default_project_id
              : await projectIn(transaction, before.organization_id, change.default_project_id),
          expires_at:
            change.expires_at === undefined
              ? before.expires_at
              : notAfter(asked, await latestAllowed(transaction, before)),
          updated_at: timestamp(deps.now()),
        }
        await transaction.keys.update(after)
        await shortenDescendants(transaction, after)
        return after
      })
    },

    revoke: (actor, accessKey) =>
      mutate(deps, actor, { resource: 'access_key', id: accessKey }, async (transaction) => {
        const key = found(await transaction.keys.find(accessKey), 'access_key', accessKey)
        const revoked = [key, ...(await descendants(transaction, accessKey))]
        for (const { access_key } of revoked) await transaction.keys.delete(access_key)
        return revoked
      }),

    async rotate(actor, accessKey, graceMs) {
      const pair = generateKeyPair(formatOf(accessKey), deps.random)
      const at = timestamp(deps.now())
      const checks = createChecks()
      checks.integer('grace', graceMs, 0, MAX_GRACE_MS)
      checks.done()
      return mutate(deps, actor, { resource: 'access_key', id: accessKey }, async (transaction) => {
        const old = found(await transaction.keys.find(accessKey), 'access_key', accessKey)
        const stillValid = createChecks()
        if (old.expires_at !== null && old.expires_at <= at) {
          stillValid.fault('access_key', 'constraint', 'has expired: make a new key')
        }
        stillValid.done()
        await checkRoom(transaction, bearerOf(old))
        const key: AccessKey = {
          ...old,
          access_key: pair.accessKey,
          imported: false,
          creation_ip: actor.ip,
          created_at: at,
          updated_at: at,
        }
        await transaction.keys.insert(key, pair.secretKey)
        // Keys made through the old one live on under its successor.
        for (const child of await transaction.keys.madeThrough(accessKey)) {
          await transaction.keys.update({ ...child, parent_access_key: key.access_key, updated_at: at })
        }
        const expires_at = orEarlier(old.expires_at, timestamp(deps.now() + graceMs))
        await transaction.keys.update({ ...old, expires_at, updated_at: at })
        return { key, secret_key: pair.secretKey }
      })
    },

    findBySecret: (secret) => keys.findBySecret(secret),
  }
}

/** A hundred years. */
const MAX_GRACE_MS = 100 * 366 * 86_400_000

async function findGiven(
  transaction: Transaction,
  accessKey: string | undefined,
): Promise<AccessKey | undefined> {
  if (accessKey === undefined) return undefined
  return found(await transaction.keys.find(accessKey), 'access_key', accessKey)
}

function bearerOf({ user_id, application_id }: AccessKey): KeyBearer {
  return user_id === null
    ? { kind: 'application', id: String(application_id) }
    : { kind: 'user', id: user_id }
}

/** Those made through the key, those made through them, and so on. */
async function descendants(transaction: Transaction, accessKey: string): Promise<readonly AccessKey[]> {
  const children = await transaction.keys.madeThrough(accessKey)
  const below: AccessKey[] = []
  for (const child of children) below.push(child, ...(await descendants(transaction, child.access_key)))
  return below
}

/** No key outlives the one it was made through. */
async function shortenDescendants(transaction: Transaction, key: AccessKey): Promise<void> {
  if (key.expires_at === null) return
  for (const child of await descendants(transaction, key.access_key)) {
    const expires_at = orEarlier(child.expires_at, key.expires_at)
    if (expires_at === child.expires_at) continue
    await transaction.keys.update({ ...child, expires_at, updated_at: key.updated_at })
  }
}
