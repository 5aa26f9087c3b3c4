/** Applications: programs. */
import type { Application } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { ApplicationFilters, ApplicationOrder, Page } from '../store/query.ts'
import type { ListInput } from './lists.ts'

export interface NewApplication {
  readonly organization_id: string
  readonly name: string
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export type ApplicationChange = Partial<Omit<NewApplication, 'organization_id'>>

export interface Applications {
  create(actor: Actor, input: NewApplication): Promise<Application>
  get(id: string): Promise<Application>
  list(input: ListInput<ApplicationFilters, ApplicationOrder>): Promise<Page<Application>>
  update(actor: Actor, id: string, change: ApplicationChange): Promise<Application>
  /** Deletes its keys too; its policies stay without principal. */
  delete(actor: Actor, id: string): Promise<void>
}
