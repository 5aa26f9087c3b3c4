/** The data directory: who may read what in it, and files that are there whole or not at all. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { StoreOpenError } from './errors.ts'

const OWNER_ONLY_DIRECTORY = 0o700
const OWNER_ONLY_FILE = 0o600

export interface DataDirectory {
  /** Where the database is, or will be. */
  readonly databasePath: string
  /** Undefined where there is no such file. */
  read(name: string): string | undefined
  /** Puts a file in place, durable when it returns; at every moment its old or its new content is there, whole. */
  write(name: string, content: string): void
  /** Durable when it returns. False where there is nothing of that name. */
  rename(from: string, to: string): boolean
  remove(name: string): void
  names(): readonly string[]
}

/** Makes what is missing, the database's file included. @throws StoreOpenError */
export function openDataDirectory(path: string): DataDirectory {
  const directory = makeDataDirectory(path)
  // Made before SQLite does, which would let others read it; its log and index files take the same mode.
  usable(path, () => makeOwnFile(directory.databasePath))
  return directory
}

/** Makes the directory where it is missing, and nothing in it. @throws StoreOpenError */
export function makeDataDirectory(path: string): DataDirectory {
  return usable(path, () => {
    makeDirectory(path)
    return dataDirectory(path, join(path, 's3warden.db'))
  })
}

/**
 * With the directories above it, one by one: Node's own recursion never ends where one of them takes no directories and
 * says that there is none, as /proc does.
 */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: OWNER_ONLY_DIRECTORY })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && statSync(path).isDirectory()) return
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error
    makeDirectory(dirname(path))
    makeDirectory(path)
  }
}

/** Makes an empty file that only its owner may read, unless it is there. */
export function makeOwnFile(path: string): void {
  closeSync(openSync(path, 'a', OWNER_ONLY_FILE))
}

function usable<T>(path: string, use: () => T): T {
  try {
    return use()
  } catch (error) {
    throw new StoreOpenError(
      'unusable-directory',
      `the data directory \`${path}\` cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      error,
    )
  }
}

function dataDirectory(path: string, databasePath: string): DataDirectory {
  const sync = (descriptor: number) => {
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }
  const rename = (from: string, to: string): boolean => {
    const done = unlessMissing(() => renameSync(join(path, from), join(path, to)))
    sync(openSync(path, 'r'))
    return done !== 'missing'
  }
  return {
    databasePath,
    rename,
    read(name) {
      const content = unlessMissing(() => readFileSync(join(path, name), 'utf8'))
      return content === 'missing' ? undefined : content
    },
    write(name, content) {
      const partial = `${name}.partial`
      rmSync(join(path, partial), { force: true })
      const descriptor = openSync(join(path, partial), 'wx', OWNER_ONLY_FILE)
      writeSync(descriptor, content)
      sync(descriptor)
      rename(partial, name)
    },
    remove: (name) => {
      rmSync(join(path, name), { force: true })
    },
    names: () => readdirSync(path),
  }
}

function unlessMissing<T>(call: () => T): T | 'missing' {
  try {
    return call()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'missing'
    throw error
  }
}
