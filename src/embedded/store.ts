/**
 * The embedded store: its index and its blobs as one, with what a change to an object means under each state of
 * versioning. Every method is atomic: after a crash it happened or it did not.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
 */
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { S3Error } from '../s3/error.ts'
import { type Blobs, type Hold, openBlobs } from './blobs.ts'
import { type Buckets, createBuckets } from './index/buckets.ts'
import { type AssembledPart, type Contents, createContents } from './index/contents.ts'
import { openIndexDatabase } from './index/database.ts'
import { createUploads, type Uploads } from './index/uploads.ts'
import { createVersions, type Versions } from './index/versions.ts'
import type {
  ContentFacts,
  NewContent,
  ObjectDescription,
  ObjectVersion,
  Segment,
  StoredBucket,
  StoredUpload,
} from './records.ts'
import { NULL_VERSION, newVersionId, requireVersionOf } from './version-id.ts'

/** Judges the newest version of a key just before it is replaced or deleted; throws where it may not be. */
export type Guard = (current: ObjectVersion | undefined) => void

/** Where an object goes, and on what condition. */
export interface Destination {
  readonly bucket: string
  readonly key: string
  readonly guard: Guard
}

/** What is to be deleted. */
export interface DeletionRequest extends Destination {
  /** Null: the current object; by a delete marker where the bucket has versions. */
  readonly versionId: string | null
}

/** The version that a change made. `versionId` null: the bucket does not make new ones. */
export type MadeVersion = { readonly versionId: string | null; readonly createdAt: number }

export type Deletion =
  /** Nothing to say: it is gone, or never was. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'markerMade'; readonly versionId: string }
  | { readonly kind: 'versionRemoved'; readonly version: ObjectVersion }

export interface Store {
  readonly buckets: Pick<Buckets, 'find' | 'list' | 'insert' | 'setTags' | 'setVersioning'>
  readonly versions: Pick<Versions, 'latest' | 'find' | 'listObjects' | 'listVersions' | 'setTags'>
  readonly uploads: Pick<Uploads, 'find' | 'parts' | 'list'>
  readonly contents: Pick<Contents, 'parts' | 'part' | 'countParts'>
  readonly blobs: Pick<Blobs, 'create' | 'read'>

  /** @throws S3Error `NoSuchBucket` */
  bucket(name: string): StoredBucket
  /** @throws S3Error `NoSuchBucket`, `BucketNotEmpty` */
  removeBucket(name: string): void
  /** The pieces of a content from `start` up to `end`, held until released. Call it in the turn of the look-up. */
  open(content: number, start: number, end: number): Hold & { readonly segments: readonly Segment[] }
  putObject(to: Destination, description: ObjectDescription, content: NewContent): Promise<MadeVersion>
  /** Deletes one after the other. What may not be deleted has the reason in its place, and the others go all the same. */
  deleteObjects(requests: readonly DeletionRequest[]): Promise<readonly (Deletion | S3Error)[]>
  createUpload(upload: Pick<StoredUpload, 'bucket' | 'key' | 'checksum'> & ObjectDescription): StoredUpload
  /** @throws S3Error `NoSuchUpload` */
  upload(bucket: string, key: string, uploadId: string): StoredUpload
  /** @returns when it was stored */
  putPart(upload: StoredUpload, number: number, content: NewContent): Promise<number>
  abortUpload(upload: StoredUpload): Promise<void>
  /** Turns `parts` of an upload into the object, and forgets the upload and its other parts. */
  completeUpload(
    upload: StoredUpload,
    parts: readonly AssembledPart[],
    facts: ContentFacts,
    guard: Guard,
  ): Promise<MadeVersion>
  close(): Promise<void>
}

/** A part's number is 1 to this. */
export const MAX_PARTS = 10_000

export interface StoreDeps {
  readonly directory: string
  readonly now: () => number
  readonly onFault: (error: unknown) => void
}

/** Opens the store in `directory`, making it where there is none. @throws Error where another process has it open */
export async function openStore({ directory, now, onFault }: StoreDeps): Promise<Store> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const database = openIndexDatabase(join(directory, 'index.sqlite'))
  const buckets = createBuckets(database)
  const contents = createContents(database)
  const versions = createVersions(database)
  const uploads = createUploads(database)
  const blobs = await openBlobs({ directory, isReferenced: contents.isReferenced, onFault }).catch(
    (error) => {
      database.close()
      throw error
    },
  )

  /** Runs `work` in one transaction, and then removes the blobs of the contents that it dropped. */
  const commit = async <Result>(work: (drop: (content: number) => void) => Result): Promise<Result> => {
    const orphans: string[] = []
    const result = database
      .transaction(() =>
        work((content) => {
          for (const blob of contents.remove(content)) orphans.push(blob)
        }),
      )
      .immediate()
    await blobs.collect(orphans)
    return result
  }

  const bucket = (name: string): StoredBucket => {
    const found = buckets.find(name)
    if (found === undefined) throw new S3Error('NoSuchBucket', { elements: [['BucketName', name]] })
    return found
  }

  const upload = (bucketName: string, key: string, uploadId: string): StoredUpload => {
    bucket(bucketName)
    const found = uploads.find(bucketName, key, uploadId)
    if (found === undefined) throw new S3Error('NoSuchUpload', { elements: [['UploadId', uploadId]] })
    return found
  }

  const removeVersion = (
    { bucket: name, key }: Destination,
    version: ObjectVersion,
    drop: (content: number) => void,
  ): void => {
    versions.remove(name, key, version)
    if (version.kind === 'object') drop(version.content.id)
  }

  /** The id of a new version, having removed the one that it takes the place of. */
  const makeRoom = (
    to: Destination,
    { versioning }: StoredBucket,
    drop: (content: number) => void,
  ): string => {
    if (versioning === 'enabled') return newVersionId()
    const replaced = versions.find(to.bucket, to.key, NULL_VERSION)
    if (replaced !== undefined) removeVersion(to, replaced, drop)
    return NULL_VERSION
  }

  const insertObject = (
    to: Destination,
    description: ObjectDescription,
    insertContent: () => number,
    drop: (content: number) => void,
  ): MadeVersion => {
    const owner = bucket(to.bucket)
    to.guard(versions.latest(to.bucket, to.key))
    const versionId = makeRoom(to, owner, drop)
    const createdAt = now()
    versions.insertObject(
      { bucket: to.bucket, key: to.key, versionId, createdAt },
      description,
      insertContent(),
    )
    return { versionId: owner.versioning === 'enabled' ? versionId : null, createdAt }
  }

  const deleteCurrent = (target: Destination, drop: (content: number) => void): Deletion => {
    const owner = bucket(target.bucket)
    const current = versions.latest(target.bucket, target.key)
    target.guard(current)
    if (owner.versioning === 'off') {
      if (current !== undefined) removeVersion(target, current, drop)
      return { kind: 'gone' }
    }
    const versionId = makeRoom(target, owner, drop)
    versions.insertDeleteMarker({ bucket: target.bucket, key: target.key, versionId, createdAt: now() })
    return { kind: 'markerMade', versionId }
  }

  const deleteVersion = (
    target: Destination,
    versionId: string,
    drop: (content: number) => void,
  ): Deletion => {
    requireVersionOf(bucket(target.bucket), versionId)
    target.guard(versions.latest(target.bucket, target.key))
    const version = versions.find(target.bucket, target.key, versionId)
    if (version === undefined) return { kind: 'gone' }
    removeVersion(target, version, drop)
    return { kind: 'versionRemoved', version }
  }

  return {
    buckets,
    versions,
    uploads,
    contents,
    blobs,
    bucket,
    upload,

    removeBucket(name) {
      database.transaction(() => {
        bucket(name)
        if (!buckets.isEmpty(name)) throw new S3Error('BucketNotEmpty', { elements: [['BucketName', name]] })
        buckets.remove(name)
      })()
    },

    open(content, start, end) {
      const segments = contents.segments(content, start, end)
      return { segments, ...blobs.hold(segments) }
    },

    putObject: (to, description, content) =>
      commit((drop) => insertObject(to, description, () => contents.insert(content), drop)),

    deleteObjects: (requests) =>
      commit((drop) =>
        requests.map((request) => {
          try {
            return request.versionId === null
              ? deleteCurrent(request, drop)
              : deleteVersion(request, request.versionId, drop)
          } catch (error) {
            // Everything that refuses does so before it changed anything.
            if (error instanceof S3Error) return error
            throw error
          }
        }),
      ),

    createUpload(request) {
      bucket(request.bucket)
      const uploadId = randomBytes(32).toString('base64url')
      uploads.insert({ ...request, uploadId, createdAt: now() })
      return upload(request.bucket, request.key, uploadId)
    },

    putPart: (target, number, content) =>
      commit((drop) => {
        const current = upload(target.bucket, target.key, target.uploadId)
        const createdAt = now()
        const replaced = uploads.putPart(current, number, createdAt, contents.insert(content))
        if (replaced !== undefined) drop(replaced.id)
        return createdAt
      }),

    abortUpload: (target) =>
      commit((drop) => {
        const current = upload(target.bucket, target.key, target.uploadId)
        const parts = uploads.parts(current, 0, MAX_PARTS)
        uploads.remove(current)
        for (const part of parts) drop(part.content.id)
      }),

    completeUpload: (target, chosen, facts, guard) =>
      commit((drop) => {
        const current = upload(target.bucket, target.key, target.uploadId)
        const parts = uploads.parts(current, 0, MAX_PARTS)
        const stored = new Map(parts.map((part) => [part.number, part.content.id]))
        // An upload of a part may have come between the choice and now: what was hashed is what is put together.
        if (chosen.some((part) => stored.get(part.number) !== part.content.id)) {
          throw new S3Error('OperationAborted')
        }
        const to = { bucket: target.bucket, key: target.key, guard }
        const made = insertObject(to, current, () => contents.assemble(facts, chosen), drop)
        uploads.remove(current)
        for (const part of parts) drop(part.content.id)
        return made
      }),

    async close() {
      database.close()
    },
  }
}
