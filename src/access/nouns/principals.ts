/** Users, applications and groups of an access file. */
import type { Application, Group, User } from '../../iam/model.ts'
import type { Services } from '../../services/services.ts'
import { applicationEntry, groupEntry, userEntry } from '../entries.ts'
import { reconcile, settleAll } from '../reconcile.ts'
import type { Rosters } from '../rosters.ts'
import type { Run } from '../run.ts'
import type { UserEntry } from '../schema.ts'

export async function applyUsers(run: Run, { users }: Rosters, organization_id: string): Promise<void> {
  const { services, actor } = run
  await reconcile(run, run.document.users, users, {
    kind: 'user',
    nameOf: ({ email }) => email,
    settle: (entry, at) => {
      const match = users.all().find(({ email, id }) => id === entry.id || email === entry.email)
      if (match?.type !== 'owner') return entry
      run.fault(at, 'this is the owner, who stands under `organization`')
      return undefined
    },
    present: userEntry,
    create: async ({ id: _, locked, ...input }) => {
      const made = await services.users.create(actor, { ...input, organization_id })
      return locked === true ? services.users.lock(actor, made.id) : made
    },
    update: (user, entry, changed) => updateUser(services, run.actor, user, entry, changed),
  })
}

/** Of the fields of a person, those that changed. */
export async function updateUser(
  services: Services,
  actor: Run['actor'],
  user: User,
  { id: _, username, locked, ...rest }: UserEntry,
  changed: ReadonlySet<string>,
): Promise<User> {
  let updated = user
  const fields = Object.fromEntries(Object.entries(rest).filter(([field]) => changed.has(field)))
  if (Object.keys(fields).length > 0) updated = await services.users.update(actor, user.id, fields)
  if (changed.has('username') && username !== undefined) {
    updated = await services.users.updateUsername(actor, user.id, username)
  }
  if (changed.has('locked')) {
    updated = locked ? await services.users.lock(actor, user.id) : await services.users.unlock(actor, user.id)
  }
  return updated
}

export async function applyApplications(
  run: Run,
  { applications }: Rosters,
  organization_id: string,
): Promise<void> {
  const { services, actor } = run
  await reconcile(run, run.document.applications, applications, {
    kind: 'application',
    nameOf: ({ name }) => name,
    settle: (entry) => entry,
    present: applicationEntry,
    create: ({ id: _, ...input }): Promise<Application> =>
      services.applications.create(actor, { ...input, organization_id }),
    update: ({ id }, { id: _, ...change }) => services.applications.update(actor, id, change),
  })
}

export async function applyGroups(run: Run, rosters: Rosters, organization_id: string): Promise<void> {
  const { services, actor } = run
  const { users, applications, groups } = rosters
  const idsOf = (entry: { readonly users: readonly string[]; readonly applications: readonly string[] }) => ({
    user_ids: entry.users.flatMap((reference) => users.refer([], reference) ?? []),
    application_ids: entry.applications.flatMap((reference) => applications.refer([], reference) ?? []),
  })
  await reconcile(run, run.document.groups, groups, {
    kind: 'group',
    nameOf: ({ name }) => name,
    settle: (entry, at) => {
      const members = settleAll(users, [...at, 'users'], entry.users)
      const programs = settleAll(applications, [...at, 'applications'], entry.applications)
      if (members === undefined || programs === undefined) return undefined
      return { ...entry, users: members, applications: programs }
    },
    present: (group) => groupEntry(group, rosters),
    create: ({ id: _, name, description, tags, ...members }): Promise<Group> =>
      services.groups.create(actor, { organization_id, name, description, tags, ...idsOf(members) }),
    update: async (group, { name, description, tags, ...members }, changed) => {
      let updated = group
      if (changed.has('name') || changed.has('description') || changed.has('tags')) {
        updated = await services.groups.update(actor, group.id, { name, description, tags })
      }
      if (changed.has('users') || changed.has('applications')) {
        updated = await services.groups.setMembers(actor, group.id, idsOf(members))
      }
      return updated
    },
  })
}
