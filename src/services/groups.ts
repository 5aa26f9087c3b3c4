/** Groups of users and applications. */

import type { Group } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { GroupFilters, GroupOrder, Page } from '../store/query.ts'
import type { Transaction } from '../store/repositories.ts'
import { dropPolicies } from './cascades.ts'
import { type ChangeOf, mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found } from './errors.ts'
import type { ListInput } from './lists.ts'
import { listQuery } from './lists.ts'
import { checkCount, checkQuota } from './quotas.ts'
import { createChecks } from './validate.ts'

export interface Members {
  readonly user_ids?: readonly string[] | undefined
  readonly application_ids?: readonly string[] | undefined
}

export interface NewGroup extends Members {
  readonly organization_id: string
  /** Unique in the organization. */
  readonly name: string
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export type GroupChange = ChangeOf<Pick<NewGroup, 'name' | 'description' | 'tags'>>

export interface Groups {
  create(actor: Actor, input: NewGroup): Promise<Group>
  get(id: string): Promise<Group>
  list(input: ListInput<GroupFilters, GroupOrder>): Promise<Page<Group>>
  update(actor: Actor, id: string, change: GroupChange): Promise<Group>
  /** Its policies stay without principal. */
  delete(actor: Actor, id: string): Promise<void>
  /** Existing members stay. */
  addMembers(actor: Actor, id: string, members: Members): Promise<Group>
  /** Refused where one of them is not a member. */
  removeMembers(actor: Actor, id: string, members: Members): Promise<Group>
  /** The group has these members and no others; an absent list is an empty one. */
  setMembers(actor: Actor, id: string, members: Members): Promise<Group>
}

export function createGroups(deps: ServiceDeps): Groups {
  const { groups } = deps.store.repositories
  const edit = (
    actor: Actor,
    id: string,
    changed: (group: Group, transaction: Transaction) => Promise<Partial<Group>>,
  ): Promise<Group> =>
    mutate(deps, actor, { resource: 'group', id }, async (transaction) => {
      const before = found(await transaction.groups.find(id), 'group', id)
      const after: Group = {
        ...before,
        ...(await changed(before, transaction)),
        updated_at: timestamp(deps.now()),
      }
      const members = after.user_ids.length + after.application_ids.length
      const membersBefore = before.user_ids.length + before.application_ids.length
      if (members > membersBefore) checkCount(deps, 'iam_members_per_group', members)
      await transaction.groups.update(after)
      return after
    })

  return {
    async create(actor, input) {
      check(input)
      const at = timestamp(deps.now())
      const group: Group = {
        id: deps.random.uuid(),
        organization_id: input.organization_id,
        name: input.name,
        description: input.description ?? '',
        user_ids: unique(input.user_ids),
        application_ids: unique(input.application_ids),
        tags: input.tags ?? [],
        created_at: at,
        updated_at: at,
      }
      return mutate(deps, actor, { resource: 'group', id: input.name }, async (transaction) => {
        const { organization_id } = input
        found(await transaction.organizations.find(organization_id), 'organization', organization_id)
        await checkMembers(transaction, organization_id, group)
        checkCount(deps, 'iam_members_per_group', group.user_ids.length + group.application_ids.length)
        await checkQuota(deps, 'iam_groups', () =>
          transaction.groups.list(listQuery({ filters: { organization_id } })),
        )
        await transaction.groups.insert(group)
        return group
      })
    },

    get: async (id) => found(await groups.find(id), 'group', id),
    list: async (input) => groups.list(listQuery(input)),

    async update(actor, id, change) {
      check(change)
      return edit(actor, id, async (group) => ({
        name: change.name ?? group.name,
        description: change.description ?? group.description,
        tags: change.tags ?? group.tags,
      }))
    },

    delete: (actor, id) =>
      mutate(deps, actor, { resource: 'group', id }, async (transaction) => {
        found(await transaction.groups.find(id), 'group', id)
        await dropPolicies(transaction, id, timestamp(deps.now()))
        await transaction.groups.delete(id)
      }),

    addMembers: (actor, id, members) =>
      edit(actor, id, async (group, transaction) => {
        await checkMembers(transaction, group.organization_id, members)
        return {
          user_ids: unique([...group.user_ids, ...(members.user_ids ?? [])]),
          application_ids: unique([...group.application_ids, ...(members.application_ids ?? [])]),
        }
      }),

    removeMembers: (actor, id, members) =>
      edit(actor, id, async (group) => ({
        user_ids: without(group.user_ids, members.user_ids ?? [], 'user'),
        application_ids: without(group.application_ids, members.application_ids ?? [], 'application'),
      })),

    setMembers: (actor, id, members) =>
      edit(actor, id, async (group, transaction) => {
        await checkMembers(transaction, group.organization_id, members)
        return { user_ids: unique(members.user_ids), application_ids: unique(members.application_ids) }
      }),
  }
}

function check(input: GroupChange): void {
  const checks = createChecks()
  checks.name('name', input.name)
  checks.description('description', input.description)
  checks.tags('tags', input.tags)
  checks.done()
}

/** Those of another organization are not there. */
async function checkMembers(
  transaction: Transaction,
  organizationId: string,
  { user_ids = [], application_ids = [] }: Members,
): Promise<void> {
  for (const id of user_ids) {
    const user = await transaction.users.find(id)
    found(user?.organization_id === organizationId ? user : undefined, 'user', id)
  }
  for (const id of application_ids) {
    const application = await transaction.applications.find(id)
    found(application?.organization_id === organizationId ? application : undefined, 'application', id)
  }
}

function without(
  present: readonly string[],
  leaving: readonly string[],
  resource: 'user' | 'application',
): readonly string[] {
  for (const id of leaving)
    found(
      present.find((member) => member === id),
      resource,
      id,
    )
  return present.filter((id) => !leaving.includes(id))
}

function unique(ids: readonly string[] = []): readonly string[] {
  return [...new Set(ids)]
}
