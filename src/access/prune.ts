/**
 * Deletes what the file's lists no longer have: of the kinds that it has a list of, and nothing else. Buckets and
 * backends stay: clients make buckets, and backends are the gate's.
 */
import type { Declared } from './document.ts'
import type { Kind } from './plan.ts'
import type { Roster } from './roster.ts'
import { type Rosters, successorOf } from './rosters.ts'
import type { Run } from './run.ts'
import type { SectionName } from './schema.ts'

export async function prune(run: Run, rosters: Rosters): Promise<void> {
  const { services, actor } = run
  // An entry that is wrong may stand for anything: nothing is known to be gone.
  if (run.faults.length > 0) return
  await pruneKeys(run, rosters)
  await pruneKind(run, 'policies', 'policy', rosters.policies, {
    keep: () => false,
    delete: async ({ id }) => {
      await services.policies.delete(actor, id)
      return ''
    },
  })
  await pruneKind(run, 'groups', 'group', rosters.groups, {
    keep: () => false,
    delete: async ({ id }) => {
      await services.groups.delete(actor, id)
      return remarkOn(rosters, id)
    },
  })
  await pruneKind(run, 'applications', 'application', rosters.applications, {
    keep: () => false,
    delete: async ({ id }) => {
      await services.applications.delete(actor, id)
      return remarkOn(rosters, id)
    },
  })
  await pruneKind(run, 'users', 'user', rosters.users, {
    keep: ({ type }) => type === 'owner',
    delete: async ({ id }) => {
      await services.users.delete(actor, id)
      return remarkOn(rosters, id)
    },
  })
  await pruneKind(run, 'projects', 'project', rosters.projects, {
    keep: ({ is_default }) => is_default,
    delete: async ({ id }) => {
      await services.projects.delete(actor, id)
      return ''
    },
  })
}

interface Pruning<Entity> {
  keep(entity: Entity): boolean
  /** @returns what else goes with it */
  delete(entity: Entity): Promise<string>
}

async function pruneKind<Entity extends { readonly id: string }>(
  run: Run,
  section: SectionName,
  kind: Kind,
  roster: Roster<Entity>,
  pruning: Pruning<Entity>,
): Promise<void> {
  if (!run.document[section].given) return
  for (const entity of roster.all()) {
    if (roster.isDeclared(entity.id) || pruning.keep(entity)) continue
    const name = roster.referenceTo(entity.id)
    const remark = await run.attempt([section], () => pruning.delete(entity))
    if (remark === undefined) continue
    roster.drop(entity.id)
    run.step({ action: 'delete', kind, name, remark })
  }
}

/** A key that was rotated runs out by itself; its name is declared. */
async function pruneKeys(run: Run, { keys }: Rosters): Promise<void> {
  const { document, services, actor } = run
  if (!document.keys.given) return
  const names = new Set(
    document.keys.entries.map(({ value }: Declared<{ name?: string | undefined }>) => value.name),
  )
  for (const { access_key, name } of keys.all()) {
    const outlived =
      names.has(name) && successorOf(keys.all().filter((key) => key.name === name)).length === 1
    if (keys.isDeclared(access_key) || outlived || keys.find(access_key) === undefined) continue
    const gone = await run.attempt(['keys'], () => services.keys.revoke(actor, access_key))
    for (const revoked of gone ?? []) {
      keys.drop(revoked.access_key)
      const label = revoked.name === '' ? revoked.access_key : `${revoked.access_key} (${revoked.name})`
      if (keys.isDeclared(revoked.access_key)) {
        run.fault(
          ['keys'],
          `key \`${label}\` is made through \`${access_key}\`, which the file no longer has`,
        )
      }
      run.step({ action: 'delete', kind: 'key', name: label })
    }
  }
}

/** What a principal takes along. */
function remarkOn({ keys, policies }: Rosters, id: string): string {
  const its = keys.all().filter(({ user_id, application_id }) => user_id === id || application_id === id)
  for (const { access_key } of its) keys.drop(access_key)
  const left = policies
    .all()
    .filter(({ user_id, group_id, application_id }) => [user_id, group_id, application_id].includes(id))
  const names = (entities: readonly string[]) => entities.join(', ')
  const parts = [
    ...(its.length === 0 ? [] : [`and its keys ${names(its.map(({ access_key }) => access_key))}`]),
    ...(left.length === 0 ? [] : [`policies lose their principal: ${names(left.map(({ name }) => name))}`]),
  ]
  return parts.join('; ')
}
