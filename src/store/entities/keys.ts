/** Access keys, as rows; the sealed secret and its keyed hash are columns beside the record. */
import type { AccessKey } from '../../iam/model.ts'
import type { Queries } from '../database.ts'
import { entityTable, flag, json, text } from '../entity.ts'
import type { KeyFilters, KeyOrder } from '../query.ts'
import { anyOf, createReads, equals, type FilterTable } from '../reads.ts'
import type { KeyReads, KeyWrites } from '../repositories.ts'
import type { Sealer } from '../seal.ts'
import { createWrites, noParts, type WriteContext } from '../writes.ts'

export const ACCESS_KEYS = entityTable<AccessKey>({
  table: 'access_keys',
  id: 'access_key',
  tieBreaker: 'access_key',
  columns: {
    access_key: text(),
    name: text(),
    description: text(),
    organization_id: text(),
    user_id: text(),
    application_id: text(),
    default_project_id: text(),
    restrictions: json(),
    parent_access_key: text(),
    imported: flag,
    expires_at: text(),
    creation_ip: text(),
    created_at: text(),
    updated_at: text(),
  },
})

const FILTERS: FilterTable<KeyFilters> = {
  organization_id: equals('organization_id'),
  access_keys: anyOf('access_key'),
  bearer_ids: anyOf('coalesce(user_id, application_id)'),
  bearer_type: (type) => ({
    sql: type === 'user' ? 'user_id IS NOT NULL' : 'application_id IS NOT NULL',
    values: [],
  }),
  default_project_id: equals('default_project_id'),
  name: equals('name'),
  description: equals('description'),
  restricted: (restricted) => ({
    sql: restricted ? 'restrictions IS NOT NULL' : 'restrictions IS NULL',
    values: [],
  }),
  expiry: ({ expired, at }) => ({
    sql: expired ? 'expires_at <= ?' : 'expires_at IS NULL OR expires_at > ?',
    values: [at],
  }),
}
const ORDERS: readonly KeyOrder[] = ['created_at', 'updated_at', 'expires_at', 'access_key']

export function createKeyReads(queries: Queries, sealer: Sealer): KeyReads {
  const reads = createReads(queries, ACCESS_KEYS, FILTERS, ORDERS)
  return {
    ...reads,
    ofBearer: (id) => reads.where('user_id = ? OR application_id = ?', [id, id]),
    preferringProject: (projectId) => reads.where('default_project_id = ?', [projectId]),
    madeThrough: (accessKey) => reads.where('parent_access_key = ?', [accessKey]),
    async findBySecret(secret) {
      const [key] = await reads.where('secret_hash = ?', [sealer.lookupHash(secret)])
      return key
    },
  }
}

export function createKeyWrites(context: WriteContext): KeyWrites {
  const { statements, sealer } = context
  const reads = createKeyReads(statements, sealer)
  const writes = createWrites(context, {
    table: ACCESS_KEYS,
    resourceType: 'api_key',
    organizationOf: (key) => key.organization_id,
    find: reads.find,
    saveParts: noParts,
  })
  return {
    ...reads,
    ...writes,
    insert: (key, secret) =>
      writes.insert(key, {
        sealed_secret_key: sealer.seal(secret, { table: 'access_keys', id: key.access_key }),
        secret_hash: key.imported ? null : sealer.lookupHash(secret),
      }),
  }
}
