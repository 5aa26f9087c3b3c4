/** SSH keys: a permission on projects. Keys of projects that are out of the caller's reach are not there. */
import type { Permission } from '../../iam/permissions.ts'
import { found } from '../../services/errors.ts'
import type { Projects } from '../../services/projects.ts'
import type { SshKeys } from '../../services/ssh-keys.ts'
import { denied } from '../errors.ts'
import type { Rights } from './rights.ts'

/** @param projects unguarded */
export function guardSshKeys(sshKeys: SshKeys, projects: Projects, rights: Rights): SshKeys {
  const reaches = (permission: Permission, projectId: string): boolean => {
    const reach = rights.reach(permission)
    return reach === 'organization' || reach.has(projectId)
  }
  const own = async (id: string, permission: Permission) => {
    const key = rights.ours(await sshKeys.get(id), 'ssh_key', id)
    return found(reaches(permission, key.project_id) ? key : undefined, 'ssh_key', id)
  }
  return {
    async create(actor, input) {
      rights.here(input.organization_id)
      const key = await sshKeys.create(actor, input)
      // Which project it is in by default, the service says; what is thrown undoes it.
      if (reaches('ssh_key:write', key.project_id)) return key
      throw denied('ssh_key', 'write', `this needs ssh_key:write in project ${key.project_id}`)
    },
    get: (id) => own(id, 'ssh_key:read'),
    async list(input) {
      const { filters, ...rest } = rights.within(input)
      const asked = filters.project_ids
      for (const id of asked ?? []) rights.ours(await projects.get(id), 'project_id', id)
      const reach = rights.reach('ssh_key:read')
      const project_ids =
        reach === 'organization' ? asked : (asked ?? [...reach]).filter((id) => reach.has(id))
      return sshKeys.list({ ...rest, filters: { ...filters, project_ids } })
    },
    async update(actor, id, change) {
      await own(id, 'ssh_key:write')
      return sshKeys.update(actor, id, change)
    },
    async delete(actor, id) {
      await own(id, 'ssh_key:write')
      await sshKeys.delete(actor, id)
    },
  }
}
