import { constants, PerformanceObserver } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { createReadBuffers } from '../../src/proxy/read-buffers.ts'

const MIB = 1024 * 1024

/** https://nodejs.org/api/perf_hooks.html#garbage-collection-gc-details */
interface CollectionEntry {
  readonly detail: { readonly kind: number; readonly flags: number }
}

/** Collections of the young generation that were asked for while `work` ran. */
async function collectionsIn(work: () => void): Promise<number> {
  let count = 0
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries() as unknown as readonly CollectionEntry[]) {
      const forced = (detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0
      if (forced && detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) count += 1
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  work()
  await new Promise((resolve) => setTimeout(resolve, 50))
  observer.disconnect()
  return count
}

test.each([
  { name: 'none before 4 MiB', bytes: [2 * MIB, 2 * MIB - 1], collections: 0 },
  { name: 'one at 4 MiB', bytes: [2 * MIB, 2 * MIB], collections: 1 },
  { name: 'one for each 4 MiB', bytes: Array.from({ length: 8 }, () => MIB), collections: 2 },
])('asks for a collection: $name', async ({ bytes, collections }) => {
  const buffers = createReadBuffers()
  const asked = await collectionsIn(() => {
    for (const length of bytes) buffers.used(length)
  })
  expect(asked).toBe(collections)
})

test('leaves no function to collect with behind', () => {
  createReadBuffers()
  expect(globalThis.gc).toBeUndefined()
})
