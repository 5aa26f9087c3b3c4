/** How the configuration opens the store. */
import type { Config } from '../config.ts'
import type { Log } from '../observe/log.ts'
import type { StoreLogger, StoreOptions } from '../store/store.ts'

/** @param now milliseconds since the epoch */
export function storeOptions(config: Config, now: () => number, logger?: StoreLogger): StoreOptions {
  return {
    dataDir: config.data,
    masterKey: config.master_key ?? undefined,
    now,
    limits: {
      cachedKeys: config.cache.keys,
      cachedPrincipals: config.cache.policies,
      cachedProjects: config.cache.projects,
      cachedBuckets: config.cache.buckets,
      bucketsPerProject: config.limits.buckets_per_project,
    },
    logger,
  }
}

/** The store's reports, as lines of the log. */
export function storeLogger(log: Log): StoreLogger {
  return {
    info: (fields, message) => {
      const reason = Object.entries(fields).map(([name, value]) => `${name} ${String(value)}`)
      log.info(message, { reason: reason.join(', ') })
    },
  }
}
