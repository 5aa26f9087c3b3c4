/** What applying a file does, change by change, in the file's own words. Holds no secret. */

export type Kind =
  | 'organization'
  | 'owner'
  | 'backend'
  | 'project'
  | 'bucket'
  | 'user'
  | 'application'
  | 'group'
  | 'policy'
  | 'key'

/** `replace`: deleted, and made anew with the same name. */
export type StepAction = 'create' | 'update' | 'replace' | 'delete'

export interface FieldChange {
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

export interface Step {
  readonly action: StepAction
  readonly kind: Kind
  readonly name: string
  readonly changes: readonly FieldChange[]
  /** What else there is to know; `''`: nothing. */
  readonly remark: string
}

export interface Plan {
  readonly steps: readonly Step[]
  /** How many entries are as the file says already. */
  readonly unchanged: number
}

/** The fields that are given and different. */
export function changesBetween(wanted: object, present: object): readonly FieldChange[] {
  const before = present as Readonly<Record<string, unknown>>
  return Object.entries(wanted).flatMap(([field, after]): readonly FieldChange[] =>
    after === undefined || JSON.stringify(after) === JSON.stringify(before[field])
      ? []
      : [{ field, before: before[field] ?? null, after }],
  )
}

const MARKS: Readonly<Record<StepAction, string>> = { create: '+', update: '~', replace: '±', delete: '-' }

/** `~ project media: description "" → "Pictures"`. Names and values are not yet fit for a terminal. */
export function describeStep({ action, kind, name, changes, remark }: Step): string {
  const fields = changes.map(
    ({ field, before, after }) => `${field} ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
  )
  const detail = [...fields, ...(remark === '' ? [] : [remark])].join('; ')
  return `${MARKS[action]} ${kind} ${name}${detail === '' ? '' : `: ${detail}`}`
}

const DONE: Readonly<Record<StepAction, string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
}

/** `2 created, 0 updated, 0 replaced, 1 deleted, 7 unchanged` */
export function describePlan({ steps, unchanged }: Plan): string {
  const counts = (Object.keys(DONE) as StepAction[]).map(
    (action) => `${steps.filter((step) => step.action === action).length} ${DONE[action]}`,
  )
  return [...counts, `${unchanged} unchanged`].join(', ')
}
