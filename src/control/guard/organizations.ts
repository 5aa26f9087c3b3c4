/** Organizations: the caller's own. They are made and deleted by the gate's operator. */
import type { Organizations } from '../../services/organizations.ts'
import type { Rights } from './rights.ts'

export type GuardedOrganizations = Pick<Organizations, 'get' | 'list' | 'update'>

export function guardOrganizations(organizations: Organizations, rights: Rights): GuardedOrganizations {
  return {
    async get(id) {
      rights.here(id)
      return organizations.get(id)
    },
    list: (input) => {
      const asked = input.filters?.organization_ids
      const own = asked === undefined || asked.includes(rights.organizationId) ? [rights.organizationId] : []
      return organizations.list({ ...input, filters: { ...input.filters, organization_ids: own } })
    },
    async update(actor, id, change) {
      rights.here(id)
      return organizations.update(actor, id, change)
    },
  }
}
