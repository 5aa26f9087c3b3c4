/** Reads of one kind of record: by id, by a clause of its repository's own, and as a filtered, ordered page. */
import type { Queries, Value } from './database.ts'
import type { EntityTable } from './entity.ts'
import type { ListQuery, Page } from './query.ts'
import type { Reads } from './repositories.ts'

/** A condition of `WHERE`. */
export interface Clause {
  readonly sql: string
  readonly values: readonly Value[]
}

/** How each filter becomes a condition: a filter that is declared and forgotten here does not compile. */
export type FilterTable<Filters> = {
  readonly [F in keyof Filters]-?: (value: NonNullable<Filters[F]>) => Clause
}

export interface EntityReads<Entity, Filters, Order extends string> extends Reads<Entity, Filters, Order> {
  /** Those that fulfil a condition, in the order they were made. */
  where(sql: string, values: readonly Value[]): Promise<readonly Entity[]>
}

export const equals =
  (column: string) =>
  (value: string): Clause => ({ sql: `${column} = ?`, values: [value] })

export const isSet =
  (column: string) =>
  (value: boolean): Clause => ({ sql: `${column} = ?`, values: [value ? 1 : 0] })

/** One statement for lists of any length. */
export const anyOf =
  (expression: string) =>
  (values: readonly string[]): Clause => ({
    sql: `${expression} IN (SELECT value FROM json_each(?))`,
    values: [JSON.stringify(values)],
  })

export const hasTag =
  (column: string) =>
  (tag: string): Clause => ({ sql: `? IN (SELECT value FROM json_each(${column}))`, values: [tag] })

/** `orders` are columns. */
export function createReads<Entity extends object, Filters extends object, Order extends string>(
  queries: Queries,
  table: EntityTable<Entity>,
  filters: FilterTable<Filters>,
  orders: readonly Order[],
): EntityReads<Entity, Filters, Order> {
  const { id, tieBreaker, table: name } = table.shape
  const find = `${table.select} WHERE ${name}.${id} = ?`
  const orderings = new Map<string, string>(
    orders.flatMap((order) => [
      [`${order}_asc`, `ORDER BY ${name}.${order}, ${name}.${tieBreaker}`],
      [`${order}_desc`, `ORDER BY ${name}.${order} DESC, ${name}.${tieBreaker} DESC`],
    ]),
  )

  const condition = (given: Filters): Clause => {
    const clauses = (Object.keys(filters) as (keyof Filters)[]).flatMap((filter) => {
      const value = given[filter]
      return value === undefined || value === null ? [] : [filters[filter](value)]
    })
    return {
      sql: clauses.length === 0 ? 'true' : clauses.map((clause) => `(${clause.sql})`).join(' AND '),
      values: clauses.flatMap((clause) => clause.values),
    }
  }

  return {
    async find(id) {
      const row = queries.get(find, [id])
      return row === undefined ? undefined : table.decode(row)
    },
    async where(sql, values) {
      return queries
        .all(`${table.select} WHERE ${sql} ORDER BY created_at, ${tieBreaker}`, values)
        .map(table.decode)
    },
    async list(query: ListQuery<Filters, Order>): Promise<Page<Entity>> {
      const { sql, values } = condition(query.filters)
      const ordering = orderings.get(query.order_by)
      if (ordering === undefined) throw new TypeError(`no such order: ${query.order_by}`)
      const rows = queries.all(`${table.select} WHERE ${sql} ${ordering} LIMIT ? OFFSET ?`, [
        ...values,
        query.page_size,
        (query.page - 1) * query.page_size,
      ])
      const total = queries.scalar(`SELECT count(*) FROM ${name} WHERE ${sql}`, values)
      return { items: rows.map(table.decode), total_count: Number(total) }
    },
  }
}
