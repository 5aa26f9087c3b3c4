/**
 * The minimum rate of a body under way: there is no limit on its duration, but in every window of time so much of it
 * must move.
 */

export interface PaceSettings {
  readonly rateWindowMs: number
  minBytesPerSecond(): number
}

export interface Pace {
  /** A new body begins. */
  restart(now: number): void
  /** @param progress bytes since the last {@link restart} */
  tooSlow(now: number, progress: number): boolean
}

export function createPace(settings: PaceSettings, now: number): Pace {
  let since = now
  let atStart = 0
  return {
    restart(time) {
      since = time
      atStart = 0
    },
    tooSlow(time, progress) {
      if (time - since < settings.rateWindowMs) return false
      const slow = progress - atStart < (settings.minBytesPerSecond() * (time - since)) / 1000
      since = time
      atStart = progress
      return slow
    },
  }
}
