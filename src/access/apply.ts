/**
 * Applies an access file: one transaction that brings the store to what the file says, or changes nothing. The plan is
 * what that transaction does: a dry run is the same one, rolled back, so that it finds every fault that applying would.
 */
import type { Actor } from '../iam/reader.ts'
import type { Services } from '../services/services.ts'
import type { Store } from '../store/store.ts'
import type { AccessDocument } from './document.ts'
import { AccessError, PlanOutdated } from './fault.ts'
import { applyBackends } from './nouns/backends.ts'
import { applyKeys } from './nouns/keys.ts'
import { applyOrganization } from './nouns/organization.ts'
import { applyPolicies } from './nouns/policies.ts'
import { applyApplications, applyGroups, applyUsers } from './nouns/principals.ts'
import { applyBuckets, applyProjects } from './nouns/projects.ts'
import type { Plan } from './plan.ts'
import { prune } from './prune.ts'
import { loadRosters } from './rosters.ts'
import { createRun, type Run } from './run.ts'
import { SECTION_NAMES } from './schema.ts'
import { createSecrets } from './secrets.ts'

export interface ApplyDeps {
  readonly store: Pick<Store, 'reader' | 'repositories'>
  readonly services: Services
  /** For secrets. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Whose the backend `default` is. */
  readonly defaultBackend: 'configured' | 'free'
  readonly onProgress: (done: number, total: number) => void
}

export interface ApplyOptions {
  readonly mode: Run['mode']
  /** What becomes of records that the file's lists do not have. */
  readonly prune: Run['prune']
  /** Where relative paths in the file start. */
  readonly directory: string
  /** What was agreed to: anything else is not done. Absent: whatever it is. */
  readonly agreed?: Plan
}

/** Carries the plan out of a transaction that is to be undone. */
class RolledBack extends Error {
  readonly plan: Plan

  constructor(plan: Plan) {
    super('a dry run')
    this.plan = plan
  }
}

/**
 * @throws AccessError with every fault; PlanOutdated; StoreUnavailable
 */
export async function applyAccess(
  deps: ApplyDeps,
  actor: Actor,
  document: AccessDocument,
  options: ApplyOptions,
): Promise<Plan> {
  const secrets = createSecrets({ ...deps, directory: options.directory })
  const total = SECTION_NAMES.reduce((sum, name) => sum + document[name].entries.length, 0)
  let done = 0
  try {
    return await deps.services.inTransaction(actor, async (services) => {
      const run = createRun({
        ...options,
        services,
        actor,
        document,
        secrets,
        now: deps.now,
        advance: () => deps.onProgress(++done, total),
      })
      await applyAll(run, deps.defaultBackend)
      if (run.faults.length > 0) throw new AccessError(document.file, run.faults)
      const plan = run.plan()
      if (options.mode === 'dry-run') throw new RolledBack(plan)
      if (options.agreed !== undefined && JSON.stringify(options.agreed) !== JSON.stringify(plan)) {
        throw new PlanOutdated('the store was changed since the plan was made: look at it again')
      }
      return plan
    })
  } catch (error) {
    secrets.undo()
    if (error instanceof RolledBack) return error.plan
    throw error
  }
}

async function applyAll(run: Run, defaultBackend: ApplyDeps['defaultBackend']): Promise<void> {
  const organization = await applyOrganization(run)
  if (organization === undefined) return
  const { id } = organization
  const rosters = await loadRosters(run.services, id, run.fault)
  await applyBackends(run, rosters, defaultBackend)
  await applyProjects(run, rosters, id)
  await applyUsers(run, rosters, id)
  await applyApplications(run, rosters, id)
  await applyGroups(run, rosters, id)
  await applyPolicies(run, rosters, id)
  await applyKeys(run, rosters)
  await applyBuckets(run, rosters)
  if (run.prune === 'delete') await prune(run, rosters)
}
