/** Pages of lists that are held in memory. */
import type { Page } from '../store/query.ts'
import type { Paging } from './fields.ts'

const DEFAULT_PAGE_SIZE = 20

export function pageFrom<Item>(
  all: readonly Item[],
  { page = 1, page_size = DEFAULT_PAGE_SIZE }: Paging,
): Page<Item> {
  return { items: all.slice((page - 1) * page_size, page * page_size), total_count: all.length }
}
