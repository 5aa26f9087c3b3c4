/** Whole lists out of the services' pages. */
import { everyEntity, type ListInput } from '../services/lists.ts'
import type { Page } from '../store/query.ts'

/** Everything that `filters` lets through, or the first `limit` of it. */
export async function collect<Entity, Filters, Column extends string>(
  source: { list(input: ListInput<Filters, Column>): Promise<Page<Entity>> },
  filters: Filters,
  limit: number | undefined,
): Promise<readonly Entity[]> {
  const found: Entity[] = []
  for await (const entity of everyEntity((page: ListInput<Filters, Column>) => source.list(page), {
    filters,
  })) {
    if (limit !== undefined && found.length >= limit) break
    found.push(entity)
  }
  return found
}
