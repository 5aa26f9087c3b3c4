/** Work of which only so much may be in progress at once. The rest waits its turn; too many are turned away. */
import { ControlError } from './errors.ts'

interface TurnSettings {
  readonly atOnce: number
  /** How many may wait. */
  readonly waiting: number
}

export interface Turns {
  /** @throws ControlError `unavailable` where too many wait already; what `work` throws */
  take<T>(work: () => Promise<T>): Promise<T>
}

export function createTurns({ atOnce, waiting }: TurnSettings): Turns {
  const queue: (() => void)[] = []
  let free = atOnce
  return {
    async take(work) {
      if (free > 0) free -= 1
      else if (queue.length < waiting) await new Promise<void>((resolve) => queue.push(resolve))
      else
        throw new ControlError({ type: 'unavailable', message: 'too much of this is in progress: try again' })
      try {
        return await work()
      } finally {
        const next = queue.shift()
        if (next === undefined) free += 1
        else next()
      }
    },
  }
}
