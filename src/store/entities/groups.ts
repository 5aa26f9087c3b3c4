/** Groups, as rows; their members lie in a table of their own. */
import type { Group } from '../../iam/model.ts'
import type { Queries } from '../database.ts'
import { derivedJson, entityTable, json, text } from '../entity.ts'
import type { GroupFilters, GroupOrder } from '../query.ts'
import { anyOf, createReads, equals, type FilterTable, hasTag } from '../reads.ts'
import type { GroupReads, GroupWrites } from '../repositories.ts'
import { createWrites, type WriteContext } from '../writes.ts'

const members = (column: 'user_id' | 'application_id') =>
  derivedJson<readonly string[]>(
    `SELECT json_group_array(${column}) FROM (SELECT ${column} FROM group_members
      WHERE group_id = groups.id AND ${column} IS NOT NULL ORDER BY position)`,
  )

const GROUPS = entityTable<Group>({
  table: 'groups',
  id: 'id',
  tieBreaker: 'id',
  columns: {
    id: text(),
    organization_id: text(),
    name: text(),
    description: text(),
    user_ids: members('user_id'),
    application_ids: members('application_id'),
    tags: json(),
    created_at: text(),
    updated_at: text(),
  },
})

const withMember = (column: 'user_id' | 'application_id') => (ids: readonly string[]) => ({
  sql: `id IN (SELECT group_id FROM group_members WHERE ${column} IN (SELECT value FROM json_each(?)))`,
  values: [JSON.stringify(ids)],
})

const FILTERS: FilterTable<GroupFilters> = {
  organization_id: equals('organization_id'),
  group_ids: anyOf('id'),
  user_ids: withMember('user_id'),
  application_ids: withMember('application_id'),
  name: equals('name'),
  tag: hasTag('tags'),
}
const ORDERS: readonly GroupOrder[] = ['created_at', 'updated_at', 'name']

export function createGroupReads(queries: Queries): GroupReads {
  const reads = createReads(queries, GROUPS, FILTERS, ORDERS)
  return {
    ...reads,
    ofMember: (id) =>
      reads.where('id IN (SELECT group_id FROM group_members WHERE user_id = ? OR application_id = ?)', [
        id,
        id,
      ]),
  }
}

export function createGroupWrites(context: WriteContext): GroupWrites {
  const reads = createGroupReads(context.statements)
  const writes = createWrites(context, {
    table: GROUPS,
    resourceType: 'group',
    organizationOf: (group) => group.organization_id,
    find: reads.find,
    saveParts: (group) => saveMembers(context, group),
  })
  return { ...reads, ...writes, insert: (group) => writes.insert(group, {}) }
}

/** Only the difference is written, so that the caches of those who stay are left alone. */
function saveMembers({ statements }: WriteContext, group: Group): void {
  const columns = { user_id: group.user_ids, application_id: group.application_ids }
  for (const [column, wanted] of Object.entries(columns)) {
    const rows = statements.all(
      `SELECT ${column} AS id, position FROM group_members WHERE group_id = ? AND ${column} IS NOT NULL`,
      [group.id],
    )
    const present = new Set(rows.map((row) => String(row.id)))
    for (const id of present) {
      if (!wanted.includes(id)) {
        statements.run(`DELETE FROM group_members WHERE group_id = ? AND ${column} = ?`, [group.id, id])
      }
    }
    let position = Math.max(-1, ...rows.map((row) => Number(row.position)))
    for (const id of wanted) {
      if (present.has(id)) continue
      position += 1
      statements.run(`INSERT INTO group_members (group_id, position, ${column}) VALUES (?, ?, ?)`, [
        group.id,
        position,
        id,
      ])
    }
  }
}
