/** Lists of any noun: defaults, bounds, and a walk over all pages. */
import type { ListQuery, OrderBy, Page } from '../store/query.ts'
import { createChecks } from './validate.ts'

/** What a caller may leave out of a {@link ListQuery}: `created_at_asc`, page 1, 20 a page. */
export interface ListInput<Filters, Column extends string> {
  readonly filters?: Filters | undefined
  readonly order_by?: OrderBy<Column | 'created_at'> | undefined
  /** 1 to 10,000. */
  readonly page?: number | undefined
  /** 1 to 1,000. */
  readonly page_size?: number | undefined
}

const MAX_PAGE = 10_000
const MAX_PAGE_SIZE = 1_000
const DEFAULT_PAGE_SIZE = 20

/** @throws ServiceError `invalid_arguments` */
export function listQuery<Filters extends object, Column extends string>(
  input: ListInput<Filters, Column>,
): ListQuery<Filters, Column | 'created_at'> {
  const page = input.page ?? 1
  const pageSize = input.page_size ?? DEFAULT_PAGE_SIZE
  const checks = createChecks()
  checks.integer('page', page, 1, MAX_PAGE)
  checks.integer('page_size', pageSize, 1, MAX_PAGE_SIZE)
  checks.done()
  return {
    filters: input.filters ?? ({} as Filters),
    order_by: input.order_by ?? 'created_at_asc',
    page,
    page_size: pageSize,
  }
}

/** Every entity of a list, page by page. */
export async function* everyEntity<Entity, Filters, Column extends string>(
  list: (input: ListInput<Filters, Column>) => Promise<Page<Entity>>,
  input: Omit<ListInput<Filters, Column>, 'page' | 'page_size'>,
): AsyncGenerator<Entity> {
  for (let page = 1; page <= MAX_PAGE; page++) {
    const { items, total_count } = await list({ ...input, page, page_size: MAX_PAGE_SIZE })
    yield* items
    if (items.length === 0 || page * MAX_PAGE_SIZE >= total_count) return
  }
}
