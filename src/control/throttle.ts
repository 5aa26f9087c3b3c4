/**
 * Failed attempts per source (an address, or a network of IPv6), in a bounded table. A source that has failed too often
 * is answered "too many requests" until enough of them are forgotten; answers of that kind do not count as attempts, so
 * that a client which keeps trying hears of its real fault again.
 */
import { LRUCache } from 'lru-cache'
import { sourceNetwork } from '../iam/address.ts'

export interface AttemptThrottle {
  /** How long this source has to wait before it may fail again, in whole seconds; 0: not at all. */
  waitSeconds(ip: string): number
  failed(ip: string): void
  /** Takes one failure back. */
  forgive(ip: string): void
  /** What a source may fail, for the answer. */
  readonly limit: { readonly quota: number; readonly window_seconds: number }
}

const WINDOW_SECONDS = 60

/** A leaky bucket a source. @param now milliseconds */
export function createAttemptThrottle(
  { perMinute, sources }: { readonly perMinute: number; readonly sources: number },
  now: () => number,
): AttemptThrottle {
  const levels = new LRUCache<string, { readonly level: number; readonly at: number }>({ max: sources })
  const perMs = perMinute / (WINDOW_SECONDS * 1000)
  const levelOf = (source: string): number => {
    const known = levels.get(source)
    return known === undefined ? 0 : Math.max(0, known.level - (now() - known.at) * perMs)
  }
  return {
    limit: { quota: perMinute, window_seconds: WINDOW_SECONDS },
    waitSeconds: (ip) => Math.max(0, Math.ceil((levelOf(sourceNetwork(ip)) + 1 - perMinute) / perMs / 1000)),
    failed: (ip) => {
      const source = sourceNetwork(ip)
      levels.set(source, { level: levelOf(source) + 1, at: now() })
    },
    forgive: (ip) => {
      const source = sourceNetwork(ip)
      levels.set(source, { level: Math.max(0, levelOf(source) - 1), at: now() })
    },
  }
}
