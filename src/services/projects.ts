/** Projects: what owns buckets, and where keys work. */
import type { Project } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Page, ProjectFilters, ProjectOrder } from '../store/query.ts'
import type { ListInput } from './lists.ts'

export interface NewProject {
  readonly organization_id: string
  readonly name: string
  readonly description?: string | undefined
  readonly backend_id?: string | null | undefined
  readonly max_buckets?: number | null | undefined
}

export type ProjectChange = Partial<Omit<NewProject, 'organization_id'>>

export interface Projects {
  create(actor: Actor, input: NewProject): Promise<Project>
  get(id: string): Promise<Project>
  list(input: ListInput<ProjectFilters, ProjectOrder>): Promise<Page<Project>>
  update(actor: Actor, id: string, change: ProjectChange): Promise<Project>
  /**
   * Keys that prefer it lose their preference, rules that name it lose it from their scope (a rule that named no other
   * goes). Refused for the default project, and while it owns buckets.
   */
  delete(actor: Actor, id: string): Promise<void>
}
