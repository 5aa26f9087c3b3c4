/** The services over a store, with the limits that the configuration sets. */
import type { Config } from '../config.ts'
import { SYSTEM_RANDOM } from '../services/deps.ts'
import { createServices } from '../services/index.ts'
import type { Quotas } from '../services/quotas.ts'
import type { Services } from '../services/services.ts'
import type { Store } from '../store/store.ts'

/** @param now milliseconds since the epoch */
export function configuredServices(config: Config, store: Store, now: () => number): Services {
  return createServices({
    store,
    now,
    random: SYSTEM_RANDOM,
    quotas: quotasOf(config),
    sessionLifetimeMs: config.control_session,
  })
}

export function quotasOf({ quotas, limits }: Config): Quotas {
  return { ...quotas, s3_buckets_per_project: limits.buckets_per_project }
}
