/**
 * Permission sets: named groups of actions that a rule grants. A closed list, Scaleway's names; the sets of Object
 * Storage are derived from the table of actions, all others grant nothing on S3.
 * https://www.scaleway.com/en/docs/iam/reference-content/permission-sets/
 */
import { ACTION_NAMES, ACTIONS, type Action, type ElementarySet } from './actions.ts'
import { OTHER_PRODUCT_SETS, type OtherProductSet, type OtherProductSetName } from './other-products.ts'

/** What a rule that names the set has to be about. */
export type PermissionSetScope = 'projects' | 'organization'

export interface PermissionSet {
  readonly scope_type: PermissionSetScope
  readonly description: string
  readonly categories: readonly string[]
  /** What it grants on S3. */
  readonly actions: ReadonlySet<Action>
}

type ObjectStorageSetName = `ObjectStorage${ElementarySet | 'ReadOnly' | 'FullAccess'}`

const NOTHING: ReadonlySet<Action> = new Set()

const EVERYTHING: ReadonlySet<Action> = new Set(ACTION_NAMES)

/** What reads nothing but a bucket's policy is in a set of its own, and in ReadOnly. */
const POLICY_READS: readonly Action[] = ['GetBucketPolicy', 'GetBucketPolicyStatus']

function elementary(set: ElementarySet): ReadonlySet<Action> {
  return new Set(ACTION_NAMES.filter((action) => ACTIONS[action][2] === set))
}

const READS: ReadonlySet<Action> = new Set([
  ...elementary('BucketsRead'),
  ...elementary('ObjectsRead'),
  ...POLICY_READS,
])

function objectStorage(description: string, actions: ReadonlySet<Action>): PermissionSet {
  return { scope_type: 'projects', description, categories: ['Storage', 'Object Storage'], actions }
}

const OBJECT_STORAGE_SETS: Readonly<Record<ObjectStorageSetName, PermissionSet>> = {
  ObjectStorageBucketsRead: objectStorage('List buckets and read their settings', elementary('BucketsRead')),
  ObjectStorageBucketsWrite: objectStorage(
    'Create buckets and change their settings',
    elementary('BucketsWrite'),
  ),
  ObjectStorageBucketsDelete: objectStorage('Delete buckets', elementary('BucketsDelete')),
  ObjectStorageObjectsRead: objectStorage(
    'List objects, read them, their tags and metadata',
    elementary('ObjectsRead'),
  ),
  ObjectStorageObjectsWrite: objectStorage(
    'Create and change objects, their tags and metadata',
    elementary('ObjectsWrite'),
  ),
  ObjectStorageObjectsDelete: objectStorage('Delete objects and abort uploads', elementary('ObjectsDelete')),
  ObjectStorageBucketPolicyFullAccess: objectStorage(
    'Read, change and delete bucket policies',
    elementary('BucketPolicyFullAccess'),
  ),
  ObjectStorageReadOnly: objectStorage('List and read everything in Object Storage', READS),
  ObjectStorageFullAccess: objectStorage('Everything in Object Storage', EVERYTHING),
}

const ALL_PRODUCTS_SETS = {
  AllProductsFullAccess: {
    scope_type: 'projects',
    description: 'Everything in all products',
    categories: ['All products'],
    actions: EVERYTHING,
  },
  AllProductsReadOnly: {
    scope_type: 'projects',
    description: 'List and read everything in all products',
    categories: ['All products'],
    actions: READS,
  },
} as const satisfies Record<string, PermissionSet>

function management(description: string): PermissionSet {
  return { scope_type: 'organization', description, categories: ['Management'], actions: NOTHING }
}

/** What the control plane asks for. */
const MANAGEMENT_SETS = {
  IAMManager: management('Manage users, groups, applications, policies, keys and projects'),
  IAMReadOnly: management('List and read users, groups, applications, policies and keys'),
  IAMApplicationManager: management('Manage applications and their keys'),
  IAMApplicationReadOnly: management('List and read applications and their keys'),
  IAMUserManager: management('Manage users and their keys'),
  IAMUserReadOnly: management('List and read users and their keys'),
  IAMGroupManager: management('Manage groups and their members'),
  IAMGroupReadOnly: management('List and read groups and their members'),
  IAMPolicyManager: management('Manage policies and their rules'),
  IAMPolicyReadOnly: management('List and read policies and their rules'),
  ProjectManager: management('Create, rename, list and delete projects, without access to what is in them'),
  ProjectReadOnly: management('List and read projects, without access to what is in them'),
  OrganizationManager: management('Manage the organization: projects, users, groups, applications, policies'),
  OrganizationReadOnly: management('Read general information about the organization'),
  SSHKeysFullAccess: {
    ...management('Create, read, list, change and delete SSH keys'),
    scope_type: 'projects',
  },
  SSHKeysReadOnly: { ...management('List and read SSH keys'), scope_type: 'projects' },
} as const satisfies Record<string, PermissionSet>

function withoutEffect<Name extends string>(
  sets: Readonly<Record<Name, OtherProductSet>>,
): Readonly<Record<Name, PermissionSet>> {
  const entries = Object.entries<OtherProductSet>(sets).map(([name, set]) => [
    name,
    { ...set, actions: NOTHING },
  ])
  return Object.fromEntries(entries) as Record<Name, PermissionSet>
}

export type PermissionSetName =
  | ObjectStorageSetName
  | keyof typeof ALL_PRODUCTS_SETS
  | keyof typeof MANAGEMENT_SETS
  | OtherProductSetName

export const PERMISSION_SETS: Readonly<Record<PermissionSetName, PermissionSet>> = {
  ...OBJECT_STORAGE_SETS,
  ...ALL_PRODUCTS_SETS,
  ...MANAGEMENT_SETS,
  ...withoutEffect(OTHER_PRODUCT_SETS),
}

/** In alphabetical order. */
export const PERMISSION_SET_NAMES: readonly PermissionSetName[] = (
  Object.keys(PERMISSION_SETS) as PermissionSetName[]
).sort((a, b) => (a < b ? -1 : 1))

export function isPermissionSetName(name: string): name is PermissionSetName {
  return Object.hasOwn(PERMISSION_SETS, name)
}
