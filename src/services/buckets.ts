/** Buckets as the operator sees them: whose they are. Clients make and delete theirs over S3. */
import type { Bucket } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { BucketFilters, BucketOrder, Page } from '../store/query.ts'
import type { ListInput } from './lists.ts'

export interface Adoption {
  readonly name: string
  readonly project_id: string
  readonly backend_id: string
}

export interface Buckets {
  get(name: string): Promise<Bucket>
  list(input: ListInput<BucketFilters, BucketOrder>): Promise<Page<Bucket>>
  /** Puts a bucket that the backend has already into a project. Refused where the name has an owner. */
  adopt(actor: Actor, adoption: Adoption): Promise<Bucket>
  /**
   * Forgets whose it is; the backend keeps it, invisible to clients. `quarantineMs` is for how long no other project
   * may claim the name.
   */
  release(actor: Actor, name: string, quarantineMs: number): Promise<void>
}
