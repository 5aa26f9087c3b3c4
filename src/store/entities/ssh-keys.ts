/** SSH keys, as rows. */
import type { SshKey } from '../../iam/model.ts'
import type { Queries } from '../database.ts'
import { entityTable, flag, text } from '../entity.ts'
import type { SshKeyFilters, SshKeyOrder } from '../query.ts'
import { anyOf, createReads, equals, type FilterTable, isSet } from '../reads.ts'
import type { SshKeyReads, SshKeyWrites } from '../repositories.ts'
import { createWrites, noParts, type WriteContext } from '../writes.ts'

const SSH_KEYS = entityTable<SshKey>({
  table: 'ssh_keys',
  id: 'id',
  tieBreaker: 'id',
  columns: {
    id: text(),
    organization_id: text(),
    project_id: text(),
    name: text(),
    public_key: text(),
    fingerprint: text(),
    disabled: flag,
    created_at: text(),
    updated_at: text(),
  },
})

const FILTERS: FilterTable<SshKeyFilters> = {
  organization_id: equals('organization_id'),
  project_ids: anyOf('project_id'),
  name: equals('name'),
  disabled: isSet('disabled'),
}
const ORDERS: readonly SshKeyOrder[] = ['created_at', 'updated_at', 'name']

export function createSshKeyReads(queries: Queries): SshKeyReads {
  const reads = createReads(queries, SSH_KEYS, FILTERS, ORDERS)
  return { ...reads, ofProject: (projectId) => reads.where('project_id = ?', [projectId]) }
}

export function createSshKeyWrites(context: WriteContext): SshKeyWrites {
  const reads = createSshKeyReads(context.statements)
  const writes = createWrites(context, {
    table: SSH_KEYS,
    resourceType: 'ssh_key',
    organizationOf: (key) => key.organization_id,
    find: reads.find,
    saveParts: noParts,
  })
  return { ...reads, ...writes, insert: (key) => writes.insert(key, {}) }
}
