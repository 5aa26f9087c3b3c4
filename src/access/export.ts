/** Writes what an organization has as an access file: what `apply` needs to bring another store there, but no secret. */
import { stringify } from 'yaml'
import type { AccessKey, Organization, Project } from '../iam/model.ts'
import { formatOf } from '../services/key-material.ts'
import type { Services } from '../services/services.ts'
import {
  applicationEntry,
  backendEntry,
  groupEntry,
  keyEntry,
  policyEntry,
  projectEntry,
  userEntry,
} from './entries.ts'
import { every, loadRosters, type Rosters, successorOf } from './rosters.ts'
import type { AccessFile } from './schema.ts'

export interface ExportDeps {
  readonly services: Services
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const HEADER = `\
# Who there is and what they may do, as \`s3warden export\` found it. Holds no secrets: where \`secret_key\` names a file,
# put the secret there before this is applied to another store. A key with \`write_to\` is made anew there, and written
# to that file. A store that has a key or backend already needs neither.
`

/** The file's text. */
export async function exportAccess(deps: ExportDeps, organization: Organization): Promise<string> {
  const file = await accessFileOf(deps, organization)
  return `${HEADER}\n${stringify(file, { lineWidth: 110, aliasDuplicateObjects: false })}`
}

async function accessFileOf({ services, now }: ExportDeps, organization: Organization): Promise<AccessFile> {
  const rosters = await loadRosters(services, organization.id, () => undefined)
  const { backends, projects, users, applications, groups, policies, keys } = rosters
  const owner = users.all().find(({ type }) => type === 'owner')
  const at = new Date(now()).toISOString()
  const living = keys.all().filter((key) => key.expires_at === null || key.expires_at > at)
  return {
    version: 1,
    organization: {
      name: organization.name,
      ...(owner === undefined ? {} : { owner: compact(userEntry(owner)) as { email: string } }),
    },
    // The embedded backend comes with the gate.
    backends: byName(backends.all(), ({ name }) => name)
      .filter(({ kind }) => kind !== 'embedded')
      .map((backend) => {
        const { kind, ca, ...entry } = backendEntry(backend)
        return {
          ...compact(entry),
          kind: kind as 'generic',
          ...(ca === null ? {} : { ca }),
          secret_key: { file: `secrets/backend-${backend.name}` },
        } as NonNullable<AccessFile['backends']>[number]
      }),
    projects: await Promise.all(
      byName(projects.all(), ({ name }) => name).map((project) => projectOf(services, project, rosters)),
    ),
    users: byName(users.all(), ({ email }) => email)
      .filter(({ type }) => type === 'member')
      .map((user) => ({
        ...idOf(rosters.users, user, user.email),
        ...compact(userEntry(user)),
        email: user.email,
      })),
    applications: byName(applications.all(), ({ name }) => name).map((application) => ({
      ...idOf(applications, application, application.name),
      ...compact(applicationEntry(application)),
      name: application.name,
    })),
    groups: byName(groups.all(), ({ name }) => name).map((group) => ({
      ...compact(groupEntry(group, rosters)),
      name: group.name,
    })),
    policies: byName(policies.all(), ({ name }) => name).map((policy) => ({
      ...idOf(policies, policy, policy.name),
      ...compact(policyEntry(policy, rosters)),
      name: policy.name,
    })),
    keys: byName(living, ({ name, access_key }) => `${name}\0${access_key}`)
      .filter((key) => successorOf(living.filter(({ name }) => name === key.name)).includes(key))
      .map((key) => keyOf(key, rosters)),
  }
}

/** Times of the same millisecond would leave the order to chance. */
function byName<Entity>(entities: readonly Entity[], nameOf: (entity: Entity) => string): readonly Entity[] {
  return entities.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0))
}

async function projectOf(services: Services, project: Project, rosters: Rosters) {
  const owned = await every(services.buckets, { project_id: project.id, states: ['active'] as const })
  const { backends, projects } = rosters
  const home = project.backend_id ?? backends.all().find(({ name }) => name === 'default')?.id
  const buckets = owned
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, backend_id }) =>
      backend_id === home ? name : { name, backend: backends.referenceTo(backend_id) },
    )
  return {
    ...idOf(projects, project, project.name),
    ...compact(projectEntry(project, rosters)),
    name: project.name,
    ...(project.is_default ? { default: true as const } : {}),
    ...(buckets.length === 0 ? {} : { buckets }),
  }
}

/** A generated key is made anew elsewhere where its name tells which one it is; any other is brought along. */
function keyOf(key: AccessKey, rosters: Rosters) {
  const { access_key, name, imported } = key
  const { default_project, expires_at, ...entry } = keyEntry(key, rosters)
  const fields = {
    ...compact(entry),
    ...(default_project === null ? {} : { default_project }),
    ...(key.expires_at === null ? {} : { expires_at }),
  }
  const fileName = name.replace(/[^A-Za-z0-9._-]/g, '_')
  const format = formatOf(access_key)
  const named = name !== '' && rosters.keys.referenceTo(access_key) === name
  return imported || !named
    ? { access_key, ...fields, secret_key: { file: `secrets/${access_key}` } }
    : { ...fields, write_to: `secrets/${fileName}.json`, ...(format === 'scaleway' ? {} : { format }) }
}

/** Only where the name does not tell which one it is. */
function idOf(
  roster: { referenceTo(id: string): string },
  { id }: { readonly id: string },
  name: string,
): { readonly id?: string } {
  return roster.referenceTo(id) === name ? {} : { id }
}

/** Without what a new record has by itself. */
function compact<T extends object>(entry: T): Partial<T> {
  const told = Object.entries(entry).filter(
    ([, value]) =>
      value !== undefined &&
      value !== null &&
      value !== '' &&
      value !== false &&
      !(Array.isArray(value) && value.length === 0),
  )
  return Object.fromEntries(told) as Partial<T>
}
