/** Keys of an access file: made here and written once to a file, or brought along with their secrets. */
import type { AccessKey, Restrictions } from '../../iam/model.ts'
import { InvalidResource, parseResource } from '../../iam/restriction-input.ts'
import type { Secret } from '../../iam/secret.ts'
import type { KeyBearer } from '../../services/keys.ts'
import { parseTime } from '../../services/validate.ts'
import type { Declared } from '../document.ts'
import { keyEntry, restrictionsEntry } from '../entries.ts'
import type { FilePath } from '../fault.ts'
import { changesBetween, type FieldChange } from '../plan.ts'
import type { Rosters } from '../rosters.ts'
import type { Run } from '../run.ts'
import type { KeyEntry, RestrictionsEntry } from '../schema.ts'

export async function applyKeys(run: Run, rosters: Rosters): Promise<void> {
  const { entries, broken } = run.document.keys
  broken.forEach(rosters.keys.markBroken)
  for (const declared of parentsFirst(run, entries)) {
    const { value, at } = declared
    const key = await run.attempt(at, () => applyKey(run, declared, rosters))
    if (key !== undefined) rosters.keys.put(key)
    else for (const name of [value.name, value.access_key]) rosters.keys.markBroken(name ?? '')
    run.advance()
  }
}

/** Keys through which others are made come before those. */
function parentsFirst(run: Run, entries: readonly Declared<KeyEntry>[]): readonly Declared<KeyEntry>[] {
  const sorted: Declared<KeyEntry>[] = []
  for (let waiting = entries; waiting.length > 0; ) {
    const names = new Set(waiting.flatMap(({ value }) => [value.name, value.access_key]))
    const ready = waiting.filter(({ value }) => !names.has(value.through) || value.through === undefined)
    if (ready.length === 0) {
      for (const { at } of waiting) {
        run.fault([...at, 'through'], 'these keys are made through each other: one of them must stand alone')
      }
      break
    }
    sorted.push(...ready)
    waiting = waiting.filter((declared) => !ready.includes(declared))
  }
  return sorted
}

/** An entry with references in their one form, and values as records hold them. */
interface WantedKey extends Omit<KeyEntry, 'secret_key' | 'restrictions' | 'expires_at'> {
  readonly bearer: KeyBearer
  readonly restrictions: Restrictions | null
  readonly expires_at: string | null | undefined
  readonly default_project_id: string | undefined
  readonly through: string | undefined
}

async function applyKey(
  run: Run,
  { value, at }: Declared<KeyEntry>,
  rosters: Rosters,
): Promise<AccessKey | undefined> {
  const { keys } = rosters
  const exists = value.access_key !== undefined && keys.find(value.access_key) !== undefined
  const match = keys.match(at, {
    name: value.access_key === undefined ? String(value.name) : '',
    id: exists ? value.access_key : undefined,
  })
  const wanted = settle(run, value, at, rosters)
  if (match.kind === 'faulty' || wanted === undefined) return undefined
  const read = value.secret_key === undefined ? undefined : run.secrets.read(value.secret_key)
  const secret = read !== undefined && 'secret' in read ? read.secret : undefined
  if (match.kind === 'existing') return change(run, match.entity, wanted, secret, at, rosters)
  if (value.access_key === undefined) return generate(run, wanted, at)
  if (secret !== undefined) return bring(run, wanted, secret, at, 'create', [])
  if (read !== undefined && 'missing' in read) {
    run.fault([...at, 'secret_key'], `${read.missing}; a key that is brought along needs its secret`)
  } else {
    run.fault(
      [...at, 'access_key'],
      'the organization has no such key: give its `secret_key` to bring it along, or leave `access_key` out to have one made',
    )
  }
  return undefined
}

function settle(run: Run, value: KeyEntry, at: FilePath, rosters: Rosters): WantedKey | undefined {
  const { users, applications, projects, keys } = rosters
  const { secret_key: _, restrictions, ...rest } = value
  const user = value.user === undefined ? undefined : users.refer([...at, 'user'], value.user)
  const application =
    value.application === undefined
      ? undefined
      : applications.refer([...at, 'application'], value.application)
  const project = value.default_project && projects.refer([...at, 'default_project'], value.default_project)
  const through = value.through && keys.refer([...at, 'through'], value.through)
  const limits =
    restrictions === undefined ? null : restrictionsOf(run, restrictions, [...at, 'restrictions'])
  const bearer: KeyBearer | undefined =
    user !== undefined
      ? { kind: 'user', id: user }
      : application !== undefined
        ? { kind: 'application', id: application }
        : undefined
  const lost =
    (value.default_project !== undefined && project === undefined) ||
    (value.through !== undefined && through === undefined)
  if (bearer === undefined || limits === undefined || lost) return undefined
  const expires_at = value.expires_at === undefined ? undefined : timeOf(value.expires_at)
  return { ...rest, bearer, restrictions: limits, expires_at, default_project_id: project, through }
}

/** As records hold it; null: never. What is no time is left for the service to refuse. */
function timeOf(text: string): string | null {
  if (text === 'never') return null
  const time = parseTime(text)
  return time === undefined ? text : new Date(time).toISOString()
}

function restrictionsOf(run: Run, entry: RestrictionsEntry, at: FilePath): Restrictions | undefined {
  const resources = entry.resources?.map((text, index) => {
    try {
      return parseResource(text)
    } catch (error) {
      if (!(error instanceof InvalidResource)) throw error
      run.fault([...at, 'resources', index], error.message)
      return undefined
    }
  })
  if (resources?.includes(undefined)) return undefined
  return {
    operations: entry.operations ?? null,
    tags: entry.tags ?? null,
    resources: (resources as Restrictions['resources'] | undefined) ?? null,
    regions: entry.regions ?? null,
  }
}

/** What never changes in a key, and differs. */
function fixedChanges(wanted: WantedKey, present: AccessKey, rosters: Rosters): readonly FieldChange[] {
  const before = keyEntry(present, rosters)
  const { users, applications, keys } = rosters
  const { kind, id } = wanted.bearer
  const { user = null, application = null, restrictions = null, through = null } = before
  return changesBetween(
    {
      user: kind === 'user' ? users.referenceTo(id) : null,
      application: kind === 'application' ? applications.referenceTo(id) : null,
      restrictions: wanted.restrictions === null ? null : restrictionsEntry(wanted.restrictions),
      through: wanted.through === undefined ? null : keys.referenceTo(wanted.through),
    },
    { user, application, restrictions, through },
  )
}

async function change(
  run: Run,
  present: AccessKey,
  wanted: WantedKey,
  secret: Secret | undefined,
  at: FilePath,
  rosters: Rosters,
): Promise<AccessKey | undefined> {
  const { services, actor, secrets } = run
  const name = nameOf(wanted)
  const fixed = fixedChanges(wanted, present, rosters)
  const otherSecret = secret !== undefined && secrets.ofKey(present.access_key)?.reveal() !== secret.reveal()
  if (fixed.length > 0 || otherSecret) {
    if (present.imported && secret !== undefined && wanted.through === undefined) {
      const gone = await services.keys.revoke(actor, present.access_key)
      for (const { access_key } of gone) rosters.keys.drop(access_key)
      return bring(run, wanted, secret, at, 'replace', fixed)
    }
    for (const { field } of fixed) {
      run.fault(
        wanted[field as 'through'] === undefined ? at : [...at, field],
        `\`${field}\` of a key never changes: give this one another name to have a new key made, and revoke \`${present.access_key}\``,
      )
    }
    if (otherSecret) {
      run.fault([...at, 'secret_key'], 'the key was made here and has another secret, which never changes')
    }
    return undefined
  }
  const { expires_at, description, default_project_id } = wanted
  const changes = changesBetween(
    {
      name: wanted.name,
      description,
      default_project: default_project_id && rosters.projects.referenceTo(default_project_id),
      expires_at: expires_at === null ? 'never' : expires_at,
    },
    keyEntry(present, rosters),
  )
  if (changes.length === 0) {
    run.unchanged()
    return present
  }
  const updated = await services.keys.update(actor, present.access_key, {
    name: wanted.name,
    description,
    default_project_id,
    expires_at,
  })
  run.step({ action: 'update', kind: 'key', name, changes })
  return updated
}

async function generate(run: Run, wanted: WantedKey, at: FilePath): Promise<AccessKey | undefined> {
  const { services, actor, secrets, mode } = run
  const { write_to, write_as = 'json', name = '', description, format, bearer, restrictions } = wanted
  const { default_project_id, expires_at, through } = wanted
  const obstacle =
    write_to === undefined
      ? 'a key is to be made: say with `write_to` in which file it goes, or bring one along with `access_key` and `secret_key`'
      : secrets.whyNotTo(write_to)
  if (write_to === undefined || obstacle !== undefined) {
    run.fault(write_to === undefined ? at : [...at, 'write_to'], String(obstacle))
    return undefined
  }
  const made = await services.keys.create(actor, {
    name,
    description,
    format,
    bearer,
    default_project_id,
    expires_at,
    restrictions,
    through,
  })
  const failure = mode === 'apply' ? secrets.writeKey(write_to, write_as, made) : undefined
  if (failure !== undefined) {
    run.fault([...at, 'write_to'], failure)
    return undefined
  }
  run.step({ action: 'create', kind: 'key', name, remark: `written to ${write_to}` })
  return made.key
}

/** Makes a key with a secret of its own. */
async function bring(
  run: Run,
  wanted: WantedKey,
  secret_key: Secret,
  at: FilePath,
  action: 'create' | 'replace',
  changes: readonly FieldChange[],
): Promise<AccessKey | undefined> {
  const { bearer, name, description, default_project_id, expires_at, restrictions, through } = wanted
  if (through !== undefined) {
    run.fault([...at, 'through'], 'a key that is brought along is made through no other')
    return undefined
  }
  const made = await run.services.keys.import(run.actor, {
    bearer,
    access_key: String(wanted.access_key),
    secret_key,
    name,
    description,
    default_project_id,
    expires_at,
    restrictions,
  })
  const remark = action === 'replace' && changes.length === 0 ? 'another secret key' : ''
  run.step({ action, kind: 'key', name: nameOf(wanted), changes, remark })
  return made
}

const nameOf = ({ name, access_key }: Pick<WantedKey, 'name' | 'access_key'>): string =>
  name ?? String(access_key)
