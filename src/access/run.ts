/** One application of a file, within one transaction: what it does is noted, and every fault on the way. */
import type { Actor } from '../iam/reader.ts'
import { describeFault, ServiceError } from '../services/errors.ts'
import type { Services } from '../services/services.ts'
import type { AccessDocument } from './document.ts'
import type { AccessFault, FilePath } from './fault.ts'
import type { Plan, Step } from './plan.ts'
import type { Secrets } from './secrets.ts'

export interface Run {
  /** Of the transaction. */
  readonly services: Services
  readonly actor: Actor
  readonly document: AccessDocument
  readonly secrets: Secrets
  /** Whether the transaction is to be committed: only then are files written. */
  readonly mode: 'dry-run' | 'apply'
  readonly prune: 'keep' | 'delete'
  /** Milliseconds since the epoch. */
  readonly now: () => number
  fault(at: FilePath, message: string): void
  /** What services refuse becomes a fault at the entry, or at the field that they name; undefined then. */
  attempt<T>(at: FilePath, work: () => Promise<T>): Promise<T | undefined>
  step(step: Omit<Step, 'changes' | 'remark'> & Partial<Step>): void
  /** Notes an entry that is as it should be. */
  unchanged(): void
  /** Notes that another entry was looked at. */
  advance(): void
  readonly faults: readonly AccessFault[]
  plan(): Plan
}

/** What services call otherwise than the file. */
const FIELD_OF: Readonly<Record<string, string>> = {
  project_ids: 'projects',
  organization_id: 'organization_scope',
  default_project_id: 'default_project',
}

export type RunSettings = Pick<
  Run,
  'services' | 'actor' | 'document' | 'secrets' | 'mode' | 'prune' | 'now' | 'advance'
>

export function createRun(settings: RunSettings): Run {
  const { document } = settings
  const faults: AccessFault[] = [...document.faults]
  const steps: Step[] = []
  let unchanged = 0
  const fault: Run['fault'] = (path, message) => {
    faults.push({ line: document.lineOf(path), path, message })
  }
  return {
    ...settings,
    faults,
    fault,
    async attempt(at, work) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        if (error.fault.type === 'invalid_arguments') {
          for (const { argument_name, help_message } of error.fault.details) {
            fault([...at, ...pathOf(argument_name)], help_message)
          }
        } else fault(at, describeFault(error.fault))
        return undefined
      }
    },
    step: (step) => {
      steps.push({ changes: [], remark: '', ...step })
    },
    unchanged: () => {
      unchanged++
    },
    plan: () => ({ steps, unchanged }),
  }
}

function pathOf(argumentName: string): FilePath {
  return argumentName.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : (FIELD_OF[part] ?? part)))
}
