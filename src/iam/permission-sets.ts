/** Permission sets: named groups of actions that a rule grants. */
import { ACTION_NAMES, ACTIONS, type Action, type ElementarySet } from './actions.ts'

export interface PermissionSet {
  readonly scope_type: 'projects' | 'organization'
  readonly description: string
  readonly categories: readonly string[]
  /** What it grants on S3; empty for sets of the control plane and of other products. */
  readonly actions: ReadonlySet<Action>
}

const elementary = (set: ElementarySet): ReadonlySet<Action> =>
  new Set(ACTION_NAMES.filter((action) => ACTIONS[action][2] === set))

export const PERMISSION_SETS = {
  ObjectStorageBucketsRead: {
    scope_type: 'projects',
    description: 'List and read the configuration of buckets',
    categories: ['Storage'],
    actions: elementary('BucketsRead'),
  },
} as const satisfies Record<string, PermissionSet>

export type PermissionSetName = keyof typeof PERMISSION_SETS

export function isPermissionSetName(name: string): name is PermissionSetName {
  return Object.hasOwn(PERMISSION_SETS, name)
}
