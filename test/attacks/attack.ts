/** What an attack is. The numbers are those of {@link CASES}. */
import type { RawResponse } from '../support/raw-http.ts'
import type { Arena } from './arena.ts'
import type { CaseNumber } from './cases.ts'

/** A request that must be refused, and of which the backend must hear nothing. */
export interface Attack {
  readonly row: CaseNumber
  readonly title: string
  readonly attempt: (arena: Arena) => Promise<RawResponse>
  /** Status and code; several where more than one refusal is right. */
  readonly refusal: string | readonly string[] | RegExp
}

/** A case that one refused request cannot show: it asserts for itself. */
export interface Experiment {
  readonly row: CaseNumber
  readonly title: string
  readonly run: (arena: Arena) => Promise<void>
}
