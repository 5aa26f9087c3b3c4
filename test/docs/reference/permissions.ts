/** What permission sets and restrictions allow, from the table of actions. */
import { ACTION_NAMES, type Action } from '../../../src/iam/actions.ts'
import { OTHER_OPERATIONS } from '../../../src/iam/other-operations.ts'
import {
  PERMISSION_SET_NAMES,
  PERMISSION_SETS,
  type PermissionSetName,
} from '../../../src/iam/permission-sets.ts'
import { atomsOfOperation, KNOWN_OPERATIONS } from '../../../src/iam/sos-operations.ts'
import { code, names, table } from './table.ts'

const EVERYTHING = ACTION_NAMES.length

const described = (actions: Iterable<Action>): string => {
  const list = [...actions]
  if (list.length === 0) return 'nothing on S3'
  return list.length === EVERYTHING ? 'every action' : names(list)
}

export function renderPermissionSets(): string {
  const storage = PERMISSION_SET_NAMES.filter((name) => name.startsWith('ObjectStorage'))
  const rows = storage.map((name) => [code(name), described(PERMISSION_SETS[name].actions)])
  return table(['Permission set', 'Actions'], rows)
}

/** Actions that only sets with everything hold. */
export function renderUncommonActions(): string {
  const common = new Set(
    PERMISSION_SET_NAMES.flatMap((name) => {
      const { actions } = PERMISSION_SETS[name]
      return actions.size === EVERYTHING ? [] : [...actions]
    }),
  )
  return names(ACTION_NAMES.filter((action) => !common.has(action)))
}

export function renderManagementSets(): string {
  const managing = (name: PermissionSetName): boolean => {
    const { categories } = PERMISSION_SETS[name]
    return !name.startsWith('ObjectStorage') && !isOfOtherProduct(name) && categories.length > 0
  }
  const rows = PERMISSION_SET_NAMES.filter(managing).map((name) => [
    code(name),
    PERMISSION_SETS[name].scope_type,
    PERMISSION_SETS[name].description,
    PERMISSION_SETS[name].actions.size === 0 ? '' : described(PERMISSION_SETS[name].actions),
  ])
  return table(['Permission set', 'Scope', 'For', 'On S3'], rows)
}

function isOfOtherProduct(name: PermissionSetName): boolean {
  return PERMISSION_SETS[name].description.endsWith('without effect here')
}

export function renderSosOperations(): string {
  const rows = KNOWN_OPERATIONS.filter(({ tags }) => tags.includes('sos')).map(({ operation }) => {
    const covered = atomsOfOperation(operation) ?? []
    return [code(operation), covered.includes(operation) ? 'no S3 request' : names(covered)]
  })
  return table(['Operation', 'Actions'], rows)
}

/** S3 names that cover more than themselves. */
export function renderCoveringNames(): string {
  const rows = ACTION_NAMES.map((name) => [name, atomsOfOperation(name) ?? []] as const)
    .filter(([, covered]) => covered.length > 1)
    .map(([name, covered]) => [code(name), names(covered)])
  return table(['Name', 'Actions'], [...rows, [code('DeleteObjects'), names(['DeleteObject'])]])
}

export function renderOtherTags(): string {
  return names(['sos', ...Object.keys(OTHER_OPERATIONS)])
}
