/**
 * Node reads a connection into one new 64 KiB buffer after the other; what a slow client has not taken of an answer is in
 * one of the gate's own, which is not used again. To V8 each is a tiny object, so that its young generation does not fill
 * up, and they stay until 60 MiB of them have gathered; then all of the heap is marked to find them, which costs more CPU
 * time than everything else that an upload needs. A collection of the young generation alone frees them too, in less than
 * a millisecond: it only has to be asked for.
 *
 * https://v8.dev/blog/trash-talk · https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Buffers that bodies were read into, and that nobody needs for long. */
export interface ReadBuffers {
  /** So many bytes more were read. */
  used(bytes: number): void
}

/**
 * With more, what lies between two collections passes V8's limit for the whole heap now and then; with less, collecting
 * costs more than it saves.
 */
const COLLECT_BYTES = 4 * 1024 * 1024

/** For whoever moves no object data. */
export const UNCOUNTED: ReadBuffers = { used() {} }

/** To be made once in a process: all of its bodies count together. */
export function createReadBuffers(): ReadBuffers {
  const collect = youngCollection()
  let uncollected = 0
  return {
    used(bytes) {
      uncollected += bytes
      if (uncollected < COLLECT_BYTES) return
      uncollected = 0
      collect()
    },
  }
}

/** V8's own way to ask for a collection is a function that contexts made under this flag have, and no other code. */
function youngCollection(): () => void {
  setFlagsFromString('--expose-gc')
  const gc: NodeJS.GCFunction = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  return () => gc({ type: 'minor' })
}
