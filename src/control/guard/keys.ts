/**
 * Access keys of the caller's organization. The keys of applications and those of users are two permissions; its own
 * bearer's keys a caller may always see. A key acts as its bearer: whoever makes one, prolongs one, or says in which
 * project it works, where its new buckets would be, must be able to give all that the bearer has.
 */
import type { AccessKey } from '../../iam/model.ts'
import type { Permission } from '../../iam/permissions.ts'
import type { KeyBearer, Keys } from '../../services/keys.ts'
import type { Services } from '../../services/services.ts'
import { denied, invalid } from '../errors.ts'
import type { Rights } from './rights.ts'

export type GuardedKeys = Omit<Keys, 'findBySecret'>

/** @param services unguarded */
export function guardKeys(services: Services, rights: Rights): GuardedKeys {
  const { keys } = services

  const permission = ({ kind }: KeyBearer, action: 'read' | 'write'): Permission => `${kind}_key:${action}`

  /** Ours, and of a kind that the caller may write. */
  const writable = async (accessKey: string): Promise<AccessKey> => {
    const key = rights.ours(await keys.get(accessKey), 'access_key', accessKey)
    rights.require(permission(bearerOf(key), 'write'))
    return key
  }

  /** The bearer that a new key is asked for, which must be there, and no stronger than the caller. */
  const allowBearer = async (bearer: KeyBearer): Promise<void> => {
    const { kind, id } = bearer
    rights.require(permission(bearer, 'write'))
    rights.ours(await (kind === 'user' ? services.users.get(id) : services.applications.get(id)), kind, id)
    await rights.requireAsStrongAs(bearer)
  }

  return {
    async create(actor, input) {
      for (const accessKey of [input.template, input.through]) {
        if (accessKey === undefined) continue
        await allowBearer(bearerOf(rights.ours(await keys.get(accessKey), 'access_key', accessKey)))
      }
      if (input.bearer !== undefined) await allowBearer(input.bearer)
      return keys.create(actor, input)
    },
    async import(actor, input) {
      await allowBearer(input.bearer)
      return keys.import(actor, input)
    },
    async get(accessKey) {
      const key = rights.ours(await keys.get(accessKey), 'access_key', accessKey)
      const bearer = bearerOf(key)
      if (!rights.isSelf(bearer.id)) rights.require(permission(bearer, 'read'))
      return key
    },
    async list(input) {
      const kinds = (['user', 'application'] as const).filter((kind) => rights.may(`${kind}_key:read`))
      const { filters, ...rest } = rights.within(input)
      if (kinds.length === 2) return keys.list({ ...rest, filters })
      const [only] = kinds
      if (only === undefined) throw denied('application_key', 'read', 'this needs a right to read keys')
      const nothing = filters.bearer_type !== undefined && filters.bearer_type !== only
      return keys.list({
        ...rest,
        filters: { ...filters, bearer_type: only, ...(nothing ? { access_keys: [] } : {}) },
      })
    },
    async update(actor, accessKey, change) {
      const key = await writable(accessKey)
      const { expires_at, default_project_id } = change
      if (expires_at !== undefined || default_project_id !== undefined) {
        await rights.requireAsStrongAs(bearerOf(key))
      }
      return keys.update(actor, accessKey, change)
    },
    async revoke(actor, accessKey) {
      await writable(accessKey)
      return keys.revoke(actor, accessKey)
    },
    async rotate(actor, accessKey, graceMs) {
      const key = await writable(accessKey)
      await rights.requireAsStrongAs(bearerOf(key))
      return keys.rotate(actor, accessKey, graceMs)
    },
  }
}

export function bearerOf({ access_key, user_id, application_id }: AccessKey): KeyBearer {
  if (user_id !== null) return { kind: 'user', id: user_id }
  if (application_id !== null) return { kind: 'application', id: application_id }
  throw invalid({
    argument_name: 'access_key',
    reason: 'constraint',
    help_message: `${access_key} has no bearer`,
  })
}
