/** One of everything in an organization, and with it a sensible request for every route of the control plane. */
import type { Route } from '../../../src/control/route.ts'
import type { Services } from '../../../src/services/services.ts'
import { OPERATOR, type Tenant } from './world.ts'

export interface Targets {
  /** Path parameters. */
  readonly params: Readonly<Record<string, string>>
  readonly userId: string
}

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFMBYVpdfYXqVx2x5lW0cFLiJqgVqcWbSnQX7Nf4gUzN'

export function makeTargets(services: Services, tenant: Tenant): Promise<Targets> {
  return services.inTransaction(OPERATOR, (within) => make(within, tenant))
}

async function make(services: Services, { organizationId, projectId }: Tenant): Promise<Targets> {
  const organization_id = organizationId
  const name = `target-${crypto.randomUUID().slice(0, 8)}`
  const application = await services.applications.create(OPERATOR, { organization_id, name })
  const user = await services.users.create(OPERATOR, { organization_id, email: `${name}@example.com` })
  const group = await services.groups.create(OPERATOR, { organization_id, name })
  const policy = await services.policies.create(OPERATOR, {
    organization_id,
    name,
    principal: { kind: 'none' },
  })
  const project = await services.projects.create(OPERATOR, { organization_id, name })
  const { key } = await services.keys.create(OPERATOR, {
    bearer: { kind: 'application', id: application.id },
  })
  const sshKey = await services.sshKeys.create(OPERATOR, {
    organization_id,
    name,
    public_key: PUBLIC_KEY,
    project_id: projectId,
  })
  const { session } = await services.sessions.open(OPERATOR, user.id)
  const { items } = await services.logs.list({ filters: { organization_id }, page_size: 1 })
  return {
    userId: user.id,
    params: {
      access_key: key.access_key,
      application_id: application.id,
      group_id: group.id,
      jti: session.id,
      log_id: items[0]!.id,
      policy_id: policy.id,
      project_id: project.id,
      quotum_name: 'iam_users',
      ssh_key_id: sshKey.id,
      user_id: user.id,
    },
  }
}

export function pathOf({ path }: Route, { params }: Targets): string {
  return path.replace(/\{([a-z_]+)\}/g, (_, name: string) => params[name]!)
}

/** What a route cannot do without, so that whatever refuses it is not its arguments. */
export function requestOf(
  route: Route,
  targets: Targets,
  { organizationId, projectId }: Pick<Tenant, 'organizationId' | 'projectId'>,
): { readonly path: string; readonly body: unknown } {
  const { params, userId } = targets
  const { application_id, group_id, policy_id, access_key, log_id, user_id, project_id } = params
  const organization_id = organizationId
  const name = `made-${crypto.randomUUID().slice(0, 8)}`
  const queries: Readonly<Record<string, string>> = {
    ListRules: `?policy_id=${policy_id}`,
    ListJWTs: `?audience_id=${userId}`,
    ListGracePeriods: `?user_id=${userId}`,
  }
  const rule = { permission_set_names: ['ObjectStorageReadOnly'], project_ids: [projectId] }
  const nativeRule = {
    permission_set_names: ['ObjectStorageReadOnly'],
    scope: { kind: 'projects', project_ids: [projectId] },
  }
  const members = { user_ids: [userId] }
  const bearer = { kind: 'application', id: application_id }
  const bodies: Readonly<Record<string, unknown>> = {
    CreateAPIKey: { application_id },
    CreateApplication: { name },
    CreateGroup: { name },
    AddGroupMember: { user_id: userId },
    AddGroupMembers: members,
    RemoveGroupMember: { user_id: userId },
    SetGroupMembers: members,
    CreateUser: { email: `${name}@example.com` },
    UpdateUserPassword: { password: 'a new password' },
    UpdateUserUsername: { username: name },
    CreatePolicy: { name, no_principal: true, rules: [rule] },
    SetRules: { policy_id, rules: [rule] },
    CreateSSHKey: { name, public_key: PUBLIC_KEY },
    CreateProject: { name },
    OpenSession: { organization_id, username: 'nobody', password: 'nothing at all' },
    'organizations.get': { id: organization_id },
    'organizations.update': { id: organization_id, change: {} },
    'projects.create': { organization_id, name },
    'projects.get': { id: project_id },
    'projects.update': { id: project_id, change: {} },
    'projects.delete': { id: project_id },
    'users.create': { organization_id, email: `${name}@example.com` },
    'users.get': { id: user_id },
    'users.update': { id: user_id, change: {} },
    'users.delete': { id: user_id },
    'users.lock': { id: user_id },
    'users.unlock': { id: user_id },
    'users.updatePassword': { id: user_id, password: 'a new password' },
    'users.updateUsername': { id: user_id, username: name },
    'applications.create': { organization_id, name },
    'applications.get': { id: application_id },
    'applications.update': { id: application_id, change: {} },
    'applications.delete': { id: application_id },
    'groups.create': { organization_id, name },
    'groups.get': { id: group_id },
    'groups.update': { id: group_id, change: {} },
    'groups.delete': { id: group_id },
    'groups.addMembers': { id: group_id, members },
    'groups.removeMembers': { id: group_id, members: {} },
    'groups.setMembers': { id: group_id, members },
    'policies.create': { organization_id, name, principal: { kind: 'none' } },
    'policies.get': { id: policy_id },
    'policies.update': { id: policy_id, change: {} },
    'policies.delete': { id: policy_id },
    'policies.clone': { id: policy_id },
    'policies.replaceRules': { id: policy_id, rules: [nativeRule] },
    'policies.addRule': { id: policy_id, rule: nativeRule },
    'policies.deleteRule': { id: policy_id, rule_id: policy_id },
    'keys.create': { bearer },
    'keys.import': { bearer, access_key: name, secret_key: 'a secret of theirs' },
    'keys.get': { access_key },
    'keys.update': { access_key, change: {} },
    'keys.revoke': { access_key },
    'keys.rotate': { access_key, grace_ms: 0 },
    'buckets.get': { name: 'no-such-bucket' },
    'logs.get': { id: log_id },
  }
  return {
    path: `${pathOf(route, targets)}${queries[route.name] ?? ''}`,
    body: route.body === null ? undefined : (bodies[route.name] ?? {}),
  }
}
