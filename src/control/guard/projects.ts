/** Projects of the caller's organization. Where their buckets go, and how many they may have, is the operator's. */
import type { Projects } from '../../services/projects.ts'
import { denied } from '../errors.ts'
import type { Rights } from './rights.ts'

export function guardProjects(projects: Projects, rights: Rights): Projects {
  const own = async (id: string) => rights.ours(await projects.get(id), 'project_id', id)
  return {
    async create(actor, input) {
      rights.here(input.organization_id)
      refuseOperatorsSettings(input)
      return projects.create(actor, input)
    },
    get: own,
    list: async (input) => projects.list(rights.within(input)),
    async update(actor, id, change) {
      await own(id)
      refuseOperatorsSettings(change)
      return projects.update(actor, id, change)
    },
    async delete(actor, id) {
      await own(id)
      await projects.delete(actor, id)
    },
  }
}

function refuseOperatorsSettings(settings: {
  readonly backend_id?: unknown
  readonly max_buckets?: unknown
}): void {
  if (settings.backend_id === undefined && settings.max_buckets === undefined) return
  throw denied('backend', 'choose', "a project's backend and its number of buckets are the operator's to set")
}
