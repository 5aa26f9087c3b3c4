/** Whole lists out of the services' pages, and what a line shows of a long one. */
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

/** How many names a line shows. */
const SHOWN = 10

/** `a, b, c`, cut short where there are many. */
export function some(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ')
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown
}
