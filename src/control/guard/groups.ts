/** Groups of the caller's organization. Who joins one gets what its policies give: the caller must be able to give it. */
import type { Group } from '../../iam/model.ts'
import type { Groups } from '../../services/groups.ts'
import type { Services } from '../../services/services.ts'
import { policiesOfGroup } from '../caller.ts'
import type { Rights } from './rights.ts'

/** @param services unguarded */
export function guardGroups(services: Services, rights: Rights): Groups {
  const { groups } = services
  const own = async (id: string) => rights.ours(await groups.get(id), 'group', id)
  /** Does it, then sees whether somebody joined; what is thrown undoes it. */
  const change = async (id: string, work: () => Promise<Group>): Promise<Group> => {
    const before = await own(id)
    const after = await work()
    const members = new Set([...before.user_ids, ...before.application_ids])
    const joined = [...after.user_ids, ...after.application_ids].some((member) => !members.has(member))
    if (joined) {
      rights.requireGrantable((await policiesOfGroup(services, id)).flatMap((policy) => policy.rules))
    }
    return after
  }
  return {
    async create(actor, input) {
      rights.here(input.organization_id)
      return groups.create(actor, input)
    },
    get: own,
    list: async (input) => groups.list(rights.within(input)),
    update: (actor, id, input) => change(id, () => groups.update(actor, id, input)),
    async delete(actor, id) {
      await own(id)
      await groups.delete(actor, id)
    },
    addMembers: (actor, id, members) => change(id, () => groups.addMembers(actor, id, members)),
    removeMembers: (actor, id, members) => change(id, () => groups.removeMembers(actor, id, members)),
    setMembers: (actor, id, members) => change(id, () => groups.setMembers(actor, id, members)),
  }
}
