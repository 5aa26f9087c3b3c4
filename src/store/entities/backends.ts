/** Backends, as rows; the sealed secret key is a column beside the record. */
import type { Backend } from '../../iam/model.ts'
import type { Secret } from '../../iam/secret.ts'
import type { Queries } from '../database.ts'
import { entityTable, json, text } from '../entity.ts'
import type { BackendFilters, BackendOrder } from '../query.ts'
import { anyOf, createReads, equals, type FilterTable } from '../reads.ts'
import type { BackendReads, BackendWrites } from '../repositories.ts'
import type { Sealer } from '../seal.ts'
import { createWrites, noParts, type WriteContext } from '../writes.ts'

export const BACKENDS = entityTable<Backend>({
  table: 'backends',
  id: 'id',
  tieBreaker: 'id',
  columns: {
    id: text(),
    name: text(),
    kind: text(),
    endpoints: json(),
    region: text(),
    access_key: text(),
    addressing: text(),
    ca: text(),
    opened_operations: json(),
    created_at: text(),
    updated_at: text(),
  },
})

const FILTERS: FilterTable<BackendFilters> = { backend_ids: anyOf('id'), name: equals('name') }
const ORDERS: readonly BackendOrder[] = ['created_at', 'name']

export function createBackendReads(queries: Queries, sealer: Sealer): BackendReads {
  return {
    ...createReads(queries, BACKENDS, FILTERS, ORDERS),
    async secretKey(id) {
      const sealed = queries.scalar('SELECT sealed_secret_key FROM backends WHERE id = ?', [id])
      return Buffer.isBuffer(sealed) ? sealer.unseal(sealed, { table: 'backends', id }) : undefined
    },
  }
}

export function createBackendWrites(context: WriteContext): BackendWrites {
  const { statements, sealer } = context
  const reads = createBackendReads(statements, sealer)
  const writes = createWrites(context, {
    table: BACKENDS,
    resourceType: 'backend',
    organizationOf: () => '',
    find: reads.find,
    saveParts: noParts,
  })
  const seal = (id: string, secretKey: Secret) => sealer.seal(secretKey, { table: 'backends', id })
  return {
    ...reads,
    ...writes,
    insert: (backend, secretKey) =>
      writes.insert(backend, { sealed_secret_key: seal(backend.id, secretKey) }),
    async setSecretKey(id, secretKey) {
      const backend = await reads.find(id)
      if (backend === undefined) throw new TypeError('no backend to set a secret key for')
      statements.run('UPDATE backends SET sealed_secret_key = ? WHERE id = ?', [seal(id, secretKey), id])
      writes.recordHidden(backend, { secret_key: 'changed' })
    },
  }
}
