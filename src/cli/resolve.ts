/** Names for ids: whatever a command takes by id it also takes by name, as long as only one has it. */
import type {
  AccessKey,
  Application,
  Backend,
  Group,
  Organization,
  Policy,
  Project,
  User,
} from '../iam/model.ts'
import { nearest } from '../nearest.ts'
import { ServiceError } from '../services/errors.ts'
import { CommandFailure, UsageError } from './fault.ts'
import type { ManagingSession } from './session.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export const isId = (text: string): boolean => UUID.test(text)

/** How many names are looked through for a "did you mean". */
const SUGGESTED_FROM = 1000

/** How one noun is found. */
interface Lookup<Entity> {
  readonly noun: string
  byId(id: string): Promise<Entity>
  byName(name: string): Promise<readonly Entity[]>
  names(): Promise<readonly string[]>
  idOf(entity: Entity): string
}

async function resolve<Entity>(reference: string, lookup: Lookup<Entity>): Promise<Entity> {
  if (isId(reference)) return lookup.byId(reference)
  const found = await lookup.byName(reference)
  if (found.length > 1) {
    const ids = found.map((entity) => lookup.idOf(entity)).join(', ')
    throw new UsageError(
      `more than one ${lookup.noun} is called \`${reference}\`; say which by its id: ${ids}`,
    )
  }
  if (found[0] !== undefined) return found[0]
  const close = nearest(reference, await lookup.names())
  const hint = close === undefined ? '' : `; did you mean \`${close}\`?`
  throw new CommandFailure(`no ${lookup.noun} has the id or name \`${reference}\`${hint}`)
}

/** The organization named, or the only one. */
export async function organization(
  session: ManagingSession,
  reference: string | undefined,
): Promise<Organization> {
  const { organizations } = session.services
  if (reference === undefined) {
    const { items, total_count } = await organizations.list({ page_size: 1 })
    if (items[0] === undefined) {
      throw new CommandFailure(
        'there is no organization yet: run `s3warden bootstrap` or `s3warden org create`',
      )
    }
    if (total_count > 1)
      throw new UsageError('there are several organizations: say which with --organization')
    return items[0]
  }
  return resolve(reference, {
    noun: 'organization',
    byId: (id) => organizations.get(id),
    byName: async (name) => (await organizations.list({ filters: { name } })).items,
    names: async () =>
      (await organizations.list({ page_size: SUGGESTED_FROM })).items.map(({ name }) => name),
    idOf: ({ id }) => id,
  })
}

export function project(session: ManagingSession, reference: string): Promise<Project> {
  const { projects } = session.services
  return resolve(reference, {
    noun: 'project',
    byId: (id) => projects.get(id),
    byName: async (name) => (await projects.list({ filters: { name } })).items,
    names: async () => (await projects.list({ page_size: SUGGESTED_FROM })).items.map(({ name }) => name),
    idOf: ({ id }) => id,
  })
}

export function application(session: ManagingSession, reference: string): Promise<Application> {
  const { applications } = session.services
  return resolve(reference, {
    noun: 'application',
    byId: (id) => applications.get(id),
    byName: async (name) => (await applications.list({ filters: { name } })).items,
    names: async () => (await applications.list({ page_size: SUGGESTED_FROM })).items.map(({ name }) => name),
    idOf: ({ id }) => id,
  })
}

/** By id, username or address. */
export function user(session: ManagingSession, reference: string): Promise<User> {
  const { users } = session.services
  return resolve(reference, {
    noun: 'user',
    byId: (id) => users.get(id),
    byName: async (name) => {
      const named = await users.list({ filters: { username: name } })
      return named.items.length > 0 ? named.items : (await users.list({ filters: { email: name } })).items
    },
    names: async () =>
      (await users.list({ page_size: SUGGESTED_FROM })).items.map(({ username }) => username),
    idOf: ({ id }) => id,
  })
}

export function group(session: ManagingSession, reference: string): Promise<Group> {
  const { groups } = session.services
  return resolve(reference, {
    noun: 'group',
    byId: (id) => groups.get(id),
    byName: async (name) => (await groups.list({ filters: { name } })).items,
    names: async () => (await groups.list({ page_size: SUGGESTED_FROM })).items.map(({ name }) => name),
    idOf: ({ id }) => id,
  })
}

export function policy(session: ManagingSession, reference: string): Promise<Policy> {
  const { policies } = session.services
  return resolve(reference, {
    noun: 'policy',
    byId: (id) => policies.get(id),
    byName: async (name) => (await policies.list({ filters: { name } })).items,
    names: async () => (await policies.list({ page_size: SUGGESTED_FROM })).items.map(({ name }) => name),
    idOf: ({ id }) => id,
  })
}

export function backend(session: ManagingSession, reference: string): Promise<Backend> {
  const { backends } = session.services
  return resolve(reference, {
    noun: 'backend',
    byId: (id) => backends.get(id),
    byName: async (name) => (await backends.list({ filters: { name } })).items,
    names: async () => (await backends.list({ page_size: SUGGESTED_FROM })).items.map(({ name }) => name),
    idOf: ({ id }) => id,
  })
}

/** By access key or name. */
export async function key(session: ManagingSession, reference: string): Promise<AccessKey> {
  const { keys } = session.services
  try {
    return await keys.get(reference)
  } catch (error) {
    if (!(error instanceof ServiceError && error.fault.type === 'not_found')) throw error
  }
  return resolve(reference, {
    noun: 'key',
    byId: (id) => keys.get(id),
    byName: async (name) => (await keys.list({ filters: { name } })).items,
    names: async () => {
      const { items } = await keys.list({ page_size: SUGGESTED_FROM })
      return items.flatMap(({ name, access_key }) => (name === '' ? [access_key] : [access_key, name]))
    },
    idOf: ({ access_key }) => access_key,
  })
}
