/** Flaws whose tests need a gate of their own, and the file that has them. */
import type { CaseNumber } from './cases.ts'

export const STANDALONE: ReadonlyMap<CaseNumber, string> = new Map<CaseNumber, string>([
  [4, 'minting.test.ts'],
  [9, 'throttle.test.ts'],
  [13, 'secrets-in-logs.test.ts'],
  [17, '../store/'],
  [22, '../architecture/'],
  [23, 'revocation.test.ts'],
  [24, 'store-failure.test.ts'],
  [29, 'stalling.test.ts'],
  [33, 'slow-upload.test.ts'],
])
