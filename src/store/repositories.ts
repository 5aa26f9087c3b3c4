/**
 * What the services see of the store: one repository a noun, all asynchronous, so that a database server suits them
 * as well as a file. Every write is recorded in the audit log with the transaction's actor, and in the change feed
 * that keeps caches exact, by the repository itself: a service cannot forget either.
 */
import type {
  AccessKey,
  Application,
  Backend,
  Bucket,
  Group,
  LogEntry,
  Organization,
  Policy,
  Project,
  Session,
  SshKey,
  User,
} from '../iam/model.ts'
import type { Secret } from '../iam/secret.ts'
import type { Refusal } from './audit.ts'
import type * as Q from './query.ts'

/** Reads of one noun. */
export interface Reads<Entity, Filters, Order extends string> {
  find(id: string): Promise<Entity | undefined>
  list(query: Q.ListQuery<Filters, Order>): Promise<Q.Page<Entity>>
}

/** Writes of one noun. @throws DuplicateEntry, DanglingReference */
export interface Writes<Entity> {
  insert(entity: Entity): Promise<void>
  /** Replaces the record with the same id, which must be there. A record without a difference is not written. */
  update(entity: Entity): Promise<void>
  /** False where there is none. */
  delete(id: string): Promise<boolean>
}

export type OrganizationReads = Reads<Organization, Q.OrganizationFilters, Q.OrganizationOrder>
export type OrganizationWrites = OrganizationReads & Writes<Organization>

export interface ProjectReads extends Reads<Project, Q.ProjectFilters, Q.ProjectOrder> {
  ofOrganization(organizationId: string): Promise<readonly Project[]>
  defaultOf(organizationId: string): Promise<Project | undefined>
  usingBackend(backendId: string): Promise<readonly Project[]>
}
export type ProjectWrites = ProjectReads & Writes<Project>

export interface UserReads extends Reads<User, Q.UserFilters, Q.UserOrder> {
  /** Null: no password was set. */
  passwordHash(id: string): Promise<string | null>
}
export interface UserWrites extends UserReads, Writes<User> {
  setPasswordHash(id: string, hash: string): Promise<void>
}

export type ApplicationReads = Reads<Application, Q.ApplicationFilters, Q.ApplicationOrder>
export type ApplicationWrites = ApplicationReads & Writes<Application>

export interface GroupReads extends Reads<Group, Q.GroupFilters, Q.GroupOrder> {
  /** The groups in which this user or application is. */
  ofMember(id: string): Promise<readonly Group[]>
}
export type GroupWrites = GroupReads & Writes<Group>

export interface PolicyReads extends Reads<Policy, Q.PolicyFilters, Q.PolicyOrder> {
  /** The policies of this user, group or application. */
  ofPrincipal(id: string): Promise<readonly Policy[]>
  /** The policies with a rule that names this project. */
  namingProject(projectId: string): Promise<readonly Policy[]>
}
export type PolicyWrites = PolicyReads & Writes<Policy>

export interface KeyReads extends Reads<AccessKey, Q.KeyFilters, Q.KeyOrder> {
  ofBearer(id: string): Promise<readonly AccessKey[]>
  preferringProject(projectId: string): Promise<readonly AccessKey[]>
  /** Those made through this restricted key. */
  madeThrough(accessKey: string): Promise<readonly AccessKey[]>
  /** The key with this generated secret, by its keyed hash. Never an imported one. */
  findBySecret(secret: Secret): Promise<AccessKey | undefined>
}
export interface KeyWrites extends KeyReads {
  /**
   * A generated secret gets the keyed hash by which `findBySecret` finds it; an imported one does not.
   * @throws DuplicateEntry where the access key, or a generated secret, is taken
   */
  insert(key: AccessKey, secret: Secret): Promise<void>
  update(key: AccessKey): Promise<void>
  delete(accessKey: string): Promise<boolean>
}

export interface BucketReads extends Reads<Bucket, Q.BucketFilters, Q.BucketOrder> {
  /** How many names it holds, in any state but `released`. */
  countOfProject(projectId: string): Promise<number>
  countOnBackend(backendId: string): Promise<number>
  /** Those in state `creating` or `deleting`, oldest first: intents to be resolved at start. */
  pending(): Promise<readonly Bucket[]>
}
export interface BucketWrites extends BucketReads {
  /** Makes the row, or takes over a released one, as `active` with a new generation. @throws DuplicateEntry */
  adopt(bucket: {
    readonly name: string
    readonly project_id: string
    readonly backend_id: string
  }): Promise<Bucket>
  /** Any state → `released` until the given time, for other projects. False where there is no such row. */
  release(name: string, until: string): Promise<boolean>
}

export interface BackendReads extends Reads<Backend, Q.BackendFilters, Q.BackendOrder> {
  secretKey(id: string): Promise<Secret | undefined>
}
export interface BackendWrites extends BackendReads, Omit<Writes<Backend>, 'insert'> {
  insert(backend: Backend, secretKey: Secret): Promise<void>
  setSecretKey(id: string, secretKey: Secret): Promise<void>
}

export interface SshKeyReads extends Reads<SshKey, Q.SshKeyFilters, Q.SshKeyOrder> {
  ofProject(projectId: string): Promise<readonly SshKey[]>
}
export type SshKeyWrites = SshKeyReads & Writes<SshKey>

export interface SessionReads extends Reads<Session, Q.SessionFilters, Q.SessionOrder> {
  ofUser(userId: string): Promise<readonly Session[]>
}
export interface SessionWrites extends SessionReads, Writes<Session> {
  /** Deletes those that expired before this time (RFC 3339); what merely ran out is not in the audit log. */
  purgeExpired(before: string): Promise<void>
}

export type LogReads = Reads<LogEntry, Q.LogFilters, Q.LogOrder>
export interface LogWrites extends LogReads {
  /** Writes of an attempt that changed nothing. */
  recordRefusal(refusal: Refusal): Promise<void>
}

/** Every call sees all that was committed before it. */
export interface Repositories {
  readonly organizations: OrganizationReads
  readonly projects: ProjectReads
  readonly users: UserReads
  readonly applications: ApplicationReads
  readonly groups: GroupReads
  readonly policies: PolicyReads
  readonly keys: KeyReads
  readonly buckets: BucketReads
  readonly backends: BackendReads
  readonly sshKeys: SshKeyReads
  readonly sessions: SessionReads
  readonly log: LogReads
}

/** The same within one transaction, and what changes things. Not to be used after the transaction's end. */
export interface Transaction {
  readonly organizations: OrganizationWrites
  readonly projects: ProjectWrites
  readonly users: UserWrites
  readonly applications: ApplicationWrites
  readonly groups: GroupWrites
  readonly policies: PolicyWrites
  readonly keys: KeyWrites
  readonly buckets: BucketWrites
  readonly backends: BackendWrites
  readonly sshKeys: SshKeyWrites
  readonly sessions: SessionWrites
  readonly log: LogWrites
}
