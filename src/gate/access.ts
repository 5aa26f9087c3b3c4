/**
 * `serve --access FILE`: the access file is the gate's whole set-up. It is applied before the first request, and again
 * on SIGHUP; a start with a wrong one fails, and a running gate stays as it was.
 */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { applyAccess } from '../access/apply.ts'
import { type AccessDocument, readDocument } from '../access/document.ts'
import { AccessError, PlanOutdated } from '../access/fault.ts'
import { describePlan, describeStep } from '../access/plan.ts'
import type { Config } from '../config.ts'
import type { Actor } from '../iam/reader.ts'
import type { Log } from '../observe/log.ts'
import type { Services } from '../services/services.ts'
import type { Store } from '../store/store.ts'
import { StartFailure } from './failure.ts'

export interface AccessDeps {
  readonly store: Store
  readonly services: Services
  readonly log: Log
  /** For the file's secrets. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly actor: Actor
}

/** @throws StartFailure where it cannot be read */
export function readAccessFile(file: string): AccessDocument {
  try {
    return readDocument(file, readFileSync(file, 'utf8'))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new StartFailure(`the access file \`${file}\` cannot be read (${code})`, { cause: error })
  }
}

/** Whether the file has the backend under which buckets are made whose project names none. */
export function declaresDefaultBackend({ backends }: AccessDocument): boolean {
  return backends.entries.some(({ value }) => value.name === 'default') || backends.broken.has('default')
}

/**
 * Brings the store to what the file says, and logs every change.
 * @param defaultBackend whose the backend `default` is
 * @throws AccessError with every fault; StoreUnavailable
 */
export async function applyAccessFile(
  { access_prune }: Pick<Config, 'access_prune'>,
  document: AccessDocument,
  defaultBackend: 'configured' | 'free',
  { log, actor, ...deps }: AccessDeps,
): Promise<void> {
  const plan = await applyAccess({ ...deps, defaultBackend, onProgress: () => undefined }, actor, document, {
    mode: 'apply',
    prune: access_prune ? 'delete' : 'keep',
    directory: dirname(document.file),
  })
  for (const step of plan.steps) log.info('access changed', { reason: describeStep(step) })
  log.info('access file applied', { path: document.file, reason: describePlan(plan) })
}

/** As {@link applyAccessFile}, for a gate that runs: what is wrong is logged, and nothing is changed. */
export async function reapplyAccessFile(
  config: Config,
  defaultBackend: 'configured' | 'free',
  deps: AccessDeps,
): Promise<void> {
  if (config.access === null) return
  try {
    await applyAccessFile(config, readAccessFile(config.access), defaultBackend, deps)
  } catch (error) {
    const known = [AccessError, PlanOutdated, StartFailure].some((kind) => error instanceof kind)
    if (!known) throw error
    deps.log.error('the access file was not applied', {
      path: config.access,
      reason: (error as Error).message,
    })
  }
}
