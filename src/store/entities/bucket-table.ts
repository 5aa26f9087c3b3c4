/** The table of buckets: what both its reads and the life of a bucket are made from. */
import type { Bucket } from '../../iam/model.ts'
import { entityTable, integer, text } from '../entity.ts'

export const BUCKETS = entityTable<Bucket>({
  table: 'buckets',
  id: 'name',
  tieBreaker: 'name',
  columns: {
    name: text(),
    project_id: text(),
    backend_id: text(),
    generation: integer(),
    state: text(),
    released_until: text(),
    created_at: text(),
    updated_at: text(),
  },
})
