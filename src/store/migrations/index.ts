/** All versions of the schema, oldest first. A version that was released is never edited: the next one changes it. */
import { INITIAL } from './0001-initial.ts'
import { CONTROL_PLANE } from './0002-control-plane.ts'

export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

export const MIGRATIONS: readonly Migration[] = [INITIAL, CONTROL_PLANE]
