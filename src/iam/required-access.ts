/**
 * What an operation needs: every action, each with what it is needed on. The operation table says which permissions of
 * AWS's a request needs and what its headers, parameters and body add; here each becomes an action of ours.
 */
import { parseCopySource } from '../s3/copy-source.ts'
import { S3Error } from '../s3/error.ts'
import type { Headers } from '../s3/headers.ts'
import {
  type AwsAction,
  type IamConditional,
  type IamTarget,
  type MatchableOperationName,
  type MatchedOperation,
  OPERATION_NAMES,
  OPERATIONS,
  type OperationName,
  type OperationRow,
  parameter,
  type When,
} from '../s3/operation.ts'
import { COPY_SOURCE } from '../s3/operations/header-lists.ts'
import { ACTIONS, type Action, isAction, VERSION_ACTION } from './actions.ts'

export interface RequiredAction {
  readonly action: Action
  readonly target: IamTarget
}

/** What a body says that changes what the request needs; of a batch, about one of its keys. */
export type BodyFact = Extract<When, { kind: 'body' }>['has']

/** Permissions of AWS's that are needed beside an operation's own and are named like none of our actions. */
const NAMED_OTHERWISE: ReadonlyMap<string, Action> = new Map<AwsAction, Action>([
  ['s3:TagResource', 'PutBucketTagging'],
  ['s3:PutBucketObjectLockConfiguration', 'PutObjectLockConfiguration'],
])

/** An ACL that leaves the object to the bucket's owner, who has it anyway: asking for it asks for nothing. */
const OWNERS_ACLS: ReadonlySet<string> = new Set(['private', 'bucket-owner-full-control'])

const ACL_HEADER = 'x-amz-acl'

const GRANT_HEADERS = [
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write',
  'x-amz-grant-write-acp',
] as const

/** Of a body that has not been read yet. */
const NOTHING_READ: ReadonlySet<BodyFact> = new Set()

/** One operation's needs in our words, worked out when the process starts. */
interface Needs {
  readonly always: readonly RequiredAction[]
  readonly conditional: readonly ConditionalNeed[]
}

type ConditionalNeed =
  | { readonly when: When; readonly effect: 'add'; readonly need: RequiredAction }
  | {
      readonly when: When
      readonly effect: 'replace'
      readonly replaced: RequiredAction
      readonly need: RequiredAction
    }
  | { readonly when: When; readonly effect: 'refuse' }

const NEEDS = Object.fromEntries(
  OPERATION_NAMES.map((name) => [name, needsOf(name, OPERATIONS[name])]),
) as Readonly<Record<OperationName, Needs>>

/**
 * Stops the start where an operation could be asked for and nothing would be checked: one without an action, or with a
 * permission that is none of ours.
 *
 * @throws Error that names them
 */
export function assertEveryOperationMapped(
  operations: Readonly<Record<string, OperationRow>> = OPERATIONS,
): void {
  const unmapped = Object.entries(operations).filter(([name, row]) => {
    if (row.matching !== 'request' || isPreflight(row)) return false
    const { required, conditional } = row.iam
    const permissions = [...required, ...conditional.filter((one) => one.effect !== 'refuse')]
    return required.length === 0 || permissions.some((one) => actionFor(name, one) === undefined)
  })
  if (unmapped.length > 0) {
    throw new Error(`operations without actions: ${unmapped.map(([name]) => name).join(', ')}`)
  }
}

/** A CORS preflight carries no credential, and is answered 403 before anybody is asked. */
function isPreflight(row: OperationRow): boolean {
  return row.method === 'OPTIONS'
}

/**
 * All that a request needs as far as its line and headers tell.
 * @throws S3Error `AccessDenied` where no permission could do
 */
export function requiredAccess(operation: MatchedOperation, headers: Headers): readonly RequiredAction[] {
  const { always, conditional } = NEEDS[operation.name]
  if (always.length === 0) throw refused(operation.name)
  return conditional.length === 0
    ? always
    : apply(operation.name, (when) => holds(when, operation, headers, NOTHING_READ))
}

/**
 * What one key of a batch needs.
 * @throws S3Error as {@link requiredAccess}
 */
export function requiredForKey(
  operation: MatchedOperation,
  headers: Headers,
  facts: ReadonlySet<BodyFact>,
): readonly Action[] {
  return apply(operation.name, (when) => holds(when, operation, headers, facts))
    .filter(({ target }) => target === 'eachKey')
    .map(({ action }) => action)
}

/**
 * What a body adds to {@link requiredAccess}.
 * @throws S3Error as {@link requiredAccess}
 */
export function requiredByBody(
  operation: MatchedOperation,
  facts: ReadonlySet<BodyFact>,
): readonly RequiredAction[] {
  const { always } = NEEDS[operation.name]
  return apply(operation.name, (when) => when.kind === 'body' && facts.has(when.has)).filter(
    (need) => !always.includes(need),
  )
}

function apply(name: MatchableOperationName, test: (when: When) => boolean): readonly RequiredAction[] {
  const { always, conditional } = NEEDS[name]
  let needs = always
  for (const one of conditional) {
    if (!test(one.when)) continue
    switch (one.effect) {
      case 'add':
        needs = [...needs, one.need]
        break
      case 'replace':
        needs = needs.map((need) => (same(need, one.replaced) ? one.need : need))
        break
      case 'refuse':
        throw refused(name)
    }
  }
  return needs
}

function same(a: RequiredAction, b: RequiredAction): boolean {
  return a.action === b.action && a.target === b.target
}

function refused(name: OperationName): S3Error {
  return new S3Error('AccessDenied', { reason: `${name}: no permission covers what the request asks for` })
}

function holds(
  when: When,
  operation: MatchedOperation,
  headers: Headers,
  facts: ReadonlySet<BodyFact>,
): boolean {
  switch (when.kind) {
    case 'body':
      return facts.has(when.has)
    case 'query':
      return parameter(operation, when.name) !== undefined
    case 'anyHeader':
      return when.names.some((name) => headers.has(name))
    case 'aclBeyondPrivate': {
      const acl = headers.get(ACL_HEADER)
      return (acl !== undefined && !OWNERS_ACLS.has(acl)) || GRANT_HEADERS.some((name) => headers.has(name))
    }
    case 'headerEquals':
      return headers.get(when.name)?.toLowerCase() === when.value.toLowerCase()
    case 'headerIsEtag': {
      const value = headers.get(when.name)
      return value !== undefined && value !== '*'
    }
    case 'copySourceVersion': {
      const source = headers.get(COPY_SOURCE)
      return source !== undefined && parseCopySource(source).versionId !== null
    }
  }
}

function needsOf(name: OperationName, row: OperationRow): Needs {
  const need = (one: { action: string; resource: IamTarget }): RequiredAction[] => {
    const action = actionFor(name, one)
    return action === undefined ? [] : [{ action, target: one.resource }]
  }
  const always = row.iam.required.flatMap(need)
  return {
    // Without one of its actions the operation has none, and is refused.
    always: always.length === row.iam.required.length ? always : [],
    conditional: row.iam.conditional.map((one) => conditionalNeed(one, need)),
  }
}

/** INVARIANT: what has no action is refused, never left out. */
function conditionalNeed(
  one: IamConditional,
  need: (one: { action: string; resource: IamTarget }) => RequiredAction[],
): ConditionalNeed {
  if (one.effect === 'refuse') return { when: one.when, effect: 'refuse' }
  const [added] = need(one)
  if (added === undefined) return { when: one.when, effect: 'refuse' }
  if (one.effect === 'add') return { when: one.when, effect: 'add', need: added }
  const [replaced] = need({ action: one.replaces, resource: one.resource })
  if (replaced === undefined) return { when: one.when, effect: 'refuse' }
  return { when: one.when, effect: 'replace', replaced, need: added }
}

/**
 * Our action for a permission that an operation needs: the operation's own where the permission is what it is part of
 * (`s3:PutObject` for UploadPart is `UploadPart`), on a version its version's, else the action of that name.
 */
function actionFor(
  operation: string,
  { action: permission, resource }: { readonly action: string; readonly resource: IamTarget },
): Action | undefined {
  if (resource !== 'copySource' && isAction(operation)) {
    if (ACTIONS[operation][0] === permission) return operation
    const ofVersion = VERSION_ACTION[operation]
    if (ofVersion !== undefined && ACTIONS[ofVersion][0] === permission) return ofVersion
  }
  const name = permission.slice(permission.indexOf(':') + 1)
  if (isAction(name) && ACTIONS[name][0] === permission) return name
  return NAMED_OTHERWISE.get(permission)
}
