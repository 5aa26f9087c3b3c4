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

export interface Change {
  readonly resource_type: ResourceType
  readonly resource_id: string
  /** `''` for what belongs to no organization. */
  readonly organization_id: string
  /** Null: it was made. Never holds a secret. */
  readonly before: unknown
  /** Null: it is gone. */
  readonly after: unknown
}

export interface AuditLog {
  record(actor: Actor, change: Change): void
}

const INSERT = LOG_ENTRIES.insert([])

export function createAuditLog(statements: Statements, now: () => number, uuid: () => string): AuditLog {
  return {
    record(actor, change) {
      const entry: LogEntry = {
        ...change,
        id: uuid(),
        created_at: new Date(now()).toISOString(),
        ip: actor.ip,
        user_agent: actor.user_agent,
        bearer_id: actor.bearer_id,
        action: change.before === null ? 'created' : change.after === null ? 'deleted' : 'updated',
      }
      statements.run(INSERT, LOG_ENTRIES.insertValues(entry))
    },
  }
}
