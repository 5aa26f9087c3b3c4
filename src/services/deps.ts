/** What every service is made of. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Store } from '../store/store.ts'

export interface ServiceDeps {
  readonly store: Store
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly random: Random
}

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
