/** Buckets, as rows; only {@link createBucketLife} writes them. */
import { createBucketLife } from '../bucket-life.ts'
import type { Queries } from '../database.ts'
import type { BucketFilters, BucketOrder } from '../query.ts'
import { anyOf, createReads, equals, type FilterTable } from '../reads.ts'
import type { BucketReads, BucketWrites } from '../repositories.ts'
import type { WriteContext } from '../writes.ts'
import { BUCKETS } from './bucket-table.ts'

const FILTERS: FilterTable<BucketFilters> = {
  names: anyOf('name'),
  project_id: equals('project_id'),
  project_ids: anyOf('project_id'),
  backend_id: equals('backend_id'),
  states: anyOf('state'),
}
const ORDERS: readonly BucketOrder[] = ['name', 'created_at']

export function createBucketReads(queries: Queries): BucketReads {
  const reads = createReads(queries, BUCKETS, FILTERS, ORDERS)
  const count = async (column: 'living_project_id' | 'living_backend_id', id: string) =>
    Number(queries.scalar(`SELECT count(*) FROM buckets WHERE ${column} = ?`, [id]))
  return {
    ...reads,
    countOfProject: (projectId) => count('living_project_id', projectId),
    countOnBackend: (backendId) => count('living_backend_id', backendId),
    pending: () => reads.where(`state IN ('creating', 'deleting')`, []),
  }
}

export function createBucketWrites(context: WriteContext): BucketWrites {
  const life = createBucketLife(context)
  return {
    ...createBucketReads(context.statements),
    adopt: async (bucket) => life.adopt(bucket, context.actor),
    release: async (name, until) => life.forget(name, until, context.actor),
  }
}
