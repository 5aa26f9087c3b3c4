/**
 * V8's garbage collection as a gate needs it. Its defaults are for browsers: collections are shared out over threads, so
 * that none stops the page for long, and an idle process is tidied up. A gate's collections take less than a millisecond
 * on one thread, and waking others costs more CPU time than they save; what is tidied away in a pause of some seconds is
 * compiled code, after which tens of thousands of requests cost half as much again.
 *
 * https://v8.dev/blog/trash-talk · https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 */
import { setFlagsFromString } from 'node:v8'

const FLAGS = [
  '--no-parallel-scavenge',
  '--no-concurrent-array-buffer-sweeping',
  // No collection because nothing happens. The flag that says so outright is not looked at any more in a running process.
  '--memory-reducer-gc-count=0',
] as const

/** To be called before the process takes requests. */
export function tuneHeap(): void {
  for (const flag of FLAGS) setFlagsFromString(flag)
}
