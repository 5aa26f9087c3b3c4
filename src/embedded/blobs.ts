/**
 * The embedded store's files: immutable, named by random ids and never by anything that a client sent.
 *
 * A blob is written to `incoming/`, synced, renamed into its folder, and that folder synced; only then does the index
 * name it. Whoever reads or writes a blob holds it; when the last hold goes, a blob that the index does not name is
 * removed. What a crash leaves behind is swept at the next start.
 */
import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Segment } from './records.ts'

/** Keeps blobs from being removed. */
export interface Hold {
  /** Ends the hold, and removes the blobs that nobody needs any more. Never rejects. */
  release(): Promise<void>
}

/** One blob on its way to the disk. */
export interface BlobWriter extends Hold {
  write(chunk: Buffer): Promise<void>
  /** Makes the blob durable. No bytes, no blob: then there is no segment. */
  finish(): Promise<readonly Segment[]>
}

export interface Blobs {
  /** A new blob, held until released: by then the index names it, or it goes. */
  create(): BlobWriter
  /** Holds blobs that the index names now. Call it in the same turn as the look-up in the index. */
  hold(segments: readonly Segment[]): Hold
  /** Removes those of `blobs` that are neither held nor named by the index. Never rejects. */
  collect(blobs: readonly string[]): Promise<void>
  /** The bytes of `segments` in order, which the caller holds. */
  read(segments: readonly Segment[]): AsyncGenerator<Buffer, void, undefined>
}

export interface BlobsDeps {
  readonly directory: string
  readonly isReferenced: (blob: string) => boolean
  /** Told of a file that could not be removed; the next start tries again. */
  readonly onFault: (error: unknown) => void
}

const READ_SIZE = 256 * 1024
const FOLDERS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Makes the folders where there are none, removes what a crash left behind, and opens the store. */
export async function openBlobs(deps: BlobsDeps): Promise<Blobs> {
  const incoming = join(deps.directory, 'incoming')
  const stored = join(deps.directory, 'blobs')
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  await Promise.all(FOLDERS.map((folder) => mkdir(join(stored, folder), { recursive: true, mode: 0o700 })))
  await syncFolder(deps.directory)
  await syncFolder(stored)
  await sweep(incoming, stored, deps.isReferenced)

  const folderOf = (blob: string): string => join(stored, blob.slice(0, 2))
  const pathOf = (blob: string): string => join(folderOf(blob), blob)
  const holds = new Map<string, number>()

  const collect = async (blobs: readonly string[]): Promise<void> => {
    for (const blob of blobs) {
      if (holds.has(blob) || deps.isReferenced(blob)) continue
      await unlink(pathOf(blob)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') deps.onFault(error)
      })
    }
  }

  const holdBlobs = (blobs: ReadonlySet<string>): Hold => {
    for (const blob of blobs) holds.set(blob, (holds.get(blob) ?? 0) + 1)
    let held = true
    return {
      async release() {
        if (!held) return
        held = false
        for (const blob of blobs) {
          const others = (holds.get(blob) ?? 0) - 1
          if (others === 0) holds.delete(blob)
          else holds.set(blob, others)
        }
        await collect([...blobs])
      },
    }
  }

  return {
    collect,
    hold: (segments) => holdBlobs(new Set(segments.map((segment) => segment.blob))),

    create() {
      const blob = randomBytes(16).toString('hex')
      const path = join(incoming, blob)
      const hold = holdBlobs(new Set([blob]))
      let file: FileHandle | null = null
      let unfinished = false
      let length = 0
      return {
        async write(chunk) {
          if (chunk.length === 0) return
          if (file === null) {
            file = await open(path, 'wx', 0o600)
            unfinished = true
          }
          await writeFully(file, chunk)
          length += chunk.length
        },
        async finish() {
          if (file === null) return []
          await file.sync()
          await file.close()
          file = null
          await rename(path, pathOf(blob))
          unfinished = false
          await syncFolder(folderOf(blob))
          return [{ blob, offset: 0, length }]
        },
        async release() {
          if (file !== null) await file.close().catch(deps.onFault)
          if (unfinished) await unlink(path).catch(deps.onFault)
          file = null
          unfinished = false
          await hold.release()
        },
      }
    },

    async *read(segments) {
      for (const { blob, offset, length } of segments) {
        const file = await open(pathOf(blob), 'r')
        try {
          for (let done = 0; done < length; ) {
            const buffer = Buffer.allocUnsafeSlow(Math.min(READ_SIZE, length - done))
            const { bytesRead } = await file.read(buffer, 0, buffer.length, offset + done)
            if (bytesRead === 0) throw new Error(`blob ${blob} is shorter than the index says`)
            done += bytesRead
            yield buffer.subarray(0, bytesRead)
          }
        } finally {
          await file.close()
        }
      }
    },
  }
}

async function writeFully(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, done)
    done += bytesWritten
  }
}

/** Makes renames in a folder durable: https://man7.org/linux/man-pages/man2/fsync.2.html */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function sweep(
  incoming: string,
  stored: string,
  isReferenced: (blob: string) => boolean,
): Promise<void> {
  for (const name of await readdir(incoming)) await unlink(join(incoming, name))
  for (const folder of FOLDERS) {
    for (const blob of await readdir(join(stored, folder))) {
      if (!isReferenced(blob)) await unlink(join(stored, folder, blob))
    }
  }
}
