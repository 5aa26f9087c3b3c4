/**
 * What acts with the backend's own power or at its cost, and is refused unless the operator opened it for that
 * backend: whole operations, and single headers of others.
 *
 * The bodies of operations are looked through in `bodies/`, for the same names.
 */
import { headerNotImplemented, invalidArgument, S3Error } from './error.ts'
import type { Headers } from './headers.ts'
import type { MatchedOperation } from './operation.ts'
import { OPERATION_NAMES, OPERATIONS, type OperationName } from './operations/table.ts'

type OpenedOperation = {
  [Name in OperationName]: (typeof OPERATIONS)[Name]['disposition'] extends 'opened' ? Name : never
}[OperationName]

/**
 * What an operator can open for a backend. Beside whole operations:
 * `PutBucketAcl`, `PutObjectAcl`: any ACL or grant, also on what creates a bucket or an object;
 * `KmsEncryption`: keys of the backend's KMS; `RestoreOutputLocation`: a restoration into another bucket.
 */
export type Openable =
  | OpenedOperation
  | 'PutBucketAcl'
  | 'PutObjectAcl'
  | 'KmsEncryption'
  | 'RestoreOutputLocation'

export const OPENABLE: readonly Openable[] = [
  ...OPERATION_NAMES.filter((name): name is OpenedOperation => OPERATIONS[name].disposition === 'opened'),
  'PutBucketAcl',
  'PutObjectAcl',
  'KmsEncryption',
  'RestoreOutputLocation',
]

export function isOpenable(text: string): text is Openable {
  return OPENABLE.some((name) => name === text)
}

/** What the operator opened for a backend, as its record lists it. */
export type Opened = readonly string[]

export function isOpened(opened: Opened, name: Openable): boolean {
  return opened.includes(name)
}

/** ACLs that give nothing to anybody but the owner, who is the gate at every backend. */
const HARMLESS_ACLS: ReadonlySet<string> = new Set(['private', 'bucket-owner-full-control'])

const GRANTS = [
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write',
  'x-amz-grant-write-acp',
] as const

const ENCRYPTION = 'x-amz-server-side-encryption'

/** Headers that only make sense with a key of the KMS. */
const KMS = [
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-context',
  'x-amz-server-side-encryption-bucket-key-enabled',
] as const

/** The refusal of an operation that is not open at this backend; undefined: it is. */
export function unopened({ name, row }: MatchedOperation, opened: Opened): S3Error | undefined {
  if (row.disposition === 'refuse') return notOpened(name, 'never forwarded')
  return row.disposition === 'opened' && !opened.includes(name)
    ? notOpened(name, 'not opened for this backend')
    : undefined
}

/**
 * Refuses a header that is not open at this backend.
 *
 * @throws S3Error `NotImplemented`; `InvalidArgument` for an encryption that there is not
 */
export function refuseUnopenedHeaders(operation: MatchedOperation, headers: Headers, opened: Opened): void {
  const { name, row } = operation
  const acl: Openable = row.level === 'bucket' && name !== 'PostObject' ? 'PutBucketAcl' : 'PutObjectAcl'
  if (!isOpened(opened, acl)) refuseGrants(headers)
  if (!isOpened(opened, 'KmsEncryption')) refuseKms(headers)
  if (headers.has('x-amz-object-ownership') && !isOpened(opened, 'PutBucketOwnershipControls')) {
    throw headerNotImplemented('x-amz-object-ownership')
  }
}

function refuseGrants(headers: Headers): void {
  const acl = headers.get('x-amz-acl')
  if (acl !== undefined && !HARMLESS_ACLS.has(acl)) throw headerNotImplemented('x-amz-acl')
  for (const name of GRANTS) if (headers.has(name)) throw headerNotImplemented(name)
}

function refuseKms(headers: Headers): void {
  const encryption = headers.get(ENCRYPTION)
  if (encryption !== undefined && encryption !== 'AES256') {
    if (encryption.startsWith('aws:')) throw headerNotImplemented(ENCRYPTION)
    throw invalidArgument(ENCRYPTION, encryption, 'The encryption method specified is not supported')
  }
  for (const name of KMS) if (headers.has(name)) throw headerNotImplemented(name)
}

function notOpened(name: OperationName, reason: string): S3Error {
  return new S3Error('NotImplemented', {
    message: 'This operation is not implemented',
    reason: `${name}: ${reason}`,
  })
}
