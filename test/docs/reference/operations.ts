/** What each operation needs and what becomes of it, from the operation table. */
import { OPERATION_NAMES, OPERATIONS, type OperationRow } from '../../../src/s3/operation.ts'
import type { Disposition, IamConditional, IamTarget, When } from '../../../src/s3/operations/row.ts'
import { code, table } from './table.ts'

const DISPOSITIONS: Readonly<Record<Disposition, string>> = {
  forward: 'forwarded',
  answer: 'answered by the gate',
  opened: 'refused unless opened',
  refuse: 'refused',
}

const TARGETS: Readonly<Record<IamTarget, string>> = {
  service: '',
  bucket: '',
  object: '',
  copySource: ' on the source',
  eachKey: ' for each key',
}

export function renderOperations(): string {
  const rows = OPERATION_NAMES.filter((name) => OPERATIONS[name].matching === 'request').map((name) => {
    const { disposition, iam }: OperationRow = OPERATIONS[name]
    const always = iam.required.map(({ action, resource }) => `${code(action)}${TARGETS[resource]}`)
    const sometimes = iam.conditional.map(renderConditional)
    return [
      code(name),
      always.length === 0 ? 'refused to everybody' : always.join(', '),
      sometimes.join('; '),
      DISPOSITIONS[disposition],
    ]
  })
  return table(['Operation', 'Needs', 'And', 'Becomes'], rows)
}

function renderConditional(conditional: IamConditional): string {
  const when = renderWhen(conditional.when)
  switch (conditional.effect) {
    case 'add':
      return `${code(conditional.action)}${TARGETS[conditional.resource]} ${when}`
    case 'replace':
      return `${code(conditional.action)}${TARGETS[conditional.resource]} instead ${when}`
    case 'refuse':
      return `refused ${when}`
  }
}

function renderWhen(when: When): string {
  switch (when.kind) {
    case 'query':
      return `with ${code(when.name)}`
    case 'anyHeader':
      return `with ${when.names.map(code).join(' or ')}`
    case 'aclBeyondPrivate':
      return `with an ACL or grant beyond ${code('private')}`
    case 'headerEquals':
      return `with ${code(`${when.name}: ${when.value}`)}`
    case 'headerIsEtag':
      return `with an entity tag in ${code(when.name)}`
    case 'copySourceVersion':
      return 'where the source names a version'
    case 'body':
      return BODIES[when.has]
  }
}

const BODIES: Readonly<Record<Extract<When, { kind: 'body' }>['has'], string>> = {
  bucketTags: 'where the body has tags',
  objectVersionId: 'where the key has a version',
  objectEtag: 'where the key has an entity tag',
  role: 'where the body names a role',
}
