/**
 * Counts failed signatures per source (an address, or a network of IPv6), in a bounded table, and says when one has failed
 * too often.
 * Only failures are ever answered differently for it: a request that verifies never comes here.
 */
import { LRUCache } from 'lru-cache'
import { sourceNetwork } from '../iam/address.ts'

export interface FailureThrottle {
  /** Records one failure and says whether this source is past what it may fail. */
  failed(ip: string): boolean
}

export interface FailureThrottleSettings {
  /** Failures that a source may make at once. */
  readonly burst: number
  /** Failures forgiven per second. */
  readonly perSecond: number
  /** Sources remembered; the least recently failing is forgotten first. */
  readonly sources: number
}

/** A leaky bucket per source. @param now milliseconds */
export function createFailureThrottle(settings: FailureThrottleSettings, now: () => number): FailureThrottle {
  const sources = new LRUCache<string, { level: number; at: number }>({ max: settings.sources })
  return {
    failed(ip) {
      const time = now()
      const network = sourceNetwork(ip)
      const source = sources.get(network)
      if (source === undefined) {
        sources.set(network, { level: 1, at: time })
        return settings.burst < 1
      }
      const leaked = ((time - source.at) / 1000) * settings.perSecond
      source.level = Math.min(Math.max(0, source.level - leaked) + 1, settings.burst * 2)
      source.at = time
      return source.level > settings.burst
    },
  }
}
