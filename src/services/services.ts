/** Everything that command line and control plane do, one member a noun. */
import type { Actor } from '../iam/reader.ts'
import type { Applications } from './applications.ts'
import type { Backends } from './backends.ts'
import type { Bootstrap } from './bootstrap.ts'
import type { Buckets } from './buckets.ts'
import type { Groups } from './groups.ts'
import type { Keys } from './keys.ts'
import type { Logs } from './logs.ts'
import type { Organizations } from './organizations.ts'
import type { PermissionSets } from './permission-sets.ts'
import type { Policies } from './policies.ts'
import type { Projects } from './projects.ts'
import type { Sessions } from './sessions.ts'
import type { SshKeys } from './ssh-keys.ts'
import type { Users } from './users.ts'

export interface Services {
  readonly organizations: Organizations
  readonly projects: Projects
  readonly users: Users
  readonly applications: Applications
  readonly groups: Groups
  readonly policies: Policies
  readonly permissionSets: PermissionSets
  readonly keys: Keys
  readonly buckets: Buckets
  readonly backends: Backends
  readonly sshKeys: SshKeys
  readonly sessions: Sessions
  readonly logs: Logs
  readonly bootstrap: Bootstrap
  /**
   * Several calls as one change: all of it happens, or, where `work` throws, none. Everything within is logged as
   * `actor`'s. `work` awaits nothing but the services it is given: it holds the store's write lock.
   */
  inTransaction<T>(actor: Actor, work: (services: Services) => Promise<T>): Promise<T>
}
