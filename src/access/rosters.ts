/** All that an organization has, and the backends of the gate, as the transaction sees it at its start. */
import type { AccessKey, Application, Backend, Group, Policy, Project, User } from '../iam/model.ts'
import { everyEntity, type ListInput } from '../services/lists.ts'
import type { Services } from '../services/services.ts'
import type { Page } from '../store/query.ts'
import type { FilePath } from './fault.ts'
import { createRoster, type Roster } from './roster.ts'

export interface Rosters {
  readonly backends: Roster<Backend>
  readonly projects: Roster<Project>
  readonly users: Roster<User>
  readonly applications: Roster<Application>
  readonly groups: Roster<Group>
  readonly policies: Roster<Policy>
  readonly keys: Roster<AccessKey>
}

const idOf = ({ id }: { readonly id: string }): string => id
const namesOf = ({ name }: { readonly name: string }): readonly string[] => [name]

/** @throws StoreUnavailable */
export async function loadRosters(
  services: Services,
  organizationId: string,
  fault: (at: FilePath, message: string) => void,
): Promise<Rosters> {
  const filters = { organization_id: organizationId }
  const named = { idOf, namesOf }
  return {
    backends: createRoster<Backend>(
      { noun: 'backend', plural: 'backends', ...named },
      await every(services.backends, {}),
      fault,
    ),
    projects: createRoster<Project>(
      { noun: 'project', plural: 'projects', ...named },
      await every(services.projects, filters),
      fault,
    ),
    users: createRoster<User>(
      { noun: 'user', plural: 'users', idOf, namesOf: ({ email, username }) => [email, username] },
      await every(services.users, filters),
      fault,
    ),
    applications: createRoster<Application>(
      { noun: 'application', plural: 'applications', ...named },
      await every(services.applications, filters),
      fault,
    ),
    groups: createRoster<Group>(
      { noun: 'group', plural: 'groups', ...named },
      await every(services.groups, filters),
      fault,
    ),
    policies: createRoster<Policy>(
      { noun: 'policy', plural: 'policies', ...named },
      await every(services.policies, filters),
      fault,
    ),
    keys: createRoster<AccessKey>(
      {
        noun: 'key',
        plural: 'keys',
        idOf: ({ access_key }) => access_key,
        namesOf: ({ name }) => [name],
        counting: successorOf,
      },
      await every(services.keys, filters),
      fault,
    ),
  }
}

export async function every<Entity, Filters, Column extends string>(
  source: { list(input: ListInput<Filters, Column>): Promise<Page<Entity>> },
  filters: Filters,
): Promise<readonly Entity[]> {
  const entities: Entity[] = []
  const pages = everyEntity((input: ListInput<Filters, Column>) => source.list(input), { filters })
  for await (const entity of pages) entities.push(entity)
  return entities
}

/** A key that was rotated counts once: those before its successor have its name still, and run out before it does. */
export function successorOf(candidates: readonly AccessKey[]): readonly AccessKey[] {
  const [latest, ...earlier] = candidates.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1))
  if (latest === undefined) return []
  const replaced = earlier.every(
    ({ created_at, expires_at }) =>
      created_at < latest.created_at &&
      expires_at !== null &&
      (latest.expires_at === null || expires_at <= latest.expires_at),
  )
  return replaced ? [latest] : candidates
}
