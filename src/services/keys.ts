/** Access keys: how a bearer signs. */
import type { AccessKey, Restrictions } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'
import type { KeyFilters, KeyOrder, Page } from '../store/query.ts'
import type { ListInput } from './lists.ts'

/** `scaleway`: SCW + 17 of A–Z0–9, a UUID. `exoscale`: EXO + 24 hex, 43 characters. `keystone`: 32 hex each. */
export type KeyFormat = 'scaleway' | 'exoscale' | 'keystone'

export interface KeyBearer {
  readonly kind: 'user' | 'application'
  readonly id: string
}

/** What both a new and an imported key are given. */
export interface KeySettings {
  readonly name?: string | undefined
  readonly description?: string | undefined
  /** Absent: the organization's default project. */
  readonly default_project_id?: string | undefined
  /** RFC 3339, in the future. Absent or null: never. */
  readonly expires_at?: string | null | undefined
  /** What the key itself is limited to. Absent or null: not limited. */
  readonly restrictions?: Restrictions | null | undefined
}

export interface NewKey extends KeySettings {
  /** Required unless `template` or `through` names a key, whose bearer it then is. */
  readonly bearer?: KeyBearer | undefined
  /** Absent: `scaleway`. */
  readonly format?: KeyFormat | undefined
  /** An access key whose bearer, project, description, expiry and restrictions stand in for what is absent here. */
  readonly template?: string | undefined
  /**
   * The access key through which it is made. Where that one is restricted, the new one has its bearer, inherits what
   * is absent, and may not exceed it in anything: operations, resources, regions, lifetime.
   */
  readonly through?: string | undefined
}

export interface ImportedKey extends KeySettings {
  readonly bearer: KeyBearer
  /** 3 to 128 of `A-Za-z0-9._-`. */
  readonly access_key: string
  /** 8 to 128 printable ASCII characters. */
  readonly secret_key: Secret
}

/** All that may change in a key; restrictions never do. */
export type KeyChange = Omit<KeySettings, 'restrictions'>

/** The one time the secret is shown. */
export interface CreatedKey {
  readonly key: AccessKey
  readonly secret_key: Secret
}

export interface Keys {
  create(actor: Actor, input: NewKey): Promise<CreatedKey>
  /** Refused where the access key exists. Such a key works on S3 only. */
  import(actor: Actor, input: ImportedKey): Promise<AccessKey>
  get(accessKey: string): Promise<AccessKey>
  list(input: ListInput<KeyFilters, KeyOrder>): Promise<Page<AccessKey>>
  update(actor: Actor, accessKey: string, change: KeyChange): Promise<AccessKey>
  /** In force from the next request on. Keys that were made through this one go with it; all are returned. */
  revoke(actor: Actor, accessKey: string): Promise<readonly AccessKey[]>
  /** A successor with the same settings; the old one expires after `graceMs`, or before if it was to. */
  rotate(actor: Actor, accessKey: string, graceMs: number): Promise<CreatedKey>
  /** The key with this generated secret; undefined where there is none. */
  findBySecret(secret: Secret): Promise<AccessKey | undefined>
}
