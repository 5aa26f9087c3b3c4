/**
 * Which bucket is whose, where the store's row alone does not say it: names without a row, and rows whose creation or
 * deletion was begun and not finished (a process died, or the backend's answer never came).
 *
 * INVARIANT: a row in state `creating` was written after the backend had said that it has no such bucket. A bucket
 * found under such a row was therefore made by that intent and cannot predate it.
 */
import type { Backend, Bucket, Project } from '../iam/model.ts'
import type { BucketWriter, IamReader, ResolvedBackend } from '../iam/reader.ts'
import { permissionDenied, S3Error } from '../s3/error.ts'
import { encodePath } from '../s3/uri.ts'
import type { Backends } from './backend/index.ts'

export interface OwnershipDeps {
  readonly reader: IamReader
  readonly buckets: BucketWriter
  readonly backends: Backends
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** After this long an intent is nobody's any more: no request to the backend can still be under way. */
  readonly intentTimeoutMs: number
  /** For how long a released name is kept from other projects. */
  readonly quarantineMs: number
}

export interface Ownership {
  /** Whether the backend has a bucket of this name, whoever owns it. */
  exists(name: string, backend: ResolvedBackend): Promise<boolean>
  /**
   * The project's active bucket behind a name whose row is missing, released or unfinished.
   * @throws S3Error `NoSuchBucket` where nobody has the name, 403 where the backend has it and nobody adopted it,
   *   `OperationAborted` where its deletion may still be under way
   */
  settle(name: string, project: Project): Promise<Bucket>
  /** Finishes or undoes one unfinished row. @returns what it has become */
  resolve(bucket: Bucket): Promise<Bucket | undefined>
  /** When another project may have a name released now. */
  quarantineEnd(): string
}

export function createOwnership(deps: OwnershipDeps): Ownership {
  const { reader, buckets, backends, now } = deps

  async function exists(name: string, backend: ResolvedBackend): Promise<boolean> {
    const answer = await backends.request(
      {
        backend,
        method: 'HEAD',
        bucket: name,
        path: `/${encodePath(name)}`,
        query: '',
        headers: [],
        body: { kind: 'none' },
        patience: 'normal',
      },
      { maxBytes: 0 },
    )
    if (answer.status === 404) return false
    // Anything that is not "no such bucket" and not a fault of the backend means that the name is taken there.
    if (answer.status < 500) return true
    throw new S3Error('ServiceUnavailable', {
      source: 'backend',
      reason: `backend answered ${answer.status} when asked for bucket ${name}`,
    })
  }

  async function settle(name: string, project: Project): Promise<Bucket> {
    const row = reader.findBucket(name)
    if (row !== undefined && row.state !== 'released') {
      const settled = await resolve(row)
      if (settled?.state === 'active') return settled
      if (settled !== undefined && settled.state !== 'released') throw new S3Error('OperationAborted')
      throw noSuchBucket(name)
    }
    const backend = backendOf(reader, project)
    if (await exists(name, backend)) {
      throw permissionDenied('the backend has this bucket, and no project has adopted it')
    }
    throw noSuchBucket(name)
  }

  async function resolve(bucket: Bucket): Promise<Bucket | undefined> {
    if (bucket.state === 'active' || bucket.state === 'released') return bucket
    const backend = reader.findBackend(bucket.backend_id)
    if (backend === undefined)
      throw new S3Error('ServiceUnavailable', { reason: 'the bucket has no backend' })
    const there = await exists(bucket.name, backend)
    const abandoned = now() - Date.parse(bucket.updated_at) > deps.intentTimeoutMs
    if (bucket.state === 'creating') {
      if (there) await buckets.activate(bucket.name, bucket.generation)
      else if (abandoned) await buckets.release(bucket.name, bucket.generation, quarantineEnd())
      else throw noSuchBucket(bucket.name)
    } else if (!there) {
      await buckets.release(bucket.name, bucket.generation, quarantineEnd())
    } else if (abandoned) {
      await buckets.cancelDelete(bucket.name, bucket.generation)
    }
    reader.refresh()
    return reader.findBucket(bucket.name)
  }

  function quarantineEnd(): string {
    return new Date(now() + deps.quarantineMs).toISOString()
  }

  return { exists, settle, resolve, quarantineEnd }
}

/** Where a project's new buckets go. */
export function backendOf(reader: IamReader, project: Project): ResolvedBackend {
  const backend =
    project.backend_id === null ? reader.defaultBackend() : reader.findBackend(project.backend_id)
  if (backend === undefined) throw new S3Error('ServiceUnavailable', { reason: 'the project has no backend' })
  return backend
}

/** The backend a bucket lies on. */
export function backendOfBucket(reader: IamReader, bucket: Bucket): ResolvedBackend {
  const backend = reader.findBackend(bucket.backend_id)
  if (backend === undefined) throw new S3Error('ServiceUnavailable', { reason: 'the bucket has no backend' })
  return backend
}

export function noSuchBucket(name: string): S3Error {
  return new S3Error('NoSuchBucket', { elements: [['BucketName', name]] })
}

/** Two buckets can be copied between on the backend's side only where one credential reaches both. */
export function sameBackend(a: Backend, b: Backend): boolean {
  return a.id === b.id
}
