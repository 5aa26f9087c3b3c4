/** Users, as rows; the hash of a password is a column beside the record. */
import type { User } from '../../iam/model.ts'
import type { Queries } from '../database.ts'
import { entityTable, flag, json, text } from '../entity.ts'
import type { UserFilters, UserOrder } from '../query.ts'
import { anyOf, createReads, equals, type FilterTable, hasTag } from '../reads.ts'
import type { UserReads, UserWrites } from '../repositories.ts'
import { createWrites, noParts, type WriteContext } from '../writes.ts'

const USERS = entityTable<User>({
  table: 'users',
  id: 'id',
  tieBreaker: 'id',
  columns: {
    id: text(),
    organization_id: text(),
    type: text(),
    email: text(),
    username: text(),
    first_name: text(),
    last_name: text(),
    phone_number: text(),
    locale: text(),
    tags: json(),
    status: text(),
    locked: flag,
    last_login_at: text(),
    created_at: text(),
    updated_at: text(),
  },
})

const FILTERS: FilterTable<UserFilters> = {
  organization_id: equals('organization_id'),
  user_ids: anyOf('id'),
  type: equals('type'),
  email: equals('email'),
  username: equals('username'),
  tag: hasTag('tags'),
}
const ORDERS: readonly UserOrder[] = ['created_at', 'updated_at', 'email', 'last_login_at', 'username']

export function createUserReads(queries: Queries): UserReads {
  const reads = createReads(queries, USERS, FILTERS, ORDERS)
  return {
    ...reads,
    async passwordHash(id) {
      const hash = queries.scalar('SELECT password_hash FROM users WHERE id = ?', [id])
      return typeof hash === 'string' ? hash : null
    },
  }
}

export function createUserWrites(context: WriteContext): UserWrites {
  const reads = createUserReads(context.statements)
  const writes = createWrites(context, {
    table: USERS,
    resourceType: 'user',
    organizationOf: (user) => user.organization_id,
    find: reads.find,
    saveParts: noParts,
  })
  return {
    ...reads,
    ...writes,
    insert: (user) => writes.insert(user, {}),
    async setPasswordHash(id, hash) {
      const user = await reads.find(id)
      if (user === undefined) throw new TypeError('no user to set a password for')
      context.statements.run('UPDATE users SET password_hash = ? WHERE id = ?', [hash, id])
      writes.recordHidden(user, { password: 'changed' })
    },
  }
}
