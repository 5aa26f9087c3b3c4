/**
 * What the control plane asks for, and which permission sets give it. S3 knows nothing of these, and these nothing of
 * S3: `actions.ts` is the other half.
 * https://www.scaleway.com/en/docs/iam/reference-content/permission-sets/
 */
import type { PermissionSetName } from './permission-sets.ts'

export type ManagedResource =
  | 'application'
  /** The keys of applications. */
  | 'application_key'
  | 'user'
  /** The keys of users. */
  | 'user_key'
  | 'group'
  | 'policy'
  | 'project'
  | 'organization'
  | 'ssh_key'
  | 'log'
  | 'quota'

export type Permission = `${ManagedResource}:${'read' | 'write'}`

const view = (...resources: readonly ManagedResource[]): readonly Permission[] =>
  resources.map((resource): Permission => `${resource}:read`)

const manage = (...resources: readonly ManagedResource[]): readonly Permission[] =>
  resources.flatMap((resource): readonly Permission[] => [`${resource}:read`, `${resource}:write`])

const IAM = ['application', 'application_key', 'user', 'user_key', 'group', 'policy'] as const

/** Of a set that is not here: none. */
export const PERMISSIONS_OF_SET: Readonly<Partial<Record<PermissionSetName, readonly Permission[]>>> = {
  IAMManager: [...manage(...IAM, 'project'), ...view('organization', 'log', 'quota')],
  IAMReadOnly: view(...IAM, 'project', 'organization', 'log', 'quota'),
  IAMApplicationManager: manage('application', 'application_key'),
  IAMApplicationReadOnly: view('application', 'application_key'),
  IAMUserManager: manage('user', 'user_key'),
  IAMUserReadOnly: view('user', 'user_key'),
  IAMGroupManager: manage('group'),
  IAMGroupReadOnly: view('group'),
  IAMPolicyManager: manage('policy'),
  IAMPolicyReadOnly: view('policy'),
  ProjectManager: manage('project'),
  ProjectReadOnly: view('project'),
  OrganizationManager: [...manage(...IAM, 'project', 'organization'), ...view('log', 'quota')],
  OrganizationReadOnly: view('organization', 'project', 'quota'),
  SSHKeysFullAccess: manage('ssh_key'),
  SSHKeysReadOnly: view('ssh_key'),
  AllProductsFullAccess: manage('ssh_key'),
  AllProductsReadOnly: view('ssh_key'),
}

/** Whoever holds one of these for the organization may give anything to anybody in it. */
export const MANAGING_SETS: ReadonlySet<string> = new Set<PermissionSetName>([
  'IAMManager',
  'OrganizationManager',
])
