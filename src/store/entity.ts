/** How a kind of record lies in its table: one column a property, described once, from which all statements follow. */
import type { Row, Value } from './database.ts'

/** How one property is written to and read from its column. */
export interface Codec<T> {
  encode(value: T): Value
  decode(value: Value): T
}

/** `derived`: kept in other tables; the SQL expression that reads it, null for a column of the table itself. */
export interface Column<T> {
  readonly codec: Codec<T>
  readonly derived: string | null
}

export interface EntityShape<Entity> {
  readonly table: string
  /** The property that is the primary key. */
  readonly id: keyof Entity & string
  /** The column that orders rows which are otherwise equal. */
  readonly tieBreaker: string
  readonly columns: { readonly [P in keyof Entity]-?: Column<Entity[P]> }
}

export interface EntityTable<Entity> {
  readonly shape: EntityShape<Entity>
  /** `SELECT … FROM table`, to be continued by `WHERE`. */
  readonly select: string
  /** The same with further expressions beside the record's own. */
  selectWith(further: readonly string[]): string
  /** `INSERT` of the record's own columns, and of `further` ones after them. */
  insert(further: readonly string[]): string
  readonly update: string
  readonly delete: string
  idOf(entity: Entity): string
  decode(row: Row): Entity
  /** The values of `insert`, without those of further columns. */
  insertValues(entity: Entity): readonly Value[]
  /** The values of `update`. */
  updateValues(entity: Entity): readonly Value[]
}

function stored<T>(codec: Codec<T>): Column<T> {
  return { codec, derived: null }
}

const anyText: Codec<string | null> = { encode: (value) => value, decode: (value) => value as string | null }

/** The schema's own checks vouch for the closed sets among these. */
export const text = <T extends string | null>(): Column<T> => stored(anyText as unknown as Codec<T>)

export const integer = <T extends number | null>(): Column<T> =>
  stored({ encode: (value) => value, decode: (value) => value as T })

export const flag: Column<boolean> = stored({
  encode: (value) => (value ? 1 : 0),
  decode: (value) => value === 1,
})

function jsonCodec<T>(): Codec<T> {
  return {
    encode: (value) => (value === null ? null : JSON.stringify(value)),
    decode: (value) => (value === null ? null : JSON.parse(String(value))) as T,
  }
}

/** Null is stored as NULL. */
export const json = <T>(): Column<T> => stored(jsonCodec<T>())

/** A property that lies in other tables; `expression` yields it as JSON. Its repository writes it. */
export const derivedJson = <T>(expression: string): Column<T> => ({
  codec: jsonCodec<T>(),
  derived: expression,
})

export function entityTable<Entity extends object>(shape: EntityShape<Entity>): EntityTable<Entity> {
  type Property = keyof Entity & string
  const properties = Object.keys(shape.columns) as Property[]
  const own = properties.filter((property) => shape.columns[property].derived === null)
  const changing = own.filter((property) => property !== shape.id)
  const selected = properties.map((property) => {
    const { derived } = shape.columns[property]
    return derived === null ? `${shape.table}.${property}` : `(${derived}) AS ${property}`
  })
  const encode = (entity: Entity, property: Property): Value =>
    shape.columns[property].codec.encode(entity[property])
  const selectWith = (further: readonly string[]) =>
    `SELECT ${[...selected, ...further].join(', ')} FROM ${shape.table}`
  return {
    shape,
    select: selectWith([]),
    selectWith,
    insert: (further) => {
      const all = [...own, ...further]
      return `INSERT INTO ${shape.table} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`
    },
    update: `UPDATE ${shape.table} SET ${changing.map((property) => `${property} = ?`).join(', ')} WHERE ${shape.id} = ?`,
    delete: `DELETE FROM ${shape.table} WHERE ${shape.id} = ?`,
    idOf: (entity) => String(entity[shape.id]),
    decode: (row) =>
      Object.fromEntries(
        properties.map((property) => [property, shape.columns[property].codec.decode(row[property] ?? null)]),
      ) as Entity,
    insertValues: (entity) => own.map((property) => encode(entity, property)),
    updateValues: (entity) => [
      ...changing.map((property) => encode(entity, property)),
      encode(entity, shape.id),
    ],
  }
}
