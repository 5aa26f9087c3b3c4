/**
 * What the data path asks of the store. Every answer is synchronous, comes from bounded caches where it can, and is
 * exact: after {@link IamReader.refresh} it reflects every change committed before, whichever process made it.
 */
import type { CompiledGrants } from './grants.ts'
import type { AccessKey, Backend, Bucket, Project } from './model.ts'
import type { CompiledRestrictions } from './restrictions.ts'
import type { Secret } from './secret.ts'

/** Who a key belongs to. */
export interface Bearer {
  readonly kind: 'user' | 'application'
  readonly id: string
  readonly organization_id: string
  /** The owner of the organization: every right, no policy needed. */
  readonly owner: boolean
  readonly locked: boolean
}

/** A key as the data path needs it: looked up and compiled once, dropped from the cache when anything in it changes. */
export interface ResolvedKey {
  readonly record: AccessKey
  readonly secret: Secret
  readonly bearer: Bearer
  /** Null: the key itself is not limited. */
  readonly restrictions: CompiledRestrictions | null
  /** Milliseconds since the epoch; null: never. Checked per request, never cached as a verdict. */
  readonly expiresAt: number | null
}

export interface ResolvedBackend {
  readonly record: Backend
  readonly secretKey: Secret
}

export interface BucketPage {
  /** Only names that start with this. */
  readonly prefix: string
  /** Only names that sort after this one. */
  readonly after: string
  readonly limit: number
}

export interface IamReader {
  /**
   * Brings every cache up to date with all committed changes. Called at the start of each request and before an
   * upload's last piece.
   * @throws StoreUnavailable where the database cannot be read: the caller answers 503, never "allowed"
   */
  refresh(): void
  findKey(accessKey: string): ResolvedKey | undefined
  /** The compiled rules of the bearer's own policies and of its groups', one entry a principal. */
  grants(bearer: Bearer): readonly CompiledGrants[]
  findProject(id: string): Project | undefined
  /** In any state. */
  findBucket(name: string): Bucket | undefined
  /** Active buckets of a project in UTF-8 byte order of their names. */
  listBuckets(projectId: string, page: BucketPage): readonly Bucket[]
  findBackend(id: string): ResolvedBackend | undefined
  /** The backend that the configuration names, under which new buckets are made unless their project has its own. */
  defaultBackend(): ResolvedBackend | undefined
  /** The regions of all backends: clients are told them, and sign with them. */
  backendRegions(): ReadonlySet<string>
}

/** The database could not be read or written. Nothing was decided. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/**
 * What the data path writes: the life of a bucket. Asynchronous, and never waits for a write lock on the event loop:
 * while another process holds it, the attempt is repeated from a timer until `timeoutMs` has passed.
 * @throws StoreUnavailable after that
 */
export interface BucketWriter {
  /**
   * Takes the name: a row in state `creating`. Fails without a change where the name is anybody's (any state but a
   * `released` one that this project may have), or where the project is at its limit.
   */
  beginCreate(intent: {
    name: string
    project_id: string
    backend_id: string
    actor: Actor
  }): Promise<BeginCreate>
  /** `creating` → `active`. False where the row is no longer the one of that generation. */
  activate(name: string, generation: number): Promise<boolean>
  /** `active` → `deleting`; undefined where it is not active or not of that generation. */
  beginDelete(name: string, generation: number, actor: Actor): Promise<Bucket | undefined>
  /** `deleting` → `active` again: the backend refused. */
  cancelDelete(name: string, generation: number): Promise<void>
  /** `creating` (never made) or `deleting` (gone) → `released` until the given time, for other projects. */
  release(name: string, generation: number, until: string): Promise<void>
}

export type BeginCreate =
  | { readonly outcome: 'begun'; readonly bucket: Bucket }
  | { readonly outcome: 'owned'; readonly bucket: Bucket }
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'too-many' }

/** Who makes a change, for the audit log. */
export interface Actor {
  /** A user's or application's id; `''`: the local operator. */
  readonly bearer_id: string
  readonly ip: string
  readonly user_agent: string
}
