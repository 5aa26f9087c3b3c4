/** A store in a directory of its own, and access files applied to it in this process. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApplyOptions, applyAccess } from '../../src/access/apply.ts'
import { readDocument } from '../../src/access/document.ts'
import { exportAccess } from '../../src/access/export.ts'
import { AccessError, type AccessFault } from '../../src/access/fault.ts'
import { describeStep, type Plan } from '../../src/access/plan.ts'
import type { Actor } from '../../src/iam/reader.ts'
import { SYSTEM_RANDOM } from '../../src/services/deps.ts'
import { createServices } from '../../src/services/index.ts'
import type { Services } from '../../src/services/services.ts'
import { openStore, type Store } from '../../src/store/index.ts'

export const ACTOR: Actor = { bearer_id: '', ip: '', user_agent: 'test' }

export interface World {
  readonly store: Store
  readonly services: Services
  /** Where relative paths in files start. */
  readonly directory: string
  readonly environment: Record<string, string>
  apply(text: string, options?: Partial<ApplyOptions>): Promise<Plan>
  /** The plan, in words. */
  steps(text: string, options?: Partial<ApplyOptions>): Promise<readonly string[]>
  /** What is wrong, as `line path: message`. @throws where nothing is */
  faults(text: string, options?: Partial<ApplyOptions>): Promise<readonly string[]>
  export(): Promise<string>
}

export async function createWorld(defaultBackend: 'configured' | 'free' = 'free'): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 's3warden-access-'))
  const now = () => Date.now()
  const store = await openStore({ dataDir: join(directory, 'data'), now })
  const services = createServices({ store, now, random: SYSTEM_RANDOM })
  const environment: Record<string, string> = {}
  const apply: World['apply'] = (text, options) =>
    applyAccess(
      { store, services, environment, now, defaultBackend, onProgress: () => undefined },
      ACTOR,
      readDocument('access.yaml', text),
      { mode: 'apply', prune: 'keep', directory, ...options },
    )
  return {
    store,
    services,
    directory,
    environment,
    apply,
    steps: async (text, options) => (await apply(text, options)).steps.map(describeStep),
    faults: async (text, options) => {
      try {
        await apply(text, options)
      } catch (error) {
        if (error instanceof AccessError) return error.faults.map(describe)
        throw error
      }
      throw new Error('the file was applied')
    },
    export: async () => {
      const [organization] = (await services.organizations.list({})).items
      return exportAccess({ services, now }, organization!)
    },
  }
}

const describe = ({ line, path, message }: AccessFault): string => `${line} ${path.join('.')}: ${message}`
