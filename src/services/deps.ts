/** What every service is made of. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Actor } from '../iam/reader.ts'
import { DanglingReference, DuplicateEntry } from '../store/errors.ts'
import type { Transaction } from '../store/repositories.ts'
import type { Store } from '../store/store.ts'
import { type ResourceName, ServiceError, stillInUse } from './errors.ts'
import type { Quotas } from './quotas.ts'

export interface ServiceDeps {
  readonly store: Pick<Store, 'repositories' | 'transaction' | 'signToken'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly random: Random
  /** Absent: no limits. */
  readonly quotas?: Quotas | undefined
  /** How long a login lasts, in milliseconds; absent: 12 hours. */
  readonly sessionLifetimeMs?: number | undefined
}

/** What is to change in a record; what is undefined or absent stays. */
export type ChangeOf<T> = { readonly [Property in keyof T]?: T[Property] | undefined }

/** A source of unpredictable values. */
export interface Random {
  /** A lower-case version-4 UUID. */
  uuid(): string
  bytes(length: number): Buffer
}

export const SYSTEM_RANDOM: Random = { uuid: () => randomUUID(), bytes: (length) => randomBytes(length) }

/** A time as records hold it: RFC 3339, UTC, milliseconds. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** The record that a change is about, for the errors that the store finds. */
export interface Subject {
  readonly resource: ResourceName
  /** Its id, or what the caller called it where it has none yet. */
  readonly id: string
}

/**
 * One transaction; what the database itself refuses becomes a ServiceError.
 * @throws ServiceError, StoreUnavailable
 */
export async function mutate<T>(
  { store }: ServiceDeps,
  actor: Actor,
  subject: Subject,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  try {
    return await store.transaction(actor, work)
  } catch (error) {
    if (error instanceof DuplicateEntry) throw alreadyExists(subject, error.columns)
    if (error instanceof DanglingReference) {
      throw stillInUse(`${subject.resource} \`${subject.id}\` is still in use`)
    }
    throw error
  }
}

function alreadyExists(subject: Subject, columns: readonly string[]): ServiceError {
  const same = columns.filter((column) => column !== 'organization_id').join(' and ')
  return new ServiceError({
    type: 'already_exists',
    resource: subject.resource,
    resource_id: subject.id,
    help_message: `another ${subject.resource} has the same ${same}`,
  })
}
