/** `/iam/v1alpha1/ssh-keys`: kept and listed, and never part of a decision. */
import { z } from 'zod'
import type { SshKey } from '../../iam/model.ts'
import {
  flag,
  listQuery,
  microseconds,
  moment,
  optional,
  pageOf,
  paging,
  text,
  textUpTo,
  uuid,
} from '../fields.ts'
import { type Route, route } from '../route.ts'

const SshKeyView = z.object({
  id: z.uuid(),
  name: z.string(),
  public_key: z.string(),
  fingerprint: z.string(),
  organization_id: z.uuid(),
  project_id: z.uuid(),
  disabled: z.boolean(),
  created_at: moment,
  updated_at: moment,
})

function view({ created_at, updated_at, ...key }: SshKey): z.input<typeof SshKeyView> {
  return { ...key, created_at: microseconds(created_at), updated_at: microseconds(updated_at) }
}

const keyName = textUpTo(1000)

const list = route({
  name: 'ListSSHKeys',
  method: 'GET',
  path: '/iam/v1alpha1/ssh-keys',
  about: 'List SSH keys.',
  needs: ['ssh_key:read'],
  query: listQuery({ disabled: flag, name: text.optional(), project_id: uuid.optional() }, [
    'created_at',
    'updated_at',
    'name',
  ]),
  answer: pageOf('ssh_keys', SshKeyView),
  handle: async ({ services, query }) => {
    const { organization_id, disabled, name, project_id, order_by } = query
    const project_ids = project_id === undefined ? undefined : [project_id]
    const { items, total_count } = await services.sshKeys.list({
      ...paging(query),
      order_by,
      filters: { organization_id, disabled, name, project_ids },
    })
    return { ssh_keys: items.map(view), total_count }
  },
})

const create = route({
  name: 'CreateSSHKey',
  method: 'POST',
  path: '/iam/v1alpha1/ssh-keys',
  about: 'Add an SSH key to a project, by default the default one.',
  needs: ['ssh_key:write'],
  body: z.strictObject({
    name: optional(keyName),
    public_key: text.min(1).max(65_000),
    project_id: optional(uuid),
  }),
  answer: SshKeyView,
  handle: async ({ services, actor, organizationId, body }) =>
    view(await services.sshKeys.create(actor, { ...body, organization_id: organizationId })),
})

const get = route({
  name: 'GetSSHKey',
  method: 'GET',
  path: '/iam/v1alpha1/ssh-keys/{ssh_key_id}',
  about: 'Get an SSH key.',
  needs: ['ssh_key:read'],
  answer: SshKeyView,
  handle: async ({ services, params }) => view(await services.sshKeys.get(params.ssh_key_id)),
})

const update = route({
  name: 'UpdateSSHKey',
  method: 'PATCH',
  path: '/iam/v1alpha1/ssh-keys/{ssh_key_id}',
  about: 'Rename an SSH key, or disable it.',
  needs: ['ssh_key:write'],
  body: z.strictObject({ name: optional(keyName), disabled: optional(z.boolean()) }),
  answer: SshKeyView,
  handle: async ({ services, actor, params, body }) =>
    view(await services.sshKeys.update(actor, params.ssh_key_id, body)),
})

const remove = route({
  name: 'DeleteSSHKey',
  method: 'DELETE',
  path: '/iam/v1alpha1/ssh-keys/{ssh_key_id}',
  about: 'Delete an SSH key.',
  needs: ['ssh_key:write'],
  handle: ({ services, actor, params }) => services.sshKeys.delete(actor, params.ssh_key_id),
})

export const SSH_KEY_ROUTES: readonly Route[] = [list, create, get, update, remove]
