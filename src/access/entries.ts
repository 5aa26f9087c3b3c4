/** Records in the file's words, every field given: what an entry is compared with, and what an export is made of. */
import type {
  AccessKey,
  Application,
  Backend,
  Group,
  Policy,
  Project,
  Restrictions,
  Rule,
  User,
} from '../iam/model.ts'
import { formatResource } from '../iam/restriction-input.ts'
import type { Rosters } from './rosters.ts'
import type { RestrictionsEntry, RuleEntry } from './schema.ts'

export function backendEntry({ id: _, created_at, updated_at, ...settings }: Backend) {
  return settings
}

export function projectEntry(project: Project, { backends }: Rosters) {
  const { name, description, backend_id, max_buckets } = project
  return {
    name,
    description,
    backend: backend_id === null ? null : backends.referenceTo(backend_id),
    max_buckets,
  }
}

export function userEntry(user: User) {
  const { email, username, first_name, last_name, phone_number, locale, tags, locked } = user
  return { email, username, first_name, last_name, phone_number, locale, tags, locked }
}

export function applicationEntry({ name, description, tags }: Application) {
  return { name, description, tags }
}

export function groupEntry(group: Group, { users, applications }: Rosters) {
  const { name, description, tags } = group
  return {
    name,
    description,
    tags,
    users: group.user_ids.map(users.referenceTo),
    applications: group.application_ids.map(applications.referenceTo),
  }
}

export function policyEntry(policy: Policy, rosters: Rosters) {
  const { name, description, tags, user_id, group_id, application_id } = policy
  const { users, groups, applications } = rosters
  return {
    name,
    description,
    tags,
    ...(user_id === null ? {} : { user: users.referenceTo(user_id) }),
    ...(group_id === null ? {} : { group: groups.referenceTo(group_id) }),
    ...(application_id === null ? {} : { application: applications.referenceTo(application_id) }),
    ...(user_id === null && group_id === null && application_id === null
      ? { no_principal: true as const }
      : {}),
    rules: policy.rules.map((rule) => ruleEntry(rule, rosters)),
  }
}

/** Fields in one order, so that rules compare as JSON. */
function ruleEntry({ permission_set_names, project_ids, condition }: Rule, { projects }: Rosters): RuleEntry {
  return normalRule({
    permission_set_names: permission_set_names as RuleEntry['permission_set_names'],
    ...(project_ids === null
      ? { organization_scope: true as const }
      : { projects: project_ids.map(projects.referenceTo) }),
    condition,
  })
}

/** Without repeats and empty conditions. */
export function normalRule({
  permission_set_names,
  projects,
  organization_scope,
  condition = '',
}: RuleEntry): RuleEntry {
  return {
    permission_set_names: [...new Set(permission_set_names)],
    ...(projects === undefined ? {} : { projects: [...new Set(projects)] }),
    ...(organization_scope === undefined ? {} : { organization_scope }),
    ...(condition === '' ? {} : { condition }),
  }
}

export function keyEntry(key: AccessKey, { users, applications, projects, keys }: Rosters) {
  const { name, description, user_id, application_id, default_project_id, expires_at, restrictions } = key
  const parent = key.parent_access_key
  return {
    name,
    ...(user_id === null ? {} : { user: users.referenceTo(user_id) }),
    ...(application_id === null ? {} : { application: applications.referenceTo(application_id) }),
    description,
    default_project: default_project_id === null ? null : projects.referenceTo(default_project_id),
    expires_at: expires_at ?? 'never',
    restrictions: restrictions === null ? undefined : restrictionsEntry(restrictions),
    through: parent === null ? undefined : keys.referenceTo(parent),
  }
}

/** Sorted: their order says nothing. */
export function restrictionsEntry({ operations, tags, resources, regions }: Restrictions): RestrictionsEntry {
  const sorted = (values: readonly string[]) => [...new Set(values)].sort()
  return {
    ...(operations === null ? {} : { operations: sorted(operations) }),
    ...(tags === null ? {} : { tags: sorted(tags) }),
    ...(resources === null ? {} : { resources: sorted(resources.map(formatResource)) }),
    ...(regions === null ? {} : { regions: sorted(regions) }),
  }
}
