/** Until when a key is good. Times are compared as records hold them: of equal form, so in order as text. */
import type { AccessKey } from '../iam/model.ts'
import type { Transaction } from '../store/repositories.ts'
import { timestamp } from './deps.ts'
import { ServiceError } from './errors.ts'
import { type Checks, parseTime } from './validate.ts'

/** The time as records hold it; null: never. Faults go to `checks`. */
export function checkExpiry(
  checks: Checks,
  expiresAt: string | null | undefined,
  now: number,
): string | null {
  if (expiresAt === null || expiresAt === undefined) return null
  const time = parseTime(expiresAt)
  if (time === undefined) {
    checks.fault('expires_at', 'format', 'must be a time such as 2030-01-31T12:00:00Z')
    return null
  }
  if (time <= now) checks.fault('expires_at', 'constraint', 'must be in the future')
  return timestamp(time)
}

/** Until when a key may be good at all; null: for ever. One whose parent is gone can only be shortened. */
export async function latestAllowed(transaction: Transaction, key: AccessKey): Promise<string | null> {
  if (key.parent_access_key === null) return null
  const parent = await transaction.keys.find(key.parent_access_key)
  return parent === undefined ? key.expires_at : parent.expires_at
}

/** @throws ServiceError `permissions_denied` where `wanted` is later than `latest` */
export function notAfter(wanted: string | null, latest: string | null): string | null {
  if (latest === null || (wanted !== null && wanted <= latest)) return wanted
  throw new ServiceError({
    type: 'permissions_denied',
    details: [{ resource: 'access_key', action: 'outlive its parent' }],
    help_message: `a key may not outlive the one it is made through, which expires at ${latest}`,
  })
}

/** The earlier of the two, null being never. */
export function orEarlier(time: string | null, other: string): string {
  return time === null || other < time ? other : time
}
