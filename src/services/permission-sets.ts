/** Permission sets: a closed list; other products' names are accepted, listed, and without effect. */
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
