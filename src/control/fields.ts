/** Fields that several endpoints have, as schemas: of bodies, of queries, and of answers. */
import { z } from 'zod'
import { parseTime } from '../services/validate.ts'
import type { OrderBy } from '../store/query.ts'

const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/

export const uuid = z
  .string()
  .regex(UUID, { error: 'must be a UUID' })
  .transform((id) => id.toLowerCase())
  .meta({ format: 'uuid' })

/** Text that survives being stored. */
export const text = z.string().refine((value) => value.isWellFormed() && !value.includes('\0'), {
  error: 'must be well-formed Unicode, without NUL',
})

export const textUpTo = (most: number): typeof text => text.max(most)

export const name = textUpTo(64).regex(/^[a-zA-Z0-9()._\- ]+$/, {
  error: 'must have 1 to 64 characters out of letters, digits, space and ( ) . _ -',
})
export const projectName = textUpTo(64).regex(/^[a-zA-Z0-9._\- ]+$/, {
  error: 'must have 1 to 64 characters out of letters, digits, space and . _ -',
})
export const username = textUpTo(64).regex(/^[a-zA-Z0-9@._-]{2,}$/, {
  error: 'must have 2 to 64 characters out of letters, digits and @ . _ -',
})
export const description = textUpTo(200)
export const tags = z.array(text.min(1).max(64)).max(10)

export const time = z
  .string()
  .refine((value) => parseTime(value) !== undefined, { error: 'must be a time such as 2030-01-31T12:00:00Z' })
  .meta({ format: 'date-time' })

/** May be left out or null, which says the same. */
export const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined)

/** A query's `true` or `false`. */
export const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional()

/** A query's argument that may be repeated. */
export const several = <Schema extends z.ZodType>(item: Schema) =>
  z
    .union([z.array(item), item])
    .transform(
      (value): readonly z.output<Schema>[] => (Array.isArray(value) ? value : [value]) as z.output<Schema>[],
    )
    .optional()

/** A closed set, of which `unknown_…` is what Go clients send for "not set". */
export const choice = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z
    .union([z.enum(values), z.string().regex(/^unknown_/)], { error: `must be one of ${values.join(', ')}` })
    .transform((value): Values[number] | undefined => values.find((known) => known === value))
    .optional()

const count = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: 'must be a whole number' })
    .transform(Number)
    .pipe(z.number().min(1).max(most))
    .optional()
    .meta({ type: 'integer', minimum: 1, maximum: most })

/**
 * A list's query: filters, order and page. Whoever calls, `organization_id` may be named, and pages be asked for where
 * there are none: clients do.
 */
export function listQuery<
  Shape extends z.core.$ZodShape,
  const Columns extends readonly [string, ...string[]],
>(filters: Shape, columns: Columns) {
  const orders = columns.flatMap((column) => [`${column}_asc`, `${column}_desc`]) as unknown as readonly [
    OrderBy<Columns[number]>,
    ...OrderBy<Columns[number]>[],
  ]
  return z.strictObject({
    organization_id: uuid.optional(),
    page: count(10_000),
    page_size: count(100),
    order_by: choice(orders),
    ...filters,
  })
}

/** What of a list's query is no filter. */
export interface Paging {
  readonly page?: number | undefined
  readonly page_size?: number | undefined
}

export const paging = ({ page, page_size }: Paging): Paging => ({ page, page_size })

/** A page of records under the name that its kind has. */
export const pageOf = <Name extends string, Item extends z.ZodType>(plural: Name, item: Item) =>
  z.object({ [plural]: z.array(item).readonly(), total_count: z.int() } as Readonly<
    Record<Name, z.ZodReadonly<z.ZodArray<Item>>>
  > & { readonly total_count: z.ZodInt })

/** Scaleway's times have microseconds, ours milliseconds. */
export function microseconds(at: string): string
export function microseconds(at: string | null): string | null
export function microseconds(at: string | null): string | null {
  return at?.replace('Z', '000Z') ?? null
}

/** Times in answers. */
export const moment = z.string().meta({ format: 'date-time' })
