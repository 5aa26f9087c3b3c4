/** How an operation of the gate's own dialect is declared, and the arguments that many of them have. */
import { z } from 'zod'
import type { OrderBy } from '../../store/query.ts'
import { text, uuid } from '../fields.ts'
import { type Call, type Effect, type HashPassword, type Need, type Route, route } from '../route.ts'

interface OperationDeclaration<Input extends z.ZodType> {
  /** `users.lock`: the noun and method of the services. */
  readonly name: `${string}.${string}`
  readonly needs: Exclude<Need, 'nobody-in-particular'>
  readonly effect: Effect
  readonly input: Input
  readonly prepare?: (input: z.output<Input>, hash: HashPassword) => Promise<z.output<Input>>
  run(call: Call<object, object, z.output<Input>>, input: z.output<Input>): Promise<unknown>
}

/** Records go out as they are: their fields are the model's. */
export function operation<Input extends z.ZodType>(declaration: OperationDeclaration<Input>): Route {
  const { name, needs, effect, input, prepare, run } = declaration
  return route({
    name,
    method: 'POST',
    path: `/s3warden/v1/${name.replace('.', '/')}` as string,
    about: `The command line's \`${name}\`.`,
    needs,
    effect,
    body: input,
    ...(prepare === undefined ? {} : { prepare }),
    answer: z.object({ result: z.unknown() }),
    handle: async (call) => ({ result: (await run(call, call.body)) ?? null }),
  })
}

export const byId = z.strictObject({ id: uuid })

export const ids = z.array(uuid).optional()

export const expiry = z.strictObject({ expired: z.boolean(), at: text }).optional()

/** Times of day may be null: never. */
export const nullableText = text.nullish()

export const texts = z.array(text).optional()

/** As `ListInput` of the services. */
export function listInput<
  Shape extends z.core.$ZodShape,
  const Columns extends readonly [string, ...string[]],
>(filters: Shape, columns: Columns) {
  const orders = columns.flatMap((column) => [`${column}_asc`, `${column}_desc`]) as unknown as readonly [
    OrderBy<Columns[number]>,
    ...OrderBy<Columns[number]>[],
  ]
  return z.strictObject({
    filters: z.strictObject(filters).optional(),
    order_by: z.enum(orders).optional(),
    page: z.int().optional(),
    page_size: z.int().optional(),
  })
}
