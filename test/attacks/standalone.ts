/** Flaws that are tested outside the table, and where. */
import type { CaseNumber } from './cases.ts'

export const STANDALONE: ReadonlyMap<CaseNumber, string> = new Map<CaseNumber, string>([
  [4, 'minting.test.ts'],
  [9, 'throttle.test.ts'],
  [13, 'attacks.test.ts'],
  [17, '../store/'],
  [22, '../architecture/'],
  [23, 'revocation.test.ts'],
  [24, 'store-failure.test.ts'],
  [29, 'stalling.test.ts, ../endurance/slow-clients.test.ts'],
])
