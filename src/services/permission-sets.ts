/** Permission sets: a closed list; other products' names are accepted, listed, and without effect. */
import { PERMISSION_SET_NAMES, PERMISSION_SETS } from '../iam/permission-sets.ts'

export interface PermissionSetRecord {
  readonly name: string
  readonly scope_type: 'projects' | 'organization'
  readonly description: string
  readonly categories: readonly string[]
}

export interface PermissionSets {
  /** In alphabetical order. */
  list(): readonly PermissionSetRecord[]
}

export function createPermissionSets(): PermissionSets {
  const records = PERMISSION_SET_NAMES.map((name): PermissionSetRecord => {
    const { scope_type, description, categories } = PERMISSION_SETS[name]
    return { name, scope_type, description, categories }
  })
  return { list: () => records }
}
