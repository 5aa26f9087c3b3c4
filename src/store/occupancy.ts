/**
 * Who uses a data directory: everybody who has its store open holds `store.lock` together with the others, and whoever
 * puts another database in the store's place needs it alone. The lock is SQLite's own, on a file that stays empty: it
 * holds between processes and containers, and ends with the process that held it, however that ended.
 *
 * https://sqlite.org/lockingv3.html
 */
import { join } from 'node:path'
import { makeOwnFile } from './data-directory.ts'
import { type FileLock, lockFile } from './database.ts'

const LOCK = 'store.lock'

/**
 * `shared`: the store is in use. `exclusive`: nobody else uses it, and nobody comes to.
 * @throws StoreBusy where others' use excludes this one
 */
export function occupy(dataDir: string, use: 'shared' | 'exclusive'): FileLock {
  const path = join(dataDir, LOCK)
  makeOwnFile(path)
  return lockFile(path, use)
}
