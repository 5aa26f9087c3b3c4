/**
 * The services as one caller may use them: the same interfaces, within the caller's organization, and nothing beyond
 * what it may give. Whether a caller may do a thing at all, its route has asked already. Every dialect works on these.
 */
import type { Applications } from '../../services/applications.ts'
import type { Groups } from '../../services/groups.ts'
import type { PermissionSets } from '../../services/permission-sets.ts'
import type { Policies } from '../../services/policies.ts'
import type { Projects } from '../../services/projects.ts'
import type { Services } from '../../services/services.ts'
import type { SshKeys } from '../../services/ssh-keys.ts'
import type { Caller } from '../caller.ts'
import { guardApplications } from './applications.ts'
import { type GuardedBuckets, guardBuckets } from './buckets.ts'
import { guardGroups } from './groups.ts'
import { type GuardedKeys, guardKeys } from './keys.ts'
import { type GuardedLogs, guardLogs } from './logs.ts'
import { type GuardedOrganizations, guardOrganizations } from './organizations.ts'
import { guardPolicies } from './policies.ts'
import { guardProjects } from './projects.ts'
import { createRights } from './rights.ts'
import { type GuardedSessions, guardSessions } from './sessions.ts'
import { guardSshKeys } from './ssh-keys.ts'
import { type GuardedUsers, guardUsers } from './users.ts'

export interface GuardedServices {
  readonly organizations: GuardedOrganizations
  readonly projects: Projects
  readonly users: GuardedUsers
  readonly applications: Applications
  readonly groups: Groups
  readonly policies: Policies
  readonly permissionSets: PermissionSets
  readonly keys: GuardedKeys
  readonly buckets: GuardedBuckets
  readonly sshKeys: SshKeys
  readonly sessions: GuardedSessions
  readonly logs: GuardedLogs
}

/** @param services within the request's transaction where it is one that changes something */
export function guard(services: Services, caller: Caller): GuardedServices {
  const rights = createRights(services, caller)
  return {
    organizations: guardOrganizations(services.organizations, rights),
    projects: guardProjects(services.projects, rights),
    users: guardUsers(services.users, rights),
    applications: guardApplications(services.applications, rights),
    groups: guardGroups(services, rights),
    policies: guardPolicies(services.policies, rights),
    permissionSets: services.permissionSets,
    keys: guardKeys(services, rights),
    buckets: guardBuckets(services.buckets, services.projects, rights),
    sshKeys: guardSshKeys(services.sshKeys, services.projects, rights),
    sessions: guardSessions(services.sessions, services.users, rights),
    logs: guardLogs(services.logs, rights),
  }
}
