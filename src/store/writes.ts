/** Writes of one kind of record, each with its entry in the audit log. */
import type { Actor } from '../iam/reader.ts'
import type { AuditLog, ResourceType } from './audit.ts'
import type { Statements, Value } from './database.ts'
import type { EntityTable } from './entity.ts'
import type { Writes } from './repositories.ts'
import type { Sealer } from './seal.ts'

/** What the repositories of one transaction work with. */
export interface WriteContext {
  readonly statements: Statements
  readonly sealer: Sealer
  readonly actor: Actor
  readonly audit: AuditLog
  readonly now: () => number
}

export interface EntityWriting<Entity> {
  readonly table: EntityTable<Entity>
  readonly resourceType: ResourceType
  /** `''`: it belongs to none. */
  organizationOf(entity: Entity): string
  find(id: string): Promise<Entity | undefined>
  /** What the audit log is to say of a change beside what it was; absent: nothing. */
  remarkOn?(before: Entity, after: Entity): string
  /** Writes what lies in other tables, in place of what is there. */
  saveParts(entity: Entity): void
}

/** Further columns of a row that are no part of the record: sealed secrets. */
export type FurtherColumns = Readonly<Record<string, Value>>

export interface EntityWrites<Entity> extends Omit<Writes<Entity>, 'insert'> {
  insert(entity: Entity, further: FurtherColumns): Promise<void>
  /** Records a change of something that is no part of the record, and is not to be shown: `{ password: 'changed' }`. */
  recordHidden(entity: Entity, after: Readonly<Record<string, 'changed'>>): void
}

export const noParts = (): void => undefined

export function createWrites<Entity>(
  context: WriteContext,
  writing: EntityWriting<Entity>,
): EntityWrites<Entity> {
  const { statements, audit, actor } = context
  const { table } = writing
  const record = (entity: Entity, before: unknown, after: unknown, remark?: string) => {
    audit.record(actor, {
      resource_type: writing.resourceType,
      resource_id: table.idOf(entity),
      organization_id: writing.organizationOf(entity),
      before,
      after,
      remark,
    })
  }
  return {
    async insert(entity, further) {
      const names = Object.keys(further)
      statements.run(table.insert(names), [...table.insertValues(entity), ...Object.values(further)])
      writing.saveParts(entity)
      record(entity, null, entity)
    },
    async update(entity) {
      const before = await writing.find(table.idOf(entity))
      if (before === undefined) throw new TypeError(`no row of ${table.shape.table} to update`)
      if (JSON.stringify(before) === JSON.stringify(entity)) return
      statements.run(table.update, table.updateValues(entity))
      writing.saveParts(entity)
      record(entity, before, entity, writing.remarkOn?.(before, entity))
    },
    async delete(id) {
      const before = await writing.find(id)
      if (before === undefined) return false
      statements.run(table.delete, [id])
      record(before, before, null)
      return true
    },
    recordHidden(entity, after) {
      record(entity, {}, after)
    },
  }
}
