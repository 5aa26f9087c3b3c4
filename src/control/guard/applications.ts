/** Applications of the caller's organization. */
import type { Applications } from '../../services/applications.ts'
import type { Rights } from './rights.ts'

export function guardApplications(applications: Applications, rights: Rights): Applications {
  const own = async (id: string) => rights.ours(await applications.get(id), 'application', id)
  return {
    async create(actor, input) {
      rights.here(input.organization_id)
      return applications.create(actor, input)
    },
    /** Itself it may always see. */
    async get(id) {
      if (!rights.isSelf(id)) rights.require('application:read')
      return own(id)
    },
    list: async (input) => applications.list(rights.within(input)),
    async update(actor, id, change) {
      await own(id)
      return applications.update(actor, id, change)
    },
    countKeys: applications.countKeys,
    async delete(actor, id) {
      await own(id)
      await applications.delete(actor, id)
    },
  }
}
