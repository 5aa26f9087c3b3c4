/**
 * The identity model: who there is, what they were given, and which bucket belongs to whom.
 *
 * Every record's field names are the names on every surface (database column, JSON, command line's JSON output):
 * one word for one thing. Times are RFC 3339 in UTC with milliseconds (`2026-01-31T12:00:00.000Z`) or null.
 * Ids are lower-case UUIDs. All records are immutable values: a change makes a new one.
 */

export interface Organization {
  readonly id: string
  readonly name: string
  readonly created_at: string
  readonly updated_at: string
}

/** Owns buckets; lies in one organization. */
export interface Project {
  readonly id: string
  readonly organization_id: string
  readonly name: string
  readonly description: string
  /** Made with its organization; cannot be deleted. */
  readonly is_default: boolean
  /** Where this project's new buckets go; null: the gate's default backend. */
  readonly backend_id: string | null
  /** How many buckets it may own; null: the configured default. */
  readonly max_buckets: number | null
  readonly created_at: string
  readonly updated_at: string
}

/** A person. The owner has every right in the organization without a policy, and cannot be deleted. */
export interface User {
  readonly id: string
  readonly organization_id: string
  readonly type: 'owner' | 'member'
  readonly email: string
  readonly username: string
  readonly first_name: string
  readonly last_name: string
  readonly phone_number: string
  readonly locale: string
  readonly tags: readonly string[]
  /** `invitation_pending` until a password is set. */
  readonly status: 'activated' | 'invitation_pending'
  readonly locked: boolean
  readonly last_login_at: string | null
  readonly created_at: string
  readonly updated_at: string
}

/** A program. */
export interface Application {
  readonly id: string
  readonly organization_id: string
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly created_at: string
  readonly updated_at: string
}

export interface Group {
  readonly id: string
  readonly organization_id: string
  readonly name: string
  readonly description: string
  readonly user_ids: readonly string[]
  readonly application_ids: readonly string[]
  readonly tags: readonly string[]
  readonly created_at: string
  readonly updated_at: string
}

/** Whom a policy is about. `none`: it applies to nobody (its principal was deleted, or never named). */
export type PolicyPrincipal =
  | { readonly kind: 'user' | 'group' | 'application'; readonly id: string }
  | { readonly kind: 'none' }

export interface Policy {
  readonly id: string
  readonly organization_id: string
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  /** At most one of the three is set; none set: no principal. */
  readonly user_id: string | null
  readonly group_id: string | null
  readonly application_id: string | null
  readonly rules: readonly Rule[]
  readonly created_at: string
  readonly updated_at: string
}

/** Grants permission sets in a scope, under a condition. Rules only allow; any rule that matches grants. */
export interface Rule {
  readonly id: string
  readonly permission_set_names: readonly string[]
  /** The projects it holds in; null where `organization_id` is set. */
  readonly project_ids: readonly string[] | null
  /** All projects of this organization, later ones included; null where `project_ids` is set. */
  readonly organization_id: string | null
  /** A CEL expression; `''`: unconditional. */
  readonly condition: string
}

/**
 * What a key itself is limited to, on top of what its bearer may do. Null: no limit of that kind. Never changes.
 */
export interface Restrictions {
  /** Action names and `*-sos-*` operation names as given. */
  readonly operations: readonly string[] | null
  /** Exoscale's operation tags (`sos`, `compute` …); operations and tags add up. */
  readonly tags: readonly string[] | null
  readonly resources: readonly BucketResource[] | null
  /** Regions of the bucket's backend. */
  readonly regions: readonly string[] | null
}

/** `sos/bucket:NAME[/PREFIX*]`. `prefix` null: the whole bucket. */
export interface BucketResource {
  readonly bucket: string
  readonly prefix: string | null
}

/** An access key, without its secret. */
export interface AccessKey {
  readonly access_key: string
  readonly name: string
  readonly description: string
  readonly organization_id: string
  /** Exactly one of the two is set: the bearer. */
  readonly user_id: string | null
  readonly application_id: string | null
  /** The preferred project: where the key works unless `KEY@projectId` says otherwise. Null: that project is gone. */
  readonly default_project_id: string | null
  readonly restrictions: Restrictions | null
  /** The restricted key through which this one was made, which it never exceeds; null where there is none. */
  readonly parent_access_key: string | null
  /** Brought along with its secret: works on S3 only. */
  readonly imported: boolean
  readonly expires_at: string | null
  readonly creation_ip: string
  readonly created_at: string
  readonly updated_at: string
}

/**
 * `creating`: the backend was or will be asked, the name is taken, nobody may use it.
 * `active`. `deleting`: as creating. `released`: deleted; another project may not claim the name until `released_until`.
 */
export type BucketState = 'creating' | 'active' | 'deleting' | 'released'

export interface Bucket {
  /** Unique across the gate. */
  readonly name: string
  readonly project_id: string
  readonly backend_id: string
  /** Grows whenever the name changes hands or state; an upload checks it again before its last piece goes out. */
  readonly generation: number
  readonly state: BucketState
  readonly released_until: string | null
  readonly created_at: string
  readonly updated_at: string
}

/** How the backend wants buckets addressed. */
export type AddressingStyle = 'path' | 'virtual'

/** A row of the capability table in `proxy/backend/capabilities.ts`. */
export type BackendKind = 'embedded' | 'ceph' | 'minio' | 'aws' | 'generic'

/** An object store behind the gate, without its secret. */
export interface Backend {
  readonly id: string
  /** Unique; `default` is the one that the configuration names. */
  readonly name: string
  readonly kind: BackendKind
  /** One or more base URLs (`http://10.0.0.1:7480`) of the same store, health-checked and used in turn. */
  readonly endpoints: readonly string[]
  readonly region: string
  readonly access_key: string
  readonly addressing: AddressingStyle
  /** PEM of the authority that signed its certificate; null: the system's. */
  readonly ca: string | null
  /** Names of operations that act with the backend's own power and that the operator opened. */
  readonly opened_operations: readonly string[]
  readonly created_at: string
  readonly updated_at: string
}

/** The public half of a key for SSH: kept and listed, and never part of a decision. */
export interface SshKey {
  readonly id: string
  readonly organization_id: string
  readonly project_id: string
  readonly name: string
  /** One line, as in `authorized_keys`: algorithm, base64, comment. */
  readonly public_key: string
  /** `256 SHA256:… comment (ssh-ed25519)` */
  readonly fingerprint: string
  readonly disabled: boolean
  readonly created_at: string
  readonly updated_at: string
}

/** A user's login at the control plane; the token that stands for it names its id. */
export interface Session {
  readonly id: string
  readonly organization_id: string
  readonly user_id: string
  /** Where the login came from. */
  readonly ip: string
  readonly user_agent: string
  readonly expires_at: string
  readonly created_at: string
  readonly updated_at: string
}

/** One entry of the audit log. `before` and `after` never hold a secret. */
export interface LogEntry {
  readonly id: string
  readonly created_at: string
  /** A valid address, or `''` for the local command line. */
  readonly ip: string
  readonly user_agent: string
  /** `refused`: an attempt on the control plane that was turned away; nothing was changed. */
  readonly action: 'created' | 'updated' | 'deleted' | 'refused'
  /** Who did it: a user's or application's id, or `''` for the local operator. */
  readonly bearer_id: string
  readonly organization_id: string
  readonly resource_type: string
  readonly resource_id: string
  readonly before: unknown
  readonly after: unknown
  /** What deserves a second look, in words: why an attempt was refused, that a condition was dropped. `''`: nothing. */
  readonly remark: string
}
