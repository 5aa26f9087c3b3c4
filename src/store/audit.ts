/** The audit log's pen: one entry for every change, in the transaction that makes it. */
import type { LogEntry } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Statements } from './database.ts'
import { LOG_ENTRIES } from './entities/log.ts'

/** What the audit log calls a kind of record. */
export type ResourceType =
  | 'organization'
  | 'project'
  | 'user'
  | 'application'
  | 'group'
  | 'policy'
  | 'api_key'
  | 'bucket'
  | 'backend'
  | 'master_key'
  | 'ssh_key'
  | 'session'

export interface Change {
  readonly resource_type: ResourceType
  readonly resource_id: string
  /** `''` for what belongs to no organization. */
  readonly organization_id: string
  /** Null: it was made. Never holds a secret. */
  readonly before: unknown
  /** Null: it is gone. */
  readonly after: unknown
  /** What deserves a second look; absent: nothing. */
  readonly remark?: string | undefined
}

/** An attempt that was turned away. */
export interface Refusal {
  /** What it was about, as the control plane names it. */
  readonly resource_type: string
  readonly resource_id: string
  /** `''` where it is not known. */
  readonly organization_id: string
  /** What was attempted, and why not. Never holds a secret. */
  readonly remark: string
}

export interface AuditLog {
  record(actor: Actor, change: Change): void
  recordRefusal(actor: Actor, refusal: Refusal): void
}

const INSERT = LOG_ENTRIES.insert([])

export function createAuditLog(statements: Statements, now: () => number, uuid: () => string): AuditLog {
  const write = (actor: Actor, entry: Omit<LogEntry, 'id' | 'created_at' | keyof Actor>): void => {
    const { ip, user_agent, bearer_id } = actor
    const created_at = new Date(now()).toISOString()
    statements.run(
      INSERT,
      LOG_ENTRIES.insertValues({ ...entry, id: uuid(), created_at, ip, user_agent, bearer_id }),
    )
  }
  return {
    record(actor, change) {
      const action = change.before === null ? 'created' : change.after === null ? 'deleted' : 'updated'
      write(actor, { ...change, action, remark: change.remark ?? '' })
    },
    recordRefusal(actor, refusal) {
      write(actor, { ...refusal, action: 'refused', before: null, after: null })
    },
  }
}
