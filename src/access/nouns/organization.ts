/** The organization of an access file, with its owner. */
import type { Organization, User } from '../../iam/model.ts'
import { userEntry } from '../entries.ts'
import { changesBetween } from '../plan.ts'
import { createRoster } from '../roster.ts'
import { every } from '../rosters.ts'
import type { Run } from '../run.ts'
import type { OrganizationEntry } from '../schema.ts'
import { updateUser } from './principals.ts'

/** As `bootstrap` calls it. */
const OWNER = 'owner@localhost'

/** Undefined where it is wrong, which has been said. */
export async function applyOrganization(run: Run): Promise<Organization | undefined> {
  const { services, document } = run
  if (document.organization === undefined) return undefined
  const { value: entry, at } = document.organization
  const roster = createRoster<Organization>(
    { noun: 'organization', plural: 'organizations', idOf: ({ id }) => id, namesOf: ({ name }) => [name] },
    await every(services.organizations, {}),
    run.fault,
  )
  const match = roster.match(at, entry)
  switch (match.kind) {
    case 'faulty':
      return undefined
    case 'new':
      return run.attempt(at, () => create(run, entry))
    case 'existing':
      return run.attempt(at, () => update(run, match.entity, entry))
  }
}

async function create(run: Run, { name, owner }: OrganizationEntry): Promise<Organization> {
  const { services, actor, document } = run
  const project = document.projects.entries.find(({ value }) => value.default)?.value
  const { locked, ...person } = owner ?? { email: OWNER }
  const made = await services.organizations.create(actor, {
    name,
    owner: person,
    project_name: project?.name,
  })
  if (locked === true) await services.users.lock(actor, made.owner.id)
  run.step({
    action: 'create',
    kind: 'organization',
    name,
    remark: `with owner ${made.owner.email} and default project ${made.project.name}`,
  })
  return made.organization
}

async function update(
  run: Run,
  before: Organization,
  { name, owner }: OrganizationEntry,
): Promise<Organization> {
  const { services, actor } = run
  if (owner !== undefined) await updateOwner(run, before, owner)
  const changes = changesBetween({ name }, { name: before.name })
  if (changes.length === 0) {
    run.unchanged()
    return before
  }
  const updated = await services.organizations.update(actor, before.id, { name })
  run.step({ action: 'update', kind: 'organization', name, changes })
  return updated
}

async function updateOwner(
  run: Run,
  { id: organization_id }: Organization,
  owner: NonNullable<OrganizationEntry['owner']>,
): Promise<void> {
  const { services, actor } = run
  const present = await ownerOf(run, organization_id)
  if (present === undefined) return
  const changes = changesBetween(owner, userEntry(present))
  if (changes.length === 0) return
  await updateUser(services, actor, present, owner, new Set(changes.map(({ field }) => field)))
  run.step({ action: 'update', kind: 'owner', name: owner.email, changes })
}

async function ownerOf({ services }: Run, organization_id: string): Promise<User | undefined> {
  const [owner] = await every(services.users, { organization_id, type: 'owner' })
  return owner
}
