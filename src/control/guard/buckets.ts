/** Buckets of the caller's projects, to be looked at. They are adopted and released by the gate's operator. */
import type { Buckets } from '../../services/buckets.ts'
import { found } from '../../services/errors.ts'
import { everyEntity } from '../../services/lists.ts'
import type { Projects } from '../../services/projects.ts'
import type { Rights } from './rights.ts'

export type GuardedBuckets = Pick<Buckets, 'get' | 'list'>

/** @param projects unguarded */
export function guardBuckets(buckets: Buckets, projects: Projects, rights: Rights): GuardedBuckets {
  const ownProjects = async (): Promise<readonly string[]> => {
    const ids: string[] = []
    const filters = { organization_id: rights.organizationId }
    for await (const { id } of everyEntity(projects.list, { filters })) ids.push(id)
    return ids
  }
  return {
    async get(name) {
      const bucket = await buckets.get(name)
      return found((await ownProjects()).includes(bucket.project_id) ? bucket : undefined, 'bucket', name)
    },
    async list(input) {
      const own = await ownProjects()
      const asked = input.filters?.project_ids
      const project_ids = asked === undefined ? own : own.filter((id) => asked.includes(id))
      return buckets.list({ ...input, filters: { ...input.filters, project_ids } })
    },
  }
}
