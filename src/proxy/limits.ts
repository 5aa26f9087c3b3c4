/**
 * Limits per key and per project: requests in flight and requests per second. Over a limit, S3's own answer is
 * `503 SlowDown`, which every client backs off from.
 */
import { LRUCache } from 'lru-cache'
import { S3Error } from '../s3/error.ts'

export interface RateLimit {
  /** Requests in flight at once; 0: no limit. */
  readonly concurrency: number
  /** Requests per second, with a burst of as many; 0: no limit. */
  readonly perSecond: number
}

export interface Limits {
  /**
   * Takes a place for one request of this key in this project.
   * @returns gives the place back: to be called exactly once
   * @throws S3Error `SlowDown`
   */
  admit(accessKey: string, projectId: string): () => void
}

/** The state of one key or project. `tokens` refills over time. */
interface Lane {
  inFlight: number
  tokens: number
  at: number
}

/** How many idle lanes are remembered for their rate. Lanes in use are never forgotten. */
const IDLE_LANES = 100_000

const nothing = (): void => {}

/** @param now milliseconds */
export function createLimits(key: RateLimit, project: RateLimit, now: () => number): Limits {
  const keys = createLanes(key, 'key', now)
  const projects = createLanes(project, 'project', now)
  if (keys === undefined && projects === undefined) return { admit: () => nothing }
  return {
    admit(accessKey, projectId) {
      const leaveKey = keys?.enter(accessKey) ?? nothing
      try {
        const leaveProject = projects?.enter(projectId) ?? nothing
        return () => {
          leaveKey()
          leaveProject()
        }
      } catch (error) {
        leaveKey()
        throw error
      }
    },
  }
}

function createLanes(limit: RateLimit, what: string, now: () => number) {
  if (limit.concurrency === 0 && limit.perSecond === 0) return undefined
  const busy = new Map<string, Lane>()
  const idle = new LRUCache<string, Lane>({ max: IDLE_LANES })
  return {
    enter(id: string): () => void {
      const time = now()
      const lane = busy.get(id) ?? idle.get(id) ?? { inFlight: 0, tokens: limit.perSecond, at: time }
      if (limit.concurrency > 0 && lane.inFlight >= limit.concurrency)
        throw slowDown(`concurrency of the ${what}`)
      if (limit.perSecond > 0) {
        lane.tokens = Math.min(limit.perSecond, lane.tokens + ((time - lane.at) / 1000) * limit.perSecond)
        lane.at = time
        if (lane.tokens < 1) {
          if (lane.inFlight === 0) idle.set(id, lane)
          throw slowDown(`rate of the ${what}`)
        }
        lane.tokens -= 1
      }
      if (lane.inFlight === 0) {
        idle.delete(id)
        busy.set(id, lane)
      }
      lane.inFlight += 1
      return () => {
        lane.inFlight -= 1
        if (lane.inFlight === 0) {
          busy.delete(id)
          idle.set(id, lane)
        }
      }
    },
  }
}

function slowDown(reason: string): S3Error {
  return new S3Error('SlowDown', {
    source: 'client',
    reason: `limit: ${reason}`,
    headers: [['Retry-After', '1']],
  })
}
